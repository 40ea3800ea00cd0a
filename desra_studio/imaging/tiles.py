"""Tiles of an image too large to be shown as a whole."""

from math import ceil, log2

import cv2
import numpy as np

from desra_studio.errors import NotFoundError
from desra_studio.imaging.arrays import RgbImage, Size, size_of

SIDE = 1024
"""Of a tile, in px of its level."""


def find_top_level(size: Size) -> int:
    """Return the first level that is a single tile; level k is the image halved k times."""
    return max(0, ceil(log2(max(size) / SIDE)))


def cut_tile(image: RgbImage, level: int, column: int, row: int) -> RgbImage:
    """Return a tile of a level, (up to 1024, up to 1024, 3) uint8 RGB.

    Each of its px is the mean of 2^level x 2^level px of the image. At the right and lower border,
    where the image has no more of them, its last ones count as often as it takes.

    Args:
        image: (H, W, 3) uint8 RGB.
        level: 0 for the image's own px.
        column: from the left, of the tiles of the level.
        row: from the top.

    Raises:
        NotFoundError: the image has no such level or tile.
    """
    size, step = size_of(image), SIDE << min(max(level, 0), 30)
    x, y = column * step, row * step
    inside = 0 <= x < size.width and 0 <= y < size.height
    if not (0 <= level <= find_top_level(size) and inside):
        raise NotFoundError(
            f"An image of {size} px has no tile {column}, {row} at level {level}. Reload the page."
        )
    tile = image[y : y + step, x : x + step]
    if level == 0:
        return np.ascontiguousarray(tile)
    factor = 1 << level
    below, right = -tile.shape[0] % factor, -tile.shape[1] % factor
    if below or right:
        tile = np.pad(tile, ((0, below), (0, right), (0, 0)), mode="edge")
    small = (tile.shape[1] // factor, tile.shape[0] // factor)
    return np.asarray(cv2.resize(tile, small, interpolation=cv2.INTER_AREA), np.uint8)


def shrink(image: RgbImage, side: int) -> RgbImage:
    """Return an image, (H, W, 3) uint8 RGB, whose longer side has at most `side` px."""
    size = size_of(image)
    factor = min(1.0, side / max(size))
    small = (max(1, round(size.width * factor)), max(1, round(size.height * factor)))
    return np.asarray(cv2.resize(image, small, interpolation=cv2.INTER_AREA), np.uint8)
