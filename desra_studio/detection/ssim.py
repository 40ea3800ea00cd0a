"""Local SSIM between GAN-SR and MSE-SR as a detector."""

import numpy as np

from desra_studio.detection.map_detector import FloatMap, MapDetector, check_pair, make_grid
from desra_studio.imaging.arrays import RgbImage
from desra_studio.imaging.windows import SSIM_WINDOW_PX, compute_ssim


def compute_ssim_map(gan_sr: RgbImage, mse_sr: RgbImage) -> FloatMap:
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
    check_pair(gan_sr, mse_sr, SSIM_WINDOW_PX)
    ssim = np.zeros(gan_sr.shape[:2], np.float32)
    # By channel, so that large images need a third of the temporary arrays.
    for channel in range(3):
        ssim += compute_ssim(gan_sr[:, :, channel], mse_sr[:, :, channel])
    ssim /= 3
    return np.clip(ssim, -1, 1, out=ssim)


SSIM = MapDetector(
    title="local SSIM",
    compute=compute_ssim_map,
    artifact_side="below",
    threshold=0.4,
    smallest=-1,
    largest=1,
    grid=make_grid(0.02, 0.98),
    compared_at=(0.4,),
)
