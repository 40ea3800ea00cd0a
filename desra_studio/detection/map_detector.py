"""What there is to know about a detector that computes a map and thresholds it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import RgbImage, check_rgb, check_same_size, size_of

FloatMap: TypeAlias = NDArray[np.float32]
"""(H, W) float32 of a whole image."""

GRID_POINTS = 25
OCTAVES = 3
"""Without a grid of its own, a threshold is moved by this many powers of two, both ways."""
SMALLEST_LIMIT = 1e-3
"""In place of a threshold of 0, of which there are no multiples."""


@dataclass(frozen=True, kw_only=True)
class MapDetector:
    """A detector: a map of two images, and where in it artifacts are.

    Attributes:
        title: as people read it.
        compute: the map, (H, W) float32, of GAN-SR and its reference, both (H, W, 3) uint8 RGB;
            raises InputError where they do not fit. None where a file makes it: a network.
        artifact_side: on which side of the threshold artifacts lie.
        threshold: the default.
        smallest, largest: between which a threshold makes sense.
        grid: thresholds of a curve, ascending; empty where they depend on the chosen one.
        compared_at: thresholds at which the Scores page offers it as it is.
        reference: what GAN-SR is compared with; None where GAN-SR alone is looked at.
    """

    title: str
    compute: Callable[[RgbImage, RgbImage], FloatMap] | None
    artifact_side: Literal["above", "below"]
    threshold: float
    smallest: float
    largest: float
    grid: tuple[float, ...] = ()
    compared_at: tuple[float, ...] = ()
    reference: Literal["MSE-SR"] | None = "MSE-SR"

    def list_thresholds(self, chosen: float) -> list[float]:
        """Return the thresholds of a curve, the chosen one among them, ascending."""
        return sorted({*(self.grid or self._spread(chosen)), chosen})

    def _spread(self, chosen: float) -> tuple[float, ...]:
        factors = 2 ** np.linspace(-OCTAVES, OCTAVES, GRID_POINTS)
        values = np.clip((chosen or SMALLEST_LIMIT) * factors, None, self.largest)
        return tuple(map(float, values))


def make_grid(smallest: float, largest: float) -> tuple[float, ...]:
    """Return evenly spaced thresholds for a curve, ascending, to three decimals."""
    return tuple(map(float, np.linspace(smallest, largest, GRID_POINTS).round(3)))


def check_pair(gan_sr: RgbImage, mse_sr: RgbImage, window_px: int) -> None:
    """Raise InputError unless both are RGB images of one size that holds the window."""
    check_rgb(gan_sr, "GAN-SR")
    check_rgb(mse_sr, "MSE-SR")
    check_same_size(gan_sr, mse_sr, "GAN-SR", "MSE-SR")
    if min(gan_sr.shape[:2]) < window_px:
        raise InputError(
            f"The images are {size_of(gan_sr)} px, smaller than the window of {window_px} px. "
            "Give images of at least that size."
        )
