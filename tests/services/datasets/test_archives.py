"""An archive brings a dataset into another studio without loss, or is refused and does nothing."""

import hashlib
import io
import json
import stat
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest

from desra_studio.errors import InputError, NotFoundError
from desra_studio.services.datasets import archives
from desra_studio.services.datasets.archives import import_archive, is_archive
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.export.exporting import export_dataset
from desra_studio.services.maintenance import check_studio
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import save_mask
from desra_studio.services.review.regions import label_region
from desra_studio.services.studio import open_studio
from desra_studio.storage import archive_tables, datasets, models, reviews, weight_sets
from desra_studio.storage.archive_dump import iter_rows
from desra_studio.storage.base import Base
from desra_studio.storage.label_tables import Opinion, ReviewFlag
from desra_studio.storage.region_label import RegionLabel
from desra_studio.vocabulary import ModelRole, Origin, State
from tests.factories.images import write_dataset
from tests.factories.masks import mark_squares
from tests.factories.studio import accept_detected, import_detected, list_items, make_settings

NOT_ARCHIVED = {
    "audit_event", "draft", "queue_entry", "region_kind", "region_vote", "run", "run_metric",
    "score", "study", "study_item", "training_sample", "training_set", "trial", "user",
    "user_session", "vote", "voter",
}  # fmt: skip
NAMES = ("a", "=1+1", "Ä b")


@pytest.fixture
def rich(studio, tmp_path):
    """The id of a dataset of which every kind of row is there."""
    dataset = import_detected(studio, write_dataset(tmp_path / "source", names=NAMES))
    accept_detected(studio, dataset)
    first, second, _ = (item.id for item in list_items(studio, dataset))
    mask = mark_squares((10, 20, 8), (50, 60, 4))
    version = describe_image(studio, first).version
    save_mask(studio, first, mask, version, "Anna", "only these")
    label_region(studio, first, RegionLabel(51, 61, "blotch", 4, "=1+1"), author="Anna")
    sha = studio.blobs.put(b"class map")
    with studio.database.write() as session:
        record = datasets.get_record(session, second)
        tuned = models.add_model(
            session, "tuned", ModelRole.GAN, scale=4, file_sha=studio.blobs.put(b"weights"),
            card={"figures": [1, 0.5]}, partner_id=record.mse.model_id,
        )  # fmt: skip
        datasets.put_rendition(session, second, tuned.id, record.gan.blob_sha)
        session.add(
            ReviewFlag(image_id=second, model_id=record.gan.model_id, source="study", x=3, y=4)
        )
        session.add(
            Opinion(
                image_id=second,
                model_id=record.gan.model_id,
                author="Ben",
                state=State.ACCEPTED,
                version=3,
                current_revision_id=record.revision.id,
            )
        )
        review = reviews.get_review(session, second, record.gan.model_id)
        review.opinions_wanted, review.dissent, review.assigned_to = 2, 0.25, "Ben"
        weight_sets.add_weight_set(session, "city", [{"interval": [0, 1]}], "here", "B0", 3)
        weight_sets.put_class_map(session, record.gan.blob_sha, "B0", sha)
        record.detection.params = record.detection.params | {"class_weights": "city"}
    return dataset


@pytest.fixture
def other(make_data_dir, tmp_path):
    """Another installation, in which nothing was done."""
    opened = open_studio(make_settings(make_data_dir(tmp_path / "other")))
    yield opened
    opened.database.close()


@pytest.fixture
def archive(studio, rich, tmp_path):
    """The file of the archive of `rich`."""
    export_dataset(studio, "set", "archive", tmp_path / "set.zip")
    return tmp_path / "set.zip"


def read_rows(studio, name="set"):
    with studio.database.read() as session:
        return list(iter_rows(session, datasets.find_dataset(session, name)))


def count_rows(studio):
    with studio.database.connect() as connection:
        return {
            table.name: connection.execute(table.select()).all().__len__()
            for table in Base.metadata.sorted_tables
        }


def test_every_table_and_column_is_archived_or_named():
    tables = Base.metadata.tables
    assert archive_tables.TABLES.keys() == tables.keys() - NOT_ARCHIVED
    for table, columns in archive_tables.LEFT_OUT.items():
        assert columns <= {column.name for column in tables[table].columns}
        assert not columns & archive_tables.list_columns(table).keys()
    for table in archive_tables.TABLES:
        for column in archive_tables.LEFT_OUT.get(table, ()):
            assert f"`{column}`" in archive_tables.__doc__


def test_nothing_is_lost(studio, rich, archive, other, tmp_path):
    assert is_archive(archive)
    report = import_archive(other, archive, "")
    assert (report.name, report.images, report.with_lr, report.labels) == ("set", 3, 3, 3)
    rows = read_rows(studio)
    assert {table for table, _ in rows} == archive_tables.TABLES.keys()
    assert read_rows(other) == rows
    export_dataset(other, "set", "archive", tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()
    assert check_studio(other)[1] == []


def test_what_was_imported_can_be_worked_on(rich, archive, other):
    dataset = import_archive(other, archive, "here").dataset_id
    items = list_items(other, dataset)
    assert [item.name for item in items] == sorted(NAMES)
    first = describe_image(other, next(item.id for item in items if item.name == "=1+1"))
    assert first.detection is not None
    assert first.revision is not None
    saved = save_mask(other, first.id, np.zeros((96, 96), bool), first.version)
    assert saved.revision.number == first.revision.number + 1


def test_weights_stay_and_are_told(studio, rich, archive, other, tmp_path):
    lines = import_archive(other, archive, "").lines
    (line,) = [line for line in lines if "'tuned'" in line]
    assert hashlib.sha256(b"weights").hexdigest() in line
    with other.database.read() as session:
        tuned = models.find_model(session, "tuned")
    assert tuned.file_sha is None
    assert b"weights" not in archive.read_bytes()


def test_models_that_are_here_are_used(studio, rich, archive):
    lines = import_archive(studio, archive, "copy").lines
    with studio.database.read() as session:
        names = {model.name for model in models.list_models(session)}
    assert "tuned 2" not in names, "its weights are the same"
    assert "set GAN-SR 2" in names, "outputs of another import may be others"
    assert any("'set GAN-SR': imported as 'set GAN-SR 2'" in line for line in lines)


def test_other_class_weights_of_the_name_stay(studio, rich, archive, other):
    with other.database.write() as session:
        weight_sets.add_weight_set(session, "city", [{"interval": [5, 6]}], "there", "B0", 9)
    lines = import_archive(other, archive, "").lines
    assert any("class weights 'city'" in line for line in lines)
    with other.database.read() as session:
        (kept,) = weight_sets.list_weight_sets(session)
    assert kept.images == 9


def test_lr_images_that_wait(studio, other, tmp_path):
    folder = write_dataset(tmp_path / "source")
    import_dataset(studio, folder / "LR", "waiting")
    export_dataset(studio, "waiting", "archive", tmp_path / "waiting.zip")
    report = import_archive(other, tmp_path / "waiting.zip", "")
    assert (report.images, report.lr_only, report.labels) == (3, True, 0)
    assert read_rows(other, "waiting") == read_rows(studio, "waiting")


def test_the_manifest_has_every_hash(archive):
    with zipfile.ZipFile(archive) as opened:
        manifest = json.loads(opened.read("manifest.json"))
        assert manifest["format"] == 3
        assert (manifest["made_by"], manifest["reference"]) == (None, "MSE-SR")
        assert opened.namelist() == [*manifest["files"], "manifest.json"]
        for name, said in manifest["files"].items():
            data = opened.read(name)
            assert said == {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def test_no_path_of_the_machine_is_in_it(archive, tmp_path):
    with zipfile.ZipFile(archive) as opened:
        assert not any(str(tmp_path).encode() in opened.read(name) for name in opened.namelist())


# Bad archives.


def read_all(path):
    with zipfile.ZipFile(path) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def write_all(path, files):
    with zipfile.ZipFile(path, "w") as opened:
        for name, data in files.items():
            opened.writestr(name, data)


def change_manifest(entries, **values):
    entries["manifest.json"] = json.dumps(json.loads(entries["manifest.json"]) | values).encode()


def change_row(files, table, **values):
    """Change the first row of a table, and the manifest so that all hashes are right."""
    name = f"rows/{table}.jsonl"
    first, _, rest = files[name].partition(b"\n")
    files[name] = json.dumps(json.loads(first) | values).encode() + b"\n" + rest
    named = json.loads(files["manifest.json"])["files"]
    size, sha = len(files[name]), hashlib.sha256(files[name]).hexdigest()
    change_manifest(files, files=named | {name: {"bytes": size, "sha256": sha}})


def find_file(files):
    return next(name for name in files if name.startswith("files/"))


def swap_bytes(files, name):
    files[name] = files[name][:-1] + bytes([files[name][-1] ^ 1])


def refuse(other, path, says):
    before = count_rows(other)
    with pytest.raises(InputError, match=says) as refused:
        import_archive(other, path, "")
    assert "\n" not in str(refused.value)
    assert count_rows(other) == before


def add_unknown(files):
    files["../../evil.png"] = b"x"


CHANGES = {
    "a damaged image": (lambda files: swap_bytes(files, find_file(files)), "files/.* is damaged"),
    "damaged rows": (
        lambda files: swap_bytes(files, "rows/image.jsonl"),
        "rows/image.jsonl is damaged",
    ),
    "a missing image": (lambda files: files.pop(find_file(files)), "files/.* is missing"),
    "a path that climbs": (add_unknown, "evil.png' has no place"),
    "an absolute path": (lambda files: files.update({"/etc/x": b""}), "/etc/x' has no place"),
    "a file too many": (lambda files: files.update({"files/" + "0" * 64: b""}), "not in its man"),
    "no manifest": (lambda files: files.pop("manifest.json"), "no manifest.json in it"),
    "no JSON": (lambda files: files.update({"manifest.json": b"["}), "is not readable"),
    "another kind": (lambda files: change_manifest(files, kind="x"), "of another kind: 'x'"),
    "a newer format": (lambda files: change_manifest(files, format=4), "format 4.*Update DeSRA"),
    "no format": (lambda files: change_manifest(files, format="1"), "of another kind"),
    "what is not known": (lambda files: change_manifest(files, more=1), "nothing usable of more"),
    "fewer rows": (lambda files: change_manifest(files, rows={}), "rows, its manifest.json says 0"),
    "a name with a slash": (
        lambda files: change_row(files, "image", name="../x"), "'../x' cannot be the name"
    ),
    "two of a name": (lambda files: change_row(files, "image", name="a"), "the same name"),
    "a huge image": (
        lambda files: change_row(files, "image", width=10**6, height=10**6), "MAX_MEGAPIXELS"
    ),
    "another size": (lambda files: change_row(files, "image", width=100), "no PNG of"),
    "a word for a number": (lambda files: change_row(files, "image", width="9"), "line 1: width"),
    "an unknown state": (
        lambda files: change_row(files, "review_state", state="x"), "state cannot be 'x'"
    ),
    "no time zone": (
        lambda files: change_row(files, "mask_revision", created_at="2026-01-01T00:00:00"),
        "no time zone",
    ),
    "an unknown column": (lambda files: change_row(files, "image", evil=1), "line 1: evil"),
    "a row that is not there": (
        lambda files: change_row(files, "rendition", model_id=99), "model 99, which is not there"
    ),
    "another's mask": (
        lambda files: change_row(files, "review_state", current_revision_id=3), "follows one of"
    ),
    "a region outside": (lambda files: change_row(files, "region", x=96), "lies outside"),
    "a file that no one has": (
        lambda files: change_row(files, "image", lr_sha="0" * 64), "and a row names it"
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_bad_archives_are_refused(archive, other, change):
    files = read_all(archive)
    does, says = CHANGES[change]
    does(files)
    write_all(archive, files)
    refuse(other, archive, says)


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99])
def test_a_cut_off_archive_is_refused(archive, other, share):
    data = archive.read_bytes()
    archive.write_bytes(data[: int(len(data) * share)])
    assert not is_archive(archive)
    refuse(other, archive, "set.zip: cut off or damaged")


def test_links_are_refused(archive, other):
    files = read_all(archive)
    with zipfile.ZipFile(archive, "w") as opened:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)
            if name == find_file(files):
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            opened.writestr(info, data)
    refuse(other, archive, "is a link")


def test_a_name_that_comes_twice_is_refused(archive, other):
    name = find_file(read_all(archive))
    with zipfile.ZipFile(archive, "a") as opened, pytest.warns(UserWarning, match="Duplicate"):
        opened.writestr(name, b"")
    refuse(other, archive, "is in it twice")


def test_a_bomb_is_refused(archive, other):
    """A size that the manifest does not say is not unpacked, nor one that the disk cannot hold."""
    files = read_all(archive)
    name = find_file(files)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        for each, data in files.items():
            opened.writestr(each, bytes(10**7) if each == name else data)
    archive.write_bytes(packed.getvalue())
    refuse(other, archive, "has 10000000 bytes, not")


def test_a_size_that_the_zip_lies_about_is_refused(archive, other):
    name = find_file(read_all(archive))
    with zipfile.ZipFile(archive) as opened:
        info = opened.getinfo(name)
    data = bytearray(archive.read_bytes())
    # The size in the central directory, behind its signature, is what is believed.
    entry = data.rindex(b"PK\x01\x02", 0, data.rindex(name.encode()))
    data[entry + 24 : entry + 28] = (info.file_size + 5).to_bytes(4, "little")
    archive.write_bytes(bytes(data))
    refuse(other, archive, "bytes, not")


def test_a_full_disk_is_told_before(archive, other, monkeypatch):
    usage = SimpleNamespace(free=1000)
    monkeypatch.setattr(archives.shutil, "disk_usage", lambda path: usage)
    refuse(other, archive, "Free some space")


def test_a_name_that_is_taken_is_told(studio, rich, archive):
    with pytest.raises(InputError, match="'set' exists already"):
        import_archive(studio, archive, "")


def test_other_files_are_no_archives(other, tmp_path):
    (tmp_path / "text.zip").write_text("x")
    write_all(tmp_path / "images.zip", {"LR/a.png": b""})
    assert not is_archive(tmp_path / "text.zip")
    assert not is_archive(tmp_path / "images.zip")
    assert not is_archive(tmp_path)
    refuse(other, tmp_path / "images.zip", "no archive of a dataset")


def test_a_missing_file_of_the_studio_is_told(studio, rich, tmp_path):
    with studio.database.read() as session:
        record = datasets.list_records(session, datasets.get_dataset(session, rich))[0]
    studio.blobs.find(record.gan.blob_sha).unlink()
    with pytest.raises(NotFoundError, match="is missing"):
        export_dataset(studio, "set", "archive", tmp_path / "set.zip")
    assert not list(tmp_path.glob("*.zip")) + list(tmp_path.glob(".writing-*"))


def test_origins_and_parents_come_along(rich, archive, other):
    import_archive(other, archive, "")
    rows = [row for table, row in read_rows(other) if table == "mask_revision"]
    (last,) = [row for row in rows if row["author"] == "Anna"]
    assert (last["number"], last["note"], last["origin"]) == (2, "only these", Origin.MANUAL.value)
    assert rows[last["parent_id"] - 1]["number"] == 1


def write_first_format(files):
    """Write rows as format 1 had them."""
    told = {"dataset": ["blind_share"], "image": ["is_blind"], "mask_revision": ["made_by"]}
    for table, columns in told.items():
        name = f"rows/{table}.jsonl"
        rows = [json.loads(line) for line in files[name].splitlines()]
        for row in rows:
            for column in columns:
                row[column] = None
                if table != "mask_revision":
                    del row[column]
        files[name] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
        change_row(files, table)
    change_manifest(files, format=1)


def test_an_archive_of_the_first_format_says_how_labels_were_made(rich, archive, other):
    files = read_all(archive)
    write_first_format(files)
    change_manifest(files, reference={"kind": "HR"})
    write_all(archive, files)
    lines = import_archive(other, archive, "").lines
    assert "manifest.json, reference: not kept by this version" in lines
    rows = list(read_rows(other))
    made = [row["made_by"] for table, row in rows if table == "mask_revision"]
    assert sorted(made) == ["corrected", "detected", "detected", "detected"]
    assert [row["blind_share"] for table, row in rows if table == "dataset"] == [0]
    assert not any(row["is_blind"] for table, row in rows if table == "image")
