"""Scores of folders of predicted masks against folders of manual ones; changes no file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desra_studio.errors import InputError
from desra_studio.imaging.io import list_images, read_mask
from desra_studio.metrics.intervals import bound_scores
from desra_studio.metrics.mask_metrics import score_image, summarize_scores
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


def score_folders(predictions: Path, manual: Path) -> tuple[FolderScore, list[str]]:
    """Score a folder of predicted masks against a folder of manual ones.

    Returns:
        the figures, and lines on what is missing.

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
    figures = describe_score(summarize_scores(scores), bound_scores(scores))
    score = FolderScore(
        **vars(figures),
        missing_predictions=len(missing_predictions),
        missing_gt=len(missing_gt),
    )
    return score, notes


def score_every_pair(
    predictions: Sequence[Path], manual: Sequence[Path]
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
            score, lines = score_folders(folder, truth)
            pairs.append(PairScore(folder, truth, score))
            notes += [f"{folder} against {truth}: {line}" for line in lines]
    return pairs, notes
