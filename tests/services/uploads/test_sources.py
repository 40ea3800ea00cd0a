"""Folders, zips and manifests, each as a folder to import."""

import pytest

from desra_studio.errors import InputError
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.uploads.folders import descend
from desra_studio.services.uploads.sources import open_source
from tests.factories.zips import zip_folder


def count_imported(studio, path, name):
    with open_source(studio, path) as (folder, notes):
        return import_dataset(studio, folder, name).images, notes


def list_staged(studio):
    return list((studio.settings.data_dir / "uploads").glob("*"))


def test_a_folder_is_itself(studio, dataset_folder):
    with open_source(studio, dataset_folder) as source:
        assert source == (dataset_folder, [])
    assert dataset_folder.is_dir()
    assert list_staged(studio) == []


def test_what_does_not_exist_is_left_to_the_import(studio, tmp_path):
    with open_source(studio, tmp_path / "none") as source:
        assert source.folder == tmp_path / "none"


@pytest.mark.parametrize("top", ["", "RESULTS", "deep/RESULTS"])
def test_a_zip_is_unpacked_and_removed(studio, dataset_folder, tmp_path, top):
    packed = zip_folder(dataset_folder, tmp_path / "set.zip", top)
    with open_source(studio, packed) as (folder, _notes):
        assert folder.name == ("RESULTS" if top else "set")
    assert count_imported(studio, packed, "set") == (3, [])
    assert packed.is_file()
    assert list_staged(studio) == []


def test_a_manifest_is_staged_and_removed(studio, dataset_folder):
    lines = [f"GAN-SR/{name}.png,MSE-SR/{name}.png,LR/{name}.png" for name in "abc"]
    path = dataset_folder / "set.csv"
    path.write_text("\n".join(["gan,mse,lr", *lines]))
    assert count_imported(studio, path, "set") == (3, [])
    assert list_staged(studio) == []
    assert (dataset_folder / "GAN-SR" / "a.png").is_file()


def test_settings_confine_manifests(studio, dataset_folder, tmp_path):
    settings = studio.settings.model_copy(update={"folders": (tmp_path / "open",)})
    confined = type(studio)(**vars(studio) | {"settings": settings})
    (tmp_path / "open").mkdir()
    path = tmp_path / "open" / "set.csv"
    path.write_text(f"lr\n{dataset_folder}/LR/a.png\n")
    assert count_imported(studio, path, "set") == (1, [])
    with pytest.raises(InputError, match="not in a folder that may be read"):
        count_imported(confined, path, "other")


def test_other_files_say_what_is_read(studio, generator_file):
    with (
        pytest.raises(InputError, match=r"neither a folder, a zip nor a manifest \(\.csv"),
        open_source(studio, generator_file),
    ):
        pass


def test_staged_files_go_where_the_import_fails(studio, dataset_folder, tmp_path):
    packed = zip_folder(dataset_folder / "GAN-SR", tmp_path / "set.zip", "GAN-SR")
    with pytest.raises(InputError, match="has no MSE-SR"):
        count_imported(studio, packed, "set")
    assert list_staged(studio) == []


def test_a_folder_of_the_layout_is_not_descended_into(tmp_path):
    for name in ("gan-sr", "LR-bicubic-x4"):
        (tmp_path / name / "top" / name).mkdir(parents=True)
        assert descend(tmp_path / name) == tmp_path / name / "top"
    (tmp_path / "empty").mkdir()
    assert descend(tmp_path / "empty") == tmp_path / "empty"
