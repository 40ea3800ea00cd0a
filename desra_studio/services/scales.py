"""By how much SR is larger than LR, and LR enlarged by as much, to be compared with."""

from pathlib import Path

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import RgbImage, Size, size_of
from desra_studio.imaging.io import resize_bicubic

SCALES = range(1, 9)


def enlarge_lr(path: Path, lr: RgbImage, sr: Size) -> RgbImage:
    """Return an LR image at the size of SR, (H, W, 3) uint8 RGB, by a bicubic filter.

    Args:
        path: of the image, for what is told.
        lr: (h, w, 3) uint8 RGB.
        sr: the size.

    Raises:
        InputError: as `find_scale`.
    """
    find_scale(path, size_of(lr), sr)
    return resize_bicubic(lr, sr)


def find_scale(path: Path, lr: Size, sr: Size) -> int:
    """Return by how much LR was upscaled; InputError where no whole number from 1 to 8 fits."""
    for scale in SCALES:
        if (lr.width * scale, lr.height * scale) == sr:
            return scale
    raise InputError(f"{path.name}: {lr} px times 1 to {SCALES[-1]} is not the SR size {sr}")
