"""A dataset behind the routes."""

import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from tests.factories.clients import open_client


@pytest.fixture
def client(studio, dataset_folder):
    """A client of the routes, with three detected images of 96x96 px."""
    report = import_dataset(studio, dataset_folder, "set")
    detect_dataset(studio, report.dataset_id, DetectorParams(area_threshold=400))
    with open_client(studio) as made:
        yield made
