"""Files that other programs' libraries wrote; tests/golden/interchange/README.md says how."""

from pathlib import Path

import numpy as np
import pytest

from desra_studio.imaging.mask_files import read_mask
from desra_studio.interchange.reading import read_label_file
from desra_studio.interchange.segmentation_masks import read_segmentation_folder

GOLDEN = Path(__file__).parent.parent / "golden" / "interchange"


@pytest.mark.parametrize(
    ("file", "form", "stems"),
    [
        ("coco.json", "COCO", ["coco-text", "coco-list", "coco-polygons", "coco-nothing"]),
        (
            "label_studio.json",
            "Label Studio",
            ["label-studio-grey", "label-studio-colour", "label-studio-outlines"],
        ),
        ("labelme-mask.json", "LabelMe", ["labelme-mask"]),
        ("labelme-crop.json", "LabelMe", ["labelme-crop"]),
        ("labelme-outlines.json", "LabelMe", ["labelme-outlines"]),
        ("cvat.xml", "CVAT", ["cvat-mask", "cvat-outlines", "cvat-nothing"]),
    ],
)
def test_masks_are_those_of_the_other_program(file, form, stems):
    read = read_label_file(GOLDEN / file)
    assert (read.form, read.notes) == (form, ())
    assert [label.stem for label in read.images] == stems
    for label in read.images:
        expected = read_mask(GOLDEN / f"{label.stem}.png").mask
        assert np.array_equal(label.decode(), expected), label.stem
        assert label.is_clean is not expected.any()


def test_segmentation_masks_are_those_of_the_other_program():
    read = read_segmentation_folder(GOLDEN / "segmentation")
    assert (read.notes, read.labels) == ((), ("artifact",))
    assert [label.stem for label in read.images] == ["cvat-mask", "cvat-nothing"]
    for label in read.images:
        expected = read_mask(GOLDEN / f"{label.stem}.png").mask
        assert np.array_equal(label.decode(), expected)
        assert label.is_clean is not expected.any()
