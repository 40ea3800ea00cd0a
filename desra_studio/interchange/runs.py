"""Masks as the lengths of alternating runs, the first of which is unmarked."""

import numpy as np
from numpy.typing import NDArray

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask, Size


def check_runs(lengths: NDArray[np.int64], size: Size) -> None:
    """Raise InputError unless run lengths cover a size exactly."""
    total = size.width * size.height
    # As floats, for the sum of absurd lengths would not fit.
    covered = lengths.astype(np.float64).sum()
    if (lengths < 0).any() or covered != total:
        raise InputError(f"its run lengths cover {covered:.0f} px, but {size} are {total}.")


def expand_runs(lengths: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Return one bool per px."""
    return np.repeat(np.arange(len(lengths)) % 2 == 1, lengths)


def find_runs(flat: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the run lengths of a flat mask; the last one is never 0, the first may be."""
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    starts_marked = bool(flat.size and flat[0])
    bounds = np.concatenate(([0] * (1 + starts_marked), edges, [flat.size]))
    return np.diff(bounds).astype(np.int64)


def find_column_runs(pixels: Mask, x: int, y: int, size: Size) -> NDArray[np.int64]:
    """Return the run lengths, column by column, of a mask that is empty outside a box.

    It takes the time of the box, not of the whole mask.

    Args:
        pixels: (h, w) bool, what the box holds.
        x: of the box's first pixel in the mask.
        y: of the same.
        size: of the whole mask.
    """
    width, height = size
    columns, rows = np.nonzero(pixels.T)
    places = (columns + x).astype(np.int64) * height + rows + y
    if not places.size:
        return np.array([width * height], np.int64)
    gaps = np.flatnonzero(np.diff(places) > 1)
    starts = places[np.concatenate(([0], gaps + 1))]
    ends = places[np.concatenate((gaps, [places.size - 1]))] + 1
    edges = np.stack((starts, ends), axis=1).ravel()
    lengths = np.diff(np.concatenate(([0], edges, [width * height])))
    return lengths if lengths[-1] else lengths[:-1]
