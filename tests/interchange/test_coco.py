"""What COCO's files may have, beside what is written."""

import json
import re

import numpy as np
import pytest
from hypothesis import given
from pycocotools import mask as coco_mask

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Size, size_of
from desra_studio.interchange.coco_runs import compress_runs, parse_runs
from desra_studio.interchange.runs import find_runs
from tests.factories.label_files import masks, read_back


def write(*segmentations, **more):
    """A file of the image x.png, 30x20, with these annotations, of label 1, 2 and so on."""
    content = {
        "images": [{"id": 5, "file_name": "deep/er\\x.png", "width": 30, "height": 20.0}],
        "annotations": [
            {"image_id": 5, "category_id": number, "segmentation": segmentation}
            for number, segmentation in enumerate(segmentations, start=1)
        ],
        "categories": [{"id": number, "name": f"kind {number}"} for number in range(1, 5)],
    }
    return json.dumps(content | more).encode()


SQUARE = [3, 4, 8, 4, 8, 9, 3, 9]


@given(masks)
def test_runs_are_those_of_pycocotools(mask):
    text = coco_mask.encode(np.asfortranarray(mask, np.uint8))["counts"]
    lengths = find_runs(mask.ravel(order="F"))
    assert np.array_equal(parse_runs(text), lengths)
    assert compress_runs(lengths, size_of(mask)) == text.decode()


def test_holes_of_a_list_and_names_with_folders():
    counts = [0, 20, 560, 5, 15]
    (label,) = read_back(write({"size": [20, 30], "counts": counts})).images
    assert (label.stem, label.size) == ("x", Size(30, 20))
    expected = np.zeros((20, 30), bool)
    expected[:, 0] = expected[:5, 29] = True
    assert np.array_equal(label.decode(), expected)


@pytest.mark.parametrize(
    ("segmentation", "says"),
    [
        (None, "it has no segmentation"),
        ([], "it has no segmentation"),
        ([[3, 4, 8, 4]], "a polygon of 2 points has no area"),
        ([[3, 4, 8, 4, 8]], "a polygon of 5 numbers"),
        ([[3, 4, 8, 4, 8, "9"]], "a polygon must be a number, got '9'"),
        ([[3, 4, 8, 4, 8, float("nan")]], "must be a number up to"),
        ([[3, 4, 8, 4, 8, 10**400]], "must be a number up to"),
        ([[40, 4, 48, 4, 48, 9]], "outside of the image of 30x20 px"),
        ([[3, 4, 8, 4, 8e9, 9]], "reaches to x 8e\\+09, y 9, far outside of 30x20 px"),
        (
            {"size": [30, 20], "counts": [600]},
            r"width \[30, 20\], the image is 30x20",
        ),
        ({"size": [20, 30], "counts": [500]}, "cover 500 px, but 30x20 are 600"),
        ({"size": [20, 30], "counts": [601, -1]}, "counts must be whole numbers from 0"),
        ({"size": [20, 30], "counts": [2**53] * 3}, "but 30x20 are 600"),
        ({"size": [20, 30], "counts": "\x20"}, "a character that COCO's never have"),
        ({"size": [20, 30], "counts": "ää"}, "a character that COCO's never have"),
        ({"size": [20, 30], "counts": "PP"}, "cut off"),
        ({"size": [20, 30], "counts": "P" * 9 + "0"}, "a number that is too long"),
        ({"size": [20, 30], "counts": "00"}, "cover 0 px"),
        ({"size": [20, 30], "counts": None}, "counts must be a list, got None"),
    ],
)
def test_one_annotation_is_left_out(segmentation, says):
    read = read_back(write(segmentation, [SQUARE]))
    (note,) = read.notes
    assert re.match(rf"deep/er\\x.png: an annotation left out: .*{says}", note)
    (label,) = read.images
    assert (len(label.areas), label.left_out, label.is_clean) == (1, 1, False)
    assert label.decode().sum() == 25


def test_nothing_that_could_be_used_is_not_clean():
    (label,) = read_back(write(None)).images
    assert (label.areas, label.is_clean) == ((), False)
    read = read_back(write(None, None, None))
    assert read.notes[0].startswith(r"deep/er\x.png: 3 annotations left out: ")


def test_other_labels_do_not_count_and_are_not_clean():
    read = read_back(write([SQUARE]), labels=["kind 2"])
    (label,) = read.images
    assert (label.areas, label.others, label.is_clean) == ((), 1, False)
    assert (read.labels, read.notes) == (("kind 1",), ())


def test_images_and_annotations_that_do_not_meet():
    images = [
        {"id": 1, "file_name": "a\n.png", "width": 20_000, "height": 20_000},
        {"id": 2, "file_name": "b.png"},
    ]
    read = read_back(write([SQUARE], images=images))
    assert read.images == ()
    assert read.notes == (
        "a\\n.png: left out: 20000x20000 is 400 megapixels, more than 100.",
        "b.png: left out: width must be a number, got None.",
        "image 5: 1 annotations left out: no image has this id.",
    )
    images[1]["id"] = 1
    with pytest.raises(InputError, match="labels: two images have the id 1"):
        read_back(write(images=images))
