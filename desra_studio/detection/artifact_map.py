"""The artifact map D of DeSRA, Equation 7: where GAN-SR and MSE-SR differ in local contrast."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask, RgbImage, check_rgb, check_same_size, size_of

ArtifactMap: TypeAlias = NDArray[np.float32]
"""(H - w + 1, W - w + 1) float32 in (0, 1], w the window size; LOW means artifact."""

Precision: TypeAlias = Literal["fast", "reference"]

SIGMA = 1.5
"""Standard deviation of the Gaussian window in px, as in SSIM; independent of its size."""
C = (0.03 * 255) ** 2
"""Keeps D near 1 where both images are flat; Equation 7's constant for pixels on 0..255."""
VARIANCE_FLOOR = 1e-8
"""What the released code adds to each variance under the root."""
TILE_ROWS, TILE_COLUMNS = 128, 512
"""Size of the fast path's tiles in px: their float32 temporaries stay in the processor's cache."""

Place: TypeAlias = tuple[slice, slice]
"""Rows and columns of a map."""

Variance: TypeAlias = NDArray[np.float32] | NDArray[np.float64]
"""(h, w, 3) local variances in squared grey levels, of the valid region only."""


@dataclass(frozen=True)
class ContrastMaps:
    """How the local contrast of GAN-SR compares with that of MSE-SR.

    Attributes:
        d: the artifact map; symmetric in both images.
        busier: the same size, bool; True where GAN-SR varies more than MSE-SR (the sum of the
            channels' local variances is larger), False where it is smoother.
    """

    d: ArtifactMap
    busier: Mask


def compute_artifact_map(
    gan_sr: RgbImage, mse_sr: RgbImage, window_size: int = 11, precision: Precision = "fast"
) -> ArtifactMap:
    """Compute D = (2 s_g s_m + C) / (s_g^2 + s_m^2 + C), averaged over the channels (Eq. 7).

    s_g and s_m are local standard deviations under a Gaussian window. Only positions where the
    window lies inside the image have a value.

    Args:
        gan_sr: (H, W, 3) uint8 RGB.
        mse_sr: (H, W, 3) uint8 RGB, the same size.
        window_size: odd width of the window in px, at least 3.
        precision: `reference` follows the released code in float64; `fast` works in float32 with
            clamped variances, in tiles on all cores, and differs by less than 3e-3.

    Returns:
        (H - window_size + 1, W - window_size + 1) float32 in (0, 1].

    Raises:
        InputError: other shapes or types, sizes that differ, an even window, or an image smaller
            than the window.
    """
    d = _make_map(gan_sr, mse_sr, window_size)

    def fill(place: Place, v_g: Variance, v_m: Variance) -> None:
        d[place] = _combine_variances(v_g, v_m)

    _visit_variances(gan_sr, mse_sr, window_size, precision, fill)
    return d


def compare_contrast(
    gan_sr: RgbImage, mse_sr: RgbImage, window_size: int = 11, precision: Precision = "fast"
) -> ContrastMaps:
    """Compute D and where GAN-SR is the busier of both; see `compute_artifact_map`.

    D alone does not tell an invented texture from a lost one: it is the same both ways.
    """
    d = _make_map(gan_sr, mse_sr, window_size)
    busier = np.empty(d.shape, np.bool_)

    def fill(place: Place, v_g: Variance, v_m: Variance) -> None:
        busier[place] = cv2.transform(v_g - v_m, np.ones((1, 3), v_g.dtype)) > 0
        d[place] = _combine_variances(v_g, v_m)

    _visit_variances(gan_sr, mse_sr, window_size, precision, fill)
    return ContrastMaps(d, busier)


def compute_local_variance(image: RgbImage, window_size: int = 11) -> NDArray[np.float32]:
    """Return the variance under a Gaussian window, as Equation 7 sees it.

    Args:
        image: (H, W, 3) uint8 RGB.
        window_size: odd width of the window in px.

    Returns:
        (H - window_size + 1, W - window_size + 1, 3) float32, in squared grey levels.
    """
    kernel = cv2.getGaussianKernel(window_size, SIGMA).astype(np.float32)
    variance = _VarianceFilter(kernel, image.shape[0], image.shape[1]).compute(image)
    return np.maximum(variance, 0)


def _make_map(gan_sr: RgbImage, mse_sr: RgbImage, window_size: int) -> ArtifactMap:
    """Check the input and return an empty map of the size that it will have."""
    check_rgb(gan_sr, "GAN-SR")
    check_rgb(mse_sr, "MSE-SR")
    check_same_size(gan_sr, mse_sr, "GAN-SR", "MSE-SR")
    if window_size < 3 or window_size % 2 == 0:
        raise InputError(f"The window size must be odd and at least 3, got {window_size}.")
    height, width = gan_sr.shape[0] - window_size + 1, gan_sr.shape[1] - window_size + 1
    if min(height, width) < 1:
        raise InputError(
            f"The images are {size_of(gan_sr)} px, smaller than the window of {window_size} px."
        )
    return np.empty((height, width), np.float32)


def _visit_variances(
    gan_sr: RgbImage,
    mse_sr: RgbImage,
    window_size: int,
    precision: Precision,
    visit: Callable[[Place, Variance, Variance], None],
) -> None:
    """Call `visit` with parts of the map and both variances there, which it may change."""
    kernel = np.asarray(cv2.getGaussianKernel(window_size, SIGMA), np.float64)
    height, width = gan_sr.shape[0] - window_size + 1, gan_sr.shape[1] - window_size + 1
    if precision == "reference":
        v_g, v_m = (_compute_reference_variance(image, kernel) for image in (gan_sr, mse_sr))
        visit(np.s_[:height, :width], v_g, v_m)
        return
    narrow = kernel.astype(np.float32)
    seen_rows, seen_columns = TILE_ROWS + window_size - 1, TILE_COLUMNS + window_size - 1
    corners = list(product(range(0, height, TILE_ROWS), range(0, width, TILE_COLUMNS)))

    def visit_tiles(chosen: list[tuple[int, int]]) -> None:
        filters = [_VarianceFilter(narrow, seen_rows, seen_columns) for _ in range(2)]
        for top, left in chosen:
            place = np.s_[
                top : min(top + TILE_ROWS, height), left : min(left + TILE_COLUMNS, width)
            ]
            seen = np.s_[top : top + seen_rows, left : left + seen_columns]
            visit(place, filters[0].compute(gan_sr[seen]), filters[1].compute(mse_sr[seen]))

    # OpenCV and NumPy release the interpreter lock, so threads use every core.
    workers = min(os.cpu_count() or 1, len(corners))
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(visit_tiles, (corners[first::workers] for first in range(workers))))


def _combine_variances(v_g: Variance, v_m: Variance) -> NDArray[np.floating[Any]]:
    """Return D, averaged over the channels; destroys `v_g`."""
    # 2 s_g s_m is the root of 4 v_g v_m; OpenCV's loops are faster than NumPy's here.
    squares = cv2.multiply(v_g, v_m, scale=4)
    # Rounding leaves variances of flat patches a little below zero, of which there is no root.
    _, squares = cv2.threshold(squares, 0, 0, cv2.THRESH_TOZERO, dst=squares)
    numerator = cv2.sqrt(squares, dst=squares)
    denominator = cv2.add(v_g, v_m, dst=v_g)
    np.add(numerator, C, out=numerator)
    np.add(denominator, C, out=denominator)
    ratio = cv2.divide(numerator, denominator, dst=numerator)
    d = cv2.transform(ratio, np.full((1, 3), 1 / 3, v_m.dtype))
    return np.minimum(d, 1)


def _compute_reference_variance(image: RgbImage, kernel: NDArray[np.float64]) -> Variance:
    """Return the local variance as the released code has it, in float64."""
    valid = _cut_valid(image, kernel)
    values = image.astype(np.float64)
    mean = cv2.sepFilter2D(values, -1, kernel, kernel)[valid]
    mean_of_squares = cv2.sepFilter2D(values * values, -1, kernel, kernel)[valid]
    return np.maximum(mean_of_squares - mean * mean, 0) + VARIANCE_FLOOR


class _VarianceFilter:
    """Local variances of tiles up to a size, in arrays that it keeps.

    Arrays made anew for every tile would push each other out of the cache: a fifth slower.
    """

    def __init__(self, kernel: NDArray[np.float32], rows: int, columns: int) -> None:
        self._kernel = kernel
        shape = rows, columns, 3
        self._values, self._mean, self._variance = (np.empty(shape, np.float32) for _ in range(3))

    def compute(self, tile: RgbImage) -> NDArray[np.float32]:
        """Return the variance of the tile's valid region, until the next call.

        Of flat patches it may lie just below zero.
        """
        place = np.s_[: tile.shape[0], : tile.shape[1]]
        values, mean, variance = self._values[place], self._mean[place], self._variance[place]
        # Variance does not depend on an offset; around the tile's own mean the squares are
        # smallest and lose the fewest digits: 70 times fewer pixels change sides at 0.7 than
        # around mid grey.
        offset = tuple(round(level) for level in cv2.mean(tile))
        # OpenCV's type stubs know no scalars.
        cv2.subtract(tile, offset, dst=values, dtype=cv2.CV_32F)  # type: ignore[call-overload]
        cv2.sepFilter2D(values, -1, self._kernel, self._kernel, dst=mean)
        cv2.multiply(values, values, dst=values)
        cv2.sepFilter2D(values, -1, self._kernel, self._kernel, dst=variance)
        valid = _cut_valid(tile, self._kernel)
        squares = cv2.multiply(mean[valid], mean[valid], dst=values[valid])
        return np.asarray(cv2.subtract(variance[valid], squares, dst=squares), dtype=np.float32)


def _cut_valid(image: RgbImage, kernel: NDArray[np.floating[Any]]) -> tuple[slice, slice]:
    radius = len(kernel) // 2
    return np.s_[radius : image.shape[0] - radius, radius : image.shape[1] - radius]
