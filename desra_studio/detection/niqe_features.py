"""Natural scene statistics of image patches: the 36 features of NIQE (Mittal et al. 2013)."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.special import gamma

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import RgbImage, check_rgb, size_of

Values: TypeAlias = NDArray[np.float32]
Table: TypeAlias = NDArray[np.float64]

SCALES = 2
FEATURES = 18 * SCALES
WINDOW_PX = 7
"""Window of the local mean and deviation, with a sigma of 7/6 px, as in the paper's code."""
SHIFTS = ((0, 1), (1, 0), (1, 1), (1, -1))
"""Rows and columns to the neighbour with which a coefficient is multiplied: H, V, D1, D2."""
SHAPES = np.arange(0.2, 10.001, 0.001)
"""The shape parameters that a fit can give; the paper's code searches the same range."""
FLAT = 1e-10
"""Mean square below which coefficients are rounding errors; one pixel one grey level off in a patch
has 1e-5."""


@dataclass(frozen=True)
class PatchFeatures:
    """The features of overlapping patches, and where these lie.

    Attributes:
        values: (rows, columns, 36) float64; 18 of the image, then 18 of its half-size copy. Of
            each: shape and mean scale of the MSCN coefficients; then shape, mean, left and right
            scale of the products with the neighbour at right, below, below right, below left.
        sharpness: (rows, columns) float64, the mean local deviation in grey levels.
        tops: (rows,) first row of each row of patches in px.
        lefts: (columns,) first column of each column of patches in px.
    """

    values: Table
    sharpness: Table
    tops: NDArray[np.int64]
    lefts: NDArray[np.int64]


def compute_patch_features(image: RgbImage, patch_px: int, stride_px: int) -> PatchFeatures:
    """Compute the 36 NIQE features of every patch of a grid.

    The image's luma (Rec. 601, 0..255) becomes MSCN coefficients (I - m) / (s + 1), m and s the
    local mean and deviation under a 7x7 Gaussian window. Asymmetric generalized Gaussians are
    fitted to the coefficients and to the products of neighbours, at full and at half size
    (Mittal, Soundararajan and Bovik, "Making a Completely Blind Image Quality Analyzer", 2013,
    section II). All patches come from one pass over the image: a fit needs no more than the
    sums of five quantities, which summed-area tables give for any rectangle.

    Args:
        image: (H, W, 3) uint8 RGB.
        patch_px: side of a patch, even.
        stride_px: distance between patches, even. The last row and column of patches end at the
            image's edge (one px before it where its size is odd), so they may lie closer.

    Raises:
        InputError: another shape or type, an odd patch or stride, or an image smaller than a patch.
    """
    check_rgb(image, "The image")
    if patch_px < 2 * WINDOW_PX or stride_px < 2 or patch_px % 2 or stride_px % 2:
        raise InputError(
            f"Patches of {patch_px} px every {stride_px} px do not fit two scales. "
            f"Give even numbers, of at least {2 * WINDOW_PX} and 2."
        )
    if min(image.shape[:2]) < patch_px:
        raise InputError(
            f"The image is {size_of(image)} px, smaller than NIQE's patch of {patch_px} px. "
            "Give a larger image, or take another detector."
        )
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    # Half sizes are whole only of even ones.
    luma = luma[: luma.shape[0] // 2 * 2, : luma.shape[1] // 2 * 2]
    tops = _place_patches(luma.shape[0], patch_px, stride_px)
    lefts = _place_patches(luma.shape[1], patch_px, stride_px)
    features, sharpness = [], np.zeros(0)
    for scale in range(SCALES):
        shrink = 2**scale
        if shrink > 1:
            size = (luma.shape[1] // 2, luma.shape[0] // 2)
            luma = np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA))
        windows = _PatchSums(tops // shrink, lefts // shrink, patch_px // shrink)
        coefficients, deviation = compute_mscn(luma)
        features.append(_compute_scale_features(coefficients, windows))
        if scale == 0:
            sharpness = windows.average(deviation)
    return PatchFeatures(np.concatenate(features, axis=2), sharpness, tops, lefts)


def compute_mscn(luma: Values) -> tuple[Values, Values]:
    """Return mean-subtracted contrast-normalized coefficients and the local deviation.

    Args:
        luma: (H, W) float32 in 0..255.

    Returns:
        (I - m) / (s + 1), (H, W) float32 without unit; and s, (H, W) float32 in grey levels.
        Edge pixels are repeated beyond the border.
    """
    # In float64, for a flat area to come out as 0: a shape is fitted even to rounding errors.
    kernel = cv2.getGaussianKernel(WINDOW_PX, WINDOW_PX / 6)
    border = cv2.BORDER_REPLICATE
    values = luma.astype(np.float64)
    mean = cv2.sepFilter2D(values, -1, kernel, kernel, borderType=border)
    squares = cv2.sepFilter2D(values * values, -1, kernel, kernel, borderType=border)
    deviation = np.sqrt(np.maximum(squares - mean * mean, 0))
    coefficients = (values - mean) / (deviation + 1)
    return coefficients.astype(np.float32), deviation.astype(np.float32)


def fit_aggd(
    left_square: Table, right_square: Table, absolute: Table, square: Table
) -> tuple[Table, Table, Table]:
    """Fit asymmetric generalized Gaussians by their moments.

    After Lasmar, Stitou and Berthoumieu, "Multiscale Skewed Heavy Tailed Model for Texture
    Analysis" (2009). Where both sides are alike it is the fit of the symmetric one.

    Args:
        left_square: mean square of the negative values, 0 where there are none.
        right_square: the same of the positive values.
        absolute: mean of the absolute values; any shape, the same for all four.
        square: mean square of all values.

    Returns:
        Shape in 0.2..10, left and right scale, float64 of the arguments' shape. Where all values
        are zero a shape cannot be told: it is that of a Gaussian, 2, with scales of 0.
    """
    left, right = np.sqrt(left_square), np.sqrt(right_square)
    flat = square < FLAT
    ratio = absolute**2 / np.where(flat, 1, square)
    asymmetry = (left**3 + right**3) * (left + right)
    asymmetry /= np.where(flat, 1, (left_square + right_square) ** 2)
    shape = np.where(flat, 2.0, np.interp(ratio * asymmetry, _tabulate_ratio(), SHAPES))
    spread = np.sqrt(gamma(1 / shape) / gamma(3 / shape))
    return shape, left * spread, right * spread


class _PatchSums:
    """Means over the patches of a grid, by summed-area tables."""

    def __init__(self, tops: NDArray[np.int64], lefts: NDArray[np.int64], patch_px: int) -> None:
        self._rows = (tops[:, None], tops[:, None] + patch_px)
        self._columns = (lefts[None], lefts[None] + patch_px)
        self._area = patch_px * patch_px

    def average(self, values: Values) -> Table:
        """Return the mean of (H, W) values in every patch, (rows, columns) float64."""
        table = cv2.integral(values, sdepth=cv2.CV_64F)
        (top, bottom), (left, right) = self._rows, self._columns
        sums = table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left]
        # What the values cannot make negative, rounding may.
        return np.asarray(np.maximum(sums, 0) / self._area)


@lru_cache(maxsize=1)
def _tabulate_ratio() -> Table:
    """Return (E|x|)^2 / E x^2 of a generalized Gaussian at each of SHAPES; it rises with them."""
    table = gamma(2 / SHAPES) ** 2 / (gamma(1 / SHAPES) * gamma(3 / SHAPES))
    return np.asarray(table, dtype=np.float64)


def _place_patches(length: int, patch_px: int, stride_px: int) -> NDArray[np.int64]:
    starts = np.arange(0, length - patch_px + 1, stride_px)
    return np.unique(np.append(starts, length - patch_px))


def _compute_scale_features(coefficients: Values, windows: _PatchSums) -> Table:
    shape, left, right = _fit_patches(coefficients, windows)
    features = [shape, (left + right) / 2]
    height, width = coefficients.shape
    padded = cv2.copyMakeBorder(coefficients, 0, 1, 1, 1, cv2.BORDER_REPLICATE)
    for down, aside in SHIFTS:
        neighbour = padded[down : down + height, 1 + aside : 1 + aside + width]
        shape, left, right = _fit_patches(coefficients * neighbour, windows)
        mean = (right - left) * gamma(2 / shape) / gamma(1 / shape)
        features += [shape, mean, left, right]
    return np.stack(features, axis=2)


def _fit_patches(values: Values, windows: _PatchSums) -> tuple[Table, Table, Table]:
    """Fit the values of every patch; see `fit_aggd`."""
    squares, negative = values * values, values < 0
    left_share = windows.average(negative.astype(np.float32))
    right_share = windows.average((values > 0).astype(np.float32))
    square, left_sum = windows.average(squares), windows.average(squares * negative)
    # Sums of whole numbers are exact, so that a share is 0 just where there are no such values.
    left = np.divide(left_sum, left_share, out=np.zeros_like(square), where=left_share > 0)
    right = np.divide(
        np.maximum(square - left_sum, 0),
        right_share,
        out=np.zeros_like(square),
        where=right_share > 0,
    )
    return fit_aggd(left, right, windows.average(np.abs(values)), square)
