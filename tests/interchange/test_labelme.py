"""What LabelMe's files may have, beside what is written."""

import base64
import json

import numpy as np
import pytest

from desra_studio.errors import InputError
from desra_studio.imaging.masks import encode_mask_png
from desra_studio.imaging.png import encode_pixels
from tests.factories.label_files import read_back


def write(*shapes, **more):
    """A file of the image x.png, 30x20."""
    content = {
        "version": "5.4.1",
        "imagePath": "..\\set\\x.png",
        "imageData": None,
        "imageWidth": 30,
        "imageHeight": 20,
        "shapes": [{"label": "artifact"} | shape for shape in shapes],
    }
    return json.dumps(content | more).encode()


def encode(data):
    return base64.b64encode(data).decode()


def make_mask_shape(png, points=((2, 3), (5, 4))):
    return {"shape_type": "mask", "points": points, "mask": encode(png)}


SQUARE = {"points": [[3, 4], [7, 4], [7, 8], [3, 8]]}
CROP = encode_pixels(np.array([[0, 1, 1, 0], [1, 0, 0, 255]], np.uint8))


def test_old_files_have_polygons_and_do_not_say_so():
    (label,) = read_back(write(SQUARE)).images
    assert label.stem == "x"
    expected = np.zeros((20, 30), bool)
    expected[4:9, 3:8] = True
    assert np.array_equal(label.decode(), expected)


def test_a_mask_is_whatever_is_not_0():
    (label,) = read_back(write(make_mask_shape(CROP))).images
    assert np.argwhere(label.decode()).tolist() == [[3, 3], [3, 4], [4, 2], [4, 5]]


def test_a_file_without_shapes_is_clean():
    (label,) = read_back(write()).images
    assert label.is_clean


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        ({"shape_type": "line", "points": [[1, 1], [2, 2]]}, "type 'line' has no area"),
        ({"shape_type": ["x"], "points": [[1, 1], [2, 2]]}, "type list has no area"),
        ({"points": [[1, 1], [2, 2]]}, "a polygon of 2 points"),
        ({"points": []}, "it has no points"),
        ({"points": [[1]]}, "points must be [x, y] each, got one of 1 numbers"),
        ({"shape_type": "circle", "points": [[1, 1]]}, "a circle must have 2 points, got 1"),
        ({"shape_type": "circle", "points": [[1, 1], [900, 1]]}, "far outside of 30x20 px"),
        (make_mask_shape(CROP, [[2, 3]]), "a mask must have 2 points, got 1"),
        (make_mask_shape(CROP, [[2, 3], [6, 4]]), "its mask is of 4x2 px, its box of 5x2"),
        (make_mask_shape(CROP, [[28, 3], [31, 4]]), "reaches from 28, 3 to 31, 4 of 30x20"),
        (make_mask_shape(CROP[:45]), "no readable PNG"),
        (make_mask_shape(b"GIF89a"), "no readable PNG"),
        (make_mask_shape(encode_mask_png(np.ones((3000, 3000), bool))), "of 3000x3000 px"),
        (make_mask_shape(CROP) | {"mask": "ä!"}, "no base64"),
        (make_mask_shape(CROP) | {"mask": None}, "a mask must be a text, got None"),
    ],
)
def test_one_shape_is_left_out(shape, says):
    read = read_back(write(shape, SQUARE))
    (note,) = read.notes
    assert note.startswith(r"..\set\x.png: an annotation left out: ")
    assert says in note
    (label,) = read.images
    assert (label.left_out, label.decode().sum()) == (1, 25)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"imageWidth": None}, "imageWidth must be a number, got None"),
        ({"imageHeight": 0}, "an image of 30x0 px cannot be"),
        ({"imageHeight": 9_000_000}, "30x9000000 is 270 megapixels, more than 100"),
        ({"imagePath": ""}, "imagePath must be a text, got ''"),
        ({"shapes": {}}, "shapes must be a list, got dict"),
        ({"shapes": [{}]}, "a shape's label must be a text, got None"),
    ],
)
def test_refuses(more, says):
    with pytest.raises(InputError, match=f"labels: {says}"):
        read_back(write(**more))
