"""Scenes with a known truth: GAN-SR of photographs, artifacts put into it, and decoys beside them.

Nothing is stored: a scene is a photograph, a seed and this recipe.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from desra_studio.bench.detectors.kinds import (
    GRADES,
    KINDS,
    Cell,
    Pixels,
    take_detail,
)
from desra_studio.errors import InputError
from desra_studio.imaging.arrays import BORDER_PX, Mask, RgbImage, Size, size_of
from desra_studio.imaging.io import read_rgb, resize_bicubic
from desra_studio.imaging.masks import Place
from desra_studio.services.studio import Report, ignore_progress
from desra_studio.sr.loader import Generator, choose_device
from desra_studio.sr.upscale import Upscaler

PIECE_PX = 384
"""Longest side of a part of a photograph; a smaller photograph is taken whole."""
LEAST_PX = 112
"""Shortest side of a photograph: two cells, and more than NIQE's patch."""
CELL_PX = (56, 128)
"""Least and most side of a cell, which holds one artifact, one decoy or nothing."""
CELLS_ACROSS = 3
"""Along the shorter side, where `CELL_PX` allows it."""
ARTIFACT_SHARE = 0.4
DECOY_SHARE = 0.25
"""Of the cells, that have an artifact or a decoy; the others are as the model made them."""
FEATHER_PX = 4
FEATHER_SIGMA_PX = 1.5
"""How far beyond its mask an artifact or a decoy fades out."""
WINDOWS = 8
"""Places of another photograph that are looked at; the most detailed one is taken."""


@dataclass(frozen=True)
class Piece:
    """A part of a photograph, and what the pair makes of it.

    Attributes:
        photo: name of the photograph.
        hr: (H, W, 3) uint8 RGB.
        lr: (H / scale, W / scale, 3) uint8 RGB, reduced bicubically.
        gan_sr, mse_sr: (H, W, 3) uint8 RGB.
    """

    photo: str
    hr: RgbImage
    lr: RgbImage
    gan_sr: RgbImage
    mse_sr: RgbImage


@dataclass(frozen=True)
class PlacedArtifact:
    """An artifact of a scene.

    Attributes:
        kind: a key of `KINDS`.
        grade: a key of `GRADES`.
        cell: rows and columns of its cell, which has no other; its mask is the truth there.
    """

    kind: str
    grade: int
    cell: Place


@dataclass(frozen=True)
class Scene:
    """A pair with artifacts, and what is known of it.

    Attributes:
        name: the same for the same place in the order, whatever kinds there are.
        photo: name of the photograph.
        gan_sr: (H, W, 3) uint8 RGB, with the artifacts and the decoys.
        mse_sr: (H, W, 3) uint8 RGB, as the model made it.
        lr: (H / scale, W / scale, 3) uint8 RGB.
        truth: (H, W) bool, where artifacts are.
        decoys: (H, W) bool, where detail of the photograph itself is; never nearer to the truth
            than both fade out.
        artifacts: what is in `truth`, one a component.
    """

    name: str
    photo: str
    gan_sr: RgbImage
    mse_sr: RgbImage
    lr: RgbImage
    truth: Mask
    decoys: Mask
    artifacts: tuple[PlacedArtifact, ...]


def make_pieces(
    photos: Sequence[tuple[str, Path]],
    count: int,
    seed: int,
    pair: tuple[Generator, Generator],
    report: Report = ignore_progress,
) -> list[Piece]:
    """Cut pieces out of photographs, in turns, and upscale them.

    Args:
        photos: name and path of each.
        count: how many pieces.
        seed: of where they are cut.
        pair: the GAN-SR and the MSE-SR model, of one scale.
        report: told how far it is.

    Raises:
        InputError: no photograph, one that cannot be read, or a side below `LEAST_PX`.
    """
    if not photos:
        raise InputError(
            "Scenes are made of photographs, but there is none. Give a folder of some."
        )
    upscalers = [Upscaler(model, choose_device("cpu")) for model in pair]
    pieces = []
    for index in range(count):
        name, path = photos[index % len(photos)]
        report(index, count, f"upscaling a part of {name}")
        hr = cut_piece(
            read_rgb(path).pixels, name, pair[0].scale, np.random.default_rng([seed, index])
        )
        lr = resize_bicubic(hr, Size(*(side // pair[0].scale for side in size_of(hr))))
        gan_sr, mse_sr = (upscaler.upscale(lr) for upscaler in upscalers)
        pieces.append(Piece(name, hr, lr, gan_sr, mse_sr))
    return pieces


def cut_piece(image: RgbImage, name: str, scale: int, rng: np.random.Generator) -> RgbImage:
    """Cut a part of at most `PIECE_PX` px on a side, the sides multiples of the scale.

    Raises:
        InputError: a side below `LEAST_PX`.
    """
    if min(image.shape[:2]) < LEAST_PX:
        raise InputError(
            f"The photograph {name} is {size_of(image)} px: scenes need {LEAST_PX} px or more in "
            "both directions. Leave it out, or take a larger one."
        )
    sides = [min(side, PIECE_PX) // scale * scale for side in image.shape[:2]]
    top, left = (
        int(rng.integers(whole - side + 1))
        for whole, side in zip(image.shape[:2], sides, strict=True)
    )
    return np.ascontiguousarray(image[top : top + sides[0], left : left + sides[1]])


def make_scenes(
    pieces: Sequence[Piece], seed: int, kinds: Collection[str] = tuple(KINDS)
) -> list[Scene]:
    """Make a scene of each piece; all kinds and grades are dealt equally often.

    Where artifacts and decoys are does not depend on the kinds.

    Args:
        pieces: of at least two photographs: wrong texture comes from another one.
        seed: of what is drawn, 0 or more.
        kinds: keys of `KINDS` that there are.

    Raises:
        InputError: no kind, an unknown one, or a single photograph.
    """
    if not kinds or set(kinds) - KINDS.keys():
        raise InputError(
            f"Unknown kinds of artifacts: {', '.join(kinds) or 'none'}. There are "
            f"{', '.join(KINDS)}."
        )
    if len({piece.photo for piece in pieces}) < 2:
        raise InputError("Scenes need at least 2 photographs. Give a folder of more of them.")
    dealt = _deal([kind for kind in KINDS if kind in kinds], np.random.default_rng([seed, 0]))
    return [_make_scene(pieces, index, seed, dealt) for index in range(len(pieces))]


def list_cells(size: Size) -> list[Place]:
    """Return the cells of an image, row by row; they cover it."""
    side = float(np.clip(min(size) / CELLS_ACROSS, *CELL_PX))
    rows, columns = (
        np.linspace(0, length, max(2, int(length / side + 1e-9)) + 1).astype(int).tolist()
        for length in (size.height, size.width)
    )
    return [
        (slice(top, bottom), slice(left, right))
        for top, bottom in pairwise(rows)
        for left, right in pairwise(columns)
    ]


def draw_blob(size: Size, rng: np.random.Generator) -> Mask:
    """Draw one irregular region, (h, w) bool, clear of the edges by what it fades out in."""
    reach = min(size) / 2 - BORDER_PX - FEATHER_PX
    radius = reach * rng.uniform(0.65, 0.95)
    waves = [
        (number, rng.uniform(0, 0.25) / number, rng.uniform(0, 2 * np.pi)) for number in (2, 3, 5)
    ]
    y, x = np.mgrid[: size.height, : size.width]
    down, across = (
        line - (length - 1) / 2 - rng.uniform(-1, 1) * (reach - radius)
        for line, length in ((y, size.height), (x, size.width))
    )
    angle = np.arctan2(down, across)
    bound = 1 + sum(depth * (np.cos(number * angle + phase) - 1) for number, depth, phase in waves)
    return np.asarray(np.hypot(down, across) < radius * bound, np.bool_)


def _make_scene(
    pieces: Sequence[Piece], index: int, seed: int, dealt: Iterator[tuple[str, int]]
) -> Scene:
    piece = pieces[index]
    places, contents = (np.random.default_rng([seed, index, use]) for use in (1, 2))
    cells = list_cells(size_of(piece.hr))
    decoy_cells, artifact_cells = _choose_cells(piece.hr, cells, places)
    gan_sr = piece.gan_sr.copy()
    truth, decoys = (np.zeros(gan_sr.shape[:2], np.bool_) for _ in range(2))
    for cell in decoy_cells:
        decoys[cell] = draw_blob(size_of(gan_sr[cell]), places)
        _paste(gan_sr, cell, piece.hr[cell].astype(np.float32), decoys[cell])
    others = [other for other in pieces if other.photo != piece.photo]
    artifacts = []
    for cell in artifact_cells:
        truth[cell] = draw_blob(size_of(gan_sr[cell]), places)
        below = gan_sr[cell].astype(np.float32)
        other = others[int(contents.integers(len(others)))]
        elsewhere = _cut_detailed(other.gan_sr, below.shape[0], below.shape[1], contents)
        kind, grade = next(dealt)
        drawn = KINDS[kind](Cell(below, elsewhere), GRADES[grade], contents)
        _paste(gan_sr, cell, drawn, truth[cell])
        artifacts.append(PlacedArtifact(kind, grade, cell))
    return Scene(
        f"{index:03} {piece.photo}", piece.photo, gan_sr, piece.mse_sr, piece.lr, truth, decoys,
        tuple(artifacts),
    )  # fmt: skip


def _deal(kinds: Sequence[str], rng: np.random.Generator) -> Iterator[tuple[str, int]]:
    """Yield kinds and grades without end, each pair once before any comes again."""
    pairs = [(kind, grade) for kind in kinds for grade in GRADES]
    while True:
        for chosen in rng.permutation(len(pairs)):
            yield pairs[chosen]


def _choose_cells(
    hr: RgbImage, cells: Sequence[Place], rng: np.random.Generator
) -> tuple[list[Place], list[Place]]:
    """Return the cells of decoys and those of artifacts.

    Decoys lie in the more detailed half: in a clear sky they would be nothing.
    """
    detail = take_detail(hr.astype(np.float32))
    busiest = np.argsort([-detail[cell].std() for cell in cells], kind="stable")
    decoys = rng.permutation(busiest[: (len(cells) + 1) // 2])[
        : max(1, int(DECOY_SHARE * len(cells)))
    ]
    left = rng.permutation(np.setdiff1d(np.arange(len(cells)), decoys))
    artifacts = left[: int(np.ceil(ARTIFACT_SHARE * len(cells)))]
    return [cells[index] for index in decoys], [cells[index] for index in artifacts]


def _cut_detailed(image: RgbImage, height: int, width: int, rng: np.random.Generator) -> Pixels:
    """Cut out a part of this size, the most detailed of some; a small image is mirrored."""
    missing = [
        max(0, side - have) for side, have in zip((height, width), image.shape, strict=False)
    ]
    large = np.pad(image, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="symmetric")
    parts = []
    for _ in range(WINDOWS):
        top, left = (
            int(rng.integers(have - side + 1))
            for have, side in zip(large.shape, (height, width), strict=False)
        )
        parts.append(large[top : top + height, left : left + width].astype(np.float32))
    return max(parts, key=lambda part: float(take_detail(part).std()))


def _paste(image: RgbImage, cell: Place, drawn: Pixels, mask: Mask) -> None:
    """Put what is drawn into a cell, feathered around its mask."""
    side = 2 * FEATHER_PX + 1
    alpha = cv2.GaussianBlur(
        mask.astype(np.float32), (side, side), FEATHER_SIGMA_PX, borderType=cv2.BORDER_CONSTANT
    )[..., None]
    below = image[cell].astype(np.float32)
    image[cell] = (below + alpha * (drawn - below)).round().clip(0, 255).astype(np.uint8)
