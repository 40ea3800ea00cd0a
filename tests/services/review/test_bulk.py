"""Changing many images at once: what is done, what is left as it was, and why."""

import numpy as np
import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError, NotFoundError
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.review import claims, queue
from desra_studio.services.review.bulk import BulkChange, change_images
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import load_revision_mask
from desra_studio.vocabulary import State
from tests.factories.images import write_dataset
from tests.services.review.queues import find_id, list_names, read_item, save_squares


@pytest.fixture
def undetected(studio, tmp_path):
    folder = write_dataset(tmp_path / "source", "abcd", with_lr=False)
    return import_dataset(studio, folder, "set").dataset_id


@pytest.fixture
def dataset(studio, undetected):
    detect_dataset(studio, undetected, DetectorParams(area_threshold=400))
    return undetected


@pytest.fixture
def ids(studio, dataset):
    return [find_id(studio, dataset, name) for name in "abcd"]


def change(studio, dataset, action, images, author="bob", but=(), **values):
    report = change_images(
        studio, dataset, BulkChange(action=action, **values), images, author, but
    )
    return report.done, {item.name: item.why for item in report.skipped}


def test_accepting_takes_the_saved_mask_or_else_the_detected_one(studio, dataset, ids):
    save_squares(studio, ids[0], (20, 20, 9), author="anna")
    save_squares(studio, ids[1], author="anna")
    assert change(studio, dataset, "accept", ids[:3]) == (3, {})
    states = [read_item(studio, dataset, name).state for name in "abcd"]
    assert states == ["accepted", "clean", "accepted", "unreviewed"]
    kept, taken = (describe_image(studio, image) for image in (ids[0], ids[2]))
    assert (kept.revision.number, kept.revision.author) == (1, "anna")
    assert (taken.revision.origin, taken.revision.author) == ("detected", "bob")
    assert taken.revision.sha == taken.detection.sha
    assert read_item(studio, dataset, "c").disagreement == 0
    version = kept.version
    change(studio, dataset, "accept", ids[:3])
    assert describe_image(studio, ids[0]).version == version, "nothing to change"


def test_accepting_needs_a_mask(studio, undetected):
    a = find_id(studio, undetected, "a")
    assert change(studio, undetected, "accept", [a, 99]) == (
        0,
        {
            "a": "it has no mask, and nothing was detected yet",
            "Image 99": "it is not in this dataset",
        },
    )


def test_clean_needs_an_empty_mask_or_force(studio, dataset, ids):
    save_squares(studio, ids[0], (20, 20, 9))
    save_squares(studio, ids[1])
    done, skipped = change(studio, dataset, "clean", ids[:3])
    assert (done, skipped["a"]) == (1, "its mask marks 81 px")
    assert skipped["c"].startswith("the detected mask marks")
    assert change(studio, dataset, "clean", ids[:3], force=True) == (3, {})
    document = describe_image(studio, ids[0])
    assert (document.state, document.revision.area_px) == ("clean", 0)
    assert document.revision.number == 2, "the mask that was cleared is kept"
    assert not load_revision_mask(studio, document.revision.id).any()
    assert np.count_nonzero(load_revision_mask(studio, 1)) == 81
    assert read_item(studio, dataset, "c").disagreement == 1


def test_what_somebody_works_on_or_several_label_is_left_alone(studio, dataset, ids):
    claims.claim_image(studio, ids[0], "anna")
    change(studio, dataset, "ask_opinions", [ids[1]], wanted=2)
    done, skipped = change(studio, dataset, "accept", ids[:3])
    assert done == 1
    assert skipped["a"].startswith("anna works on it until")
    assert skipped["b"] == "2 people are to label it, each their own mask"
    assert change(studio, dataset, "accept", ids[:1], author="anna") == (1, {})


def test_assigning_and_taking_it_back(studio, dataset, ids):
    assert change(studio, dataset, "assign", ids[:2], to="  Ada  Lovelace ") == (2, {})
    assert list_names(studio, dataset, assigned_to="Ada Lovelace") == "ab"
    assert change(studio, dataset, "assign", ids[:1]) == (1, {})
    assert list_names(studio, dataset, assigned_to="Ada Lovelace") == "b"
    assert describe_image(studio, ids[1]).version == 0, "no edit becomes stale by it"


def test_all_that_pass_a_filter_but_some(studio, dataset, ids):
    save_squares(studio, ids[0], (20, 20, 9))
    wanted = queue.make_filter(dataset, states=(State.UNREVIEWED,))
    assert change(studio, dataset, "accept", wanted, but=[ids[2]]) == (2, {})
    states = [read_item(studio, dataset, name).state for name in "abcd"]
    assert states == ["in progress", "accepted", "unreviewed", "accepted"]


def test_refuses(studio, dataset, monkeypatch):
    for values in ({"to": "x" * 101}, {"to": "\x07"}, {"wanted": 0}, {"wanted": 4}):
        with pytest.raises(InputError):
            BulkChange(action="assign", **values)
    with pytest.raises(NotFoundError, match="Dataset 99"):
        change(studio, 99, "accept", [1])
    monkeypatch.setattr("desra_studio.services.review.bulk.MAX_IMAGES", 3)
    with pytest.raises(InputError, match="4 images are too many at once"):
        change(studio, dataset, "accept", queue.make_filter(dataset))
