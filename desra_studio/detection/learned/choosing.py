"""Threshold and area threshold of a map, chosen on images whose labels may be seen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desra_studio.detection.map_detector import FloatMap
from desra_studio.detection.regions import RegionParams, clean_mask, mark_regions
from desra_studio.imaging.arrays import BORDER_PX, Mask
from desra_studio.imaging.masks import find_components

AREAS = (100, 400, 1000)
"""Area thresholds that are tried, px."""
STEPS = 25
"""Thresholds that are tried: quantiles of the maps, or steps of a probability."""
PROBABILITIES = tuple(float(value) for value in np.linspace(0.1, 0.8, 29).round(3))


@dataclass(frozen=True)
class Cut:
    """How a map becomes a mask: what is beyond the threshold, in components of more than an area.

    Attributes:
        threshold: in the map's unit.
        side: 1 where artifacts lie above it, -1 where below.
        area_threshold: px; of the components that are left after the morphology.
    """

    threshold: float
    side: int
    area_threshold: int

    def compare(self, values: FloatMap) -> FloatMap:
        """Return how far values are beyond the threshold: above 0 where they are marked."""
        return (values - np.float32(self.threshold)) * np.float32(self.side)

    def mark(self, values: FloatMap) -> Mask:
        """Return the mask, (H, W) bool, of a map (H, W) float32."""
        params = RegionParams(area_threshold=self.area_threshold)
        return mark_regions(self.compare(values), params).mask


@dataclass(frozen=True)
class CutTable:
    """IoU of every cut with every label of every image.

    Attributes:
        cuts: those that were tried.
        iou: (images, cuts) float64, a mean over the labels of an image.
    """

    cuts: tuple[Cut, ...]
    iou: NDArray[np.float64]

    def choose(self, images: Sequence[int]) -> Cut:
        """Return the cut of the best mean IoU over some of the images, by their numbers."""
        return self.cuts[int(self.iou[list(images)].mean(axis=0).argmax())]


def list_cuts(thresholds: Iterable[float], sides: Sequence[int] = (1,)) -> tuple[Cut, ...]:
    """Return every cut at some thresholds, with each of AREAS."""
    return tuple(
        Cut(threshold, side, area) for threshold in thresholds for side in sides for area in AREAS
    )


def list_quantiles(maps: Sequence[FloatMap]) -> list[float]:
    """Return thresholds that are evenly spread over the values of maps."""
    values = np.concatenate([values.ravel()[::16] for values in maps])
    return [float(value) for value in np.quantile(values, np.linspace(0.02, 0.98, STEPS))]


def try_cuts(
    maps: Sequence[FloatMap], labels: Sequence[Sequence[Mask]], cuts: Sequence[Cut]
) -> CutTable:
    """Measure cuts on maps (H, W), each with the labels of its image; IoU as in all scores."""
    places: dict[tuple[float, int], list[int]] = {}
    for column, cut in enumerate(cuts):
        places.setdefault((cut.threshold, cut.side), []).append(column)
    table = np.empty((len(maps), len(cuts)))
    for row, (values, marked) in enumerate(zip(maps, labels, strict=True)):
        for columns in places.values():
            # All that differs between them is which components are dropped.
            tried = [cuts[column] for column in columns]
            table[row, columns] = _measure_areas(values, marked, tried)
    return CutTable(tuple(cuts), table)


def _measure_areas(
    values: FloatMap, labels: Sequence[Mask], cuts: Sequence[Cut]
) -> NDArray[np.float64]:
    """Return the IoU of cuts that differ in their area threshold alone, a mean over labels."""
    components = find_components(clean_mask(cuts[0].compare(values) > 0))
    inner = (slice(BORDER_PX, -BORDER_PX),) * 2
    numbers = np.ravel(components.labels[inner])
    areas = np.bincount(numbers, minlength=len(components) + 1)[1:]
    kept = components.areas[None] > np.array([[cut.area_threshold] for cut in cuts])
    iou = np.zeros(len(cuts))
    for label in labels:
        wanted = np.ravel(label[inner])
        shared = np.bincount(numbers[wanted], minlength=len(components) + 1)[1:]
        both = kept @ shared
        either = kept @ areas + np.count_nonzero(wanted) - both
        iou += np.where(either > 0, both / np.maximum(either, 1), 1)
    return np.asarray(iou / len(labels), np.float64)
