"""How close two images are."""

import math

import numpy as np

from desra_studio.imaging.arrays import RgbImage, check_same_size


def compute_psnr(first: RgbImage, second: RgbImage) -> float:
    """Return the peak signal-to-noise ratio in dB, over all channels; infinite where equal.

    PSNR = 10 log10(255^2 / MSE), of (H, W, 3) uint8 RGB images.

    Raises:
        InputError: sizes that differ.
    """
    check_same_size(first, second, "the first image", "the second image")
    difference = first.astype(np.float64) - second
    mean_square = float(np.mean(difference * difference))
    return math.inf if mean_square == 0 else 10 * math.log10(255**2 / mean_square)
