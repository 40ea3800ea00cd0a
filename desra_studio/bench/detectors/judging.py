"""What a detector's masks are worth against a known truth.

IoU, precision and recall are those of `metrics.mask_metrics`, border and all. What decoys say is
kept apart: a mark on a decoy counts against precision, too, but that alone would not tell it from a
mark on what the model itself made badly.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np

from desra_studio.bench.detectors.scenes import Scene
from desra_studio.imaging.arrays import Mask
from desra_studio.imaging.masks import count_pixels_inside, find_components
from desra_studio.metrics.intervals import CONFIDENCE, Interval
from desra_studio.metrics.mask_metrics import (
    HIT_SHARE,
    ImageScore,
    measure_iou,
    score_image,
    summarize_scores,
)

LEAST_PHOTOS = 6
"""From which on the difference of two detectors has an interval."""
RESAMPLES = 10_000


@dataclass(frozen=True)
class JudgedArtifact:
    """What became of one artifact.

    Attributes:
        kind, grade: see `PlacedArtifact`.
        iou: of the mask and the truth inside the artifact's cell.
        found: whether at least half of it is marked.
    """

    kind: str
    grade: int
    iou: float
    found: bool


@dataclass(frozen=True)
class Verdict:
    """One scene's mask, judged.

    Attributes:
        photo: name of the scene's photograph.
        score: IoU, and the counts of precision and recall.
        artifacts: in the scene's order.
        decoys, decoys_hit: how many there are, and of how many at least half is marked.
        decoy_px, decoy_px_marked: their area, and how much of it is marked.
    """

    photo: str
    score: ImageScore
    artifacts: tuple[JudgedArtifact, ...]
    decoys: int
    decoys_hit: int
    decoy_px: int
    decoy_px_marked: int


def judge_mask(mask: Mask, scene: Scene) -> Verdict:
    """Judge a mask of a scene, (H, W) bool.

    Raises:
        InputError: another size than the scene's.
    """
    score = score_image(mask, scene.truth)
    decoys = find_components(scene.decoys)
    marked = count_pixels_inside(decoys, mask)
    artifacts = []
    for each in scene.artifacts:
        truth, found = scene.truth[each.cell], mask[each.cell]
        share = np.count_nonzero(truth & found) / np.count_nonzero(truth)
        iou = measure_iou(truth, found)
        artifacts.append(JudgedArtifact(each.kind, each.grade, iou, bool(share >= HIT_SHARE)))
    return Verdict(
        photo=scene.photo,
        score=score,
        artifacts=tuple(artifacts),
        decoys=len(decoys),
        decoys_hit=int(np.count_nonzero(marked >= HIT_SHARE * decoys.areas)),
        decoy_px=int(decoys.areas.sum()),
        decoy_px_marked=int(marked.sum()),
    )


def describe_verdicts(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Return the figures of a detector over scenes, at least one.

    Returns:
        {"images": scenes, "photos": photographs that they are of, "iou": mean over scenes,
        "precision" and "recall": over components, "decoys", "decoys_hit", "decoy_share": of their
        area that is marked, "recall_by_kind", "recall_by_grade": {name: share found}}; None where
        there is nothing to count.
    """
    together = summarize_scores(verdict.score for verdict in verdicts)
    artifacts = [each for verdict in verdicts for each in verdict.artifacts]
    decoy_px = sum(verdict.decoy_px for verdict in verdicts)
    marked = sum(verdict.decoy_px_marked for verdict in verdicts)
    return {
        "images": together.images,
        "photos": len({verdict.photo for verdict in verdicts}),
        "iou": round_figure(together.iou),
        "precision": round_figure(together.precision),
        "recall": round_figure(together.recall),
        "decoys": sum(verdict.decoys for verdict in verdicts),
        "decoys_hit": sum(verdict.decoys_hit for verdict in verdicts),
        "decoy_share": round_figure(marked / decoy_px if decoy_px else None),
        "recall_by_kind": _share_found(artifacts, lambda each: each.kind),
        "recall_by_grade": _share_found(artifacts, lambda each: str(each.grade)),
    }


def describe_kind(verdicts: Iterable[Verdict], kind: str) -> dict[str, float | int | None]:
    """Return what became of the artifacts of one kind.

    Returns:
        {"artifacts": how many, "iou": mean inside their cells, "recall": share found}.
    """
    artifacts = [each for verdict in verdicts for each in verdict.artifacts if each.kind == kind]
    return {
        "artifacts": len(artifacts),
        "iou": round_figure(fmean(each.iou for each in artifacts) if artifacts else None),
        "recall": round_figure(fmean(each.found for each in artifacts) if artifacts else None),
    }


def compare_iou(first: Sequence[Verdict], second: Sequence[Verdict]) -> float:
    """Return by how much the mean IoU of the first is above the second's, -1..1."""
    return fmean(verdict.score.iou for verdict in first) - fmean(
        verdict.score.iou for verdict in second
    )


def bound_difference(
    first: Sequence[Verdict], second: Sequence[Verdict], seed: int = 0
) -> Interval | None:
    """Return the 95 % interval of the mean IoU of the first less the second's.

    A paired bootstrap over photographs (percentiles; Efron and Tibshirani 1993, 'An Introduction
    to the Bootstrap', 13.3): scenes of one photograph share its difficulty, and come or go
    together. With few photographs such intervals are somewhat too short.

    Args:
        first: of one detector.
        second: of another one, of the same scenes in the same order.
        seed: of the resamples.

    Returns:
        None with fewer than `LEAST_PHOTOS` photographs.
    """
    photos = sorted({verdict.photo for verdict in first})
    if len(photos) < LEAST_PHOTOS:
        return None
    gains: dict[str, list[float]] = {photo: [] for photo in photos}
    for one, other in zip(first, second, strict=True):
        gains[one.photo].append(one.score.iou - other.score.iou)
    sums = np.array([sum(gains[photo]) for photo in photos])
    counts = np.array([len(gains[photo]) for photo in photos])
    drawn = np.random.default_rng(seed).integers(len(photos), size=(RESAMPLES, len(photos)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2)).tolist()
    return Interval(low, high)


def round_figure(value: float | None) -> float | None:
    """Return a figure to four decimals."""
    return None if value is None else round(value, 4)


def _share_found(
    artifacts: Sequence[JudgedArtifact], name: Callable[[JudgedArtifact], str]
) -> dict[str, float | None]:
    names = sorted({name(each) for each in artifacts})
    return {
        key: round_figure(fmean(each.found for each in artifacts if name(each) == key))
        for key in names
    }
