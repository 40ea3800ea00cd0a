"""DeSRA's folder layout: which files belong together, and whether their sizes fit."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import BORDER_PX, Mask, RgbImage, Size, size_of
from desra_studio.imaging.io import resize_bicubic, sort_files

GAN_FOLDER, MSE_FOLDER, LR_FOLDER, LABEL_FOLDER = "GAN-SR", "MSE-SR", "LR", "GT-Mask"
UPSCALED_LR = re.compile(r"LR-bicubic-x([2-8])", re.IGNORECASE)
"""LR images that were enlarged for viewing; the number tells how to get the LR back."""
SCALES = range(1, 9)


@dataclass(frozen=True)
class Layout:
    """The folders of DeSRA's layout that were found, each as stem -> path.

    Attributes:
        lr: where there is neither `gan` nor `mse`, images that wait to be upscaled.
        lr_enlarged_by: 1, or by how much the LR images were enlarged for viewing.
        others: files in these folders that are no images to use -> why.
    """

    gan: dict[str, Path]
    mse: dict[str, Path]
    lr: dict[str, Path]
    lr_enlarged_by: int
    labels: dict[str, Path]
    others: dict[Path, str]

    @property
    def lr_only(self) -> bool:
        """Whether nothing is upscaled yet."""
        return not (self.gan or self.mse)

    @property
    def names(self) -> list[str]:
        """Names of all images, sorted."""
        return sorted(self.lr if self.lr_only else self.gan.keys() | self.mse.keys())


def find_layout(source: Path) -> Layout:
    """Find the folders of DeSRA's layout in `source`, in any case, or LR images alone.

    LR images lie in a folder LR, or in `source` itself.

    Raises:
        InputError: not a folder, GAN-SR or MSE-SR is missing, or nothing at all is there; says
            what was found.
    """
    if not source.is_dir():
        raise InputError(
            f"{source} is not a folder. Give one of LR images, or one that has GAN-SR and MSE-SR "
            "in it."
        )
    folders = {path.name.lower(): path for path in sorted(source.iterdir()) if path.is_dir()}
    missing = [name for name in (GAN_FOLDER, MSE_FOLDER) if name.lower() not in folders]
    if len(missing) == 2:
        lr, rest = sort_files(folders.get(LR_FOLDER.lower(), source))
        if lr:
            rest |= _list_unused(folders)
            return Layout(gan={}, mse={}, lr=lr, lr_enlarged_by=1, labels={}, others=rest)
    if missing:
        # Others are nobody's business: any folder of the server can be named here.
        holding = [path.name for path in folders.values() if sort_files(path)[0]]
        found = f"images in {', '.join(holding)}" if holding else "no folder with images"
        raise InputError(
            f"{source} has no {' and no '.join(missing)} folder (found: {found}). "
            "Give a folder that has GAN-SR and MSE-SR in it, or LR images alone."
        )

    others: dict[Path, str] = {}

    def list_of(name: str) -> dict[str, Path]:
        folder = folders.get(name.lower())
        images, rest = sort_files(folder) if folder else ({}, {})
        others.update(rest)
        return images

    lr_name, enlarged_by = LR_FOLDER, 1
    enlarged = [match for match in map(UPSCALED_LR.fullmatch, folders) if match]
    if enlarged and LR_FOLDER.lower() not in folders:
        lr_name, enlarged_by = enlarged[-1][0], int(enlarged[-1][1])
    return Layout(
        gan=list_of(GAN_FOLDER),
        mse=list_of(MSE_FOLDER),
        lr=list_of(lr_name),
        lr_enlarged_by=enlarged_by,
        labels=list_of(LABEL_FOLDER),
        others=others,
    )


def _list_unused(folders: dict[str, Path]) -> dict[Path, str]:
    """Say of every other folder that holds images that it is not read: its name may be mistyped."""
    why = f"not read, LR images alone are imported; {GAN_FOLDER} and {MSE_FOLDER} are missing"
    return {
        folder: why
        for name, folder in folders.items()
        if name != LR_FOLDER.lower() and sort_files(folder)[0]
    }


def shrink_lr(path: Path, pixels: RgbImage, factor: int, sr: Size) -> RgbImage:
    """Reduce an LR image that was enlarged to the SR size; InputError where it was not."""
    size = size_of(pixels)
    if size != sr or size.width % factor or size.height % factor:
        raise InputError(
            f"{path.name}: {size} px is not the SR size {sr}, or not a multiple of {factor}"
        )
    return resize_bicubic(pixels, Size(size.width // factor, size.height // factor))


def find_scale(path: Path, lr: Size, sr: Size) -> int:
    """Return by how much LR was upscaled; InputError where no whole number from 1 to 8 fits."""
    for scale in SCALES:
        if (lr.width * scale, lr.height * scale) == sr:
            return scale
    raise InputError(f"{path.name}: {lr} px times 1 to {SCALES[-1]} is not the SR size {sr}")


def fit_label(path: Path, mask: Mask, size: Size) -> Mask:
    """Return a manual mask at the size of its image, adding the border the released code crops.

    Raises:
        InputError: another size.
    """
    if size_of(mask) == size:
        return mask
    if size_of(mask) == (size.width - 2 * BORDER_PX, size.height - 2 * BORDER_PX):
        return np.pad(mask, BORDER_PX)
    raise InputError(f"{path.name}: {size_of(mask)} px, but the image is {size} px")
