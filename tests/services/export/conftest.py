"""A dataset of which every kind of image has one."""

import numpy as np
import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import judge_image, load_detected_mask, save_mask
from desra_studio.vocabulary import State
from tests.factories.studio import list_items


@pytest.fixture
def labelled(studio, dataset_folder):
    """One image accepted with a mask that is half right, one clean, one in progress."""
    dataset = import_dataset(studio, dataset_folder, "set").dataset_id
    detect_dataset(studio, dataset, DetectorParams(area_threshold=400))
    first, second, third = (item.id for item in list_items(studio, dataset))
    mask = load_detected_mask(studio, describe_image(studio, first).detection.id)
    mask[:, 45:] = False
    saved = save_mask(studio, first, mask, 0)
    judge_image(studio, first, State.ACCEPTED, saved.version)
    saved = save_mask(studio, second, np.zeros_like(mask), 0)
    judge_image(studio, second, State.CLEAN, saved.version)
    save_mask(studio, third, mask, 0)
    return dataset
