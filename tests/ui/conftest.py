"""A dataset behind the routes."""

import pytest
from starlette.testclient import TestClient

from desra_studio.detection.detector import DetectorParams
from desra_studio.services.datasets import import_dataset
from desra_studio.services.detections import detect_dataset
from desra_studio.ui.server import create_api


@pytest.fixture
def client(studio, dataset_folder):
    """A client of the routes, with three detected images of 96x96 px."""
    report = import_dataset(studio, dataset_folder, "set")
    detect_dataset(studio, report.dataset_id, DetectorParams(area_threshold=400))
    with TestClient(create_api(studio), base_url="http://127.0.0.1") as made:
        yield made
