"""Training a detector on a labelled set."""

from desra_studio.detection.learned.file import LearnedDetector, make_detector
from desra_studio.detection.learned.training import LearningParams, learn
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
