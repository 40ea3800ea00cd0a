"""Labelled blind: nothing of the detector is told until somebody saved what they saw themselves."""

import numpy as np
import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import ForbiddenError, InputError
from desra_studio.imaging.masks import encode_mask_png
from desra_studio.services.datasets.adding import add_to_dataset
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.review.bulk import BulkChange, change_images
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.history import restore_revision
from desra_studio.services.review.masks import judge_image, load_detected_mask, save_mask
from desra_studio.services.review.opinions import ask_opinions
from desra_studio.services.review.queue import make_filter, read_page
from desra_studio.services.review.veils import check_detection, check_image
from desra_studio.storage import datasets
from desra_studio.storage.queue_entries import find_wrong_entries
from desra_studio.storage.veils import is_chosen
from desra_studio.vocabulary import MadeBy, Origin, State
from tests.factories.images import write_dataset
from tests.factories.masks import mark_squares
from tests.factories.studio import list_items

MASK = mark_squares((10, 20, 8))
EMPTY = np.zeros_like(MASK)


@pytest.fixture
def dataset(studio, dataset_folder):
    """Three detected images, all of them to be labelled blind."""
    report = import_dataset(studio, dataset_folder, "set", blind_share=1.0)
    assert report.blind == 3
    detect_dataset(studio, report.dataset_id, DetectorParams(area_threshold=400))
    return report.dataset_id


@pytest.fixture
def image(studio, dataset):
    """The id of one of them."""
    return list_items(studio, dataset)[0].id


def find_detection(studio, image):
    with studio.database.read() as session:
        return datasets.get_record(session, image).detection


def test_a_picture_is_in_every_share_that_is_large_enough():
    shas = [f"{number:064x}" for number in range(0, 16**64, 16**62)]
    assert not any(is_chosen(sha, 0) for sha in shas)
    assert all(is_chosen(sha, 1) for sha in shas)
    assert sum(is_chosen(sha, 0.25) for sha in shas) == len(shas) / 4
    assert {sha for sha in shas if is_chosen(sha, 0.2)} < {
        sha for sha in shas if is_chosen(sha, 0.5)
    }
    assert not is_chosen(None, 1)


def test_the_setting_decides_where_nothing_is_given(studio, dataset_folder):
    assert import_dataset(studio, dataset_folder, "set").blind == 0, "tests have it at 0"
    with pytest.raises(InputError, match=r"must be 0 to 1, got 1\.5"):
        import_dataset(studio, dataset_folder, "other", blind_share=1.5)


def test_more_images_follow_their_dataset(studio, dataset, tmp_path):
    added = add_to_dataset(studio, dataset, write_dataset(tmp_path / "more", names=("d",)))
    assert (added.images, added.blind) == (1, 1)


def test_imported_masks_are_exempt(studio, tmp_path):
    folder = write_dataset(tmp_path / "source", names=("a", "b"))
    (folder / "GT-Mask").mkdir()
    (folder / "GT-Mask" / "a.png").write_bytes(encode_mask_png(MASK))
    report = import_dataset(studio, folder, "set", blind_share=1.0)
    assert report.blind == 1
    first, second = list_items(studio, report.dataset_id)
    assert (first.veiled, second.veiled) == (False, True)
    assert describe_image(studio, first.id).revision.made_by is MadeBy.IMPORTED


def test_nothing_of_the_detector_is_told_before_the_save(studio, dataset, image):
    document = describe_image(studio, image)
    assert document.veiled
    assert document.detection is None
    with pytest.raises(ForbiddenError, match="labelled blind: the detector's view comes after"):
        check_image(studio, image)
    with pytest.raises(ForbiddenError):
        check_detection(studio, find_detection(studio, image).id)
    for order in ("name", "area", "uncertainty"):
        items = read_page(studio, make_filter(dataset, order)).items
        assert [(item.veiled, item.regions, item.area_share) for item in items] == [
            (True, None, None)
        ] * 3
        assert all(item.uncertainty is None for item in items)
        assert [item.id for item in items] == sorted(item.id for item in items)
        assert [item.classes for item in items] == [[]] * 3


def test_after_the_save_it_is(studio, dataset, image):
    saved = save_mask(studio, image, MASK, 0)
    assert (saved.revision.made_by, saved.revision.origin) == (MadeBy.BLIND, Origin.MANUAL)
    document = describe_image(studio, image)
    assert not document.veiled
    assert document.detection is not None
    check_image(studio, image)
    item = list_items(studio, dataset)[0]
    assert (item.veiled, item.regions) == (False, len(document.detection.regions))
    with studio.database.read() as session:
        assert find_wrong_entries(session) == []


def test_what_is_drawn_after_that_is_corrected(studio, image):
    blind = save_mask(studio, image, MASK, 0)
    assert save_mask(studio, image, MASK, 1).revision.made_by is MadeBy.BLIND, "nothing changed"
    other = save_mask(studio, image, mark_squares((40, 40, 8)), 2)
    assert other.revision.made_by is MadeBy.CORRECTED
    detected = load_detected_mask(studio, find_detection(studio, image).id)
    assert save_mask(studio, image, detected, 3).revision.made_by is MadeBy.DETECTED
    again = restore_revision(studio, image, blind.revision.id, 4)
    assert again.revision.made_by is MadeBy.BLIND


def test_the_detectors_mask_drawn_blind_is_blind(studio, image):
    detected = load_detected_mask(studio, find_detection(studio, image).id)
    saved = save_mask(studio, image, detected, 0).revision
    assert (saved.made_by, saved.origin) == (MadeBy.BLIND, Origin.MANUAL)


def test_an_empty_mask_is_not_accepted_and_clean_must_be_said(studio, image):
    save_mask(studio, image, EMPTY, 0)
    assert describe_image(studio, image).veiled, "nobody has said yet what the image is"
    with pytest.raises(InputError, match="Say Clean if nothing is wrong"):
        judge_image(studio, image, State.ACCEPTED, 1)
    judge_image(studio, image, State.CLEAN, 1)
    document = describe_image(studio, image)
    assert (document.state, document.veiled) == (State.CLEAN, False)
    assert document.revision.made_by is MadeBy.BLIND


def test_skipping_shows_nothing(studio, image):
    judge_image(studio, image, State.SKIPPED, 0)
    assert describe_image(studio, image).veiled


@pytest.mark.parametrize("action", ["accept", "clean"])
def test_many_at_once_leave_them_out(studio, dataset, image, action):
    save_mask(studio, image, MASK, 0)
    ids = [item.id for item in list_items(studio, dataset)]
    report = change_images(studio, dataset, BulkChange(action=action, force=True), ids)
    assert report.done == 1
    assert [one.why for one in report.skipped] == ["it is labelled blind, by itself: open it"] * 2


def test_everybody_who_is_asked_labels_blind(studio, dataset, image):
    ask_opinions(studio, image, 2)
    save_mask(studio, image, MASK, 0, "Anna")
    assert not describe_image(studio, image, "Anna").veiled
    assert describe_image(studio, image, "Ben").veiled
    assert list_items(studio, dataset)[0].veiled, "the queue is the same for all"
    judge_image(studio, image, State.ACCEPTED, 1, "Anna")
    with pytest.raises(ForbiddenError):
        check_image(studio, image, "Ben")
    save_mask(studio, image, EMPTY, 0, "Ben")
    judge_image(studio, image, State.CLEAN, 1, "Ben")
    assert not describe_image(studio, image, "Ben").veiled
    assert not describe_image(studio, image, "Cyd").veiled, "nobody is asked any more"
    item = list_items(studio, dataset)[0]
    assert not item.veiled
    with studio.database.read() as session:
        assert find_wrong_entries(session) == []


def test_elsewhere_masks_say_how_they_were_made(studio, dataset_folder):
    dataset = import_dataset(studio, dataset_folder, "set").dataset_id
    first, second, third = (item.id for item in list_items(studio, dataset))
    assert save_mask(studio, third, MASK, 0).revision.made_by is MadeBy.BLIND, (
        "nothing was detected"
    )
    detect_dataset(studio, dataset, DetectorParams(area_threshold=400))
    detected = load_detected_mask(studio, find_detection(studio, first).id)
    assert save_mask(studio, first, detected, 0).revision.made_by is MadeBy.DETECTED
    assert save_mask(studio, second, MASK, 0).revision.made_by is MadeBy.CORRECTED
