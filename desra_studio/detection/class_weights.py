"""Semantic-aware weights of the artifact map: DeSRA, Equation 9 and Figure 10b."""

import csv
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import LabelMap

CLASSES = 150
INTERVALS = 20


@lru_cache(maxsize=1)
def load_released_intervals() -> NDArray[np.int64]:
    """Return `idx` of the released interval table, (150,) int64 in 0..19, in ADE20K's order.

    It tells, counted from D = 1 downwards, in which of 20 equal intervals of [0, 1] the share of a
    class's D values passes 85 %.
    """
    table = resources.files("desra_studio.detection").joinpath("class_intervals.csv")
    with table.open(encoding="utf-8") as file:
        rows = [(int(row["ade20k_index"]), int(row["interval"])) for row in csv.DictReader(file)]
    intervals = np.zeros(CLASSES, np.int64)
    for index, interval in rows:
        intervals[index] = interval
    intervals.flags.writeable = False
    return intervals


@lru_cache(maxsize=1)
def load_class_names() -> tuple[str, ...]:
    """Return the names of ADE20K's 150 classes, in order; for people, never for matching."""
    table = resources.files("desra_studio.detection").joinpath("class_intervals.csv")
    with table.open(encoding="utf-8") as file:
        return tuple(row["class_name"] for row in csv.DictReader(file))


def compute_class_weights(intervals: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return A = 20 / (20 - idx) (Equation 9), (150,) int64 -> (150,) float32 >= 1."""
    return (INTERVALS / (INTERVALS - intervals)).astype(np.float32)


def compute_weight_map(
    labels: LabelMap, weights: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """Look each pixel's weight up.

    Args:
        labels: (H, W) uint8 ADE20K indices.
        weights: (150,) float32, of the classes; the released table where None.

    Returns:
        (H, W) float32.

    Raises:
        InputError: an index that ADE20K does not have.
    """
    if weights is None:
        weights = compute_class_weights(load_released_intervals())
    largest = int(labels.max(initial=0))
    if largest >= CLASSES:
        raise InputError(
            f"The class map has index {largest}, but ADE20K has 0 to {CLASSES - 1}. "
            "Index 0 must be wall: subtract 1 where 0 stands for no class."
        )
    return weights[labels]
