"""Scores of the detector against manual masks, of a dataset or of two folders."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desra_studio.errors import InputError
from desra_studio.imaging.io import list_images, read_mask
from desra_studio.imaging.masks import decode_mask_png
from desra_studio.metrics.mask_metrics import (
    DEFINITIONS,
    ImageScore,
    score_image,
    summarize_scores,
)
from desra_studio.metrics.mask_metrics import SetScore as SetScore
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets
from desra_studio.storage.tables import Origin, State


@dataclass(frozen=True)
class ScoredImage:
    """Score of one labelled image."""

    image_id: int
    name: str
    state: State
    score: ImageScore


@dataclass(frozen=True)
class DatasetScore:
    """Scores of a dataset.

    Attributes:
        total: over the labelled images.
        rows: one per labelled image, worst IoU first.
        unlabelled: images that are neither accepted nor clean, and so not counted.
        unchanged: labels that are the detector's own mask, accepted as it was.
        detectors: what the scored masks were detected with; more than one only where detections
            of several thresholds are mixed.
    """

    total: SetScore
    rows: list[ScoredImage]
    unlabelled: int
    unchanged: int
    detectors: list[str]


def score_dataset(studio: Studio, dataset_id: int) -> DatasetScore:
    """Score the newest detection of every accepted or clean image against its label."""
    with studio.database.read() as session:
        records = datasets.list_records(session, datasets.get_dataset(session, dataset_id))
    rows = []
    unchanged = 0
    detectors = set()
    for record in records:
        if record.label is None:
            continue
        detection = record.detection
        unchanged += record.label.origin is Origin.DETECTED
        detectors.add(_describe_detector(detection.params) if detection else "not run yet")
        prediction = decode_mask_png(studio.blobs.get(detection.mask_sha)) if detection else None
        manual = decode_mask_png(studio.blobs.get(record.label.mask_sha))
        score = score_image(prediction, manual)
        rows.append(ScoredImage(record.image.id, record.image.name, record.state, score))
    rows.sort(key=lambda row: (row.score.iou, row.name))
    total = summarize_scores(row.score for row in rows)
    return DatasetScore(
        total=total,
        rows=rows,
        unlabelled=len(records) - len(rows),
        unchanged=unchanged,
        detectors=sorted(detectors),
    )


def _describe_detector(params: dict[str, Any]) -> str:
    return (
        f"contrast threshold {params['contrast_threshold']:g}, area threshold "
        f"{params['area_threshold']} px, all class weights 1"
    )


def score_folders(predictions: Path, manual: Path) -> tuple[dict[str, Any], list[str]]:
    """Score a folder of predicted masks against a folder of manual ones; changes no file.

    Returns:
        the JSON object of `desra-studio score`, and lines on what is missing.

    Raises:
        InputError: a folder that is none, a file that cannot be read, or sizes that do not fit.
    """
    predicted, labels = list_images(predictions), list_images(manual)
    if not labels:
        raise InputError(f"--gt {manual} holds no masks.")
    scores = []
    for name, path in labels.items():
        prediction = read_mask(predicted[name]) if name in predicted else None
        try:
            scores.append(score_image(prediction, read_mask(path)))
        except InputError as error:
            raise InputError(f"{path.name}: {error}") from error
    missing_predictions = sorted(labels.keys() - predicted.keys())
    missing_gt = sorted(predicted.keys() - labels.keys())
    total = summarize_scores(scores)
    notes = [f"{name}: no prediction, counted as empty" for name in missing_predictions]
    notes += [f"{name}: no manual mask, not scored" for name in missing_gt]
    figures = {
        "iou": total.iou,
        "precision": total.precision,
        "recall": total.recall,
        "images": total.images,
        "empty_both": total.empty_both,
        "missing_predictions": len(missing_predictions),
        "missing_gt": len(missing_gt),
        "definitions": DEFINITIONS,
    }
    return figures, notes
