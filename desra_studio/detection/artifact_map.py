"""The artifact map D of DeSRA, Equation 7: where GAN-SR and MSE-SR differ in local contrast."""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import RgbImage, check_rgb, check_same_size, size_of

ArtifactMap: TypeAlias = NDArray[np.float32]
"""(H - w + 1, W - w + 1) float32 in (0, 1], w the window size; LOW means artifact."""

Precision: TypeAlias = Literal["fast", "reference"]

SIGMA = 1.5
"""Standard deviation of the Gaussian window in px, as in SSIM; independent of its size."""
C = (0.03 * 255) ** 2
"""Keeps D near 1 where both images are flat; Equation 7's constant for pixels on 0..255."""
VARIANCE_FLOOR = 1e-8
"""What the released code adds to each variance under the root."""
STRIP_ROWS = 64
"""Rows per strip of the fast path: its float32 temporaries stay in the processor's cache."""


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
            clamped variances, in strips on all cores, and differs by less than 2e-3.

    Returns:
        (H - window_size + 1, W - window_size + 1) float32 in (0, 1].

    Raises:
        InputError: other shapes or types, sizes that differ, an even window, or an image smaller
            than the window.
    """
    check_rgb(gan_sr, "GAN-SR")
    check_rgb(mse_sr, "MSE-SR")
    check_same_size(gan_sr, mse_sr, "GAN-SR", "MSE-SR")
    if window_size < 3 or window_size % 2 == 0:
        raise InputError(f"The window size must be odd and at least 3, got {window_size}.")
    if min(gan_sr.shape[:2]) < window_size:
        raise InputError(
            f"The images are {size_of(gan_sr)} px, smaller than the window of {window_size} px."
        )
    if precision == "reference":
        return _compute_reference(gan_sr, mse_sr, window_size)
    return _compute_fast(gan_sr, mse_sr, window_size)


def compute_local_variance(image: RgbImage, window_size: int = 11) -> NDArray[np.float32]:
    """Return the variance under a Gaussian window, as Equation 7 sees it.

    Args:
        image: (H, W, 3) uint8 RGB.
        window_size: odd width of the window in px.

    Returns:
        (H - window_size + 1, W - window_size + 1, 3) float32, in squared grey levels.
    """
    return _compute_variance(image, cv2.getGaussianKernel(window_size, SIGMA).astype(np.float32))


def _compute_reference(gan_sr: RgbImage, mse_sr: RgbImage, window_size: int) -> ArtifactMap:
    kernel = cv2.getGaussianKernel(window_size, SIGMA)
    radius = window_size // 2
    valid = np.s_[radius : gan_sr.shape[0] - radius, radius : gan_sr.shape[1] - radius]

    def compute_deviation(image: RgbImage) -> NDArray[np.float64]:
        values = image.astype(np.float64)
        mean = cv2.sepFilter2D(values, -1, kernel, kernel)[valid]
        mean_of_squares = cv2.sepFilter2D(values * values, -1, kernel, kernel)[valid]
        return np.asarray(np.sqrt(np.maximum(mean_of_squares - mean * mean, 0) + VARIANCE_FLOOR))

    s_g, s_m = compute_deviation(gan_sr), compute_deviation(mse_sr)
    d = (2 * s_g * s_m + C) / (s_g * s_g + s_m * s_m + C)
    return np.asarray(d.mean(axis=2), dtype=np.float32)


def _compute_fast(gan_sr: RgbImage, mse_sr: RgbImage, window_size: int) -> ArtifactMap:
    kernel = cv2.getGaussianKernel(window_size, SIGMA).astype(np.float32)
    height, width = gan_sr.shape[0] - window_size + 1, gan_sr.shape[1] - window_size + 1
    d = np.empty((height, width), np.float32)

    def fill_strip(top: int) -> None:
        rows = np.s_[top : min(top + STRIP_ROWS, height) + window_size - 1]
        v_g = _compute_variance(gan_sr[rows], kernel)
        v_m = _compute_variance(mse_sr[rows], kernel)
        product = v_g * v_m
        numerator = np.sqrt(product, out=product)
        numerator *= 2
        numerator += C
        v_g += v_m
        v_g += C
        numerator /= v_g
        d[top : top + STRIP_ROWS] = cv2.transform(numerator, np.full((1, 3), 1 / 3, np.float32))

    # OpenCV and NumPy release the interpreter lock, so threads use every core.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(fill_strip, range(0, height, STRIP_ROWS)))
    return np.minimum(d, 1, out=d)


def _compute_variance(strip: RgbImage, kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the local variance of a strip's valid region, never negative."""
    radius = len(kernel) // 2
    valid = np.s_[radius : strip.shape[0] - radius, radius : strip.shape[1] - radius]
    # Variance does not depend on an offset; around zero the squares lose fewer digits.
    values = strip.astype(np.float32)
    values -= np.float32(127.5)
    mean = cv2.sepFilter2D(values, -1, kernel, kernel)[valid]
    variance = cv2.sepFilter2D(values * values, -1, kernel, kernel)[valid] - mean * mean
    return np.asarray(np.maximum(variance, 0, out=variance), dtype=np.float32)
