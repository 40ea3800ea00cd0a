"""Who takes part: anything that can be trained on scenes and then marks others.

A single signal is trained by choosing its threshold and its area threshold; what it was published
with was chosen on other images, and would blame it for those.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from desra_studio.bench.detectors.scenes import Scene
from desra_studio.detection.detector import METHOD, DetectorParams
from desra_studio.detection.detectors import DETECTORS
from desra_studio.detection.map_detector import FloatMap
from desra_studio.detection.regions import RegionParams, mark_regions
from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask
from desra_studio.imaging.masks import find_components
from desra_studio.metrics.mask_metrics import measure_iou

SHARES = (0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.14, 0.2, 0.28, 0.4)
"""Of the px of the training scenes that a threshold of the grid marks, before morphology."""
AREA_SHARES = (0.001, 0.004, 0.01, 0.02)
"""Of a scene, below which components are dropped. 400 px of the demo's outputs are 0.001."""


class Contestant(Protocol):
    """A detector as the bench sees it."""

    @property
    def name(self) -> str:
        """As the figures call it."""

    def train(self, scenes: Sequence[Scene]) -> None:
        """Learn from scenes and their truth; what was learned before is forgotten."""

    def mark(self, scene: Scene) -> Mask:
        """Mark the artifacts of a scene, (H, W) bool, without a look at its truth."""


@dataclass(frozen=True)
class Chosen:
    """What training chose.

    Attributes:
        threshold: of the map.
        area_share: of the image, below which components are dropped.
        iou: mean over the training scenes.
    """

    threshold: float
    area_share: float
    iou: float


class Signal:
    """The map of one of `DETECTORS`, its threshold and area threshold chosen by training."""

    def __init__(self, method: str) -> None:
        self.name = method
        self.chosen: Chosen | None = None

    def train(self, scenes: Sequence[Scene]) -> None:
        """Choose what has the best mean IoU on the scenes."""
        maps = [compute_map(self.name, scene) for scene in scenes]
        self.chosen = choose_thresholds(self.name, maps, [scene.truth for scene in scenes])

    def mark(self, scene: Scene) -> Mask:
        """Mark a scene by what was chosen.

        Raises:
            InputError: before training.
        """
        if self.chosen is None:
            raise InputError(f"{self.name} has no threshold yet: train it first.")
        values = compute_map(self.name, scene)
        return mark_map(self.name, values, self.chosen.threshold, self.chosen.area_share)


class ReleasedDesra:
    """DeSRA at the threshold of its paper, the area threshold that of the demo; never trained."""

    name = f"{METHOD} at {DetectorParams.contrast_threshold:g}"

    def train(self, scenes: Sequence[Scene]) -> None:
        """Learn nothing."""

    def mark(self, scene: Scene) -> Mask:
        """Mark a scene, all class weights 1."""
        values = compute_map(METHOD, scene)
        return mark_map(METHOD, values, DetectorParams.contrast_threshold, AREA_SHARES[0])


def compute_map(method: str, scene: Scene) -> FloatMap:
    """Compute the map of a detector that needs no file, (H, W) float32."""
    compute = DETECTORS[method].compute
    if compute is None:
        raise InputError(f"The detector {method} has no map of its own: it needs a file.")
    return compute(scene.gan_sr, scene.mse_sr)


def mark_map(method: str, values: FloatMap, threshold: float, area_share: float) -> Mask:
    """Threshold a map, with DeSRA's morphology as everywhere.

    Args:
        method: a key of `DETECTORS`, which says on which side artifacts lie.
        values: (H, W) float32.
        threshold: in the map's unit.
        area_share: of the image, below which components are dropped.
    """
    above = DETECTORS[method].artifact_side == "above"
    excess = values - np.float32(threshold) if above else np.float32(threshold) - values
    return mark_regions(excess, RegionParams(area_share=area_share)).mask


def choose_thresholds(method: str, maps: Sequence[FloatMap], truths: Sequence[Mask]) -> Chosen:
    """Return the best of `SHARES` and `AREA_SHARES` by mean IoU, the first of those alike.

    Args:
        method: a key of `DETECTORS`.
        maps: (H, W) float32 each, at least one.
        truths: (H, W) bool each, in the same order.
    """
    everything = np.concatenate([values.ravel() for values in maps])
    above = DETECTORS[method].artifact_side == "above"
    found = []
    for share in SHARES:
        threshold = float(np.quantile(everything, 1 - share if above else share))
        masks = [mark_map(method, values, threshold, 0) for values in maps]
        for area_share in AREA_SHARES:
            ious = [
                measure_iou(_drop_small(mask, area_share), truth)
                for mask, truth in zip(masks, truths, strict=True)
            ]
            found.append(Chosen(threshold, area_share, float(np.mean(ious))))
    return max(found, key=lambda chosen: chosen.iou)


def _drop_small(mask: Mask, area_share: float) -> Mask:
    """Drop what `mark_regions` would, which cleans first: once for all area thresholds."""
    components = find_components(mask)
    large = components.areas > RegionParams(area_share=area_share).compute_area(mask.size)
    kept: Mask = np.append(False, large)[components.labels]
    return kept
