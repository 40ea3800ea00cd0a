"""Taking verdicts back: what was comes back, and what others did meanwhile stays."""

from dataclasses import replace

import numpy as np
import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError, NotFoundError
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.review import claims, history, opinions
from desra_studio.services.review.bulk import MAX_IMAGES, BulkChange, SkippedImage, change_images
from desra_studio.services.review.disagreement import measure_disagreement, measure_unmeasured
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.labels import EarlierLabel
from desra_studio.services.review.masks import judge_image, save_mask
from desra_studio.services.review.regions import label_region
from desra_studio.services.review.taking_back import take_back
from desra_studio.storage.region_label import RegionLabel
from desra_studio.vocabulary import State
from tests.factories.images import write_dataset
from tests.services.review.queues import find_id, read_item, save_squares


@pytest.fixture
def dataset(studio, tmp_path):
    folder = write_dataset(tmp_path / "source", "abcd", with_lr=False)
    dataset_id = import_dataset(studio, folder, "set").dataset_id
    detect_dataset(studio, dataset_id, DetectorParams(area_threshold=400))
    return dataset_id


@pytest.fixture
def ids(studio, dataset):
    return [find_id(studio, dataset, name) for name in "abcd"]


def change(studio, dataset, action, images, **values):
    return change_images(studio, dataset, BulkChange(action=action, **values), images, "bob")


def read_label(studio, image, author=None):
    document = describe_image(studio, image, author)
    revision = document.revision
    return document.state, revision and revision.number


def note_label(studio, image, author=None):
    """The label as the page remembers it before a verdict."""
    document = describe_image(studio, image, author)
    revision = document.revision
    return EarlierLabel(
        image,
        document.version,
        document.version,
        document.state,
        revision and revision.id,
    )


def judge(studio, image, state, author=None):
    """Judge an image; return what takes it back."""
    before = note_label(studio, image, author)
    return replace(before, version=judge_image(studio, image, state, before.version, author))


def test_a_verdict_is_taken_back_and_given_again(studio, dataset, ids):
    save_squares(studio, ids[0], (20, 20, 9))
    painted = note_label(studio, ids[0])
    save_squares(studio, ids[0])
    version = judge_image(studio, ids[0], State.CLEAN, painted.version + 1)
    report = take_back(studio, dataset, [replace(painted, version=version)])
    assert (report.done, report.skipped) == (1, [])
    assert read_label(studio, ids[0]) == (State.IN_PROGRESS, 1)
    assert [row.number for row in history.list_history(studio, ids[0])] == [2, 1]
    take_back(studio, dataset, report.earlier)
    assert read_label(studio, ids[0]) == (State.CLEAN, 2)


def test_an_image_without_a_mask_has_none_again(studio, dataset, ids):
    before = note_label(studio, ids[0])
    save_squares(studio, ids[0], (20, 20, 9))
    version = judge_image(studio, ids[0], State.ACCEPTED, 1)
    take_back(studio, dataset, [replace(before, version=version)])
    assert read_label(studio, ids[0]) == (State.UNREVIEWED, None)
    item = read_item(studio, dataset, "a")
    assert (item.state, item.annotator, item.disagreement) == ("unreviewed", None, None)
    saved = save_squares(studio, ids[0], (30, 30, 9))
    assert saved.revision.number == 2, "what was accepted stays in the history"


def test_what_was_said_of_regions_comes_back_with_the_mask(studio, dataset, ids):
    save_squares(studio, ids[0], (20, 20, 9))
    label_region(studio, ids[0], RegionLabel(24, 24, severity=4))
    report = change(studio, dataset, "clean", ids[:1], force=True)
    assert read_item(studio, dataset, "a").severity is None
    take_back(studio, dataset, report.earlier)
    assert read_item(studio, dataset, "a").severity == 4


def test_done_twice_it_is_done_once(studio, dataset, ids):
    earlier = judge(studio, ids[0], State.SKIPPED)
    take_back(studio, dataset, [earlier])
    version = note_label(studio, ids[0]).version
    report = take_back(studio, dataset, [earlier])
    assert (report.done, report.skipped, report.earlier) == (1, [], [])
    assert note_label(studio, ids[0]).version == version


def test_many_images_but_those_that_were_changed_meanwhile(studio, dataset, ids):
    save_squares(studio, ids[0], (20, 20, 9))
    save_squares(studio, ids[1])
    measure_disagreement(studio, ids[0])
    figure = read_item(studio, dataset, "a").disagreement
    report = change(studio, dataset, "clean", ids, force=True)
    assert [read_label(studio, image) for image in ids] == [
        (State.CLEAN, 2),
        (State.CLEAN, 1),
        (State.CLEAN, 1),
        (State.CLEAN, 1),
    ]
    judge(studio, ids[2], State.SKIPPED, "anna")
    claims.claim_image(studio, ids[3], "anna")
    back = take_back(studio, dataset, report.earlier, "bob")
    assert back.done == 2
    skipped = {item.name: item.why for item in back.skipped}
    assert skipped["c"] == "it was changed meanwhile"
    assert skipped["d"].startswith("anna works on it until")
    assert [read_label(studio, image) for image in ids] == [
        (State.IN_PROGRESS, 1),
        (State.IN_PROGRESS, 1),
        (State.SKIPPED, 1),
        (State.CLEAN, 1),
    ]
    assert read_item(studio, dataset, "a").disagreement is None
    measure_unmeasured(studio, dataset, [label.image for label in back.earlier])
    assert read_item(studio, dataset, "a").disagreement == figure


def test_what_a_bulk_change_left_alone_needs_no_undo(studio, dataset, ids):
    save_squares(studio, ids[0], (20, 20, 9))
    judge(studio, ids[0], State.ACCEPTED)
    report = change(studio, dataset, "accept", ids[:2])
    assert report.done == 2
    assert [label.image for label in report.earlier] == [ids[1]]
    assert change(studio, dataset, "assign", ids, to="Ada").earlier == []


def test_an_opinion_is_its_authors(studio, dataset, ids):
    opinions.ask_opinions(studio, ids[0], 2)
    save_squares(studio, ids[0], (20, 20, 9), author="anna")
    theirs = note_label(studio, ids[0], "anna")
    other = save_mask(studio, ids[0], np.ones((96, 96), bool), 0, "bob")
    mine = note_label(studio, ids[0], "bob")
    version = judge_image(studio, ids[0], State.ACCEPTED, other.version, "bob")
    mine = replace(mine, version=version)
    stolen = replace(mine, own=True, revision=theirs.revision)
    (refused,) = take_back(studio, dataset, [stolen], "bob").skipped
    assert refused.why == f"mask revision {theirs.revision} is anna's opinion"
    (refused,) = take_back(studio, dataset, [mine], "bob").skipped
    assert refused.why == "it was changed meanwhile", "it was not known as an opinion"
    assert take_back(studio, dataset, [replace(mine, own=True)], "bob").done == 1
    assert read_label(studio, ids[0], "bob") == (State.IN_PROGRESS, 2)
    assert read_label(studio, ids[0], "anna") == (State.IN_PROGRESS, 1)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"state": State.ACCEPTED, "revision": None}, "it cannot be accepted without a mask"),
        ({"state": State.CLEAN, "revision": 1}, "its mask marked 81 px, so it was not clean"),
        ({"revision": 2}, "mask revision 2 is not one of it"),
        ({"revision": 99}, "mask revision 99 is not one of it"),
    ],
)
def test_refuses_what_cannot_have_been(studio, dataset, ids, values, why):
    save_squares(studio, ids[0], (20, 20, 9))
    save_squares(studio, ids[1], (20, 20, 9))
    earlier = judge(studio, ids[0], State.SKIPPED)
    report = take_back(studio, dataset, [replace(earlier, **values)])
    assert [(item.name, item.why) for item in report.skipped] == [("a", why)]
    assert read_label(studio, ids[0]) == (State.SKIPPED, 1)


def test_refuses(studio, dataset, ids):
    label = note_label(studio, ids[0])
    with pytest.raises(NotFoundError, match="Dataset 99"):
        take_back(studio, 99, [label])
    with pytest.raises(InputError, match="twice"):
        take_back(studio, dataset, [label, label])
    many = [replace(label, image=image) for image in range(1, MAX_IMAGES + 2)]
    with pytest.raises(InputError, match="20001 images are too many at once"):
        take_back(studio, dataset, many)
    (skipped,) = take_back(studio, dataset, [replace(label, image=99)]).skipped
    assert skipped == SkippedImage(99, "Image 99", "it is not in this dataset")
