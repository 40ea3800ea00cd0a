"""The kinds of artifacts that scenes have: what each draws into a cell of GAN-SR.

A new kind is a function and a line in `KINDS`. What a function returns counts inside the mask
alone, so that none has to know its shape.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.float32]
"""(h, w, 3) float32 RGB in grey levels, 0..255, or a change of them."""

DETAIL_SIGMA_PX = 4.0
"""Detail is what a Gaussian of this width takes away."""


@dataclass(frozen=True)
class Grade:
    """How strong an artifact is.

    Attributes:
        contrast: deviation, in grey levels, of what is drawn; each kind has its own multiple.
        share: of the detail below, 0..1, that gives way.
    """

    contrast: float
    share: float


GRADES = {1: Grade(7, 0.3), 2: Grade(13, 0.65), 3: Grade(24, 1.0)}
"""From what has to be looked for to what nobody misses."""


@dataclass(frozen=True)
class Cell:
    """What an artifact is drawn into.

    Attributes:
        below: GAN-SR of the cell.
        elsewhere: GAN-SR of another photograph, the same size.
    """

    below: Pixels
    elsewhere: Pixels


Draw: TypeAlias = Callable[[Cell, Grade, np.random.Generator], Pixels]


def draw_pattern(cell: Cell, grade: Grade, rng: np.random.Generator) -> Pixels:
    """Repeat a small tile of the place itself, 6 to 11 px wide, turned on its way."""
    height, width = cell.below.shape[:2]
    side = int(rng.integers(6, 12))
    top, left = (int(rng.integers(length - side + 1)) for length in (height, width))
    tile = take_detail(cell.below)[top : top + side, left : left + side]
    repeats = 2 * (height + width) // side + 1
    large = np.tile(tile, (repeats, repeats, 1))
    middle = large.shape[0] / 2
    turn = cv2.getRotationMatrix2D((middle, middle), float(rng.uniform(0, 180)), 1)
    turned = cv2.warpAffine(large, turn, (large.shape[1], large.shape[0]))
    first = int(middle) - max(height, width) // 2
    pattern = np.asarray(turned[first : first + height, first : first + width], np.float32)
    return fade_detail(cell.below, grade) + scale_to(pattern, grade.contrast)


def draw_texture(cell: Cell, grade: Grade, _rng: np.random.Generator) -> Pixels:
    """Put the detail of another photograph in the place of the place's own."""
    return fade_detail(cell.below, grade) + scale_to(take_detail(cell.elsewhere), grade.contrast)


def draw_lines(cell: Cell, grade: Grade, rng: np.random.Generator) -> Pixels:
    """Draw thin lines with bright flanks along the place's own direction, one every 7 to 12 px."""
    height, width = cell.below.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    angle = find_direction(cell.below) + rng.normal(0, 0.15)
    across = y * np.cos(angle) - x * np.sin(angle)
    across += 2.5 * draw_waves((height, width), 12, rng)
    period = rng.uniform(7, 12)
    offset = np.abs((across + rng.uniform(0, period)) % period - period / 2)
    # The second derivative of a Gaussian, as a sharpened edge has it; dark inside.
    profile = (offset**2 / 1.2**2 - 1) * np.exp(-(offset**2) / (2 * 1.2**2))
    strength = np.clip(1 + 0.5 * draw_waves((height, width), 8, rng), 0, 2)
    drawn = np.repeat((profile * strength)[..., None], 3, axis=2)
    return cell.below + scale_to(drawn, 1.2 * grade.contrast)


def draw_blotch(cell: Cell, grade: Grade, rng: np.random.Generator) -> Pixels:
    """Smear the place into clouds, mostly of brightness, a little of colour."""
    size = cell.below.shape[:2]
    clouds = np.stack([draw_waves(size, 6, rng) for _ in range(4)], axis=2)
    drawn = clouds[..., :1] + 0.35 * clouds[..., 1:]
    return fade_detail(cell.below, grade) + scale_to(drawn, 0.75 * grade.contrast)


def draw_colour(cell: Cell, grade: Grade, rng: np.random.Generator) -> Pixels:
    """Shift the colour, the brightness (BT.601) as it was."""
    shift = rng.normal(0, 1, 3)
    shift -= shift @ (0.299, 0.587, 0.114)
    shift *= 0.75 * grade.contrast / np.sqrt(np.mean(shift**2))
    return cell.below + shift.astype(np.float32)


def draw_checker(cell: Cell, grade: Grade, rng: np.random.Generator) -> Pixels:
    """Draw the checkerboard that upsampling leaves, of squares of 1 or 2 px."""
    height, width = cell.below.shape[:2]
    square = int(rng.integers(1, 3))
    y, x = np.mgrid[:height, :width] // square
    strength = np.clip(1 + 0.5 * draw_waves((height, width), 8, rng), 0, 2)
    board = ((-1.0) ** (y + x) * strength)[..., None] * rng.uniform(0.7, 1, 3)
    return cell.below + scale_to(board, 0.7 * grade.contrast)


KINDS: dict[str, Draw] = {
    "pattern": draw_pattern,
    "texture": draw_texture,
    "lines": draw_lines,
    "blotch": draw_blotch,
    "colour": draw_colour,
    "checker": draw_checker,
}
"""The kinds by name."""


def take_detail(image: Pixels) -> Pixels:
    """Return what is finer than about 10 px."""
    return image - _blur(image)


def fade_detail(image: Pixels, grade: Grade) -> Pixels:
    """Return an image of which the grade's share of the detail is gone."""
    return image - np.float32(grade.share) * take_detail(image)


def scale_to(drawn: NDArray[np.floating], contrast: float) -> Pixels:
    """Return a change without mean and with this deviation in grey levels; flat stays flat."""
    centred = drawn - drawn.mean(axis=(0, 1))
    return np.asarray(contrast / max(float(centred.std()), 1e-3) * centred, np.float32)


def draw_waves(
    size: tuple[int, ...], sigma_px: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return smooth noise, (h, w) float32, of mean 0 and deviation 1."""
    waves = cv2.GaussianBlur(rng.normal(0, 1, size).astype(np.float32), (0, 0), sigma_px)
    return np.asarray((waves - waves.mean()) / waves.std(), np.float32)


def find_direction(image: Pixels) -> float:
    """Return the angle in radians along which an image varies least, by its structure tensor."""
    grey = image.mean(axis=2)
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    steepest = 0.5 * np.arctan2(2 * np.sum(across * down), np.sum(across**2) - np.sum(down**2))
    return float(steepest + np.pi / 2)


def _blur(image: Pixels) -> Pixels:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), DETAIL_SIGMA_PX), np.float32)
