"""Baseline detectors that compare GAN-SR with MSE-SR pixel by pixel: LDL-style and local SSIM."""

import cv2
import numpy as np
from numpy.typing import NDArray

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import RgbImage, check_rgb, check_same_size, size_of
from desra_studio.imaging.windows import SSIM_WINDOW_PX, compute_ssim

LDL_WINDOW_PX = 7
"""Side of the square in which LDL takes the local variance of the residual."""
LDL_EXPONENT = 1 / 5
"""To which the image's own variance of the residual is raised."""
LDL_THRESHOLDS = (0.001, 0.005, 0.01)
"""Those that DeSRA's comparison used; artifact where the map is ABOVE."""


def compute_ldl_map(gan_sr: RgbImage, mse_sr: RgbImage) -> NDArray[np.float32]:
    """Compute local variance of the residual times var(R)^(1/5); HIGH means artifact.

    R is the sum over the channels of |MSE-SR - GAN-SR| on 0..1. Its unbiased variance in a 7x7
    square (reflect padding) is weighted by the fifth root of its unbiased variance over the whole
    image. After Liang, Zeng and Zhang, "Details or Artifacts" (LDL, CVPR 2022), section 3.2, with
    MSE-SR in the place of the ground truth, as in DeSRA's comparison. How DeSRA's authors adapted
    it is not published, hence 'LDL-style'.

    Args:
        gan_sr: (H, W, 3) uint8 RGB.
        mse_sr: (H, W, 3) uint8 RGB, the same size.

    Returns:
        (H, W) float32, 0 or more; DeSRA's comparison took 0.001, 0.005 and 0.01 as thresholds.
        Exactly 0 where the residual is constant.

    Raises:
        InputError: other shapes or types, sizes that differ, or less than 7 px in a direction.
    """
    _check_pair(gan_sr, mse_sr, LDL_WINDOW_PX)
    residual = cv2.absdiff(gan_sr, mse_sr).sum(axis=2, dtype=np.float64)
    # Grey levels are whole numbers: in float64 both sums and n S2 - S1^2 are exact, so that the
    # variance can be neither negative nor noise where the residual is large and nearly constant.
    window, count = (LDL_WINDOW_PX, LDL_WINDOW_PX), LDL_WINDOW_PX**2
    border = cv2.BORDER_REFLECT_101
    total = cv2.boxFilter(residual, cv2.CV_64F, window, normalize=False, borderType=border)
    squares = cv2.sqrBoxFilter(residual, cv2.CV_64F, window, normalize=False, borderType=border)
    local = (count * squares - total * total) / (count * (count - 1) * 255**2)
    weight = (float(residual.var(ddof=1)) / 255**2) ** LDL_EXPONENT
    return np.asarray(local * weight, dtype=np.float32)


def compute_ssim_map(gan_sr: RgbImage, mse_sr: RgbImage) -> NDArray[np.float32]:
    """Compute local SSIM, averaged over the RGB channels; LOW means artifact.

    See `compute_ssim`. Channels rather than luma, as in DeSRA's Equation 7: an artifact may be a
    shift of colour alone.

    Args:
        gan_sr: (H, W, 3) uint8 RGB.
        mse_sr: (H, W, 3) uint8 RGB, the same size.

    Returns:
        (H, W) float32 in [-1, 1], 1 where both are the same. The images are reflected at their
        borders, so that the map has their size. Within 1e-4 of the same in float64.

    Raises:
        InputError: other shapes or types, sizes that differ, or less than 11 px in a direction.
    """
    _check_pair(gan_sr, mse_sr, SSIM_WINDOW_PX)
    ssim = np.zeros(gan_sr.shape[:2], np.float32)
    # By channel, so that large images need a third of the temporary arrays.
    for channel in range(3):
        ssim += compute_ssim(gan_sr[:, :, channel], mse_sr[:, :, channel])
    ssim /= 3
    return np.clip(ssim, -1, 1, out=ssim)


def _check_pair(gan_sr: RgbImage, mse_sr: RgbImage, window_px: int) -> None:
    check_rgb(gan_sr, "GAN-SR")
    check_rgb(mse_sr, "MSE-SR")
    check_same_size(gan_sr, mse_sr, "GAN-SR", "MSE-SR")
    if min(gan_sr.shape[:2]) < window_px:
        raise InputError(
            f"The images are {size_of(gan_sr)} px, smaller than the window of {window_px} px. "
            "Give images of at least that size."
        )
