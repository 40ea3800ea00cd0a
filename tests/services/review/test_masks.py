"""Saving and judging: every mask is kept, and nobody's work is written over."""

import threading

import numpy as np
import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError, NotFoundError, StaleRevisionError
from desra_studio.imaging.png import encode_pixels
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import (
    count_progress,
    judge_image,
    load_detected_mask,
    load_revision_mask,
    save_mask,
)
from desra_studio.storage import datasets, reviews
from desra_studio.vocabulary import Origin, State
from tests.factories.masks import mark_squares
from tests.factories.studio import list_items
from tests.patience import join_thread


@pytest.fixture
def dataset(studio, dataset_folder):
    report = import_dataset(studio, dataset_folder, "set")
    detect_dataset(studio, report.dataset_id, DetectorParams(area_threshold=400))
    return report.dataset_id


@pytest.fixture
def image(studio, dataset):
    return list_items(studio, dataset)[0].id


def list_revisions(studio, image):
    with studio.database.read() as session:
        record = datasets.get_record(session, image)
        return reviews.list_revisions(session, image, record.gan.model_id)


def test_saving_appends_revisions(studio, image):
    first = save_mask(studio, image, mark_squares((0, 0, 9)), 0)
    second = save_mask(studio, image, mark_squares((5, 5, 9)), first.version)
    assert [first.revision.number, second.revision.number] == [1, 2]
    assert second.state is State.IN_PROGRESS
    document = describe_image(studio, image)
    assert document.revision == second.revision
    assert document.version == second.version
    kept = [load_revision_mask(studio, row.id).sum() for row in list_revisions(studio, image)]
    assert kept == [81, 81]
    assert np.array_equal(load_revision_mask(studio, first.revision.id), mark_squares((0, 0, 9)))


def test_origin_tells_detected_from_manual(studio, image):
    document = describe_image(studio, image)
    detected = load_detected_mask(studio, document.detection.id)
    same = save_mask(studio, image, detected, 0)
    assert same.revision.origin == Origin.DETECTED
    other = save_mask(studio, image, ~detected, same.version)
    assert other.revision.origin == Origin.MANUAL
    assert other.revision.author == "tester"


def test_the_detectors_pixels_are_known_however_they_were_stored(studio, image):
    document = describe_image(studio, image)
    detected = load_detected_mask(studio, document.detection.id)
    data = encode_pixels(detected.astype(np.uint8) * np.uint8(255))
    with studio.database.write() as session:
        detection = datasets.get_detection(session, document.detection.id)
        detection.mask_sha = studio.blobs.put(data)
    saved = save_mask(studio, image, detected, 0)
    assert saved.revision.origin == Origin.DETECTED
    moved = save_mask(studio, image, np.roll(detected, 9, axis=0), saved.version)
    assert moved.revision.origin == Origin.MANUAL, "as large, but not the same"


def test_an_older_detection_has_the_usual_settings_where_it_names_none(studio, image):
    with studio.database.write() as session:
        detection = datasets.get_record(session, image).detection
        detection.params = {"contrast_threshold": 0.6, "area_threshold": 300}
    params = describe_image(studio, image).detection.params
    assert params == DetectorParams(contrast_threshold=0.6, area_threshold=300)


def test_a_stale_save_keeps_both(studio, image):
    save_mask(studio, image, mark_squares((0, 0, 9)), 0)
    with pytest.raises(
        StaleRevisionError, match=r"revision 1 meanwhile.*kept as revision 2"
    ) as error:
        save_mask(studio, image, mark_squares((50, 50, 20)), 0)
    assert error.value.version == 1
    document = describe_image(studio, image)
    assert document.revision.number == 1
    rows = list_revisions(studio, image)
    assert [row.area_px for row in rows] == [81, 400]


def test_a_save_whose_answer_was_lost_can_be_tried_again(studio, image):
    first = save_mask(studio, image, mark_squares((0, 0, 9)), 0)
    again = save_mask(studio, image, mark_squares((0, 0, 9)), 0)
    assert again == first
    assert len(list_revisions(studio, image)) == 1


def test_many_savers_lose_nothing(studio, image):
    outcomes = []

    def save(index):
        try:
            save_mask(studio, image, mark_squares((index, index, 5 + index)), 0)
            outcomes.append("saved")
        except StaleRevisionError:
            outcomes.append("stale")

    threads = [threading.Thread(target=save, args=(index,)) for index in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        join_thread(thread)
    assert sorted(outcomes) == ["saved"] + ["stale"] * 11
    rows = list_revisions(studio, image)
    assert [row.number for row in rows] == list(range(1, 13))
    assert sorted(row.area_px for row in rows) == sorted((5 + index) ** 2 for index in range(12))


def test_verdicts(studio, dataset, image):
    with pytest.raises(InputError, match="Save a mask of a before"):
        judge_image(studio, image, State.ACCEPTED, 0)
    assert describe_image(studio, image).version == 0
    saved = save_mask(studio, image, mark_squares((0, 0, 9)), 0)
    with pytest.raises(InputError, match="marks 81 px, so it is not clean"):
        judge_image(studio, image, State.CLEAN, saved.version)
    version = judge_image(studio, image, State.ACCEPTED, saved.version)
    with pytest.raises(StaleRevisionError, match="revision 1"):
        judge_image(studio, image, State.SKIPPED, saved.version)
    again = save_mask(studio, image, mark_squares((0, 0, 8)), version)
    assert again.state is State.ACCEPTED, "an accepted image stays accepted when it is corrected"
    empty = save_mask(studio, image, mark_squares(), again.version)
    version = judge_image(studio, image, State.CLEAN, empty.version)
    marked = save_mask(studio, image, mark_squares((0, 0, 9)), version)
    assert marked.state is State.IN_PROGRESS, "an image with a mark is clean no more"
    assert count_progress(studio, dataset) == {
        "images": 3,
        "reviewed": 0,
        "accepted": 0,
        "labelled": 0,
    }


def test_refuses(studio, image):
    with pytest.raises(InputError, match="10x10 px, but the image is 96x96 px"):
        save_mask(studio, image, np.zeros((10, 10), bool), 0)
    for action in (
        lambda: save_mask(studio, 999, mark_squares(), 0),
        lambda: describe_image(studio, 999),
        lambda: judge_image(studio, 999, State.SKIPPED, 0),
    ):
        with pytest.raises(NotFoundError, match="Image 999"):
            action()
    assert list_revisions(studio, image) == []
