"""A learned detector beside the others, on images that none of them was fitted to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from desra_studio.detection.detector import METHOD, DetectorParams
from desra_studio.detection.detectors import DETECTORS
from desra_studio.detection.learned.choosing import (
    Cut,
    list_cuts,
    list_quantiles,
    try_cuts,
)
from desra_studio.detection.learned.samples import LabelledImage
from desra_studio.detection.learned.training import (
    LearningParams,
    check_images,
    learn,
    make_folds,
    predict_map,
)
from desra_studio.detection.map_detector import FloatMap
from desra_studio.detection.signals.grid import Grid, enlarge_map
from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask
from desra_studio.metrics.mask_metrics import ImageScore, SetScore, score_image, summarize_scores
from desra_studio.metrics.paired import PairedDifference, compare_pairs
from desra_studio.services.detection.learning.folders import LabelledSet
from desra_studio.services.studio import Report, ignore_progress

LEARNED = "learned"
RIVALS = (METHOD, "ldl", "ssim", "niqe")
PUBLISHED = f"{METHOD} at {DetectorParams.contrast_threshold:g}"

FOLDS_INSIDE = 5
"""Folds of the training images by which the learned detector chooses its threshold."""


@dataclass(frozen=True)
class Contestant:
    """What one detector reached.

    Attributes:
        name: of the detector.
        scores: for each person, over all images: IoU, precision, recall.
        iou: of each image, a mean over its people.
    """

    name: str
    scores: tuple[SetScore, ...]
    iou: tuple[float, ...]


@dataclass(frozen=True)
class DetectorComparison:
    """Detectors on the same images.

    Attributes:
        images: names, in order.
        contestants: the learned one first, then by IoU; `people` last where there are several.
        difference: of IoU, the learned one less the best of the others, which was picked on these
            very images: in favour of the others.
        best: that one's name.
        people: IoU of two people's labels with each other; None where no image has two.
    """

    images: tuple[str, ...]
    contestants: tuple[Contestant, ...]
    difference: PairedDifference
    best: str
    people: float | None


def compare_detectors(
    labelled: LabelledSet,
    params: LearningParams,
    with_signals: bool = False,
    report: Report = ignore_progress,
) -> DetectorComparison:
    """Judge detectors on images that they were not fitted to, fold by fold.

    In each fold every detector sees the labels of the other folds alone: the learned one to learn
    and to choose its threshold, the others to choose theirs; all of them through DeSRA's
    morphology. DeSRA at its published threshold takes part, too, with the area threshold that is
    chosen so.

    Args:
        labelled: the images.
        params: folds, penalty, seed.
        with_signals: whether every single signal takes part, too.
        report: of the progress.

    Raises:
        InputError: too few labels to learn from and leave some out.
    """
    images = labelled.images
    check_images(images[1:])
    folds = make_folds(len(images), params)
    rivals = _list_rivals(labelled, with_signals)
    steps = len(folds) + len(rivals)
    masks = {LEARNED: _mark_by_learning(images, folds, params, report, steps)}
    for number, (name, compute) in enumerate(rivals, start=len(folds)):
        report(number, steps, f"Choosing the threshold of {name}")
        maps = [compute(at) for at in range(len(images))]
        masks[name] = _mark_by_choosing(maps, images, folds, list_quantiles(maps), (1, -1))
        if name == METHOD:
            limit = [float(DetectorParams.contrast_threshold)]
            masks[PUBLISHED] = _mark_by_choosing(maps, images, folds, limit, (-1,))
    report(steps, steps, "Done")
    judged = [_judge(name, marked, images) for name, marked in masks.items()]
    first, *others = judged
    others.sort(key=lambda one: -float(np.mean(one.iou)))
    return DetectorComparison(
        tuple(image.name for image in images),
        (first, *others),
        compare_pairs(first.iou, others[0].iou, params.seed),
        others[0].name,
        measure_people(images),
    )


def measure_people(images: Sequence[LabelledImage]) -> float | None:
    """Return the IoU of the first two people's labels, a mean over images that have both."""
    both = [image.labels[:2] for image in images if len(image.labels) > 1]
    if not both:
        return None
    return float(np.mean([score_image(first, second).iou for first, second in both]))


def _mark_by_learning(
    images: Sequence[LabelledImage],
    folds: Sequence[set[int]],
    params: LearningParams,
    report: Report,
    steps: int,
) -> list[Mask]:
    masks: dict[int, Mask] = {}
    inside = LearningParams(folds=FOLDS_INSIDE, penalty=params.penalty, seed=params.seed)
    for number, fold in enumerate(folds):
        report(number, steps, f"Learning without fold {number + 1} of {len(folds)}")
        learned = learn([image for at, image in enumerate(images) if at not in fold], inside)
        for at in fold:
            image = images[at]
            masks[at] = learned.cut.mark(predict_map(learned.linear, image.grid, image.shape))
    return [masks[at] for at in range(len(images))]


def _mark_by_choosing(
    maps: Sequence[FloatMap],
    images: Sequence[LabelledImage],
    folds: Sequence[set[int]],
    thresholds: Sequence[float],
    sides: Sequence[int],
) -> list[Mask]:
    """Mark images by the cut that is best for the images of the other folds."""
    table = try_cuts(maps, [image.labels for image in images], list_cuts(thresholds, sides))
    chosen: dict[int, Cut] = {}
    for fold in folds:
        cut = table.choose([at for at in range(len(images)) if at not in fold])
        chosen |= dict.fromkeys(fold, cut)
    return [chosen[at].mark(values) for at, values in enumerate(maps)]


def _list_rivals(
    labelled: LabelledSet, with_signals: bool
) -> list[tuple[str, Callable[[int], FloatMap]]]:
    def compute(name: str) -> Callable[[int], FloatMap]:
        function = DETECTORS[name].compute
        if function is None:
            raise InputError(f"The detector {name} needs a file.")
        return lambda at: function(*labelled.pairs[at])

    def pick(grids: Sequence[Grid], index: int) -> Callable[[int], FloatMap]:
        return lambda at: enlarge_map(
            np.ascontiguousarray(grids[at][:, :, index]), labelled.images[at].shape
        )

    rivals = [(name, compute(name)) for name in RIVALS]
    if with_signals:
        cells = [image.cells for image in labelled.images]
        both = ((labelled.signals, cells), (labelled.lr_signals, labelled.lr_cells))
        rivals += [
            (f"signal {name}", pick(measured, at))
            for names, measured in both
            for at, name in enumerate(names)
        ]
    return rivals


def _judge(name: str, masks: Sequence[Mask], images: Sequence[LabelledImage]) -> Contestant:
    people = max(len(image.labels) for image in images)
    rows: list[list[ImageScore]] = [[] for _ in range(people)]
    iou = []
    for mask, image in zip(masks, images, strict=True):
        found = [score_image(mask, label) for label in image.labels]
        iou.append(float(np.mean([score.iou for score in found])))
        for person, score in enumerate(found):
            rows[person].append(score)
    return Contestant(name, tuple(summarize_scores(scores) for scores in rows), tuple(iou))
