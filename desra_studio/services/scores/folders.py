"""Scores of folders of predicted masks against folders of manual ones; changes no file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from desra_studio.errors import InputError
from desra_studio.imaging.alignment import compare_pictures
from desra_studio.imaging.arrays import Mask, RgbImage
from desra_studio.metrics.intervals import bound_scores
from desra_studio.metrics.mask_metrics import score_image, summarize_scores
from desra_studio.services.folders import FolderReader, check_any
from desra_studio.services.scores.dataset import ScoreFigures, describe_score


@dataclass(frozen=True, kw_only=True)
class FolderScore(ScoreFigures):
    """Figures of a folder of predictions.

    Attributes:
        missing_predictions: manual masks without a prediction; counted as empty.
        missing_gt: predictions without a manual mask; not scored.
    """

    missing_predictions: int
    missing_gt: int


@dataclass(frozen=True)
class PairScore:
    """A folder of predictions, one of manual masks, and how they fit."""

    predictions: Path
    manual: Path
    score: FolderScore


def score_folders(
    predictions: Path, manual: Path, reader: FolderReader
) -> tuple[FolderScore, list[str]]:
    """Score a folder of predicted masks against a folder of manual ones.

    A prediction that cannot be used counts as empty: leaving its image out would flatter.

    Returns:
        the figures, and lines on what is missing, could not be used or looks mistaken.

    Raises:
        InputError: a folder that is none, a manual mask that cannot be read, or no prediction that
            fits its manual mask.
    """
    predicted = reader.list_images(predictions, [manual])
    labels = reader.list_images(manual, [predictions])
    if not labels:
        raise InputError(f"--gt {manual} holds no masks.")
    scores, notes, faults = [], [], []
    for name, path in labels.items():
        truth = reader.read_mask(path)
        prediction = None
        if name in predicted:
            try:
                prediction = reader.read_mask(predicted[name])
                scores.append(score_image(prediction, truth))
            except InputError as error:
                reason = str(error).replace(": left out,", ":")
                faults.append(f"{name}: its prediction counts as empty. {reason}")
                scores.append(score_image(None, truth))
            else:
                notes += _doubt(name, prediction, truth)
        else:
            notes.append(f"{name}: no prediction, counted as empty")
            scores.append(score_image(None, truth))
    missing = sorted(labels.keys() - predicted.keys())
    check_any(range(len(labels) - len(missing) - len(faults)), faults)
    missing_gt = sorted(predicted.keys() - labels.keys())
    notes += [f"{name}: no manual mask, not scored" for name in missing_gt]
    figures = describe_score(summarize_scores(scores), bound_scores(scores))
    score = FolderScore(
        **vars(figures),
        missing_predictions=len(missing),
        missing_gt=len(missing_gt),
    )
    reader.notes.lines += faults
    return score, [*reader.lines, *notes]


def _doubt(name: str, prediction: Mask, truth: Mask) -> list[str]:
    """Return a line where a prediction would fit its manual mask turned, mirrored or shifted."""
    found = compare_pictures(_show(prediction), _show(truth))
    if not found.sure:
        return []
    return [f"{name}: warning: against the manual mask the prediction is {found.problem}"]


def _show(mask: Mask) -> RgbImage:
    return np.repeat(mask.astype(np.uint8)[:, :, None] * np.uint8(255), 3, axis=2)


def score_every_pair(
    predictions: Sequence[Path], manual: Sequence[Path], reader: FolderReader
) -> tuple[list[PairScore], list[str]]:
    """Score each of several folders of predictions against each of several of manual masks.

    Returns:
        every pair, by folder of manual masks, and lines on what is missing.

    Raises:
        InputError: as `score_folders`.
    """
    pairs: list[PairScore] = []
    notes: list[str] = []
    for truth in manual:
        for folder in predictions:
            score, lines = score_folders(folder, truth, reader)
            pairs.append(PairScore(folder, truth, score))
            notes += [f"{folder} against {truth}: {line}" for line in lines]
    return pairs, notes
