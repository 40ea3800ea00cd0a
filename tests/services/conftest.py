"""A dataset that was reviewed."""

import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from tests.factories.studio import accept_detected


@pytest.fixture
def accepted(studio, dataset_folder):
    """The id of three small pairs, all accepted with their detected masks."""
    dataset = import_dataset(studio, dataset_folder, "set").dataset_id
    detect_dataset(studio, dataset, DetectorParams(area_threshold=400))
    accept_detected(studio, dataset)
    return dataset
