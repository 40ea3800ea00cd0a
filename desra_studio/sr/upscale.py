"""Running a generator on an image."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from desra_studio.errors import ModelError
from desra_studio.imaging.arrays import RgbImage, check_rgb, size_of
from desra_studio.sr.loader import Generator


def to_tensor(image: RgbImage) -> Tensor:
    """Convert (H, W, 3) uint8 RGB to (3, H, W) float32 in 0..1."""
    return torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1))).float() / 255


def to_image(tensor: Tensor) -> RgbImage:
    """Convert (3, H, W) float in 0..1 to (H, W, 3) uint8 RGB, clamped and rounded."""
    scaled = tensor.detach().float().clamp(0, 1).mul(255).round().byte()
    return scaled.permute(1, 2, 0).cpu().numpy()


def upscale_image(generator: Generator, lr: RgbImage, device: torch.device) -> RgbImage:
    """Run a generator on a whole image.

    Args:
        generator: its module is moved to `device`.
        lr: (H, W, 3) uint8 RGB.
        device: where to run.

    Returns:
        (scale H, scale W, 3) uint8 RGB.

    Raises:
        InputError: not an RGB image.
        ModelError: the image does not fit into the device's memory.
    """
    check_rgb(lr, "LR")
    height, width = lr.shape[:2]
    step = generator.multiple_px
    padded = [max(-(-side // step) * step, generator.minimum_px) for side in (height, width)]
    batch = to_tensor(lr)[None].to(device)
    batch = functional.pad(batch, (0, padded[1] - width, 0, padded[0] - height), mode="replicate")
    try:
        with torch.inference_mode():
            output = generator.module.to(device).eval()(batch)[0]
    except torch.OutOfMemoryError as error:
        raise ModelError(
            f"An LR of {size_of(lr)} px needs more memory than {device} has. Cut it into parts."
        ) from error
    return to_image(output[:, : height * generator.scale, : width * generator.scale])
