"""CVAT's segmentation masks, version 1.1: a folder of images in the colours of their classes.

It is Pascal VOC's layout: labelmap.txt with a line `name:R,G,B:parts:actions` per class, and
SegmentationClass/NAME.png.
"""

import re
from collections.abc import Collection
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask, RgbImage, Size, size_of
from desra_studio.imaging.io import read_rgb
from desra_studio.imaging.opening import MAX_MEGAPIXELS
from desra_studio.interchange.fields import quote
from desra_studio.interchange.labels import Entry, LabelCollector, ReadLabels, ReadOptions

FORM = "CVAT segmentation masks"
LABEL_MAP, MASKS_FOLDER = "labelmap.txt", "SegmentationClass"
BACKGROUND = "background"
LINE = re.compile(r"(.+?):(\d{1,3}),(\d{1,3}),(\d{1,3})(:.*)?")


def is_segmentation_folder(folder: Path) -> bool:
    """Tell whether a folder has CVAT's segmentation masks."""
    return (folder / LABEL_MAP).is_file() and (folder / MASKS_FOLDER).is_dir()


def read_segmentation_folder(
    folder: Path, labels: Collection[str] | None = None, max_megapixels: float = MAX_MEGAPIXELS
) -> ReadLabels:
    """Read a folder of masks in the colours of their classes, all but the background's.

    An image with a colour that no class has is left out with a note.

    Args:
        folder: the one that has labelmap.txt.
        labels: names of the classes that count; None for all.
        max_megapixels: of the largest image that is read.

    Raises:
        InputError: no folder of such masks, or a line of labelmap.txt that cannot be.
    """
    if not is_segmentation_folder(folder):
        raise InputError(f"{folder} has no {LABEL_MAP} with a folder {MASKS_FOLDER} beside it.")
    collector = LabelCollector(FORM, ReadOptions(labels, max_megapixels))
    classes = _read_label_map(folder / LABEL_MAP)
    for path in sorted((folder / MASKS_FOLDER).rglob("*.png")):
        name = path.relative_to(folder / MASKS_FOLDER).as_posix()
        try:
            size, entries = _list_entries(path, classes, max_megapixels)
        except InputError as error:
            collector.add_note(name, f"left out: {error}")
            continue
        collector.add_image(name, size, entries)
    return collector.finish()


def _read_label_map(path: Path) -> dict[int, str]:
    """Return the classes by colour, as 0xRRGGBB."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise InputError(f"{path.name}: cannot be read ({error}).") from error
    classes: dict[int, str] = {}
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        found = LINE.fullmatch(line.strip())
        if not found or max(samples := [int(found[index]) for index in (2, 3, 4)]) > 255:
            raise InputError(f"{path.name}: {quote(line)} is no class with a colour.")
        red, green, blue = samples
        classes[red << 16 | green << 8 | blue] = found[1]
    if BACKGROUND not in classes.values():
        classes.setdefault(0, BACKGROUND)
    return classes


def _list_entries(
    path: Path, classes: dict[int, str], max_megapixels: float
) -> tuple[Size, list[Entry]]:
    pixels = read_rgb(path, max_megapixels).pixels
    colours: list[int] = np.unique(_join_samples(pixels)).tolist()
    for colour in colours:
        if colour not in classes:
            samples = f"{colour >> 16},{colour >> 8 & 255},{colour & 255}"
            raise InputError(f"no class of {LABEL_MAP} has its colour {samples}.")
    entries: list[Entry] = [
        (classes[colour], partial(partial, _mark_colour, path, max_megapixels, colour))
        for colour in colours
        if classes[colour] != BACKGROUND
    ]
    return size_of(pixels), entries


def _join_samples(pixels: RgbImage) -> NDArray[np.int32]:
    """Return colours as 0xRRGGBB, (H, W)."""
    red, green, blue = np.moveaxis(pixels.astype(np.int32), 2, 0)
    return np.asarray(red << 16 | green << 8 | blue, np.int32)


def _mark_colour(path: Path, max_megapixels: float, colour: int, mask: Mask) -> None:
    mask |= _join_samples(read_rgb(path, max_megapixels).pixels) == colour
