"""Tiles: the image's own pixels, and means of them."""

import numpy as np
import pytest

from desra_studio.errors import NotFoundError
from desra_studio.imaging.arrays import Size
from desra_studio.imaging.tiles import cut_tile, find_top_level
from tests.factories.images import make_noise


@pytest.mark.parametrize(
    ("size", "top"), [((96, 96), 0), ((1024, 7), 0), ((1025, 7), 1), ((8192, 4096), 3)]
)
def test_the_last_level_is_one_tile(size, top):
    assert find_top_level(Size(*size)) == top


def test_level_0_has_the_pixels_themselves():
    image = make_noise(1100, 2100)
    rows = [np.hstack([cut_tile(image, 0, column, row) for column in range(3)]) for row in range(2)]
    assert np.array_equal(np.vstack(rows), image)


@pytest.mark.parametrize(("level", "row"), [(1, 1), (2, 0)])
def test_higher_levels_have_means(level, row):
    image, factor = make_noise(4096, 1030), 2**level
    tile = cut_tile(image, level, 0, row)
    part = image[1024 * factor * row :, : 1024 * factor][: 1024 * factor].astype(float)
    part = np.pad(part, ((0, 0), (0, -part.shape[1] % factor), (0, 0)), mode="edge")
    height, width = part.shape[0] // factor, part.shape[1] // factor
    means = part.reshape(height, factor, width, factor, 3).mean(axis=(1, 3))
    assert tile.shape == (height, width, 3)
    assert np.abs(tile - means).max() <= 0.5


@pytest.mark.parametrize(
    ("level", "column", "row"),
    [(0, 2, 0), (0, 0, 2), (0, -1, 0), (-1, 0, 0), (1, 1, 0), (2, 0, 0), (10**9, 0, 0)],
)
def test_refuses_tiles_that_are_not_there(level, column, row):
    with pytest.raises(NotFoundError, match=r"2000x1100 px has no tile -?\d+, \d at level"):
        cut_tile(make_noise(1100, 2000), level, column, row)
