"""The figures of the queue: how sure a detection is, what it shows, and who disagrees with it."""

import numpy as np
import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.detection.figures import list_region_classes, measure_uncertainty
from desra_studio.imaging.io import encode_label_map
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset, detect_labelled_pair
from desra_studio.services.detection.rebuilding import rebuild_queue
from desra_studio.services.review import masks
from desra_studio.services.review.disagreement import measure_disagreement
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import load_detected_mask, save_mask
from desra_studio.services.review.progress import ClassCount, describe_progress
from desra_studio.storage import datasets
from tests.services.review.queues import find_id, list_names, read_item, save_squares


@pytest.fixture
def dataset(studio, dataset_folder):
    report = import_dataset(studio, dataset_folder, "set")
    detect_dataset(studio, report.dataset_id, DetectorParams(area_threshold=400))
    return report.dataset_id


def test_uncertainty_is_the_share_near_the_threshold():
    adjusted = np.array([[0.55, 0.61, 0.7, 0.79, 0.85, 1, 1, 1, 0, 0]], np.float32)
    assert measure_uncertainty(adjusted, 0.7) == 0.3
    assert measure_uncertainty(adjusted, 0.95) == 0.3
    assert measure_uncertainty(np.ones((4, 4), np.float32), 0.5) == 0


def test_a_region_shows_what_most_of_it_does():
    labels = np.zeros((20, 20), np.uint8)
    labels[:, 10:] = 149
    mask = np.zeros((20, 20), bool)
    mask[2:6, 7:12] = True
    mask[10:14, 8:15] = True
    mask[18, 18] = True
    assert list_region_classes(mask, labels) == [0, 149, 149]
    assert list_region_classes(np.zeros((20, 20), bool), labels) == []


def test_disagreement_with_the_detector(studio, dataset):
    a = find_id(studio, dataset, "a")
    detection = describe_image(studio, a).detection
    detected = load_detected_mask(studio, detection.id)

    def measure(mask):
        version = describe_image(studio, a).version
        save_mask(studio, a, mask, version)
        kept = read_item(studio, dataset, "a").disagreement
        measure_disagreement(studio, a)
        assert read_item(studio, dataset, "a").disagreement == kept, "measured from the files"
        return kept

    half = detected.copy()
    half[:40] = False
    assert measure(half) == pytest.approx(1 - half.sum() / detected.sum())
    assert measure(detected) == 0
    assert measure(~detected) == 1
    assert measure(np.zeros_like(detected)) == 1
    assert list_names(studio, dataset, "disagreement") == "abc"
    # A new detection is compared with the mask that is there.
    detect_dataset(studio, dataset, DetectorParams(area_threshold=9000))
    assert read_item(studio, dataset, "a").disagreement == 0, "both are empty"
    save_squares(studio, a, (1, 1, 5))
    studio.blobs.find(describe_image(studio, a).revision.sha).unlink()
    detect_dataset(studio, dataset, DetectorParams(area_threshold=400))
    assert read_item(studio, dataset, "a").disagreement is None, "the file is gone"
    measure_disagreement(studio, 99)


def test_a_detection_that_comes_during_a_save_is_compared_too(studio, dataset, monkeypatch):
    a = find_id(studio, dataset, "a")
    compare = masks.compare_mask

    def detect_meanwhile(*given):
        compared = compare(*given)
        detect_dataset(studio, dataset, DetectorParams(area_threshold=9000))
        return compared

    monkeypatch.setattr(masks, "compare_mask", detect_meanwhile)
    save_squares(studio, a)
    assert describe_image(studio, a).revision.area_px == 0
    assert read_item(studio, dataset, "a").disagreement == 0, "both are empty"


def test_a_detection_keeps_uncertainty_and_classes_and_they_can_be_measured_again(studio, dataset):
    a = find_id(studio, dataset, "a")
    first = read_item(studio, dataset, "a")
    assert 0 < first.uncertainty < 0.5
    assert first.classes == []
    labels = studio.blobs.put(encode_label_map(np.full((96, 96), 3, np.uint8)))
    with studio.database.read() as session:
        record = datasets.get_record(session, a)
    params = DetectorParams(area_threshold=400)
    row = detect_labelled_pair(studio, record.gan, record.mse, params, labels, "by hand")
    with studio.database.write() as session:
        session.add(row)
    item = read_item(studio, dataset, "a")
    assert (item.classes, list_names(studio, dataset, class_index=3)) == ([3], "a")
    assert describe_progress(studio, dataset).classes == [ClassCount(3, "floor", 1)]
    with studio.database.write() as session:
        stored = datasets.get_record(session, a).detection
        stored.uncertainty = None
        stored.regions = [{**region, "class_index": 9} for region in stored.regions]
    assert read_item(studio, dataset, "a").uncertainty is None
    rebuild_queue(studio, dataset)
    assert read_item(studio, dataset, "a") == item
