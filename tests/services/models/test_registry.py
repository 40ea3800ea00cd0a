"""Models: bundled, pulled, added, paired, listed and exported, with small real generators."""

import threading
from dataclasses import replace
from zipfile import ZipFile

import pytest
import torch
from sqlalchemy import event

from desra_studio.assets_folder import find_assets
from desra_studio.errors import InputError, ModelError, NotFoundError
from desra_studio.finetune.trainer import FinetuneResult
from desra_studio.services import bundled
from desra_studio.services.finetune.training import write_generator
from desra_studio.services.maintenance import check_studio
from desra_studio.services.models import pulling, registry
from desra_studio.services.models.listing import describe_model, list_models
from desra_studio.services.models.pulling import pull_model
from desra_studio.services.models.registry import (
    ExportedModel,
    add_model_file,
    encode_model,
    export_model,
    list_generators,
    load_model,
    resolve_discriminator,
    resolve_generator,
    set_partner,
)
from desra_studio.services.studio import open_studio
from desra_studio.sr.loader import build_generator, encode_weights, load_generator
from desra_studio.sr.size_rule import SizeRule
from desra_studio.storage import models as rows
from desra_studio.vocabulary import ModelRole
from tests.development_data import require_case
from tests.factories.networks import make_discriminator, make_rrdbnet, make_weights
from tests.factories.servers import serve_files
from tests.factories.studio import make_settings
from tests.factories.weights import encode_pth, make_entry
from tests.patience import PATIENCE_S, join_thread

pytestmark = pytest.mark.usefixtures("without_proxy")


@pytest.fixture
def studio(tmp_path, monkeypatch):
    """An empty studio of an installation that came without models."""
    monkeypatch.setattr(bundled, "find_assets", lambda: tmp_path / "none")
    opened = open_studio(make_settings(tmp_path / "data"))
    yield opened
    opened.database.close()


@pytest.fixture
def assets(tmp_path, monkeypatch):
    folder = tmp_path / "assets"
    monkeypatch.setattr(bundled, "find_assets", lambda: folder)
    (folder / "models").mkdir(parents=True)
    for seed, entry in enumerate(bundled.BUNDLED):
        (folder / "models" / entry.file).write_bytes(encode_weights(make_weights(seed)))
    return folder


@pytest.fixture
def pair():
    """Two entries of a catalog and the files they stand for."""
    files = {name: encode_pth(make_weights(seed)) for seed, name in enumerate(("crisp", "calm"))}
    catalog = (
        make_entry("crisp", "gan", files["crisp"], partner="calm"),
        make_entry("calm", "mse", files["calm"]),
    )
    return catalog, {f"{name}.pth": data for name, data in files.items()}


@pytest.fixture
def add(studio, tmp_path):
    """Adds a small model; returns its id."""

    def add_small(stem, role="gan", scale=4, **values):
        path = tmp_path / f"{stem}.safetensors"
        path.write_bytes(encode_weights(make_weights(scale=scale)))
        return add_model_file(studio, path, role=role, **values)

    return add_small


def list_downloads(studio):
    """What is left of downloads, but for the empty files that were locked."""
    found = (studio.settings.data_dir / "downloads").rglob("*")
    return [path for path in found if path.is_file() and path.suffix != ".lock"]


def count_queries(studio, action):
    seen = []
    event.listen(studio.database.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
    action()
    return [query for query in seen if query.startswith("SELECT")]


def test_bundled_models(studio, assets):
    bundled.register_bundled_models(studio.database, studio.blobs)
    gan, mse = (
        next(row for row in list_models(studio) if row.name == entry.name)
        for entry in bundled.BUNDLED
    )
    assert (gan.state, gan.partner, mse.partner) == ("ready", mse.name, gan.name)
    assert gan.card["source"] == "bundled"
    generator = resolve_generator(studio, gan.name)
    assert (generator.architecture, generator.scale) == (gan.architecture, gan.scale)
    assert (generator.minimum_px, generator.multiple_px) == (
        gan.card["minimum_px"], gan.card["multiple_px"],
    )  # fmt: skip
    assert gan.parameters == generator.parameters
    assert check_studio(studio)[1] == []
    assert (
        len(
            count_queries(
                studio, lambda: bundled.register_bundled_models(studio.database, studio.blobs)
            )
        )
        == 1
    )
    assert pull_model(studio, gan.name)[1] is False


def test_assets_lie_beside_the_package():
    assert (find_assets() / "README.md").is_file()


def test_half_a_bundled_pair_is_completed(studio, assets):
    with studio.database.write() as session:
        rows.add_model(session, bundled.BUNDLED[0].name, ModelRole.GAN, scale=4)
    bundled.register_bundled_models(studio.database, studio.blobs)
    assert [row.partner for row in list_models(studio, ())] == [
        bundled.BUNDLED[0].name, bundled.BUNDLED[1].name,
    ]  # fmt: skip


def test_bundled_models_that_do_not_ship(studio, assets):
    (assets / "models" / bundled.BUNDLED[1].file).unlink()
    bundled.register_bundled_models(studio.database, studio.blobs)
    assert list_models(studio, ()) == []
    offered = {row.name for row in list_models(studio)}
    assert not offered & {entry.name for entry in bundled.BUNDLED}
    with pytest.raises(ModelError, match="Install the studio again"):
        pull_model(studio, bundled.BUNDLED[0].name)


def test_bundled_models_by_many_at_once(studio, assets):
    barrier, errors = threading.Barrier(4, timeout=PATIENCE_S), []

    def register():
        own = open_studio(studio.settings)
        barrier.wait()
        try:
            bundled.register_bundled_models(own.database, own.blobs)
        except Exception as error:  # noqa: BLE001 (any at all is a failure)
            errors.append(error)
        own.database.close()

    threads = [threading.Thread(target=register) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        join_thread(thread)
    assert errors == []
    assert len(list_models(studio, ())) == 2


@pytest.mark.parametrize("order", [("crisp", "calm"), ("calm", "crisp")], ids=" then ".join)
def test_pulls_a_pair_in_any_order(studio, pair, order):
    catalog, files = pair
    with serve_files(files) as server:
        catalog = [replace(entry, url=server.url(entry.file)) for entry in catalog]
        first, is_new = pull_model(studio, order[0], catalog=catalog)
        assert (is_new, first.partner, first.state) == (True, None, "ready")
        second, _ = pull_model(studio, order[1], catalog=catalog)
        assert second.partner == order[0]
        assert pull_model(studio, order[0], catalog=catalog)[1] is False
        assert len(server.asked) == 2
    crisp, calm = (describe_model(studio, row.id) for row in sorted((first, second), key=str_role))
    assert (crisp.partner, calm.partner) == ("calm", "crisp")
    assert list_generators(studio)[0].partner_id == calm.id
    assert crisp.card == {
        "source": "https://example.org/models",
        "url": catalog[0].url,
        "licence": "MIT",
        "sha256": catalog[0].sha256,
        "parameters": crisp.parameters,
        "minimum_px": 1,
        "multiple_px": 1,
    }
    assert list_downloads(studio) == []
    assert check_studio(studio)[1] == []


def str_role(details):
    return str(details.role)


def test_pulls_from_a_file_put_there_by_hand(studio, pair):
    catalog, files = pair
    folder = studio.settings.data_dir / "downloads"
    with pytest.raises(ModelError) as told:
        pull_model(studio, "crisp", catalog=catalog)
    for said in (catalog[0].url, str(folder / "crisp.pth"), "try again"):
        assert said in str(told.value)
    (folder / "crisp.pth").write_bytes(b"another file")
    with pytest.raises(ModelError, match=r"crisp.pth cannot be used: .* another file"):
        pull_model(studio, "crisp", catalog=catalog)
    assert list_models(studio, ()) == []
    (folder / "crisp.pth").write_bytes(files["crisp.pth"])
    assert pull_model(studio, "crisp", catalog=catalog)[0].state == "ready"
    assert (folder / "crisp.pth").is_file(), "what a person put there is theirs"


def test_pulls_what_was_fetched_before_a_crash(studio, pair):
    catalog, files = pair
    folder = studio.settings.data_dir / "downloads" / ".fetching"
    folder.mkdir(parents=True)
    (folder / "crisp.pth").write_bytes(b"another file")
    with pytest.raises(ModelError, match=f"{catalog[0].url} is not what it should be"):
        pull_model(studio, "crisp", catalog=catalog)
    assert list_downloads(studio) == []
    (folder / "crisp.pth").write_bytes(files["crisp.pth"])
    assert pull_model(studio, "crisp", catalog=catalog)[1] is True
    assert list_downloads(studio) == [], "it was fetched, so it is not a person's"


def test_one_fetches_at_a_time(studio, pair):
    catalog, files = pair
    refusals = []

    def pull_again(*_):
        if not refusals:
            with pytest.raises(
                ModelError, match=r"^crisp is being fetched already.*again.$"
            ) as told:
                pull_model(studio, "crisp", catalog=catalog)
            refusals.append(str(told.value))

    with serve_files(files) as server:
        catalog = [replace(entry, url=server.url(entry.file)) for entry in catalog]
        assert pull_model(studio, "crisp", pull_again, catalog)[1] is True
        assert pull_model(studio, "crisp", catalog=catalog)[1] is False
        assert [name for name, _ in server.asked] == ["crisp.pth"]
    assert "\n" not in refusals[0]


def test_a_model_that_came_while_it_was_fetched(studio, pair, add, monkeypatch):
    catalog, files = pair

    def fetch_slowly(_url, path, *_):
        add("crisp")
        path.write_bytes(files[path.name])

    monkeypatch.setattr(pulling, "download_file", fetch_slowly)
    details, is_new = pull_model(studio, "crisp", catalog=catalog)
    assert (details.name, details.card["source"], is_new) == ("crisp", "crisp.safetensors", False)
    assert list_downloads(studio) == []


def test_pull_refuses(studio, pair):
    catalog, files = pair
    data = encode_pth(make_weights(scale=2))
    text = b"no weights at all"
    with serve_files({"two.pth": data, "text.pth": text} | files) as server:
        wrong = (
            make_entry("two", "gan", data, url=server.url("two.pth")),
            make_entry("text", "gan", text, url=server.url("text.pth")),
            make_entry("page", "gan", text, url="", source="https://example.org/page"),
        )
        for name, says in {
            "two": "is not what it should be: It is x2, but two is x4",
            "text": "PyTorch weight file",
            "page": "Get page.pth by way of https://example.org/page",
        }.items():
            with pytest.raises(ModelError, match=says):
                pull_model(studio, name, catalog=wrong)
    with pytest.raises(NotFoundError, match=r"named 'none'. There are: crisp, calm"):
        pull_model(studio, "none", catalog=catalog)
    assert list_models(studio, ()) == []
    assert list_downloads(studio) == []
    assert not studio.blobs.root.exists()


def test_lists_what_is_and_what_could_be(studio, pair, add):
    catalog, _ = pair
    with studio.database.write() as session:
        rows.add_model(session, "set GAN-SR", ModelRole.GAN)
    add("calm", role="mse")
    listed = {row.name: row for row in list_models(studio, catalog)}
    assert {name: row.state for name, row in listed.items()} == {
        "calm": "ready", "set GAN-SR": "outputs only", "crisp": "can be pulled",
    }  # fmt: skip
    crisp = listed["crisp"]
    assert (crisp.id, crisp.partner, crisp.licence, crisp.card) == (None, "calm", "MIT", {})
    assert listed["calm"].parameters > 0
    assert list_generators(studio) == [], "an MSE-SR model is no generator to fine-tune"
    assert {row.name for row in list_models(studio)} >= {"RealESRGAN_x4plus", "LDL"}


def test_pairs_what_is_added(studio, add):
    calm = add("calm", role="mse")
    crisp = add("crisp", partner="calm")
    other = add("other", role="mse", partner="crisp")
    assert describe_model(studio, crisp).partner == "other"
    set_partner(studio, crisp, calm)
    assert describe_model(studio, crisp).partner == "calm"
    assert describe_model(studio, calm).partner == "crisp"
    assert describe_model(studio, other).partner is None
    with pytest.raises(InputError, match="calm is no GAN-SR model"):
        set_partner(studio, calm, crisp)
    twice = add("again", role="mse")
    assert twice not in (calm, other)
    assert describe_model(studio, twice).state == "ready"


def test_refuses_pairs_and_adds_nothing(studio, add):
    add("calm", role="mse")
    with studio.database.write() as session:
        rows.add_model(session, "set MSE-SR", ModelRole.MSE)
    blobs = sorted(studio.blobs.root.rglob("*"))
    refused = {
        "two is x2 but calm is x4": {"scale": 2, "partner": "calm"},
        "both of role mse": {"role": "mse", "partner": "calm"},
        "set MSE-SR has no weights here": {"partner": "set MSE-SR"},
        "Unknown role 'sharp'": {"role": "sharp"},
        "printable letters, got .* in 'a\\\\nb'": {"name": "a\nb"},
        "'calm' exists already": {"name": "calm"},
    }
    for says, values in refused.items():
        with pytest.raises(InputError, match=says):
            add("two", **values)
    with pytest.raises(NotFoundError, match=r"No model named 'x'. There are: set MSE-SR, calm"):
        add("two", partner="x")
    assert len(list_models(studio, ())) == 2
    assert sorted(studio.blobs.root.rglob("*")) == blobs


def test_exports(studio, add, tmp_path):
    add("crisp")
    out = tmp_path / "new" / "out.safetensors"
    result = export_model(studio, "crisp", "safetensors", out)
    assert result == ExportedModel(
        name="crisp", format="safetensors", out=str(out), bytes=out.stat().st_size
    )
    assert load_generator(out).scale == 4
    with pytest.raises(InputError, match="exists already"):
        export_model(studio, "crisp", "pth", out)
    with pytest.raises(InputError, match="Unknown format 'gif'"):
        export_model(studio, "crisp", "gif", tmp_path / "x")
    with pytest.raises(InputError, match="cannot be written"):
        export_model(studio, "crisp", "safetensors", out / "x")
    with pytest.raises(NotFoundError, match="'none'"):
        export_model(studio, "none", "safetensors", tmp_path / "x")
    with studio.database.write() as session:
        rows.add_model(session, "set GAN-SR", ModelRole.GAN)
    with pytest.raises(ModelError, match="no weights here"):
        export_model(studio, "set GAN-SR", "safetensors", tmp_path / "x")
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("form", ["pth", "onnx"])
def test_exports_other_formats(studio, add, tmp_path, form):
    if form == "onnx":
        pytest.importorskip("onnxscript")
    add("crisp")
    out = tmp_path / f"out.{form}"
    assert export_model(studio, "crisp", form, out).bytes == out.stat().st_size
    assert form == "onnx" or load_generator(out).scale == 4
    assert [path.name for path in tmp_path.glob("*out*")] == [out.name]


@pytest.mark.parametrize("scale", [4, 2])
def test_exports_an_rrdbnet_as_it_was_added(studio, tmp_path, scale):
    weights = make_rrdbnet(scale)
    (tmp_path / "net.pth").write_bytes(encode_pth(weights))
    add_model_file(studio, tmp_path / "net.pth")
    export_model(studio, "net", "pth", tmp_path / "out.pth")
    exported = torch.load(tmp_path / "out.pth", weights_only=True)["params_ema"]
    assert exported.keys() == weights.keys()
    assert all(torch.equal(exported[key], value) for key, value in weights.items())


def test_writes_a_fine_tuned_rrdbnet_under_the_names_of_its_file(tmp_path):
    weights = make_rrdbnet()
    tuned = build_generator(weights, "net").module.state_dict()
    write_generator(tmp_path, FinetuneResult(tuned, tuned, loss=0.0))
    written = torch.load(tmp_path / "generator_params_ema.pth", weights_only=True)
    assert list(written) == ["params", "params_ema"]
    assert all(content.keys() == weights.keys() for content in written.values())


def test_a_discriminator_is_pulled_listed_loaded_and_exported(studio, add, tmp_path):
    weights = make_discriminator()
    data = encode_pth(weights, "params")
    other = encode_pth(make_weights())
    with serve_files({"judge.pth": data, "other.pth": other}) as server:
        given = {"architecture": "U-Net SN", "sha256": "", "size_bytes": 0, "judges": "crisp"}
        judge, wrong = (
            make_entry(name, "discriminator", data, url=server.url(f"{name}.pth"), **given)
            for name in ("judge", "other")
        )
        [listed] = list_models(studio, (judge,))
        assert (listed.role, listed.state, listed.card) == (
            "discriminator", "can be pulled", {"judges": "crisp"},
        )  # fmt: skip
        details, is_new = pull_model(studio, "judge", catalog=(judge,))
        with pytest.raises(ModelError, match=r"other\.pth is not a U-Net discriminator"):
            pull_model(studio, "other", catalog=(wrong,))
    assert (is_new, details.architecture, details.scale, details.partner, details.state) == (
        True, "U-Net SN", 4, None, "ready",
    )  # fmt: skip
    assert (details.card["judges"], details.parameters) == ("crisp", details.card["parameters"])
    loaded = resolve_discriminator(studio, "judge").state_dict()
    assert loaded.keys() == weights.keys()
    assert all(torch.equal(loaded[name], value) for name, value in weights.items())
    for form in ("pth", "safetensors"):
        export_model(studio, "judge", form, tmp_path / f"out.{form}")
        assert resolve_discriminator(studio, str(tmp_path / f"out.{form}")).features == 2
    assert "params" in torch.load(tmp_path / "out.pth", weights_only=True)
    assert list_generators(studio) == []


def test_a_discriminator_is_no_generator_and_no_partner(studio, add, tmp_path):
    (tmp_path / "judge.pth").write_bytes(encode_pth(make_discriminator(), "params"))
    judge = add_model_file(studio, tmp_path / "judge.pth", role="discriminator")
    assert describe_model(studio, judge).scale is None
    crisp = add("crisp")
    for refused in (
        lambda: resolve_generator(studio, "judge"),
        lambda: export_model(studio, "judge", "onnx", tmp_path / "judge.onnx"),
    ):
        with pytest.raises(ModelError, match="judge is a discriminator, not a generator"):
            refused()
    with pytest.raises(InputError, match="judge is a discriminator, which has no partner"):
        set_partner(studio, crisp, judge)
    with pytest.raises(InputError, match="judge is a discriminator, which has no partner"):
        add("calm", role="mse", partner="judge")
    with pytest.raises(ModelError, match="crisp is not a U-Net discriminator"):
        resolve_discriminator(studio, "crisp")
    with pytest.raises(NotFoundError, match="models pull RealESRGAN_x4plus_netD"):
        resolve_discriminator(studio, "RealESRGAN_x4plus_netD")


def test_names_what_can_be_pulled(studio):
    with pytest.raises(NotFoundError, match="models pull RealESRGAN_x4plus"):
        resolve_generator(studio, "RealESRGAN_x4plus")


def test_damaged_weights_are_refused_wherever_a_file_is_given(studio, tmp_path):
    """`upscale`, `finetune` and `derive-mse` open files and models by these."""
    weights = make_weights()
    weights["body.0.bias"] = weights["body.0.bias"] * torch.nan
    file = tmp_path / "broken.pth"
    file.write_bytes(encode_pth(weights))
    said = r"broken.* is damaged: 8 of its \d+ weights are not finite .* first in body\.0\.bias"
    for role in ("gan", "mse"):
        with pytest.raises(ModelError, match=said):
            add_model_file(studio, file, role=role)
    with pytest.raises(ModelError, match=said):
        resolve_generator(studio, str(file))
    with studio.database.write() as session:
        sha = studio.blobs.put(encode_weights(weights))
        old = rows.add_model(session, "broken", ModelRole.GAN, scale=4, file_sha=sha)
    with pytest.raises(ModelError, match=said):
        load_model(studio, old)
    judge = make_discriminator()
    judge["conv9.bias"] = judge["conv9.bias"] * torch.nan
    (tmp_path / "judge.pth").write_bytes(encode_pth(judge, "params"))
    for refused in (
        lambda: add_model_file(studio, tmp_path / "judge.pth", role="discriminator"),
        lambda: resolve_discriminator(studio, str(tmp_path / "judge.pth")),
    ):
        with pytest.raises(ModelError, match=r"1 of its .* first in conv9\.bias"):
            refused()


def test_the_damaged_file_from_the_field_is_refused(studio):
    file = require_case("nan-weights") / "c26_nan.pth"
    for refused in (
        lambda: add_model_file(studio, file),
        lambda: resolve_generator(studio, str(file)),
    ):
        with pytest.raises(ModelError, match=r"c26_nan\.pth is damaged: .* not finite"):
            refused()


def test_exports_for_ncnn_as_a_zip(studio, add, tmp_path):
    pytest.importorskip("ncnn")
    model = add("crisp")
    out = tmp_path / "out.zip"
    result = export_model(studio, "crisp", "ncnn", out)
    assert (result.format, result.size_rule) == ("ncnn", SizeRule(1, 1))
    with ZipFile(out) as archive:
        assert archive.namelist() == ["models/crisp-x4.param", "models/crisp-x4.bin"]
    assert encode_model(studio, model, "zip")[:2] == b"PK"
    with pytest.raises(InputError, match=r"exists already. Give a new \.zip file"):
        export_model(studio, "crisp", "ncnn", out)


def test_what_is_not_installed_is_not_offered(monkeypatch):
    monkeypatch.setattr(registry, "find_spec", lambda name: None if name == "ncnn" else name)
    assert registry.list_export_forms() == ["safetensors", "pth", "onnx"]
    monkeypatch.setattr(registry, "find_spec", lambda name: name if name == "ncnn" else None)
    assert registry.list_export_forms() == ["safetensors", "pth", "ncnn"]
