"""The artifact map on a device of PyTorch, such as a GPU; elsewhere OpenCV's is faster."""

from typing import TYPE_CHECKING

import cv2
import numpy as np

from desra_studio.detection.artifact_map import SIGMA, C, ContrastMaps
from desra_studio.errors import InputError
from desra_studio.imaging.arrays import RgbImage, check_rgb, check_same_size, size_of

if TYPE_CHECKING:
    import torch
    from torch import Tensor

TILE_PX = 256
"""Side of the tiles, each around a mean of its own, in which float32 loses the fewest digits."""
ROWS_AT_ONCE = 4
"""Rows of tiles in memory at a time: 2 GB of a device for images 8192 px wide."""


def compare_contrast_on(
    gan_sr: RgbImage, mse_sr: RgbImage, device: "torch.device | str", window_size: int = 11
) -> ContrastMaps:
    """Compute D and where GAN-SR is busier, as `artifact_map.compare_contrast` does.

    Args:
        gan_sr: (H, W, 3) uint8 RGB.
        mse_sr: (H, W, 3) uint8 RGB, the same size.
        device: of PyTorch.
        window_size: odd width of the window in px, at least 3.

    Returns:
        D within 3e-3 of the float64 one, and the direction.

    Raises:
        InputError: other shapes or types, sizes that differ, an even window, or an image smaller
            than the window.
    """
    import torch

    check_rgb(gan_sr, "GAN-SR")
    check_rgb(mse_sr, "MSE-SR")
    check_same_size(gan_sr, mse_sr, "GAN-SR", "MSE-SR")
    height, width = (side - window_size + 1 for side in gan_sr.shape[:2])
    if window_size < 3 or window_size % 2 == 0 or min(height, width) < 1:
        raise InputError(
            f"The window must be odd, at least 3 and fit into {size_of(gan_sr)} px, "
            f"got {window_size}."
        )
    d = np.empty((height, width), np.float32)
    busier = np.empty((height, width), np.bool_)
    line = cv2.getGaussianKernel(window_size, SIGMA).astype(np.float32).ravel()
    with torch.inference_mode():
        kernel = torch.from_numpy(line).to(device)
        for top in range(0, height, ROWS_AT_ONCE * TILE_PX):
            rows = min(ROWS_AT_ONCE * TILE_PX, height - top)
            seen = np.s_[top : top + rows + window_size - 1]
            pair = torch.from_numpy(np.stack([gan_sr[seen], mse_sr[seen]])).to(device)
            v_g, v_m = _compute_variances(pair.permute(0, 3, 1, 2).float(), kernel)
            ratio = (2 * (v_g * v_m).clamp_min(0).sqrt() + C) / (v_g + v_m + C)
            place = np.s_[top : top + rows]
            d[place] = ratio.mean(0)[:rows, :width].clamp_max(1).cpu().numpy()
            busier[place] = ((v_g - v_m).sum(0) > 0)[:rows, :width].cpu().numpy()
    return ContrastMaps(d, busier)


def _compute_variances(images: "Tensor", kernel: "Tensor") -> "Tensor":
    """Return the local variances of (N, 3, h, w) images' valid regions, (N, 3, H, W).

    H and W are whole tiles; what lies beyond the valid region has no meaning.
    """
    import torch
    from torch.nn import functional

    margin = len(kernel) - 1
    count, channels, height, width = images.shape
    # Whole tiles: what is filled in lies outside every window of the valid region.
    down, right = (-(side - margin) % TILE_PX for side in (height, width))
    padded = functional.pad(images, (0, right, 0, down), mode="replicate")
    side = TILE_PX + margin
    tiles = padded.unfold(2, side, TILE_PX).unfold(3, side, TILE_PX)
    _, _, tile_rows, tile_columns, _, _ = tiles.shape
    values = tiles.reshape(-1, 1, side, side)
    values = values - values.mean((2, 3), keepdim=True)
    moments = torch.cat([values, values * values])
    moments = functional.conv2d(moments, kernel.view(1, 1, -1, 1))
    moments = functional.conv2d(moments, kernel.view(1, 1, 1, -1))
    mean, mean_of_squares = moments.chunk(2)
    variance = (mean_of_squares - mean * mean).reshape(
        count, channels, tile_rows, tile_columns, TILE_PX, TILE_PX
    )
    return variance.permute(0, 1, 2, 4, 3, 5).reshape(
        count, channels, tile_rows * TILE_PX, tile_columns * TILE_PX
    )
