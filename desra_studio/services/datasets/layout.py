"""DeSRA's folder layout: which files belong together, and whether their sizes fit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import BORDER_PX, Mask, RgbImage, Size, size_of
from desra_studio.imaging.io import count_images_within, resize_bicubic, sort_files
from desra_studio.services.suffixes import Proposal, propose_suffix

GAN_FOLDER, MSE_FOLDER, LR_FOLDER, LABEL_FOLDER = "GAN-SR", "MSE-SR", "LR", "GT-Mask"
UPSCALED_LR = re.compile(r"LR-bicubic-x([2-8])", re.IGNORECASE)
"""LR images that were enlarged for viewing; the number tells how to get the LR back."""
SCALES = range(1, 9)
KNOWN = (GAN_FOLDER, MSE_FOLDER, LR_FOLDER, LABEL_FOLDER)
NEAR = 0.6
"""Likeness of names, 0 to 1, from which on one is offered for the other."""
TOLD_FOLDERS = 3


@dataclass(frozen=True)
class Layout:
    """The folders of DeSRA's layout that were found, each as name -> path.

    Attributes:
        lr: where there is neither `gan` nor `mse`, images that wait to be upscaled.
        lr_enlarged_by: 1, or by how much the LR images were enlarged for viewing.
        others: files and folders that are not used -> why.
        proposed: the suffix without which more names would match, if there is one.
    """

    gan: dict[str, Path]
    mse: dict[str, Path]
    lr: dict[str, Path]
    lr_enlarged_by: int
    labels: dict[str, Path]
    others: dict[Path, str]
    proposed: Proposal | None = None

    @property
    def proposal(self) -> str:
        """A sentence that names the suffix; empty where none is proposed."""
        return self.proposed.describe() if self.proposed else ""

    @property
    def lr_only(self) -> bool:
        """Whether nothing is upscaled yet."""
        return not (self.gan or self.mse)

    @property
    def names(self) -> list[str]:
        """Names of all images, sorted."""
        return sorted(self.lr if self.lr_only else self.gan.keys() | self.mse.keys())


def find_layout(source: Path, suffixes: Sequence[str] = ()) -> Layout:
    """Find the folders of DeSRA's layout in `source`, in any case, or LR images alone.

    LR images lie in a folder LR, or in `source` itself.

    Args:
        source: the folder.
        suffixes: what programs appended to names, which are matched without it.

    Raises:
        InputError: not a folder, GAN-SR or MSE-SR is missing, or nothing at all is there; says
            what was found.
    """
    if not source.is_dir():
        raise InputError(
            f"{source} is not a folder. Give one of LR images, or one that has GAN-SR and MSE-SR "
            "in it."
        )
    finder = _Finder(source, suffixes)
    missing = [name for name in (GAN_FOLDER, MSE_FOLDER) if name.lower() not in finder.folders]
    layout = finder.find_lr() if len(missing) == 2 else None
    if layout is None and missing:
        raise InputError(
            f"{source} has no {' and no '.join(missing)} folder (found: {finder.describe()}). "
            "Give a folder that has GAN-SR and MSE-SR in it, or LR images alone."
        )
    return layout or finder.find_pairs()


class _Finder:
    """Looks for the folders of a layout in a source."""

    def __init__(self, source: Path, suffixes: Sequence[str]) -> None:
        self._source, self._suffixes = source, suffixes
        self.folders = {
            path.name.lower(): path
            for path in sorted(source.iterdir())
            if path.is_dir() and not path.name.startswith(".")
        }
        self._others: dict[Path, str] = {}

    def find_lr(self) -> Layout | None:
        """Return a layout of LR images alone, or None where there are none."""
        folder = self.folders.get(LR_FOLDER.lower(), self._source)
        lr = self._list_images(folder)
        if not lr:
            return None
        for path in [path for path in self._others if path.parent == self._source]:
            if path.is_dir():
                del self._others[path]  # told below, with the name that may be meant
        why = f"not read, LR images alone are imported; {GAN_FOLDER} and {MSE_FOLDER} are missing"
        self._tell_unused({LR_FOLDER.lower()}, why)
        return Layout(gan={}, mse={}, lr=lr, lr_enlarged_by=1, labels={}, others=self._others)

    def find_pairs(self) -> Layout:
        """Return the layout of GAN-SR and MSE-SR, and what lies beside them."""
        lr_name, enlarged_by = LR_FOLDER, 1
        enlarged = [match for match in map(UPSCALED_LR.fullmatch, self.folders) if match]
        if enlarged and LR_FOLDER.lower() not in self.folders:
            lr_name, enlarged_by = enlarged[-1][0], int(enlarged[-1][1])
        gan, mse, lr, labels = (
            self._list_images(self.folders.get(name.lower()))
            for name in (GAN_FOLDER, MSE_FOLDER, lr_name, LABEL_FOLDER)
        )
        for name, images in ((GAN_FOLDER, gan), (MSE_FOLDER, mse)):
            self._tell_empty(self.folders[name.lower()], images)
        used = {name.lower() for name in (*KNOWN, lr_name)}
        self._tell_unused(used, f"not read, it is none of {', '.join(KNOWN)}")
        if flat := sort_files(self._source)[0]:
            count = f"{len(flat)} images lie" if len(flat) > 1 else "1 image lies"
            self._others[self._source] = f"{count} beside the folders, where none is read"
        listed = {"GAN-SR": gan, "MSE-SR": mse} | {
            name: images for name, images in (("LR", lr), ("GT-Mask", labels)) if images
        }
        return Layout(
            gan=gan,
            mse=mse,
            lr=lr,
            lr_enlarged_by=enlarged_by,
            labels=labels,
            others=self._others,
            proposed=propose_suffix(listed),
        )

    def describe(self) -> str:
        """Return which folders hold images, and what they may be meant to be."""
        # Others are nobody's business: any folder of the server can be named here.
        holding = [path.name for path in self.folders.values() if sort_files(path)[0]]
        told = [f"{name}{_offer(name)}" for name in holding]
        return f"images in {', '.join(told)}" if told else "no folder with images"

    def _list_images(self, folder: Path | None) -> dict[str, Path]:
        images, rest = sort_files(folder, self._suffixes) if folder else ({}, {})
        self._others |= rest
        return images

    def _tell_empty(self, folder: Path, images: dict[str, Path]) -> None:
        """Say of a folder without images that they lie in folders of its own."""
        inner = [path.name for path in self._others if path.parent == folder and path.is_dir()]
        if inner and not images:
            shown = ", ".join(inner[:TOLD_FOLDERS]) + (" ..." if len(inner) > TOLD_FOLDERS else "")
            self._others[folder] = (
                f"it holds no images itself, only folders ({shown}): move the "
                f"{count_images_within(folder)} images in them up"
            )

    def _tell_unused(self, used: set[str], why: str) -> None:
        """Say of every other folder with images that it is not read: its name may be mistyped."""
        for name, folder in self.folders.items():
            if name not in used and count_images_within(folder):
                self._others[folder] = why + _offer(folder.name)


def _offer(name: str) -> str:
    """Return a question for the known name that is like this one; empty where none is."""
    known = {name.lower(): name for name in KNOWN}
    near = get_close_matches(name.lower().replace("_", "-"), known, 1, NEAR)
    return f" (is {known[near[0]]} meant?)" if near and known[near[0]] != name else ""


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
