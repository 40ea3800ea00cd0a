"""The array types everything else speaks in, and the checks on them."""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from desra_studio.errors import InputError

RgbImage: TypeAlias = NDArray[np.uint8]
"""(H, W, 3) uint8, RGB."""
Mask: TypeAlias = NDArray[np.bool_]
"""(H, W) bool, True where an artifact is marked."""
LabelMap: TypeAlias = NDArray[np.uint8]
"""(H, W) uint8, ADE20K class indices 0..149."""

BORDER_PX = 5
"""Half of the 11 px window of Equation 7: the map has no value nearer than this to the edge."""


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


def size_of(array: NDArray[np.generic]) -> Size:
    """Return the size of an (H, W) or (H, W, C) array."""
    return Size(int(array.shape[1]), int(array.shape[0]))


def check_rgb(image: NDArray[np.generic], name: str) -> None:
    """Raise InputError unless `image` is an RgbImage of at least one pixel."""
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
        raise InputError(
            f"{name} must be (H, W, 3) uint8, got {image.shape} {image.dtype}. "
            "Read it with desra_studio.imaging.io.read_rgb."
        )


def check_same_size(
    first: NDArray[np.generic], second: NDArray[np.generic], first_name: str, second_name: str
) -> None:
    """Raise InputError unless both arrays have the same height and width."""
    if first.shape[:2] != second.shape[:2]:
        raise InputError(
            f"{first_name} is {size_of(first)} px but {second_name} is {size_of(second)} px: "
            "both must have the same size."
        )
