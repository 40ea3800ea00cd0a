"""Cutting an image into overlapping tiles of one size, and the weights that join them again.

All lengths are in LR px unless said otherwise. Two neighbours share a band of at least twice the
overlap. In its middle one tile fades into the other over a few pixels; beyond that only one of
them counts, so that every pixel that counts is at least `overlap - FEATHER_PX` away from a cut.
A network that looks no further gives the same in tiles as on the whole image.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

OVERLAP_PX = 20
"""Least half of a shared band: 18 px, how far SRVGGNetCompact with 16 convolutions looks, and
FEATHER_PX."""
FEATHER_PX = 2
"""Half of the width over which one tile fades into the next."""


@dataclass(frozen=True)
class Cuts:
    """How one side of an image is cut.

    Attributes:
        tile: length of each tile.
        starts: where the tiles begin, ascending; the first at 0, the last ends with the image.
    """

    tile: int
    starts: tuple[int, ...]


@dataclass(frozen=True)
class Share:
    """What a tile gives to one side of the output, in output px.

    Attributes:
        inside: the part of the tile that counts.
        target: where it belongs in the image.
        weights: (n,) float32 in 0..1, how much it counts at each px.
    """

    inside: slice
    target: slice
    weights: NDArray[np.float32]


@dataclass(frozen=True)
class TilePlan:
    """How an image is cut: all tiles are (rows.tile, columns.tile) in size."""

    rows: Cuts
    columns: Cuts

    @property
    def places(self) -> list[tuple[int, int]]:
        """Row and column of each tile as indices into `starts`, in reading order."""
        return [
            (row, column)
            for row in range(len(self.rows.starts))
            for column in range(len(self.columns.starts))
        ]

    @property
    def longest(self) -> int:
        """The longer side of a tile."""
        return max(self.rows.tile, self.columns.tile)


def round_up(length: int, multiple: int) -> int:
    """Return the smallest multiple that is not below `length`."""
    return -(-length // multiple) * multiple


def find_overlap(multiple: int) -> int:
    """Return the least half of a shared band for tiles aligned to `multiple`."""
    return round_up(OVERLAP_PX, multiple)


def find_smallest_tile(multiple: int, minimum: int) -> int:
    """Return the smallest side of a tile, at least half of which is not shared.

    Args:
        multiple: sides of the network's input must be a multiple of this.
        minimum: smallest side of the network's input.
    """
    return max(4 * find_overlap(multiple), round_up(minimum, multiple))


def plan_side(length: int, largest: int, multiple: int = 1, minimum: int = 1) -> Cuts:
    """Cut one side into the fewest tiles of at most `largest`, then make these as small as fits.

    Args:
        length: side of the image, a multiple of `multiple`.
        largest: side of a tile at most, a multiple too, at least `find_smallest_tile`.
        multiple: tiles begin at multiples of this and their side is one.
        minimum: smallest side of the network's input.

    Returns:
        Evenly spread tiles that share at least twice `find_overlap(multiple)`.
    """
    if length <= largest:
        return Cuts(length, (0,))
    shared = 2 * find_overlap(multiple)
    count = -(-(length - shared) // (largest - shared))
    enough = -(-(length + (count - 1) * shared) // count)
    tile = round_up(max(enough, minimum), multiple)
    steps = (length - tile) // multiple
    starts = tuple(index * steps // (count - 1) * multiple for index in range(count))
    return Cuts(tile, starts)


def share_side(cuts: Cuts, scale: int) -> list[Share]:
    """Say which part of each tile counts, and how much.

    Over the image the weights sum to 1 exactly: of two neighbours one has what the other lacks.

    Args:
        cuts: of one side.
        scale: output px per LR px.
    """
    following = cuts.starts[1:]
    middles = [
        scale * (start + cuts.tile + end) / 2
        for start, end in zip(cuts.starts, following, strict=False)
    ]
    shares = []
    for start, begin, end in zip(cuts.starts, [-np.inf, *middles], [*middles, np.inf], strict=True):
        centres = np.arange(scale * start, scale * (start + cuts.tile), dtype=np.float64) + 0.5
        weights: NDArray[np.float32] = _rise(centres, begin, scale) - _rise(centres, end, scale)
        counting = np.flatnonzero(weights)
        first, last = int(counting[0]), int(counting[-1]) + 1
        shares.append(
            Share(
                slice(first, last),
                slice(scale * start + first, scale * start + last),
                weights[first:last],
            )
        )
    return shares


def _rise(centres: NDArray[np.float64], middle: float, scale: int) -> NDArray[np.float32]:
    ramp = (centres - middle) / (2 * FEATHER_PX * scale) + 0.5
    # Rounded to float32 before anything is subtracted from it: only then x and 1 - x add up to 1.
    return ramp.clip(0, 1).astype(np.float32)
