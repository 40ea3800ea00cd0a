"""Learning a detector from labelled images, and what it reaches on images that it has not seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from desra_studio.detection.learned.choosing import (
    PROBABILITIES,
    Cut,
    list_cuts,
    try_cuts,
)
from desra_studio.detection.learned.linear import Linear, fit_linear
from desra_studio.detection.learned.samples import LabelledImage, draw_rows
from desra_studio.detection.map_detector import FloatMap
from desra_studio.detection.signals.grid import Grid, enlarge_map
from desra_studio.detection.signals.sources import blur
from desra_studio.errors import InputError
from desra_studio.setting import Setting, check_settings

Report = Callable[[int, int, str], None]
"""Told how many steps are done, of how many, and what is being done."""

LEAST_IMAGES, LEAST_MARKED = 4, 2
SMOOTHING = 1.5
"""Sigma in cells under which probabilities are averaged: a lone cell is no artifact."""


@dataclass(frozen=True, kw_only=True)
class LearningParams:
    """What decides about a learned detector, besides images and labels."""

    folds: Annotated[
        int,
        Setting("Folds by image; of so many images or fewer, each is one", least=2),
    ] = 10
    penalty: Annotated[
        float, Setting("Ridge on the weights: more of it follows the labels less", above=0)
    ] = 0.3
    seed: Annotated[int, Setting("Of the draw of cells and of folds", least=0)] = 0

    def __post_init__(self) -> None:
        check_settings(self)


@dataclass(frozen=True)
class Learned:
    """What was learned.

    Attributes:
        linear: fitted to all images.
        cut: how its map becomes a mask; chosen on maps of images that were left out.
        unseen: the probabilities, (H, W) float32, of each image, by a fit that has not seen it.
        iou: of each image at `cut`, a mean over its labels. The fit has not seen the image, but the
            threshold has: see `compare_detectors` for figures that owe it nothing.
    """

    linear: Linear
    cut: Cut
    unseen: tuple[FloatMap, ...]
    iou: tuple[float, ...]


def learn(
    images: Sequence[LabelledImage],
    params: LearningParams,
    report: Report = lambda done, total, text: None,
) -> Learned:
    """Fit a detector, with its threshold from images that were left out, fold by fold.

    Raises:
        InputError: too few images, too few with artifacts, or labels of one class only.
    """
    check_images(images)
    folds = make_folds(len(images), params)
    unseen: list[FloatMap | None] = [None] * len(images)
    for number, fold in enumerate(folds):
        report(number, len(folds) + 1, f"Fold {number + 1} of {len(folds)}")
        linear = _fit([image for at, image in enumerate(images) if at not in fold], params)
        for at in fold:
            unseen[at] = predict_map(linear, images[at].grid, images[at].shape)
    report(len(folds), len(folds) + 1, "Fitting to all images")
    maps = [values for values in unseen if values is not None]
    table = try_cuts(maps, [image.labels for image in images], list_cuts(PROBABILITIES))
    cut = table.choose(range(len(images)))
    iou = table.iou[:, table.cuts.index(cut)]
    return Learned(_fit(images, params), cut, tuple(maps), tuple(map(float, iou)))


def check_images(images: Sequence[LabelledImage]) -> None:
    """Raise InputError, which says what is missing, unless these are enough to learn from."""
    marked = sum(image.is_marked for image in images)
    if len(images) < LEAST_IMAGES or marked < LEAST_MARKED:
        more = max(LEAST_IMAGES - len(images), LEAST_MARKED - marked)
        raise InputError(
            f"{len(images)} labelled, {marked} of them with artifacts: a detector learns from "
            f"{LEAST_IMAGES} images or more, {LEAST_MARKED} of them with artifacts. Label at least "
            f"{more} more."
        )


def make_folds(count: int, params: LearningParams) -> list[set[int]]:
    """Return sets of numbers of images, each number in one: who is left out together."""
    order = np.random.default_rng(params.seed).permutation(count)
    number = min(params.folds, count)
    return [{int(at) for at in order[start::number]} for start in range(number)]


def predict_map(linear: Linear, grid: Grid, shape: tuple[int, int]) -> FloatMap:
    """Return the probability of an artifact, (H, W) float32 in 0..1, from an image's grid."""
    return enlarge_map(blur(linear.predict(grid), SMOOTHING), shape)


def _fit(images: Sequence[LabelledImage], params: LearningParams) -> Linear:
    rows = draw_rows(images, params.seed)
    return fit_linear(rows.features, rows.targets, rows.counts, params.penalty)
