"""Semantic-aware weights of the artifact map: DeSRA, Equation 9 and Figure 10b."""

import csv
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from desra_studio.imaging.arrays import LabelMap

CLASSES = 150
INTERVALS = 20


@lru_cache(maxsize=1)
def load_released_weights() -> NDArray[np.float32]:
    """Return A = 20 / (20 - idx) of the released interval table, (150,) float32 >= 1.

    `idx` counts, from D = 1 downwards, the first of 20 equal intervals of [0, 1] that hold more
    than 85 % of a class's D values. The order is ADE20K's.
    """
    table = resources.files("desra_studio.detection").joinpath("class_intervals.csv")
    with table.open(encoding="utf-8") as file:
        rows = [(int(row["ade20k_index"]), int(row["interval"])) for row in csv.DictReader(file)]
    weights = np.ones(CLASSES, np.float32)
    for index, interval in rows:
        weights[index] = INTERVALS / (INTERVALS - interval)
    weights.flags.writeable = False
    return weights


def compute_weight_map(labels: LabelMap) -> NDArray[np.float32]:
    """Look each pixel's weight up, (H, W) uint8 ADE20K indices -> (H, W) float32."""
    return load_released_weights()[labels]
