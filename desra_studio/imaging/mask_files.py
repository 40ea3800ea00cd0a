"""Reading masks that other tools wrote: every value means something known, or is refused.

A mask is no photograph: its values say what is marked. What they may be is told by the largest one
(1, or full scale of 8, 16 or 32 bits), by the classes of a palette, or by what is painted on a
transparent ground. A value that could mean something else is told to the user and never taken for
'not marked', since that would become a person's word that nothing is wrong there.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask
from desra_studio.imaging.io import EXIF_ORIENTATION, TURN_APPLIED, has_alpha
from desra_studio.imaging.opening import (
    DAMAGE,
    LOSSY,
    MAX_MEGAPIXELS,
    describe_frames,
    open_image,
)

Values: TypeAlias = NDArray[np.integer[Any] | np.floating[Any]]
"""(H, W) of any number type."""

FULL_SCALES = (1, 255, 65535, 2**31 - 1, 2**32 - 1)
"""What 'marked' is written as: 1, or the largest value of 8, 16, 31 and 32 bits."""
EDGE_PX = 16
"""How far from marked px grey can be an edge: of an enlarged mask, or of two blocks of JPEG."""
EDGE_LEVELS = 4
"""Values that a mask with grey edges has at least; with fewer, the darker ones are classes."""
LOSSY_NOISE = 8 / 255
"""Grey that JPEG leaves on black where nothing is marked, as a share of full scale."""
FEW_COLOURS = 32
"""Of a drawing whose edges are not smooth."""
MAX_CLASSES = 150
"""As ADE20K has; more colours are a photograph's."""
TOLD_VALUES = 6
"""Values that a refusal names."""
GREY_TOLERANCE = 24
"""Between the channels of grey, after JPEG."""


@dataclass(frozen=True)
class ReadMask:
    """A mask file's meaning.

    Attributes:
        mask: (H, W) bool, True where it is marked.
        conversions: one phrase per thing that was not plainly black and white.
    """

    mask: Mask
    conversions: tuple[str, ...]


def read_mask(path: Path, max_megapixels: float = MAX_MEGAPIXELS) -> ReadMask:
    """Read what a mask file marks.

    - Grey, of any depth: 0 and 1, or 0 and full scale; in between, what is brighter than half is
      marked, and darker grey is an edge where something marked is near.
    - Palette: class 0, or what is black, is the ground; every other class is marked.
    - Transparent: what is painted is marked, whatever its colour and whatever hides beneath.
    - Colour: black is the ground.

    Raises:
        InputError: unreadable, or values that could mean something else; the message names them.
    """
    with open_image(path, max_megapixels) as image:
        told = [text for text in (describe_frames(image),) if text]
        try:
            image.load()
            if image.getexif().get(EXIF_ORIENTATION, 1) in range(2, 9):
                told.append(TURN_APPLIED)
            upright = ImageOps.exif_transpose(image)
            mask, meaning = _interpret(upright, image.format in LOSSY)
        except _UnknownMeaningError as error:
            raise InputError(f"{path.name}: {error} Write artifacts as 255 on 0.") from error
        except (*DAMAGE, MemoryError) as error:
            raise InputError(
                f"{path.name}: truncated or damaged ({error}). Export it again."
            ) from error
    return ReadMask(mask, (*told, *meaning))


class _UnknownMeaningError(Exception):
    """Values that may mean one thing or another; says which were found."""


def _interpret(image: Image.Image, lossy: bool) -> tuple[Mask, list[str]]:
    if has_alpha(image):
        return _interpret_layers(np.array(image.convert("RGBA")), lossy)
    if image.mode == "P":
        return _interpret_classes(image)
    if image.mode == "1":
        return np.array(image, dtype=np.bool_), []
    if image.mode in ("L", "I", "F") or image.mode.startswith("I;"):
        return _interpret_grey(np.asarray(image), lossy)
    return _interpret_colours(np.array(image.convert("RGB")), lossy)


def _interpret_grey(values: Values, lossy: bool) -> tuple[Mask, list[str]]:
    """Read (H, W) grey of any type by the full scale that its largest value belongs to."""
    told = [] if values.dtype == np.uint8 else [f"{values.dtype.name} read as a mask"]
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise _UnknownMeaningError("not all of its values are numbers.")
    lowest, largest = float(values.min()), float(values.max())
    full = next((scale for scale in FULL_SCALES if largest <= scale), None)
    if lowest < 0 or full is None:
        raise _UnknownMeaningError(
            f"its values are {_tell_values(values)}, which mean nothing known."
        )
    if full == 1 and values.dtype.kind != "f" and largest == 1:
        told.append("marked with 1")
    marked = np.asarray(values > full / 2)
    grey = ~marked & np.asarray(values > (full * LOSSY_NOISE if lossy else 0))
    if grey.any():
        _check_edges(values, marked, grey, lossy)
    return marked, told


def _check_edges(values: Values, marked: Mask, grey: Mask, lossy: bool) -> None:
    """Raise unless all grey is the edge of something marked."""
    reach = 2 * EDGE_PX + 1
    near = cv2.dilate(marked.view(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    unknown = grey & ~near
    if not lossy and len(np.unique(values)) < EDGE_LEVELS:
        unknown = grey
    if unknown.any():
        raise _UnknownMeaningError(
            f"{np.count_nonzero(unknown)} px are neither black nor brighter than half, and not the "
            f"edge of something marked (values {_tell_values(values[unknown])})."
        )


def _interpret_classes(image: Image.Image) -> tuple[Mask, list[str]]:
    """Read a palette image: by its colours where they are grey, else class by class."""
    classes = np.array(image, dtype=np.uint8)
    colours = np.array(image.getpalette("RGB"), np.uint8).reshape(-1, 3)
    used = np.unique(classes)
    if used[-1] >= len(colours):
        raise _UnknownMeaningError(
            f"class {used[-1]} is not in its palette of {len(colours)} colours."
        )
    is_grey = colours[used].min(axis=1) == colours[used].max(axis=1)
    if is_grey.all() and colours[used].max() > 1:
        return _interpret_grey(colours[classes][:, :, 0], lossy=False)
    ground = [int(index) for index in used if not colours[index].any()]
    if used[0] == 0 and not ground:
        raise _UnknownMeaningError(
            f"none of its classes {_tell_values(used)} is black, so which one is the ground is not "
            "known."
        )
    counted = np.setdiff1d(used, ground)
    if len(counted) > MAX_CLASSES:
        raise _UnknownMeaningError(f"it has {len(counted)} colours, as a photograph has.")
    name = "its class" if len(counted) == 1 else "its classes"
    told = [f"{name} {_tell_values(counted)} counted as marked"] if len(counted) else []
    return np.isin(classes, counted), told


def _interpret_layers(layers: NDArray[np.uint8], lossy: bool) -> tuple[Mask, list[str]]:
    """Read (H, W, 4) uint8 RGBA: by its colours where it is opaque, else by what is painted."""
    colours, alpha = layers[:, :, :3], layers[:, :, 3]
    if alpha.min() == 255:
        return _interpret_colours(colours, lossy)
    if not alpha.any():
        if colours.min() != colours.max():
            raise _UnknownMeaningError("it is transparent throughout, though colours lie beneath.")
        return np.zeros(alpha.shape, np.bool_), ["nothing is painted on its transparent ground"]
    brightness = colours.max(axis=2)[alpha == 255]
    if brightness.size and brightness.min() < 64 and brightness.max() > 191:
        raise _UnknownMeaningError(
            "on its transparent ground both black and bright px are painted: which of them are "
            "meant is not known."
        )
    # Paint that is thin all over is paint as well.
    strength = (alpha.astype(np.uint16) * 255 // alpha.max()).astype(np.uint8)
    mask, _ = _interpret_grey(strength, lossy)
    return mask, ["what is painted on its transparent ground read as the mask"]


def _interpret_colours(colours: NDArray[np.uint8], lossy: bool) -> tuple[Mask, list[str]]:
    """Read (H, W, 3) uint8 RGB: as grey where it is, else every colour but black is marked."""
    brightest = colours.max(axis=2)
    spread = brightest - colours.min(axis=2)
    if spread.max() <= GREY_TOLERANCE:
        return _interpret_grey(brightest, lossy)
    codes = colours.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    found, counts = np.unique(codes, return_counts=True)
    if not lossy and len(found) > MAX_CLASSES and len(np.unique(codes[brightest > 191])) > 2:
        raise _UnknownMeaningError(f"it has {len(found)} colours, as a photograph has.")
    plain = spread <= GREY_TOLERANCE
    if (plain & (brightest > 191)).any():
        raise _UnknownMeaningError(
            "it has white and coloured px: whether white is the ground is not known "
            f"({_tell_colours(found[np.argsort(-counts)])})."
        )
    told = ["what is coloured counted as marked"]
    if lossy or len(found) > FEW_COLOURS:
        return _interpret_grey(brightest, lossy)[0], told
    marked = brightest > 0
    if marked.all():
        raise _UnknownMeaningError(
            f"none of its colours {_tell_colours(found)} is black, so which one is the ground is "
            "not known."
        )
    return marked, told


def _tell_values(values: Values) -> str:
    found = np.unique(values)
    told = ", ".join(f"{value:g}" for value in found[:TOLD_VALUES].tolist())
    return told if len(found) <= TOLD_VALUES else f"{told} ... {found[-1]:g}"


def _tell_colours(codes: NDArray[np.uint32]) -> str:
    told = ", ".join(f"#{code:06x}" for code in codes[:TOLD_VALUES].tolist())
    return told if len(codes) <= TOLD_VALUES else f"{told} ..."
