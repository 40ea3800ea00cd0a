"""Importing: what is read, what is told, and that nothing is half-written."""

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import event

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import CancelledError, InputError
from desra_studio.imaging.io import decode_png, encode_png
from desra_studio.services import jobs
from desra_studio.services.datasets.importing import check_import, import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.maintenance import check_studio
from desra_studio.storage import datasets
from desra_studio.storage.tables import Image as ImageRow
from desra_studio.vocabulary import Origin, State
from tests.factories.images import make_pair, write_dataset
from tests.patience import wait_until_ended


def load_records(studio, name="set"):
    with studio.database.read() as session:
        return datasets.list_records(session, datasets.find_dataset(session, name))


def test_imports_and_detects(studio, dataset_folder):
    report = import_dataset(studio, dataset_folder, "set")
    assert (report.images, report.with_lr, report.labels, report.lines) == (3, 3, 0, ())
    marked = detect_dataset(studio, report.dataset_id, DetectorParams(area_threshold=400))
    assert marked.marked == 3
    records = load_records(studio)
    assert [record.image.name for record in records] == ["a", "b", "c"]
    for seed, record in enumerate(records):
        gan, mse = make_pair(seed=seed)
        assert np.array_equal(decode_png(studio.blobs.get(record.gan.blob_sha)), gan)
        assert np.array_equal(decode_png(studio.blobs.get(record.mse.blob_sha)), mse)
        assert (record.image.width, record.image.height, record.image.scale) == (96, 96, 4)
        assert len(record.detection.regions) == 1
        assert record.state is State.UNREVIEWED
    assert check_studio(studio)[1] == []


def test_every_bad_file_is_told_and_the_rest_imported(studio, tmp_path):
    folder = write_dataset(tmp_path / "source", names="abcdefghijk")
    gan, mse, lr, gt = (folder / name for name in ("GAN-SR", "MSE-SR", "LR", "GT-Mask"))
    gt.mkdir()
    picture = Image.open(gan / "a.png").convert("RGB")
    (gan / "b.png").write_bytes((gan / "b.png").read_bytes()[:300])
    (gan / "c.png").write_text("not an image")
    (gan / "d.png").write_bytes(encode_png(make_pair((90, 96))[0]))
    (mse / "e.png").unlink()
    (gan / "f.png").unlink()
    picture.convert("RGBA").save(gan / "g.png")
    picture.quantize(16).save(gan / "h.png")
    (lr / "i.png").write_bytes(encode_png(make_pair((25, 24), busy=2)[1]))
    Image.new("L", (50, 50)).save(gt / "j.png")
    Image.new("L", (86, 86), 255).save(gt / "k.png")
    Image.new("L", (96, 96)).save(gt / "a.png")
    Image.new("L", (96, 96)).save(gt / "nobody.png")
    (mse / "notes.txt").write_text("notes")
    picture.save(mse / "a.webp")
    report = import_dataset(studio, folder, "set")
    lines = "\n".join(report.lines)
    for expected in (
        "GAN-SR/b.png: left out, truncated or damaged",
        "GAN-SR/c.png: left out, not a readable",
        "GAN-SR/d.png: left out, it is 96x90 px but MSE-SR is 96x96 px",
        "GAN-SR/e.png: left out, MSE-SR has no image of this name",
        "MSE-SR/f.png: left out, GAN-SR has no image of this name",
        "GAN-SR/g.png: alpha channel dropped",
        "GAN-SR/h.png: palette converted to RGB",
        "LR/i.png: imported without LR, 24x25 px",
        "GT-Mask/j.png: imported without its manual mask, 50x50 px",
        "GT-Mask/nobody.png: left out, no GAN-SR and MSE-SR of this name",
        "MSE-SR/notes.txt: left out, a file of type .txt is not read",
        "MSE-SR/a.webp: left out, a.png has the same name but for the ending",
    ):
        assert expected in lines
    records = {record.image.name: record for record in load_records(studio)}
    assert sorted(records) == ["a", "g", "h", "i", "j", "k"]
    assert (report.images, report.with_lr, report.labels) == (6, 5, 2)
    assert records["a"].state is State.CLEAN
    assert records["k"].state is State.ACCEPTED
    assert records["k"].revision.origin is Origin.IMPORTED
    assert records["k"].revision.area_px == 86 * 86
    assert records["i"].image.lr_sha is None


def test_layouts(studio, tmp_path):
    folder = write_dataset(tmp_path / "source", with_lr=False)
    (folder / "GAN-SR").rename(folder / "gan-sr")
    enlarged = folder / "LR-bicubic-x4"
    enlarged.mkdir()
    for name in "ab":
        (enlarged / f"{name}.png").write_bytes((folder / "MSE-SR" / f"{name}.png").read_bytes())
    (enlarged / "c.png").write_bytes(encode_png(make_pair((64, 64))[1]))
    report = import_dataset(studio, folder, "set")
    assert report.with_lr == 2
    assert "LR-bicubic-x4/a.png: reduced 4 times, to 24x24 px" in report.lines
    assert any(line.startswith("LR-bicubic-x4/c.png: imported without LR") for line in report.lines)


@pytest.mark.parametrize("name", ["", "   ", "x" * 300, "line\nbreak"])
def test_refuses_names(studio, dataset_folder, name):
    with pytest.raises(InputError, match="name must have"):
        import_dataset(studio, dataset_folder, name)


def test_refuses_what_is_no_dataset(studio, tmp_path, dataset_folder):
    import_dataset(studio, dataset_folder, "set")
    with pytest.raises(InputError, match="'set' exists already"):
        import_dataset(studio, dataset_folder, "set")
    with pytest.raises(InputError, match="not a folder"):
        import_dataset(studio, tmp_path / "none", "other")
    (tmp_path / "empty" / "MSE-SR").mkdir(parents=True)
    with pytest.raises(InputError, match=r"no GAN-SR folder \(found: no folder with images\)"):
        import_dataset(studio, tmp_path / "empty", "other")
    (tmp_path / "empty" / "GAN-SR").mkdir()
    (tmp_path / "empty" / "GAN-SR" / "a.png").write_text("text")
    with pytest.raises(InputError, match=r"No image of .* could be imported"):
        import_dataset(studio, tmp_path / "empty", "other")
    config = check_import(studio, dataset_folder, "", DetectorParams())
    assert config.name == "source"


def test_cancelling_writes_no_row(studio, dataset_folder):
    def cancel(done, _total, _message):
        if done == 2:
            raise CancelledError("stop")

    with pytest.raises(CancelledError):
        import_dataset(studio, dataset_folder, "set", cancel)
    with studio.database.read() as session:
        assert session.query(ImageRow).count() == 0
        assert datasets.list_datasets(session) == []
    assert import_dataset(studio, dataset_folder, "set").images == 3


LATIN_1 = "caf\udce9"
"""As Python keeps a name that was written in Latin-1."""


def test_names_that_are_not_utf_8_are_spelled_and_end_no_import(studio, dataset_folder):
    for folder in ("GAN-SR", "MSE-SR", "LR"):
        (dataset_folder / folder / "b.png").rename(dataset_folder / folder / f"{LATIN_1}.png")
    (dataset_folder / "LR" / f"{LATIN_1}.txt").write_text("no image")
    source = dataset_folder.rename(dataset_folder.with_name(LATIN_1))
    config = {"source": str(source), "name": "set", "params": DetectorParams().as_dict()}
    view = wait_until_ended(studio, jobs.start_job(studio, "import", config))
    assert view.succeeded, view.message
    assert view.result["images"] == 3
    assert [line for line in view.result["lines"] if r"LR/caf\xe9.txt: left out" in line]
    with studio.database.read() as session:
        (dataset,) = datasets.list_datasets(session)
        names = sorted(image.name for image in datasets.list_images(session, dataset.id))
    assert dataset.source.endswith(r"caf\xe9")
    assert names == ["a", "c", r"caf\xe9"]


def test_a_folder_that_is_not_utf_8_and_no_dataset_is_told(studio, tmp_path):
    config = {"source": str(tmp_path / LATIN_1), "name": "set", "params": {}}
    view = wait_until_ended(studio, jobs.start_job(studio, "import", config))
    assert r"caf\xe9 is not a folder" in view.message


def count_questions(studio, folder, name):
    """Import a folder, and return how many statements were more than new rows."""
    statements = []

    def note(_connection, _cursor, statement, *_):
        if not statement.startswith("INSERT"):
            statements.append(statement)

    event.listen(studio.database.engine, "before_cursor_execute", note)
    import_dataset(studio, folder, name)
    event.remove(studio.database.engine, "before_cursor_execute", note)
    return len(statements)


def test_many_labels_are_written_at_once(studio, tmp_path):
    """Others wait for the write lock, five seconds at most."""
    counts = []
    for images in (2, 12):
        folder = write_dataset(tmp_path / str(images), names="abcdefghijkl"[:images])
        (folder / "GT-Mask").mkdir()
        for path in (folder / "GAN-SR").iterdir():
            Image.new("L", (96, 96), 255 * (path.stem != "b")).save(folder / "GT-Mask" / path.name)
        counts.append(count_questions(studio, folder, f"set {images}"))
    assert counts[0] == counts[1]
    for record in load_records(studio, "set 12"):
        is_clean = record.image.name == "b"
        assert record.state is (State.CLEAN if is_clean else State.ACCEPTED)
        assert record.review.version == 1
        assert record.revision.id == record.review.current_revision_id
        assert (record.revision.number, record.revision.parent_id) == (1, None)
        assert record.revision.area_px == (0 if is_clean else 96 * 96)
        assert record.revision.origin is Origin.IMPORTED
    assert check_studio(studio)[1] == []
