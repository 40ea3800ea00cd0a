"""Signals on a grid of cells of 4 px, each by itself and averaged around: what is learned from."""

from collections.abc import Sequence
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from desra_studio.detection.map_detector import FloatMap
from desra_studio.detection.signals.sources import Sources, blur
from desra_studio.detection.signals.table import SIGNALS
from desra_studio.errors import InputError

CELL_PX = 4
"""Side of a cell: labels drawn by hand are no finer."""
AROUND = (2.0, 5.0)
"""Sigmas in cells of the windows in which a signal is averaged, besides itself."""

Grid: TypeAlias = NDArray[np.float32]
"""(rows, columns, features) float32, a row of features for each cell."""


def compute_grid(sources: Sources, names: Sequence[str]) -> Grid:
    """Compute signals on the grid, with their surroundings.

    Args:
        sources: of images (H, W).
        names: keys of SIGNALS.

    Returns:
        (ceil(H / 4), ceil(W / 4), 3 * len(names)) float32, see `add_surroundings`.

    Raises:
        InputError: see `compute_cells`.
    """
    return add_surroundings(compute_cells(sources, names))


def compute_cells(sources: Sources, names: Sequence[str]) -> Grid:
    """Compute signals on the grid, (ceil(H / 4), ceil(W / 4), len(names)) float32.

    Raises:
        InputError: LR is needed and not there, or a signal without a finite value.
    """
    cells = []
    for name in names:
        values = reduce_map(SIGNALS[name].compute(sources))
        if not np.isfinite(values).all():
            raise InputError(
                f"The signal {name} is not finite in these images. Look at them with "
                "`desra-studio detect`; leave this image out."
            )
        cells.append(values)
    return np.stack(cells, axis=2)


def add_surroundings(cells: Grid) -> Grid:
    """Return signals as they are, then all averaged around, window by window.

    Args:
        cells: (rows, columns, n) float32.

    Returns:
        (rows, columns, 3 * n) float32: three times as much, hence made where it is needed.
    """
    count = cells.shape[2]
    grid = np.empty((*cells.shape[:2], count * (1 + len(AROUND))), np.float32)
    grid[:, :, :count] = cells
    for step, sigma in enumerate(AROUND, start=1):
        for index in range(count):
            averaged = blur(np.ascontiguousarray(cells[:, :, index]), sigma)
            grid[:, :, index + step * count] = averaged
    return grid


def name_features(names: Sequence[str]) -> list[str]:
    """Return a name for each feature of a grid, in order."""
    windows = ["", *(f"~{sigma * CELL_PX:g}px" for sigma in AROUND)]
    return [name + window for window in windows for name in names]


def reduce_map(values: FloatMap) -> FloatMap:
    """Average an (H, W) map over the cells of the grid."""
    height, width = values.shape
    size = (-(-width // CELL_PX), -(-height // CELL_PX))
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.float32)


def enlarge_map(cells: FloatMap, shape: tuple[int, int]) -> FloatMap:
    """Return values of cells between which is interpolated, as a map of a shape (H, W)."""
    height, width = shape
    enlarged = cv2.resize(cells, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(enlarged, np.float32)
