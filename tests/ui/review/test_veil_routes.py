"""What the routes keep from whoever labels an image blind."""

import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.review.masks import pack_mask
from tests.factories.clients import open_client
from tests.factories.masks import mark_squares

MAPS = ("/detections/1.mask", "/detections/1/map.png", "/detections/1/map.bin")
OTHERS = ("/api/detections/1/live?contrast_threshold=0.7", "/api/images/1/attribution?x=20&y=20")


@pytest.fixture
def client(studio, dataset_folder):
    """A client of the routes, with three detected images that are labelled blind."""
    report = import_dataset(studio, dataset_folder, "set", blind_share=1.0)
    detect_dataset(studio, report.dataset_id, DetectorParams(area_threshold=400))
    with open_client(studio) as made:
        yield made


@pytest.mark.parametrize("route", [*MAPS, *OTHERS, "/detections/1/classes.bin"])
def test_no_route_shows_what_was_detected(client, route):
    answer = client.get(f"/studio{route}")
    assert answer.status_code == 403
    assert answer.json()["error"].endswith(
        "labelled blind: the detector's view comes after you save."
    )


def test_it_comes_after_the_save(client):
    document = client.get("/studio/api/images/1").json()
    assert (document["veiled"], document["detection"]) == (True, None)
    mask = pack_mask(mark_squares((10, 20, 8)))
    saved = client.post("/studio/api/images/1/mask", content=mask, headers={"If-Match": "0"})
    assert saved.json()["revision"]["made_by"] == "blind"
    for route in MAPS:
        assert client.get(f"/studio{route}").status_code == 200
    assert client.get("/studio/api/images/1").json()["detection"]["regions"]
