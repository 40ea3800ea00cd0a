"""Masks of large images come back as they were, from every format that holds them."""

import numpy as np
import pytest

from desra_studio.imaging.io import encode_png
from desra_studio.imaging.masks import encode_mask_png
from desra_studio.services.datasets.adding import add_to_dataset
from desra_studio.services.datasets.archives import import_archive
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.export.exporting import export_dataset
from desra_studio.services.studio import open_studio
from desra_studio.storage import datasets
from tests.factories.studio import make_settings

SIDE = 4096
TARGETS = {
    "masks": "masks",
    "coco": "labels.json",
    "label-studio": "label studio",
    "labelme": "labelme",
    "archive": "set.zip",
}


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A studio with a dataset of two images: a mask of a few shapes, and one with noise."""
    folder = tmp_path_factory.mktemp("large")
    shapes, noise = np.zeros((2, SIDE, SIDE), bool)
    shapes[100:3000, 200:2500] = True
    shapes[1000:2000, 700:900] = False
    shapes[-1, -1] = shapes[0, -1] = shapes[-1, 0] = True
    noise[-48:, -64:] = np.random.default_rng(0).random((48, 64)) < 0.4
    noise[:40, 2000:2060] = np.random.default_rng(1).random((40, 60)) < 0.7
    for sub in ("GAN-SR", "MSE-SR", "GT-Mask"):
        (folder / "in" / sub).mkdir(parents=True)
    for level, (name, mask) in enumerate({"shapes": shapes, "noise": noise}.items()):
        picture = encode_png(np.full((SIDE, SIDE, 3), level, np.uint8))
        for sub in ("GAN-SR", "MSE-SR"):
            (folder / "in" / sub / f"{name}.png").write_bytes(picture)
        (folder / "in" / "GT-Mask" / f"{name}.png").write_bytes(encode_mask_png(mask))
    studio = open_studio(make_settings(folder / "data"))
    assert import_dataset(studio, folder / "in", "set").labels == 2
    yield studio
    studio.database.close()


def list_masks(studio, name):
    """The stored masks by image; the same address is the same pixels."""
    with studio.database.read() as session:
        dataset = datasets.find_dataset(session, name)
        records = datasets.list_records(session, dataset)
    return {record.image.name: record.label.mask_sha for record in records}


@pytest.mark.parametrize("form", TARGETS)
def test_masks_of_4096_px_come_back(large, tmp_path, form):
    out = tmp_path / TARGETS[form]
    export_dataset(large, "set", form, out)
    if form == "archive":
        import_archive(large, out, "again")
        assert list_masks(large, "again") == list_masks(large, "set")
    else:
        with large.database.read() as session:
            dataset = datasets.find_dataset(session, "set")
        added = add_to_dataset(large, dataset.id, out)
        assert (added.unchanged, added.kept, added.lines) == (2, 0, ())
