"""Class intervals from a user's own images: how Figure 10b's table of DeSRA comes about."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desra_studio.detection.artifact_map import ArtifactMap
from desra_studio.detection.class_weights import CLASSES, INTERVALS
from desra_studio.errors import InputError
from desra_studio.imaging.arrays import LabelMap, size_of

SHARE = 85
"""Per cent of a class's D values that its first intervals together must exceed (Figure 10b)."""
MIN_PIXELS = 10_000
MIN_IMAGES = 3

# How near below interval k's upper bound, in intervals, a value counts as on it: 0.85 in float32
# lies above 0.85. Far less than the 2e-3 by which the two ways to compute D differ.
_ON_BOUND = 1e-4


class ClassHistogram:
    """How often each class's D fell into each of 20 equal intervals of [0, 1].

    Interval k, counted from D = 1 downwards, is (1 - (k + 1) / 20, 1 - k / 20]: D = 1 lies in
    interval 0, as does all above 0.95, and 0.95 itself lies in interval 1.

    Attributes:
        pixels: (150, 20) int64, counts per class and interval.
        images: (150,) int64, in how many images a class had a pixel.
    """

    def __init__(self) -> None:
        self.pixels: NDArray[np.int64] = np.zeros((CLASSES, INTERVALS), np.int64)
        self.images: NDArray[np.int64] = np.zeros(CLASSES, np.int64)

    def add(self, d: ArtifactMap, labels: LabelMap) -> None:
        """Count the pixels of one image that has no artifacts.

        Needs 14 bytes per pixel for a moment (58 MB at 2048x2048, in 20 ms).

        Args:
            d: (H - b, W - b) float32 in (0, 1], the artifact map before weights; b is even, one
                less than the window's width.
            labels: (H, W) uint8, ADE20K indices of GAN-SR, 0..149.

        Raises:
            InputError: sizes that do not belong together, a class above 149, or values that are
                no artifact map's; nothing is counted then.
        """
        inner = _crop_to_map(labels, d)
        if not (d.min() >= 0 and d.max() <= 1):  # so that NaN does not pass
            raise InputError(
                f"An artifact map lies in 0..1, got {d.min()} to {d.max()}. "
                "Compute it with compute_artifact_map."
            )
        if inner.max() >= CLASSES:
            raise InputError(f"The class map has index {inner.max()}, but ADE20K has 0 to 149.")
        bins = np.minimum((1 - d) * np.float32(INTERVALS) + np.float32(_ON_BOUND), INTERVALS - 1)
        # Truncation rounds down, for nothing here is negative.
        joint = bins.astype(np.uint16)
        joint += inner * np.uint16(INTERVALS)
        counts = np.bincount(joint.ravel(), minlength=CLASSES * INTERVALS)
        counts = counts.reshape(CLASSES, INTERVALS)
        self.pixels += counts
        self.images += counts.any(axis=1)

    def merge(self, other: "ClassHistogram") -> None:
        """Add another histogram's counts, of other images; `other` stays as it is."""
        self.pixels += other.pixels
        self.images += other.images


@dataclass(frozen=True)
class CalibratedIntervals:
    """A table of class intervals and what each entry rests on; all arrays are (150,).

    Attributes:
        intervals: int64, 0..19; `compute_class_weights` makes weights of them.
        pixels: int64, how many were counted.
        images: int64, in how many images there were any.
        calibrated: bool, False where there was too little and the released value stands.
    """

    intervals: NDArray[np.int64]
    pixels: NDArray[np.int64]
    images: NDArray[np.int64]
    calibrated: NDArray[np.bool_]


def compute_class_intervals(
    histogram: ClassHistogram,
    released: NDArray[np.int64],
    min_pixels: int = MIN_PIXELS,
    min_images: int = MIN_IMAGES,
) -> CalibratedIntervals:
    """Find for each class the interval in which the share of its D values passes 85 %.

    `idx` is the index, from 0, of the first interval with which the intervals so far hold more
    than 85 % of the class's values. This is how the released table is read here: sky has idx 0
    and the weight 20 / (20 - 0) = 1, so more than 85 % of its values lie in (0.95, 1]. The weight
    of Equation 9 lifts the upper bound of interval idx, 1 - idx / 20, to 1.

    Args:
        histogram: of images without artifacts, such as those that reviewers marked clean.
        released: (150,) integers in 0..19, for classes with too little.
        min_pixels: fewer do not count.
        min_images: fewer do not count; pixels of one image are no independent samples.

    Raises:
        InputError: a table of another shape or range, or limits below 1.
    """
    if released.shape != (CLASSES,) or released.min() < 0 or released.max() >= INTERVALS:
        raise InputError(
            f"A table of class intervals has {CLASSES} values in 0..{INTERVALS - 1}, got shape "
            f"{released.shape} with {released.min(initial=0)} to {released.max(initial=0)}."
        )
    if min_pixels < 1 or min_images < 1:
        raise InputError(
            f"A class needs at least 1 pixel and 1 image, got {min_pixels} and {min_images}."
        )
    totals = histogram.pixels.sum(axis=1)
    # In whole numbers, so that exactly 85 % never counts as more.
    passes = histogram.pixels.cumsum(axis=1) * 100 > totals[:, None] * SHARE
    calibrated = (totals >= min_pixels) & (histogram.images >= min_images)
    return CalibratedIntervals(
        intervals=np.where(calibrated, passes.argmax(axis=1), released).astype(np.int64),
        pixels=totals,
        images=histogram.images.copy(),
        calibrated=calibrated,
    )


def _crop_to_map(labels: LabelMap, d: ArtifactMap) -> LabelMap:
    """Return the labels of the map's valid region."""
    rows, columns = (labels.shape[axis] - d.shape[axis] for axis in (0, 1))
    if d.size == 0 or rows != columns or rows < 0 or rows % 2:
        raise InputError(
            f"The class map is {size_of(labels)} px and the artifact map {size_of(d)} px: the map "
            "must be smaller by the window's width less 1, in both directions. Compute it from "
            "images of the class map's size."
        )
    border = rows // 2
    return labels[border : border + d.shape[0], border : border + d.shape[1]]
