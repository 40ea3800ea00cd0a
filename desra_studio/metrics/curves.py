"""Precision against recall over a sweep of the detector's threshold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desra_studio.errors import InputError
from desra_studio.metrics.mask_metrics import ImageScore, summarize_scores


@dataclass(frozen=True)
class CurvePoint:
    """Figures of a set of images at one threshold; None where there is nothing to count.

    Attributes:
        threshold: of the detector, in its own unit.
        iou: mean over images, 0..1.
        precision, recall: over all components of all images, 0..1.
        detected, manual: components that they were counted over.
    """

    threshold: float
    iou: float | None
    precision: float | None
    recall: float | None
    detected: int
    manual: int

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall, 0 where both are 0; None without either."""
        if self.precision is None or self.recall is None:
            return None
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def trace_curve(scores: Mapping[float, Sequence[ImageScore]]) -> list[CurvePoint]:
    """Summarize a sweep, by ascending threshold.

    Args:
        scores: for each threshold the scores of all images of the set.

    Raises:
        InputError: thresholds that were scored on different images or manual masks.
    """
    points = [_summarize_point(threshold, scores[threshold]) for threshold in sorted(scores)]
    for name, counts in (
        ("images", {len(rows) for rows in scores.values()}),
        ("manual components", {point.manual for point in points}),
    ):
        if len(counts) > 1:
            raise InputError(
                f"The thresholds of a curve were scored on {min(counts)} to {max(counts)} {name}: "
                "score all of them on the same images and manual masks."
            )
    return points


def find_nearest(points: Sequence[CurvePoint], threshold: float) -> int | None:
    """Return the index of the point nearest to a threshold, the first of equals; None of none."""
    if not points:
        return None
    return min(range(len(points)), key=lambda index: abs(points[index].threshold - threshold))


def find_best_f1(points: Sequence[CurvePoint]) -> int | None:
    """Return the index of the point of highest F1, the first of equals; None where none has one."""
    rated = [(point.f1, -index) for index, point in enumerate(points) if point.f1 is not None]
    return -max(rated)[1] if rated else None


def _summarize_point(threshold: float, rows: Sequence[ImageScore]) -> CurvePoint:
    total = summarize_scores(rows)
    return CurvePoint(
        threshold=threshold,
        iou=total.iou,
        precision=total.precision,
        recall=total.recall,
        detected=sum(row.detected for row in rows),
        manual=sum(row.manual for row in rows),
    )
