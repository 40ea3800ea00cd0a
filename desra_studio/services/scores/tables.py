"""The tables of the Scores page as CSV."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from desra_studio.metrics.intervals import Interval
from desra_studio.services.csv_tables import Cell, render_csv
from desra_studio.services.review.regions import ALL, RegionFilter
from desra_studio.services.scores.dataset import (
    DatasetScore,
    DetectorScore,
    ScoredImage,
    score_dataset,
)
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets

FIGURES = ("iou", "precision", "recall")
COUNTS = ("detected_components", "detected_hits", "manual_components", "manual_hits")

COLUMNS = (
    "detector", "regions", *(f"{name}{end}" for name in FIGURES for end in ("", "_low", "_high")),
    "images", "empty_both", "missing_predictions", *COUNTS, "unlabelled", "unknown_regions",
    "mask_set", "code_version", "parameters",
)  # fmt: skip
IMAGE_COLUMNS = (
    "detector", "regions", "image", "state", "iou", "empty_both", *COUNTS, "mask_set",
    "code_version", "parameters",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RegionCounts:
    """Components of the detector's masks and of the manual ones, and those that the other has."""

    detected_components: int
    detected_hits: int
    manual_components: int
    manual_hits: int


def render_scores_csv(studio: Studio, dataset_id: int, regions: str = ALL) -> tuple[str, str]:
    """Return the name of a dataset and its table of detectors as CSV, the one in Review first.

    A cell is empty where there is nothing to count, or nothing to tell an interval from.

    Raises:
        InputError: an unknown filter of regions.
        NotFoundError: no such dataset, or a stored mask is missing.
    """
    name, score = _score(studio, dataset_id, regions)
    rows = (_list_row(row, score, regions) for row in score.detectors)
    return name, render_csv(COLUMNS, rows, digits=9)


def render_images_csv(studio: Studio, dataset_id: int, regions: str = ALL) -> tuple[str, str]:
    """Return the name of a dataset and the score of every labelled image, detector by detector.

    Raises:
        InputError, NotFoundError: as `render_scores_csv`.
    """
    name, score = _score(studio, dataset_id, regions)
    rows = (
        {
            "detector": detector.title,
            "parameters": json.dumps(detector.detector),
            "regions": regions,
            "image": row.name,
            "state": row.state.value,
            "iou": row.score.iou,
            "empty_both": int(row.score.empty_both),
            "detected_components": row.score.detected,
            "detected_hits": row.score.detected_hits,
            "manual_components": row.score.manual,
            "manual_hits": row.score.manual_hits,
            "mask_set": score.mask_set,
            "code_version": score.code_version,
        }
        for detector in score.detectors
        for row in detector.rows
    )
    return name, render_csv(IMAGE_COLUMNS, rows, digits=9)


def count_regions(images: Sequence[ScoredImage]) -> RegionCounts:
    """Return what precision and recall of a detector were counted over, all images together."""
    scores = [image.score for image in images]
    return RegionCounts(
        detected_components=sum(score.detected for score in scores),
        detected_hits=sum(score.detected_hits for score in scores),
        manual_components=sum(score.manual for score in scores),
        manual_hits=sum(score.manual_hits for score in scores),
    )


def _score(studio: Studio, dataset_id: int, regions: str) -> tuple[str, DatasetScore]:
    score = score_dataset(studio, dataset_id, RegionFilter(regions))
    with studio.database.read() as session:
        return datasets.get_dataset(session, dataset_id).name, score


def _list_row(row: DetectorScore, score: DatasetScore, regions: str) -> dict[str, Cell]:
    cells: dict[str, Cell] = {
        "detector": row.title,
        "regions": regions,
        "images": row.total.images,
        "empty_both": row.total.empty_both,
        "missing_predictions": row.missing_predictions,
        **asdict(count_regions(row.rows)),
        "unlabelled": score.unlabelled,
        "unknown_regions": score.unknown_regions,
        "mask_set": score.mask_set,
        "code_version": score.code_version,
        "parameters": json.dumps(row.detector, sort_keys=True),
    }
    for figure in FIGURES:
        interval: Interval | None = getattr(row.intervals, figure)
        cells[figure] = getattr(row.total, figure)
        cells[f"{figure}_low"] = interval.low if interval else None
        cells[f"{figure}_high"] = interval.high if interval else None
    return cells
