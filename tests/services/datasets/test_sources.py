"""Whatever a path stands for is imported: a folder, a zip of one, a manifest, an archive."""

import json
import shutil
from pathlib import Path

import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError
from desra_studio.services.datasets.sources import check_source, import_source
from desra_studio.storage import datasets


def zip_up(folder, *, inside=""):
    """A zip of a folder beside it, as people make them."""
    root = folder.parent if inside else folder
    return shutil.make_archive(str(folder), "zip", root, inside or None)


def name_images(studio, dataset_id):
    with studio.database.read() as session:
        return sorted(image.name for image in datasets.list_images(session, dataset_id))


@pytest.mark.parametrize("inside", ["", "source"])
def test_a_zip_is_its_folder(studio, dataset_folder, inside):
    path = Path(zip_up(dataset_folder, inside=inside))
    report = import_source(studio, path, "set")
    assert (report.images, report.with_lr, report.lines) == (3, 3, ())
    assert name_images(studio, report.dataset_id) == ["a", "b", "c"]
    with studio.database.read() as session:
        assert datasets.get_dataset(session, report.dataset_id).source == str(path)
    assert not list((studio.settings.data_dir / "uploads").glob("*")), "nothing unpacked stays"


def test_a_manifest_is_what_it_names(studio, dataset_folder):
    path = dataset_folder / "list.jsonl"
    lines = [
        {"gan": f"GAN-SR/{name}.png", "mse": f"MSE-SR/{name}.png", "name": f"image {name}"}
        for name in ("a", "b", "gone")
    ]
    path.write_text("\n".join(map(json.dumps, lines)))
    report = import_source(studio, path, "set")
    assert name_images(studio, report.dataset_id) == ["image a", "image b"]
    assert any("gone" in line for line in report.lines)


def test_what_is_wrong_in_a_zip_does_not_tell_where_it_was_unpacked(studio, dataset_folder):
    shutil.rmtree(dataset_folder / "MSE-SR")
    path = Path(zip_up(dataset_folder))
    with pytest.raises(InputError, match="has no MSE-SR folder") as raised:
        import_source(studio, path, "set")
    assert str(studio.settings.data_dir) not in str(raised.value)
    assert str(raised.value).startswith("source.zip has no")


def test_a_job_of_a_file_takes_its_name(studio, dataset_folder):
    path = Path(zip_up(dataset_folder))
    config = check_source(studio, path, "", DetectorParams())
    assert (config.name, config.source) == ("source", str(path))


def test_an_archive_comes_back_by_command(run, dataset_folder, tmp_path):
    here, there = (("--data-dir", tmp_path / name) for name in ("here", "there"))
    assert run("import", dataset_folder, "--name", "set", *here)[0] == 0
    out = tmp_path / "set.zip"
    assert run("export", "set", "--format", "archive", "--out", out, *here)[0] == 0
    status, output, errors = run("import", out, "--name", "again", "--json", *there)
    assert status == 0, errors
    told = json.loads(output)
    assert (told["name"], told["images"], told["with_detections"]) == ("again", 3, True)
    again = tmp_path / "again.zip"
    assert run("export", "again", "--format", "archive", "--out", again, *there)[0] == 0
    assert "with all that was detected" in run("import", again, "--name", "third", *there)[1]
