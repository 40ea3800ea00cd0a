"""What a pixel's neighbourhood is like: local variance, SSIM, gradients, and masks grown by it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from desra_studio.imaging.arrays import Mask, RgbImage

LUMA_WEIGHTS = (0.299, 0.587, 0.114)
"""ITU-R BT.601, of R, G and B."""
SSIM_WINDOW_PX = 11
SSIM_SIGMA = 1.5
SSIM_C1 = (0.01 * 255) ** 2
SSIM_C2 = (0.03 * 255) ** 2


def compute_luma(image: RgbImage) -> NDArray[np.float32]:
    """Return the luma, (H, W) float32 in 0..255, of an (H, W, 3) uint8 RGB image."""
    return np.asarray(image @ np.array(LUMA_WEIGHTS, np.float32), dtype=np.float32)


def compute_local_variance(values: NDArray[np.float32], window_px: int) -> NDArray[np.float64]:
    """Return the variance in the square window around each px.

    Args:
        values: (H, W) float32; reflected at the borders.
        window_px: odd side of the square.

    Returns:
        (H, W) float64, 0 or more, in squares of the values' unit.
    """
    window, border = (window_px, window_px), cv2.BORDER_REFLECT_101
    centred = values.astype(np.float64) - float(values.mean())
    mean = cv2.boxFilter(centred, cv2.CV_64F, window, borderType=border)
    squares = cv2.sqrBoxFilter(centred, cv2.CV_64F, window, borderType=border)
    return np.asarray(np.maximum(squares - mean * mean, 0), dtype=np.float64)


def compute_gradient(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the magnitude of the gradient, (H, W) float32 per px, by central differences.

    Args:
        values: (H, W) float32, at least 2 px in each direction.
    """
    vertical, horizontal = np.gradient(values)
    return np.asarray(np.hypot(vertical, horizontal), dtype=np.float32)


def compute_sobel(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the magnitude of the gradient, (H, W) float32 per px, by Sobel's 3x3 kernels.

    It averages over three rows or columns, so that single px of noise count less than edges.

    Args:
        values: (H, W) float32; reflected at the borders.
    """
    across, down = (
        cv2.Sobel(values, cv2.CV_32F, dx, 1 - dx, scale=1 / 8, borderType=cv2.BORDER_REFLECT_101)
        for dx in (1, 0)
    )
    return np.asarray(cv2.magnitude(across, down), dtype=np.float32)


def grow_mask(mask: Mask, radius_px: int) -> Mask:
    """Mark the square that reaches `radius_px` around each marked px too, (H, W) bool."""
    side = 2 * radius_px + 1
    square = np.ones((side, side), np.uint8)
    return cv2.dilate(mask.view(np.uint8), square).view(np.bool_)


def compute_ssim(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Compute local SSIM of one channel.

    SSIM = (2 m_x m_y + C1)(2 s_xy + C2) / ((m_x^2 + m_y^2 + C1)(s_x^2 + s_y^2 + C2)) with means,
    variances and covariance under an 11x11 Gaussian window of sigma 1.5; C1 = (0.01 * 255)^2,
    C2 = (0.03 * 255)^2 (Wang, Bovik, Sheikh and Simoncelli 2004, Equation 13).

    Args:
        first: (H, W) uint8; reflected at the borders.
        second: the same.

    Returns:
        (H, W) float32 in [-1, 1] up to rounding, 1 where both are the same.
    """
    kernel = cv2.getGaussianKernel(SSIM_WINDOW_PX, SSIM_SIGMA).astype(np.float32)

    def average(values: NDArray[np.float32]) -> NDArray[np.float32]:
        averaged = cv2.sepFilter2D(values, -1, kernel, kernel, borderType=cv2.BORDER_REFLECT_101)
        return np.asarray(averaged, dtype=np.float32)

    # Second moments do not depend on an offset; around zero their squares lose fewer digits.
    centre = np.float32(127.5)
    x, y = first.astype(np.float32) - centre, second.astype(np.float32) - centre
    mean_x, mean_y = average(x), average(y)
    variance_x = np.maximum(average(x * x) - mean_x * mean_x, 0)
    variance_y = np.maximum(average(y * y) - mean_y * mean_y, 0)
    covariance = average(x * y) - mean_x * mean_y
    mean_x += centre
    mean_y += centre
    luminance = (2 * mean_x * mean_y + SSIM_C1) / (mean_x * mean_x + mean_y * mean_y + SSIM_C1)
    structure = (2 * covariance + SSIM_C2) / (variance_x + variance_y + SSIM_C2)
    return np.asarray(luminance * structure, dtype=np.float32)
