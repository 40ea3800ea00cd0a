"""What the queue orders by that a detection alone tells: how unsure it is, and what it lies on."""

from typing import Any

import numpy as np

from desra_studio.detection.artifact_map import ArtifactMap
from desra_studio.imaging.arrays import LabelMap, Mask
from desra_studio.imaging.masks import find_components

NEAR = 0.1
"""How near to the threshold a value of the weighted map is uncertain."""


def measure_uncertainty(adjusted: ArtifactMap, threshold: float) -> float:
    """Return the share of a weighted map, 0..1, that lies within 0.1 of the contrast threshold.

    Args:
        adjusted: (h, w) float32, the valid region, see `adjust_map`.
        threshold: below which it is an artifact, in (0, 1].
    """
    near = (adjusted > threshold - NEAR) & (adjusted < threshold + NEAR)
    return float(np.count_nonzero(near) / near.size)


def list_region_classes(mask: Mask, labels: LabelMap) -> list[int]:
    """Return the class that most px of each component of a mask show, in order of the components.

    Args:
        mask: (H, W) bool.
        labels: (H, W) uint8 ADE20K indices.
    """
    components = find_components(mask)
    pairs = components.labels[mask].astype(np.int64) * 256 + labels[mask]
    counts = np.bincount(pairs, minlength=(len(components) + 1) * 256)
    return [int(index) for index in counts.reshape(-1, 256)[1:].argmax(axis=1)]


def name_regions(
    regions: list[dict[str, Any]], mask: Mask, labels: LabelMap | None
) -> list[dict[str, Any]]:
    """Return a detection's regions, each with its "class_index" where there are class labels."""
    if labels is None:
        return regions
    classes = list_region_classes(mask, labels)
    return [region | {"class_index": index} for region, index in zip(regions, classes, strict=True)]
