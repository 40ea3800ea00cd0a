"""IoU, precision and recall of detected masks against manual ones, as DeSRA reports them.

They agree with the released scripts to 1e-9 wherever those give an answer; where those delete,
leave out or divide by zero, the rules of `DEFINITIONS` hold.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import BORDER_PX, Mask, check_same_size, size_of
from desra_studio.imaging.masks import count_pixels_inside, find_components

HIT_SHARE = 0.5

DEFINITIONS = {
    "iou": "mean over images of |P and G| / |P or G|; both empty counts as 1 (see empty_both)",
    "precision": "detected components with at least half their area in the manual mask, over all "
    "detected components of all images",
    "recall": "manual components with at least half their area detected, over all manual "
    "components of all images",
    "region": f"the {BORDER_PX} px along each edge, for which the detector has no value, are left "
    "out",
    "missing": "an image without a prediction counts as an empty prediction; a prediction without "
    "a manual mask is counted in missing_gt and not scored",
    "components": "8-connected",
    "null": "not applicable: nothing to count",
}


@dataclass(frozen=True)
class ImageScore:
    """Counts of one image, from which every figure is made.

    Attributes:
        iou: |P and G| / |P or G|, 1 where both are empty.
        empty_both: neither mask marks anything.
        detected, detected_hits: components of the prediction, and those that are right.
        manual, manual_hits: components of the manual mask, and those that were found.
    """

    iou: float
    empty_both: bool
    detected: int
    detected_hits: int
    manual: int
    manual_hits: int


@dataclass(frozen=True)
class SetScore:
    """Figures of a set of images; None where there is nothing to count."""

    iou: float | None
    precision: float | None
    recall: float | None
    images: int
    empty_both: int


def score_image(prediction: Mask | None, manual: Mask) -> ImageScore:
    """Score one predicted mask against the manual one.

    Args:
        prediction: (H, W) bool, or (H - 10, W - 10) as the released code writes it; None where
            there is no prediction, which counts as an empty one.
        manual: (H, W) bool.

    Raises:
        InputError: the sizes fit neither way.
    """
    if min(manual.shape) <= 2 * BORDER_PX:
        raise InputError(
            f"the manual mask is {size_of(manual)} px, smaller than the map's window of "
            f"{2 * BORDER_PX + 1} px."
        )
    inner = manual[BORDER_PX:-BORDER_PX, BORDER_PX:-BORDER_PX]
    if prediction is None:
        prediction = np.zeros_like(inner)
    elif prediction.shape == manual.shape:
        prediction = prediction[BORDER_PX:-BORDER_PX, BORDER_PX:-BORDER_PX]
    elif prediction.shape != inner.shape:
        raise InputError(
            f"the prediction is {size_of(prediction)} px but the manual mask {size_of(manual)} px: "
            f"they must have the same size, or the prediction lack {BORDER_PX} px on each side."
        )
    union = np.count_nonzero(prediction | inner)
    detected, detected_hits = _count_hits(prediction, inner)
    manual_count, manual_hits = _count_hits(inner, prediction)
    return ImageScore(
        iou=np.count_nonzero(prediction & inner) / union if union else 1.0,
        empty_both=not union,
        detected=detected,
        detected_hits=detected_hits,
        manual=manual_count,
        manual_hits=manual_hits,
    )


def measure_iou(first: Mask, second: Mask) -> float:
    """Return |A and B| / |A or B| of two (H, W) bool masks, border and all; 1 where both are empty.

    Raises:
        InputError: sizes that differ.
    """
    check_same_size(first, second, "the first mask", "the second mask")
    union = np.count_nonzero(first | second)
    return float(np.count_nonzero(first & second) / union) if union else 1.0


def summarize_scores(scores: Iterable[ImageScore]) -> SetScore:
    """Add images up: IoU is a mean over images, precision and recall are over all components."""
    rows = list(scores)
    detected = sum(row.detected for row in rows)
    manual = sum(row.manual for row in rows)
    return SetScore(
        iou=float(np.mean([row.iou for row in rows])) if rows else None,
        precision=sum(row.detected_hits for row in rows) / detected if detected else None,
        recall=sum(row.manual_hits for row in rows) / manual if manual else None,
        images=len(rows),
        empty_both=sum(row.empty_both for row in rows),
    )


def _count_hits(mask: Mask, other: Mask) -> tuple[int, int]:
    """Count the components of `mask`, and those with at least half their area in `other`."""
    components = find_components(np.ascontiguousarray(mask))
    inside = count_pixels_inside(components, other)
    return len(components), int(np.count_nonzero(inside >= HIT_SHARE * components.areas))
