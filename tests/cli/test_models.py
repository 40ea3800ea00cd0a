"""The commands for models: bad files are one line and leave nothing behind."""

import json
from contextlib import contextmanager
from functools import partial

import pytest
import torch
from spandrel.architectures.Compact import Compact

from desra_studio.assets_folder import find_assets
from desra_studio.cli.app import main
from desra_studio.services.models import pulling
from desra_studio.services.models.listing import list_models
from desra_studio.services.studio import open_studio
from desra_studio.sr.catalog import BUNDLED
from desra_studio.sr.loader import encode_weights
from tests.development_data import require_case
from tests.factories.networks import make_discriminator, make_weights
from tests.factories.servers import serve_files
from tests.factories.studio import make_settings
from tests.factories.weights import RunsCode, encode_pth, make_entry

pytestmark = pytest.mark.usefixtures("without_proxy")

LIMIT_BYTES = 1_000_000
"""More than the empty database, less than the weights that are to fail."""


@pytest.fixture
def run(capsys, data_dir):
    """Run `models ...` on a data directory; returns (status, standard output, standard error)."""

    def run_models(*arguments):
        status = 0
        try:
            main(["models", *map(str, arguments), "--data-dir", str(data_dir)])
        except SystemExit as end:
            status = end.code
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run_models


def list_here(tmp_path):
    """The models that are here, but for those that ship with the studio."""
    studio = open_studio(make_settings(tmp_path / "data"))
    found = [row for row in list_models(studio, ()) if row.source != BUNDLED]
    studio.database.close()
    return found


def list_blobs(tmp_path):
    """The stored files, but for the models that ship with the studio."""
    stored = (path for path in (tmp_path / "data" / "blobs").rglob("*") if path.is_file())
    shipped = {path.read_bytes() for path in (find_assets() / "models").glob("*.safetensors")}
    return [path for path in stored if path.read_bytes() not in shipped]


def test_add_list_export(run, tmp_path):
    for name, seed in (("calm", 0), ("crisp", 1)):
        (tmp_path / f"{name}.pth").write_bytes(encode_pth(make_weights(seed)))
    assert run("add", tmp_path / "calm.pth", "--role", "mse")[0] == 0
    crisp = ("add", tmp_path / "crisp.pth", "--role", "gan", "--partner", "calm", "--json")
    status, output, errors = run(*crisp)
    assert (status, errors) == (0, "")
    assert json.loads(output)["partner"] == "calm"
    assert "crisp  gan x4 RealESRGAN Compact  ready  partner: calm\n" in run("list")[1]
    listed = json.loads(run("list", "--json")[1])["models"]
    listed = [row for row in listed if row["source"] != BUNDLED]
    assert [(row["name"], row["state"]) for row in listed[:2]] == [
        ("crisp", "ready"), ("calm", "ready"),
    ]  # fmt: skip
    assert {row["state"] for row in listed[2:]} == {"can be pulled"}
    export = ("export", "crisp", "--format", "safetensors", "--out", tmp_path / "out")
    assert run(*export)[0] == 0
    status, _, errors = run(*export)
    assert (status, errors.count("\n")) == (2, 1)
    assert "exists already" in errors


def test_pull(run, tmp_path, monkeypatch):
    data = encode_pth(make_weights())
    with serve_files({"crisp.pth": data}) as server:
        entry = make_entry("crisp", "gan", data, url=server.url("crisp.pth"))
        catalog = partial(pulling.pull_model, catalog=(entry,))
        monkeypatch.setattr(pulling, "pull_model", catalog)
        status, output, _ = run("pull", "crisp", "--json")
        assert (status, json.loads(output)["new"]) == (0, True)
        assert "was here already" in run("pull", "crisp")[1]


@pytest.fixture
def bad_files(tmp_path):
    """Weight files that must not be taken, with what is said about each."""
    weights = encode_weights(make_weights())
    torch.save({"params": RunsCode(str(tmp_path / "ran"))}, tmp_path / "evil.pth")
    contents = {
        "text.pth": b"just text",
        "empty.pth": b"",
        "cut.safetensors": weights[:-100],
        "cut.pth": encode_pth(make_weights())[:1000],
        "unknown.safetensors": encode_weights({"fc.weight": torch.zeros(3, 3)}),
        "x2.safetensors": encode_weights(make_weights(scale=2)),
        "grey.safetensors": encode_weights(
            Compact(num_in_ch=1, num_out_ch=1, num_feat=8).state_dict()
        ),
        "nan.pth": encode_pth(
            {name: value * float("nan") for name, value in make_weights().items()}
        ),
    }
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


BAD = [
    (("text.pth",), "PyTorch weight file"),
    (("empty.pth",), "empty.pth is "),
    (("cut.safetensors",), "cut.safetensors is "),
    (("cut.pth",), "cut.pth is damaged or cut off"),
    (("unknown.safetensors",), "architecture that spandrel does not know"),
    (("grey.safetensors",), "channels"),
    (("nan.pth",), "nan.pth is damaged: "),
    (("evil.pth",), "evil.pth holds more than weights and could run code"),
    (("none.pth",), "none.pth cannot be read: No such file"),
    (("x2.safetensors", "--partner", "calm"), "x2 is x2 but calm is x4"),
    (("x2.safetensors", "--partner", "nobody"), "No model named 'nobody'. There are: calm, "),
    (("x2.safetensors", "--name", "calm"), "'calm' exists already"),
    (("x2.safetensors", "--role", "mse", "--partner", "calm"), "both of role mse"),
    (
        ("x2.safetensors", "--role", "sharp"),
        "Choose one of: gan, mse, discriminator.",
    ),
]


@pytest.mark.parametrize(("arguments", "says"), BAD, ids=[" ".join(bad[0]) for bad in BAD])
def test_bad_files_are_one_line(run, bad_files, arguments, says):
    (bad_files / "calm.pth").write_bytes(encode_pth(make_weights()))
    assert run("add", bad_files / "calm.pth", "--role", "mse")[0] == 0
    blobs = list_blobs(bad_files)
    file, *options = arguments
    status, output, errors = run("add", bad_files / file, "--role", "gan", *options)
    assert (status, output, errors.count("\n")) == (2, "", 1), errors
    assert says in errors
    assert not (bad_files / "ran").exists()
    assert [row.name for row in list_here(bad_files)] == ["calm"]
    assert list_blobs(bad_files) == blobs


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("pull", "nonsense"), "No known model is named 'nonsense'. There are: desra-demo-gan-x4"),
        (("pull", "LDL"), "Get net_g_RealESRGAN+LDL.pth by way of https://github.com/csjliang/LDL"),
        (("export", "x", "--format", "pth", "--out", "x.pth"), "No model named 'x'"),
        (("export", "x", "--format", "gif", "--out", "x.gif"), "Unknown format 'gif'"),
        (("add", "x.pth"), "Missing option '--role'"),
    ],
)
def test_bad_arguments_are_one_line(run, arguments, says):
    status, output, errors = run(*arguments)
    assert (status, output, errors.count("\n")) == (2, "", 1), errors
    assert says in errors


@pytest.fixture
def full_disk():
    """The system itself refuses what goes beyond 1 MB of a file."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    @contextmanager
    def fill():
        resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT_BYTES, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    return fill


def test_a_full_disk_is_one_line(run, tmp_path, monkeypatch, full_disk):
    assert list_here(tmp_path) == []
    data = encode_pth(Compact(num_feat=64, num_conv=16).state_dict())
    source = tmp_path / "large.pth"
    source.write_bytes(data)

    original = pulling.pull_model

    def pull(url):
        catalog = (make_entry("large", "gan", data, url=url),)
        monkeypatch.setattr(pulling, "pull_model", partial(original, catalog=catalog))
        with full_disk():
            return run("pull", "large")

    with serve_files({"large.pth": data}) as server:
        status, output, error = pull(server.url("large.pth"))
    assert (status, output, error.count("\n")) == (2, "", 1), error
    part = tmp_path / "data" / "downloads" / ".fetching" / "large.pth.part"
    assert f"{part} cannot be written: File too large. {LIMIT_BYTES} bytes are kept" in error
    assert part.stat().st_size == LIMIT_BYTES

    source = source.replace(tmp_path / "data" / "downloads" / "large.pth")
    status, output, error = pull("http://127.0.0.1:1/")
    assert (status, output, error.count("\n")) == (2, "", 1), error
    assert "large cannot be stored in" in error
    assert list_here(tmp_path) == []
    assert list_blobs(tmp_path) == []


def test_what_was_left_out_of_a_checkpoint_is_told(run, tmp_path):
    generator, judge = (
        {f"{prefix}.{name}": value for name, value in weights.items()}
        for prefix, weights in (("net_g", make_weights()), ("net_d", make_discriminator()))
    )
    torch.save({"state_dict": generator | judge, "epoch": 3}, tmp_path / "both.pth")
    note = f"Taken from under net_g.; {len(judge)} other tensors were left out."
    assert note in run("add", tmp_path / "both.pth", "--role", "gan")[1]
    [added] = list_here(tmp_path)
    assert (added.card["notes"], added.architecture) == ([note], "RealESRGAN Compact")
    judged = run("add", tmp_path / "both.pth", "--role", "discriminator", "--name", "judge")
    assert judged[0] == 0


def test_an_onnx_export_tells_its_size_rule(run, tmp_path):
    pytest.importorskip("onnxscript")
    (tmp_path / "small.pth").write_bytes(encode_pth(make_weights()))
    run("add", tmp_path / "small.pth", "--role", "gan")
    status, output, _ = run("export", "small", "--format", "onnx", "--out", tmp_path / "x.onnx")
    assert (status, output.endswith("Height and width may be any.\n")) == (0, True)
    weights = run("export", "small", "--format", "pth", "--out", tmp_path / "x.pth", "--json")[1]
    assert json.loads(weights)["size_rule"] is None


@pytest.mark.slow
def test_the_export_from_the_field_tells_its_size_rule(run, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    run("add", require_case("onnx-sizes") / "swin.pth", "--role", "gan")
    out = tmp_path / "swin.onnx"
    told = json.loads(run("export", "swin", "--format", "onnx", "--out", out, "--json")[1])
    assert told["size_rule"] == {"minimum_px": 16, "multiple_px": 8, "square": False}
    found = onnxruntime.InferenceSession(out).get_modelmeta().custom_metadata_map
    assert (found["multiple_of"], found["minimum"], found["scale"]) == ("8", "16", "4")
