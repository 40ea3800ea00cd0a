"""Scores of folders of predicted masks against folders of manual ones; changes no file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from desra_studio.errors import InputError
from desra_studio.imaging.io import list_images, read_mask
from desra_studio.metrics.intervals import bootstrap_scores
from desra_studio.metrics.mask_metrics import DEFINITIONS, score_image, summarize_scores
from desra_studio.services.scores.dataset import describe_score


def score_folders(predictions: Path, manual: Path) -> tuple[dict[str, Any], list[str]]:
    """Score a folder of predicted masks against a folder of manual ones.

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
    notes = [f"{name}: no prediction, counted as empty" for name in missing_predictions]
    notes += [f"{name}: no manual mask, not scored" for name in missing_gt]
    figures = {
        **describe_score(summarize_scores(scores), bootstrap_scores(scores)),
        "missing_predictions": len(missing_predictions),
        "missing_gt": len(missing_gt),
        "definitions": DEFINITIONS,
    }
    return figures, notes


def score_every_pair(
    predictions: Sequence[Path], manual: Sequence[Path]
) -> tuple[dict[str, Any], list[str]]:
    """Score each of several folders of predictions against each of several of manual masks.

    Returns:
        {"rows": [{"pred", "gt", and the figures of `score_folders`}], "definitions"}, and lines on
        what is missing.

    Raises:
        InputError: as `score_folders`.
    """
    rows: list[dict[str, Any]] = []
    notes: list[str] = []
    for truth in manual:
        for folder in predictions:
            figures, lines = score_folders(folder, truth)
            del figures["definitions"]
            rows.append({"pred": str(folder), "gt": str(truth), **figures})
            notes += [f"{folder} against {truth}: {line}" for line in lines]
    return {"rows": rows, "definitions": DEFINITIONS}, notes
