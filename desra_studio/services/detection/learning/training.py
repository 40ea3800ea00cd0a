"""Training a detector on a labelled set."""

from pathlib import Path

from desra_studio.detection.learned.file import (
    ENDING,
    LearnedDetector,
    make_detector,
    render_detector,
)
from desra_studio.detection.learned.training import LearningParams, learn
from desra_studio.errors import InputError
from desra_studio.imaging.staging import write_atomically
from desra_studio.services.detection.learning.folders import LabelledSet
from desra_studio.services.studio import Report, ignore_progress


def train_detector(
    labelled: LabelledSet, params: LearningParams, report: Report = ignore_progress
) -> LearnedDetector:
    """Learn a detector from a labelled set.

    Raises:
        InputError: too few labels to learn from.
    """
    learned = learn(labelled.images, params, report)
    names = [image.name for image in labelled.images]
    images = dict(zip(names, learned.iou, strict=True))
    return make_detector(
        learned, labelled.signals, images, labelled.digest, labelled.people, params
    )


def check_ending(path: Path) -> None:
    """Raise InputError unless a file's name tells that it is a learned detector."""
    if path.suffix != ENDING:
        raise InputError(f"{path} must end in {ENDING}: that is what tells a learned detector.")


def write_detector(path: Path, detector: LearnedDetector) -> None:
    """Write a detector's file, whole or not at all."""
    write_atomically(path, render_detector(detector))
