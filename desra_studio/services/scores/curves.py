"""Precision and recall of a dataset's detector over its threshold, from the stored maps."""

from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import numpy as np

from desra_studio.detection.baseline_detector import detect_in_baseline_map
from desra_studio.detection.detector import DetectorParams, detect_in_map
from desra_studio.detection.detectors import DETECTORS
from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask
from desra_studio.metrics.curves import find_best_f1, find_nearest, trace_curve
from desra_studio.metrics.mask_metrics import ImageScore, score_image
from desra_studio.services.detection.detectors import DetectorRun, list_detector_runs
from desra_studio.services.detection.live import read_stored_maps
from desra_studio.services.review.regions import RegionFilter
from desra_studio.services.scores.dataset import score_dataset
from desra_studio.services.scores.set_scorer import SetScorer
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.storage import datasets
from desra_studio.storage.tables import Detection


@dataclass(frozen=True, kw_only=True)
class RatedPoint:
    """A point of a curve, see `metrics.curves.CurvePoint`, with its F1."""

    threshold: float
    iou: float | None
    precision: float | None
    recall: float | None
    detected: int
    manual: int
    f1: float | None


@dataclass(frozen=True, kw_only=True)
class DetectorCurve:
    """A detector at many thresholds.

    Attributes:
        dataset_id: of the dataset whose labels it was scored against.
        title: the detector in words.
        detector: what `DetectorRun.as_dict` gives.
        mask_set: SHA-256 over the labels.
        chosen: index of the point at the detector's own threshold.
        best: index of the highest F1; None where no point has one.
        points: by ascending threshold.
    """

    dataset_id: int
    title: str
    detector: dict[str, Any]
    mask_set: str
    chosen: int | None
    best: int | None
    points: list[RatedPoint]


def trace_detector(
    studio: Studio,
    dataset_id: int,
    detector: dict[str, Any] | None = None,
    report: Report = ignore_progress,
) -> DetectorCurve:
    """Score a detector at many thresholds against the labels of a dataset.

    Args:
        studio: the installation.
        dataset_id: of the dataset.
        detector: what `DetectorRun.as_dict` gives; the one that Review shows where None.
        report: of the progress.

    Raises:
        InputError: nothing is labelled or detected yet.
        CancelledError: from `report`.
    """
    runs = [
        run
        for run in list_detector_runs(studio, dataset_id)
        if detector is None or run.as_dict() == detector
    ]
    with studio.database.read() as session:
        records = datasets.list_records(session, datasets.get_dataset(session, dataset_id))
    labelled = [record for record in records if record.label]
    if not labelled or not runs:
        raise InputError("There is no curve without a detector that ran and labelled images.")
    run = runs[0]
    scorer = SetScorer(studio)
    limit = _read_limit(run)
    thresholds = DETECTORS[run.method].list_thresholds(limit)
    scores: dict[float, list[ImageScore]] = {threshold: [] for threshold in thresholds}
    for done, record in enumerate(labelled):
        report(done, len(labelled), f"Scoring {record.image.name}")
        detection = run.detections.get(record.image.id)
        manual = scorer.read(record.label.mask_sha) if record.label else None
        if manual is None:
            continue
        for threshold, mask in _sweep(studio, run, detection, thresholds).items():
            scores[threshold].append(score_image(mask, manual))
    points = trace_curve(scores)
    report(len(labelled), len(labelled), "Done")
    return DetectorCurve(
        dataset_id=dataset_id,
        title=run.title,
        detector=run.as_dict(),
        mask_set=score_dataset(studio, dataset_id, RegionFilter(), scorer, [run]).mask_set,
        chosen=find_nearest(points, limit),
        best=find_best_f1(points),
        points=[RatedPoint(**vars(point), f1=point.f1) for point in points],
    )


def _read_limit(run: DetectorRun) -> float:
    if isinstance(run.params, DetectorParams):
        return run.params.contrast_threshold
    return run.params.limit


def _sweep(
    studio: Studio, run: DetectorRun, detection: Detection | None, thresholds: list[float]
) -> dict[float, Mask | None]:
    """Return the masks of an image by threshold; None, an empty one, where it was not run."""
    if detection is None:
        return dict.fromkeys(thresholds)
    if isinstance(run.params, DetectorParams):
        params = run.params
        maps = read_stored_maps(studio, detection, params.class_weights)
        return {
            value: detect_in_map(
                maps.adjusted, maps.busier, replace(params, contrast_threshold=value)
            ).mask
            for value in thresholds
        }
    values = np.load(BytesIO(studio.blobs.get(detection.map_sha)), allow_pickle=False)
    return {
        value: detect_in_baseline_map(values, replace(run.params, threshold=value)).mask
        for value in thresholds
    }
