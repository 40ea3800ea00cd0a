"""DeSRA's folder layout: which files belong together, and whether their sizes fit."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn

import numpy as np

from desra_studio.errors import InputError, MissingReferenceError
from desra_studio.imaging.arrays import BORDER_PX, Mask, RgbImage, Size, size_of
from desra_studio.imaging.io import count_images_within, resize_bicubic, sort_files
from desra_studio.references import MSE_SR, Reference, parse_reference
from desra_studio.services.suffixes import Proposal, propose_suffix

GAN_FOLDER, MSE_FOLDER, LR_FOLDER, LABEL_FOLDER = "GAN-SR", "MSE-SR", "LR", "GT-Mask"
HR_FOLDER = "HR"
OUTPUT_FOLDERS = (GAN_FOLDER, MSE_FOLDER)
"""Without these two there is nothing to compare."""
UPSCALED_LR = re.compile(r"LR-bicubic-x([2-8])", re.IGNORECASE)
"""LR images that were enlarged for viewing; the number tells how to get the LR back."""
KNOWN = (GAN_FOLDER, MSE_FOLDER, LR_FOLDER, LABEL_FOLDER)
NEAR = 0.6
"""Likeness of names, 0 to 1, from which on one is offered for the other."""
TOLD_FOLDERS = 3


@dataclass(frozen=True)
class Layout:
    """The folders of DeSRA's layout that were found, each as name -> path.

    Attributes:
        mse: what GAN-SR is compared with; empty where that is the LR image, enlarged.
        lr: where there is neither `gan` nor `mse`, images that wait to be upscaled.
        lr_enlarged_by: 1, or by how much the LR images were enlarged for viewing.
        others: files and folders that are not used -> why.
        reference: what `mse` is.
        proposed: the suffix without which more names would match, if there is one.
    """

    gan: dict[str, Path]
    mse: dict[str, Path]
    lr: dict[str, Path]
    lr_enlarged_by: int
    labels: dict[str, Path]
    others: dict[Path, str]
    proposed: Proposal | None = None
    reference: Reference = MSE_SR

    @property
    def outputs(self) -> str:
        """The folders that an image is in, beside that of its LR, in words."""
        made = self.reference.is_enlarged
        return GAN_FOLDER if made else f"{GAN_FOLDER} and {self.reference.title}"

    @property
    def proposal(self) -> str:
        """A sentence that names the suffix; empty where none is proposed."""
        return self.proposed.describe() if self.proposed else ""

    @property
    def lr_only(self) -> bool:
        """Whether nothing is upscaled yet."""
        return self.reference == MSE_SR and not (self.gan or self.mse)

    @property
    def names(self) -> list[str]:
        """Names of all images, sorted."""
        return sorted(self.lr if self.lr_only else self.gan.keys() | self.mse.keys())


def find_layout(
    source: Path, suffixes: Sequence[str] = (), reference: Reference = MSE_SR
) -> Layout:
    """Find the folders of DeSRA's layout in `source`, in any case, or LR images alone.

    LR images lie in a folder LR, or in `source` itself. What GAN-SR is compared with lies in a
    folder of its name, or in MSE-SR; LR alone is enough where that is to be enlarged.

    Args:
        source: the folder.
        suffixes: what programs appended to names, which are matched without it.
        reference: what GAN-SR is compared with.

    Raises:
        MissingReferenceError: GAN-SR has no MSE-SR, and there is something else to compare with.
        InputError: not a folder, GAN-SR or the reference is missing, or nothing at all is there;
            says what was found.
    """
    if not source.is_dir():
        raise InputError(
            f"{source} is not a folder. Give one of LR images, or one that has GAN-SR and "
            f"{reference.folder} in it."
        )
    finder = LayoutFinder(source, suffixes, reference)
    alone = reference == MSE_SR and len(finder.missing) == len(OUTPUT_FOLDERS)
    layout = finder.find_lr() if alone else None
    if layout is None and finder.missing:
        finder.refuse()
    return layout or finder.find_pairs()


class LayoutFinder:
    """Looks for the folders of a layout in a source.

    Attributes:
        source: the folder.
        inner: all folders in it but hidden ones, sorted.
        folders: the same by name in small letters, of names that differ by case the first.
        reference: what GAN-SR is compared with.
    """

    def __init__(
        self, source: Path, suffixes: Sequence[str], reference: Reference = MSE_SR
    ) -> None:
        self.source, self._suffixes, self.reference = source, suffixes, reference
        self.inner = [
            path
            for path in sorted(source.iterdir())
            if path.is_dir() and not path.name.startswith(".")
        ]
        self.folders: dict[str, Path] = {}
        for path in self.inner:
            self.folders.setdefault(path.name.lower(), path)
        self._others: dict[Path, str] = {}

    @property
    def missing(self) -> list[str]:
        """Which of GAN-SR and what it is compared with are not there."""
        there = {GAN_FOLDER: self.folders.get(GAN_FOLDER.lower())}
        there[self.reference.folder] = self.find_reference()
        return [name for name, folder in there.items() if folder is None]

    @property
    def is_begun(self) -> bool:
        """Whether it has GAN-SR or MSE-SR, or what takes the place of that."""
        begun = {GAN_FOLDER.lower(), MSE_FOLDER.lower()}
        if not self.reference.is_enlarged:
            begun.add(self.reference.folder.lower())
        return not begun.isdisjoint(self.folders)

    def describe_missing(self) -> str:
        """Return what is missing, and what is there in its place, as a sentence goes on."""
        return f"has no {' and no '.join(self.missing)} folder (found: {self.describe()})"

    def find_reference(self) -> Path | None:
        """Return the folder of what GAN-SR is compared with, or made from, if there is one."""
        if self.reference.is_enlarged:
            return self.find_lr_folder()[0]
        named = self.folders.get(self.reference.folder.lower())
        return named or self.folders.get(MSE_FOLDER.lower())

    def offer_references(self) -> dict[str, str]:
        """Return what GAN-SR without MSE-SR can be compared with: spelling -> title."""
        if self.reference != MSE_SR or self.missing != [MSE_FOLDER]:
            return {}
        if not sort_files(self.folders[GAN_FOLDER.lower()])[0]:
            return {}
        offered = [parse_reference("lr")] if self.find_lr_folder()[0] else []
        if HR_FOLDER.lower() in self.folders:
            offered.append(parse_reference("hr"))
        for folder in self.inner:
            known = {*KNOWN, HR_FOLDER}
            is_known = folder.name.lower() in {name.lower() for name in known}
            if is_known or UPSCALED_LR.fullmatch(folder.name) or offer_name(folder.name):
                continue
            with suppress(InputError):  # a folder that no model can be called after
                if sort_files(folder)[0]:
                    offered.append(parse_reference(f"other:{folder.name}"))
        return {reference.spelling: reference.title for reference in offered}

    def refuse(self) -> NoReturn:
        """Raise what is missing as an InputError, with what there is to compare with."""
        told = f"{self.source} {self.describe_missing()}. Give a folder that has GAN-SR and "
        told += f"{self.reference.folder} in it"
        if offered := self.offer_references():
            raise MissingReferenceError(f"{told}{tell_references(offered)}.", offered)
        raise InputError(f"{told}{', or LR images alone' if self.reference == MSE_SR else ''}.")

    def find_lr_folder(self) -> tuple[Path | None, int]:
        """Return the folder of LR images, if there is one, and by how much they were enlarged."""
        enlarged = [match for match in map(UPSCALED_LR.fullmatch, self.folders) if match]
        if enlarged and LR_FOLDER.lower() not in self.folders:
            return self.folders[enlarged[-1][0]], int(enlarged[-1][1])
        return self.folders.get(LR_FOLDER.lower()), 1

    def find_lr(self) -> Layout | None:
        """Return a layout of LR images alone, or None where there are none."""
        folder = self.folders.get(LR_FOLDER.lower(), self.source)
        lr = self._list_images(folder)
        if not lr:
            return None
        for path in [path for path in self._others if path.parent == self.source]:
            if path.is_dir():
                del self._others[path]  # told below, with the name that may be meant
        why = f"not read, LR images alone are imported; {GAN_FOLDER} and {MSE_FOLDER} are missing"
        self._tell_unused({LR_FOLDER.lower()}, why)
        return Layout(gan={}, mse={}, lr=lr, lr_enlarged_by=1, labels={}, others=self._others)

    def find_pairs(self) -> Layout:
        """Return the layout of GAN-SR and what it is compared with, and what lies beside them."""
        lr_folder, enlarged_by = self.find_lr_folder()
        reference = None if self.reference.is_enlarged else self.find_reference()
        gan, mse, lr, labels = (
            self._list_images(folder)
            for folder in (
                self.folders[GAN_FOLDER.lower()],
                reference,
                lr_folder,
                self.folders.get(LABEL_FOLDER.lower()),
            )
        )
        self._tell_empty(self.folders[GAN_FOLDER.lower()], gan)
        if compared := reference or lr_folder:
            self._tell_empty(compared, mse if reference else lr)
        known = list(dict.fromkeys((GAN_FOLDER, self.reference.folder, LR_FOLDER, LABEL_FOLDER)))
        read = [folder.name for folder in (reference, lr_folder) if folder]
        used = {name.lower() for name in (*known, *read)}
        self._tell_unused(used, f"not read, it is none of {', '.join(known)}")
        self._others |= tell_flat(self.source)
        listed = {"GAN-SR": gan} | {
            name: images
            for name, images in ((self.reference.title, mse), ("LR", lr), ("GT-Mask", labels))
            if images or name == MSE_FOLDER
        }
        return Layout(
            gan=gan,
            mse=mse,
            lr=lr,
            lr_enlarged_by=enlarged_by,
            labels=labels,
            others=self._others,
            proposed=propose_suffix(listed),
            reference=self.reference,
        )

    def describe(self) -> str:
        """Return which folders hold images, and what they may be meant to be."""
        # Others are nobody's business: any folder of the server can be named here.
        holding = [path.name for path in self.folders.values() if sort_files(path)[0]]
        told = [f"{name}{offer_name(name)}" for name in holding]
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
        for folder in self.inner:
            first = self.folders[folder.name.lower()]
            if (folder is first and folder.name.lower() in used) or not count_images_within(folder):
                continue
            if folder is first:
                self._others[folder] = why + offer_name(folder.name)
            else:
                self._others[folder] = f"not read, {first.name} has the same name but for its case"


def tell_references(offered: Mapping[str, str]) -> str:
    """Return how a sentence goes on that tells what to compare with in the place of MSE-SR."""
    ways = " or ".join(f"{title} (--reference {it})" for it, title in offered.items())
    return f", or compare with {ways}"


def tell_flat(source: Path) -> dict[Path, str]:
    """Say of a folder that images lie in it beside its folders; nothing where none do."""
    flat = sort_files(source)[0]
    count = f"{len(flat)} images lie" if len(flat) > 1 else "1 image lies"
    return {source: f"{count} beside the folders, where none is read"} if flat else {}


def offer_name(name: str) -> str:
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
