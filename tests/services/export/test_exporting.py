"""What holds for every format, and what is refused."""

import pytest

from desra_studio.errors import InputError, NotFoundError
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.export.exporting import export_dataset, render_download
from desra_studio.services.export.formats import FORMATS, list_downloads
from desra_studio.services.maintenance import check_studio
from desra_studio.services.review.documents import describe_image
from tests.factories.studio import list_items


@pytest.mark.parametrize("form", FORMATS)
def test_a_format_writes_once(studio, labelled, tmp_path, form):
    out = tmp_path / "out"
    assert export_dataset(studio, "set", form, out).images >= 2
    assert out.is_dir() is (FORMATS[form].target == "folder")
    with pytest.raises(InputError, match="new"):
        export_dataset(studio, "set", form, out)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("form", list_downloads())
def test_a_download_is_the_file(studio, labelled, tmp_path, form):
    out = tmp_path / "out"
    export_dataset(studio, "set", form, out)
    download = render_download(studio, labelled, form)
    assert download.data == out.read_bytes()
    assert download.name == f"set{list_downloads()[form].suffix}"


@pytest.mark.parametrize("form", ["masks", "tiff"])
def test_what_is_no_file_is_not_downloaded(studio, labelled, form):
    with pytest.raises(NotFoundError, match=f"as '{form}'. Choose one of: csv"):
        render_download(studio, labelled, form)


def test_refuses(studio, dataset_folder, labelled, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "old.png").write_text("")
    for arguments, error, says in (
        (("set", "tiff", tmp_path / "x"), InputError, "Unknown format 'tiff'"),
        (("none", "masks", tmp_path / "x"), NotFoundError, "There are: set"),
        (("set", "masks", tmp_path / "full"), InputError, "is not empty"),
        (("set", "csv", tmp_path / "full"), InputError, "exists already"),
    ):
        with pytest.raises(error, match=says):
            export_dataset(studio, *arguments)
    import_dataset(studio, dataset_folder, "fresh")
    with pytest.raises(InputError, match="no accepted or clean image"):
        export_dataset(studio, "fresh", "masks", tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_check_finds_what_is_gone(studio, labelled):
    checked, problems = check_studio(studio)
    assert checked > 10
    assert problems == []
    document = describe_image(studio, list_items(studio, labelled)[0].id)
    studio.blobs.find(document.revision.sha).unlink()
    _, problems = check_studio(studio)
    assert len(problems) == 1
    assert problems[0].startswith("mask_revision.mask_sha of row 1: The stored file")
