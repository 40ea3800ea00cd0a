"""Pictures that were turned, mirrored, shifted or swapped, and those that were not."""

import cv2
import numpy as np
import pytest

from desra_studio.imaging.alignment import compare_pictures
from desra_studio.imaging.io import compress_jpeg, list_images, read_rgb, resize_bicubic
from tests.factories.images import make_noise, make_pair, make_picture

PICTURE = make_picture(128, 160)
REDUCED = cv2.resize(PICTURE, (40, 32), interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda image: image[::-1, ::-1], "turned by 180 degrees"),
        (lambda image: image[:, ::-1], "mirrored left to right"),
        (lambda image: image[::-1], "mirrored top to bottom"),
        (lambda image: np.rot90(image), "turned by 90 degrees counterclockwise"),
        (lambda image: np.rot90(image, -1), "turned by 90 degrees clockwise"),
        (lambda image: image.swapaxes(0, 1), "mirrored along a diagonal"),
        (lambda image: np.roll(image, 8, 1), "shifted by about 8 px to the right"),
        (
            lambda image: np.roll(image, (-12, -4), (0, 1)),
            "shifted by about 4 px to the left and 12 px to the top",
        ),
    ],
)
def test_says_what_was_done_to_a_picture(change, says):
    found = compare_pictures(np.ascontiguousarray(change(PICTURE)), PICTURE)
    assert (found.problem, found.sure) == (says, True)
    reduced = compare_pictures(np.ascontiguousarray(change(PICTURE)), REDUCED)
    assert (reduced.problem, reduced.sure) == (says, True)


def test_another_picture_is_suspected_but_not_certain():
    found = compare_pictures(make_picture(128, 160, seed=1), PICTURE)
    assert found.problem.startswith("another picture, it seems (correlation ")
    assert not found.sure


@pytest.mark.parametrize(
    "image",
    [
        REDUCED,
        compress_jpeg(PICTURE, 40),
        (PICTURE // 2 + 60).astype(np.uint8),
        np.clip(PICTURE.astype(int) + make_noise(128, 160) // 8, 0, 255).astype(np.uint8),
    ],
)
def test_what_shows_the_same_has_no_problem(image):
    assert compare_pictures(PICTURE, image).problem == ""
    assert compare_pictures(image, PICTURE).problem == ""


def test_where_there_is_no_detail_nothing_is_said():
    flat = np.full((64, 64, 3), 90, np.uint8)
    assert compare_pictures(flat, flat[:16, :16]).problem == ""
    assert compare_pictures(*make_pair()).problem == ""
    assert compare_pictures(flat[:1, :1], make_noise(40, 40)).problem == ""


def test_real_triplets_agree_and_turned_ones_are_found(triplets):
    for name, path in list_images(triplets / "GAN-SR").items():
        gan, mse, enlarged = (
            read_rgb(triplets / folder / path.name).pixels
            for folder in ("GAN-SR", "MSE-SR", "LR-bicubic-x4")
        )
        lr = resize_bicubic(enlarged, (enlarged.shape[1] // 4, enlarged.shape[0] // 4))
        assert compare_pictures(mse, gan).problem == "", name
        assert compare_pictures(lr, gan).problem == "", name
        assert compare_pictures(mse[:, ::-1], gan).problem == "mirrored left to right", name
        assert compare_pictures(np.roll(lr, 2, 0), gan).problem.startswith("shifted"), name
