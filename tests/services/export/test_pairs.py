"""Pairs that Real-ESRGAN's own reader takes, and the cleaned images."""

import numpy as np
import pytest

from desra_studio.errors import InputError
from desra_studio.finetune.pseudo_gt import compose_pseudo_gt
from desra_studio.imaging.io import decode_png, list_images, read_rgb
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.export.exporting import export_dataset
from desra_studio.services.review.masks import judge_image, save_mask
from desra_studio.storage import datasets
from desra_studio.vocabulary import State
from tests.factories.images import write_dataset
from tests.factories.studio import list_items


def read_pairs(folder):
    """Read meta_info.txt as RealESRGANPairedDataset does, both roots being the folder."""
    with (folder / "meta_info.txt").open() as file:
        lines = [line.strip() for line in file]
    return [[folder / path for path in line.split(", ")] for line in lines]


def compose_all(studio, masks):
    """Return the pseudo-GT of every image by name."""
    with studio.database.read() as session:
        records = datasets.list_records(session, datasets.find_dataset(session, "shapes"))
    return {
        record.image.name: compose_pseudo_gt(
            decode_png(studio.blobs.get(record.gan.blob_sha)),
            decode_png(studio.blobs.get(record.mse.blob_sha)),
            masks[record.image.name],
        )
        for record in records
    }


def test_pairs(studio, shapes, tmp_path):
    exported = export_dataset(studio, "shapes", "pairs", tmp_path / "out")
    assert exported.notes == ["1 image left out, without LR: odd"]
    pairs = read_pairs(tmp_path / "out")
    assert len(pairs) == exported.images == 3
    expected = compose_all(studio, shapes)
    for (gt, lq), name in zip(pairs, ("empty", "full", "pixel"), strict=True):
        assert gt == tmp_path / "out" / "HR" / f"{name}.png"
        high = read_rgb(gt).pixels
        assert np.array_equal(high, expected[name])
        low = read_rgb(lq).pixels
        assert (low.shape[0] * 4, low.shape[1] * 4) == high.shape[:2]


def test_names_that_a_line_cannot_have_are_told(studio, tmp_path):
    folder = write_dataset(tmp_path / "source", names=("a, b", "c,d", "e"))
    dataset = import_dataset(studio, folder, "set").dataset_id
    for item in list_items(studio, dataset):
        saved = save_mask(studio, item.id, np.ones((96, 96), bool), 0)
        judge_image(studio, item.id, State.ACCEPTED, saved.version)
    exported = export_dataset(studio, "set", "pairs", tmp_path / "out")
    assert (exported.images, len(read_pairs(tmp_path / "out"))) == (2, 2)
    (note,) = exported.notes
    assert "cannot name a comma with a space after it" in note
    assert note.endswith(": a, b")


def test_without_any_lr_it_says_what_to_do(studio, tmp_path):
    folder = write_dataset(tmp_path / "source", names=("a",), with_lr=False)
    dataset = import_dataset(studio, folder, "set").dataset_id
    image = list_items(studio, dataset)[0].id
    saved = save_mask(studio, image, np.ones((96, 96), bool), 0)
    judge_image(studio, image, State.ACCEPTED, saved.version)
    with pytest.raises(InputError, match="Import it with an LR folder"):
        export_dataset(studio, "set", "pairs", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_cleaned_images(studio, shapes, tmp_path):
    assert export_dataset(studio, "shapes", "cleaned", tmp_path / "out").images == 4
    cleaned = {name: read_rgb(path).pixels for name, path in list_images(tmp_path / "out").items()}
    expected = compose_all(studio, shapes)
    assert cleaned.keys() == expected.keys()
    for name, image in expected.items():
        assert np.array_equal(cleaned[name], image), name
