"""The pseudo ground truth of fine-tuning: MSE-SR where an artifact is marked, GAN-SR elsewhere."""

import cv2
import numpy as np
from numpy.typing import NDArray

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask, RgbImage, check_rgb, check_same_size

FEATHER_SIGMA_PX = 2.0


def compose_pseudo_gt(
    gan_sr: RgbImage, mse_sr: RgbImage, mask: Mask, feather_sigma: float = FEATHER_SIGMA_PX
) -> RgbImage:
    """Blend MSE-SR into GAN-SR inside the mask (DeSRA, section 3.4).

    Args:
        gan_sr: (H, W, 3) uint8 RGB.
        mse_sr: (H, W, 3) uint8 RGB.
        mask: (H, W) bool, True where MSE-SR replaces GAN-SR.
        feather_sigma: standard deviation in px of the Gaussian by which MSE-SR fades out from
            the mask's edge outward, so that the seam is not learnt and the thinnest stroke is
            MSE-SR all the same; 0 for a hard edge.

    Returns:
        (H, W, 3) uint8 RGB.

    Raises:
        InputError: sizes that differ or a negative feather.
    """
    check_rgb(gan_sr, "GAN-SR")
    check_rgb(mse_sr, "MSE-SR")
    check_same_size(gan_sr, mse_sr, "GAN-SR", "MSE-SR")
    check_same_size(gan_sr, mask, "GAN-SR", "the mask")
    if feather_sigma < 0:
        raise InputError(f"The feather must be 0 px or more, got {feather_sigma}.")
    alpha = _fade_outward(mask, feather_sigma)[:, :, None]
    blended = alpha * mse_sr + (1 - alpha) * gan_sr
    return np.asarray(np.rint(blended), dtype=np.uint8)


def _fade_outward(mask: Mask, sigma: float) -> NDArray[np.float32]:
    """Return, (H, W) float32 in 0..1, 1 inside the mask and a Gaussian of the distance outside."""
    if sigma == 0 or not mask.any():
        return mask.astype(np.float32)
    outside = (~mask).view(np.uint8)
    distance = cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(np.exp(-((distance / sigma) ** 2) / 2), dtype=np.float32)
