"""LDL-style detector: how much the difference between GAN-SR and MSE-SR varies in a place."""

import cv2
import numpy as np

from desra_studio.detection.map_detector import FloatMap, MapDetector, check_pair
from desra_studio.imaging.arrays import RgbImage

WINDOW_PX = 7
"""Side of the square in which LDL takes the local variance of the residual."""
EXPONENT = 1 / 5
"""To which the image's own variance of the residual is raised."""


def compute_ldl_map(gan_sr: RgbImage, mse_sr: RgbImage) -> FloatMap:
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
    check_pair(gan_sr, mse_sr, WINDOW_PX)
    residual = cv2.absdiff(gan_sr, mse_sr).sum(axis=2, dtype=np.float64)
    # Grey levels are whole numbers: in float64 both sums and n S2 - S1^2 are exact, so that the
    # variance can be neither negative nor noise where the residual is large and nearly constant.
    window, count = (WINDOW_PX, WINDOW_PX), WINDOW_PX**2
    border = cv2.BORDER_REFLECT_101
    total = cv2.boxFilter(residual, cv2.CV_64F, window, normalize=False, borderType=border)
    squares = cv2.sqrBoxFilter(residual, cv2.CV_64F, window, normalize=False, borderType=border)
    local = (count * squares - total * total) / (count * (count - 1) * 255**2)
    weight = (float(residual.var(ddof=1)) / 255**2) ** EXPONENT
    return np.asarray(local * weight, dtype=np.float32)


LDL = MapDetector(
    title="LDL-style",
    compute=compute_ldl_map,
    artifact_side="above",
    threshold=0.005,
    smallest=0,
    largest=10,
    # Those that DeSRA's comparison used.
    compared_at=(0.001, 0.005, 0.01),
)
