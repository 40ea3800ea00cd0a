"""Flags: a verdict ends those of its image, and taken back it brings them back."""

from dataclasses import replace

import numpy as np
import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.review import consensus, opinions
from desra_studio.services.review.bulk import BulkChange, change_images
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.flags import Finding, flag_images
from desra_studio.services.review.labels import EarlierLabel
from desra_studio.services.review.masks import judge_image, save_mask
from desra_studio.services.review.taking_back import take_back
from desra_studio.vocabulary import State
from tests.factories.images import write_dataset
from tests.services.review.queues import find_id, list_names, read_item, save_squares


@pytest.fixture
def dataset(studio, tmp_path):
    folder = write_dataset(tmp_path / "source", "abc", with_lr=False)
    dataset_id = import_dataset(studio, folder, "set").dataset_id
    detect_dataset(studio, dataset_id, DetectorParams(area_threshold=400))
    return dataset_id


@pytest.fixture
def ids(studio, dataset):
    return [find_id(studio, dataset, name) for name in "abc"]


def flag(studio, image, note="worse"):
    return flag_images(studio, "study", [Finding(image, note, 4, 5)])


def list_notes(studio, dataset, name="c"):
    return [flag.note for flag in read_item(studio, dataset, name).flags]


def judge(studio, image, state, author=None):
    """Judge an image with the mask that it has; return what takes that back."""
    found = describe_image(studio, image, author)
    version = judge_image(studio, image, state, found.version, author)
    revision = found.revision.id if found.revision else None
    return EarlierLabel(image, version, found.version, found.state, revision)


@pytest.mark.parametrize("state", [State.ACCEPTED, State.SKIPPED])
def test_a_verdict_ends_the_flags_of_its_image(studio, dataset, ids, state):
    flag_images(studio, "regression", [Finding(ids[2], "new"), Finding(ids[1], "old")])
    flag(studio, ids[2])
    assert list_names(studio, dataset, "flagged") == "cba"
    save_squares(studio, ids[2], (20, 20, 9))
    assert list_notes(studio, dataset) == ["new", "worse"], "a save is no verdict"
    judge(studio, ids[2], state)
    assert list_notes(studio, dataset) == []
    assert list_names(studio, dataset, "flagged") == "bac"


def test_what_is_found_after_a_verdict_waits_for_the_next_one(studio, dataset, ids):
    save_squares(studio, ids[2], (20, 20, 9))
    judge(studio, ids[2], State.ACCEPTED)
    first = flag(studio, ids[2])
    save_squares(studio, ids[2], (30, 30, 9))
    assert list_notes(studio, dataset) == ["worse"]
    judge(studio, ids[2], State.ACCEPTED)
    assert list_notes(studio, dataset) == []
    assert flag(studio, ids[2]) != first, "it is found again"
    assert list_notes(studio, dataset) == ["worse"]


@pytest.mark.parametrize("before", [State.IN_PROGRESS, State.ACCEPTED, State.SKIPPED])
def test_a_verdict_that_is_taken_back_brings_its_flags_back(studio, dataset, ids, before):
    save_squares(studio, ids[2], (20, 20, 9))
    flag(studio, ids[2], "seen long ago")
    judge(studio, ids[2], State.SKIPPED)
    judge(studio, ids[2], before)
    flag(studio, ids[2])
    earlier = judge(studio, ids[2], State.SKIPPED)
    assert list_notes(studio, dataset) == []
    report = take_back(studio, dataset, [earlier])
    assert report.done == 1
    assert list_notes(studio, dataset) == ["worse"]
    assert describe_image(studio, ids[2]).state == before
    take_back(studio, dataset, [earlier])
    assert list_notes(studio, dataset) == ["worse"], "done twice, it is done once"


def test_a_verdict_that_is_given_again_ends_them_again(studio, dataset, ids):
    save_squares(studio, ids[2], (20, 20, 9))
    judge(studio, ids[2], State.ACCEPTED)
    flag(studio, ids[2])
    again = take_back(studio, dataset, [judge(studio, ids[2], State.SKIPPED)]).earlier
    once_more = take_back(studio, dataset, again).earlier
    assert list_notes(studio, dataset) == []
    take_back(studio, dataset, once_more)
    assert list_notes(studio, dataset) == ["worse"]


def test_taking_back_is_no_verdict_on_what_was_found_since(studio, dataset, ids):
    save_squares(studio, ids[2], (20, 20, 9))
    judge(studio, ids[2], State.ACCEPTED)
    earlier = judge(studio, ids[2], State.SKIPPED)
    flag(studio, ids[2])
    take_back(studio, dataset, [earlier])
    assert list_notes(studio, dataset) == ["worse"]


def test_many_verdicts_at_once_end_flags_and_bring_them_back(studio, dataset, ids):
    save_squares(studio, ids[0], (20, 20, 9))
    judge(studio, ids[0], State.ACCEPTED)
    for image in ids:
        flag(studio, image)
    change_images(studio, dataset, BulkChange(action="assign", to="bob"), ids)
    assert list_notes(studio, dataset, "a") == ["worse"], "that is no verdict"
    report = change_images(studio, dataset, BulkChange(action="accept"), ids)
    assert [list_notes(studio, dataset, name) for name in "abc"] == [[], [], []]
    assert len(report.earlier) == 3, "also of the one that was accepted already"
    take_back(studio, dataset, report.earlier)
    assert [list_notes(studio, dataset, name) for name in "abc"] == [["worse"]] * 3


def test_of_several_opinions_what_they_agree_on_ends_flags(studio, dataset, ids):
    opinions.ask_opinions(studio, ids[2], 2)
    flag(studio, ids[2])
    for author in ("anna", "bob"):
        saved = save_mask(studio, ids[2], np.ones((96, 96), bool), 0, author)
        earlier = judge_image(studio, ids[2], State.ACCEPTED, saved.version, author)
    assert list_notes(studio, dataset) == ["worse"]
    mine = EarlierLabel(ids[2], earlier, 1, State.IN_PROGRESS, saved.revision.id, own=True)
    take_back(studio, dataset, [mine], "bob")
    take_back(studio, dataset, [replace(mine, version=3, state=State.ACCEPTED)], "bob")
    assert list_notes(studio, dataset) == ["worse"]
    consensus.make_consensus(studio, ids[2], consensus.Method.UNION, author="bob")
    assert list_notes(studio, dataset) == []
