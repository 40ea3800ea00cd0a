"""What CVAT's files of images may have."""

import numpy as np
import pytest

from desra_studio.errors import InputError
from tests.factories.label_files import read_back


def write(*shapes, size='width="30" height="20"'):
    """A file of the image x.png, 30x20."""
    start = f'<annotations><meta/><image id="0" name="set/x.png" {size}>'
    return f"{start}{''.join(shapes)}</image></annotations>".encode()


def make_mask_shape(runs="1, 2, 3, 2", box='left="2" top="3" width="4" height="2"'):
    return f'<mask label="artifact" rle="{runs}" {box}/>'


BOX = '<box label="box" xtl="3" ytl="4" xbr="8" ybr="9" occluded="0"><attribute name="a"/></box>'


def test_runs_go_row_by_row_through_a_box():
    read = read_back(write(make_mask_shape(), BOX), labels=["artifact"])
    (label,) = read.images
    assert (label.stem, read.labels) == ("x", ("artifact", "box"))
    assert np.argwhere(label.decode()).tolist() == [[3, 3], [3, 4], [4, 4], [4, 5]]


def test_boxes_turn_around_their_centre():
    turned = '<box label="a" xtl="4" ytl="6" xbr="12" ybr="10" rotation="90.0"/>'
    (label,) = read_back(write(BOX, turned)).images
    expected = np.zeros((20, 30), bool)
    expected[4:9, 3:8] = expected[4:12, 6:10] = True
    assert np.array_equal(label.decode(), expected)


def test_an_ellipse():
    ellipse = '<ellipse label="a" cx="15" cy="10" rx="8" ry="4"/>'
    (label,) = read_back(write(ellipse)).images
    assert label.decode().sum() == pytest.approx(np.pi * 32, rel=0.05)


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        ('<points label="a" points="1,1;2,2"/>', "a points has no area"),
        ('<polygon label="a" points="1,1;2,2"/>', "a polygon of 2 points"),
        ('<polygon label="a" points="1,1;2"/>', "x,y each, got one of 1 numbers"),
        ('<polygon label="a"/>', "points must be a number, got ''"),
        ('<polygon label="a" points="1,1;2,nan;3,3"/>', "a number below 2^53, got 'nan'"),
        (make_mask_shape("1, 2"), "cover 3 px, but 4x2 are 8"),
        (make_mask_shape("1, 2.5, 4.5"), "not whole numbers"),
        (make_mask_shape("9, -1"), "cover 8 px"),
        (make_mask_shape("1, x"), "rle must be a number, got 'x'"),
        (make_mask_shape(box='left="28" top="3" width="4" height="2"'), "not inside 30x20 px"),
        (make_mask_shape(box='left="2.5" top="3" width="4" height="2"'), "got 2.5"),
        (make_mask_shape(box=""), "left must be a number, got ''"),
    ],
)
def test_one_shape_is_left_out(shape, says):
    read = read_back(write(shape, BOX))
    (note,) = read.notes
    assert note.startswith("set/x.png: an annotation left out: ")
    assert says in note
    (label,) = read.images
    assert (label.left_out, label.decode().sum()) == (1, 25)


def test_an_image_without_a_size_is_left_out():
    read = read_back(write(BOX, size=""))
    assert (read.images, read.notes) == (
        (),
        ("set/x.png: left out: width must be a number, got ''.",),
    )


def test_entities_are_refused_before_they_grow():
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 20))
    with pytest.raises(InputError, match="has a document type"):
        read_back(f"<!DOCTYPE x [{bomb}]><annotations>&e19;</annotations>".encode())
