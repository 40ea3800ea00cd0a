"""A small crowd on a real server: nothing that was acknowledged is lost, and a loss is seen."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from desra_studio.bench.load.lost import find_lost
from desra_studio.bench.load.measuring import measure_load
from desra_studio.bench.load.people import Deed
from desra_studio.bench.load.sample import make_crowd_dataset, make_numbered_mask
from desra_studio.errors import InputError
from desra_studio.services.review.masks import judge_image, save_mask
from desra_studio.vocabulary import State


def save(studio, image, version, number):
    """Save a numbered mask, and return what a person would note of it."""
    saved = save_mask(studio, image, make_numbered_mask(number), version)
    return Deed(image, version, saved.version, saved.revision.id, number)


@pytest.fixture
def deeds(studio):
    """Two saves and a verdict on one image, and a save of another."""
    _, (first, second, *_) = make_crowd_dataset(studio, 3)
    made = [save(studio, first, 0, 1), save(studio, first, 1, 2), save(studio, second, 0, 3)]
    after = judge_image(studio, first, State.ACCEPTED, 2)
    return [*made, Deed(first, 2, after)]


def tamper(studio, statement):
    """Change the database behind everybody's back."""
    with closing(sqlite3.connect(studio.database.sqlite_path)) as connection, connection:
        assert connection.execute(statement).rowcount > 0


@pytest.mark.parametrize("users", [False, True])
def test_nothing_is_lost_of_what_a_small_crowd_saves(users):
    told = measure_load(people=3, seconds=1, think=0.1, users=users)
    assert (told["errors"], told["lost"], told["refused"]) == (0, 0, 0), told
    assert told["saves"] >= 3
    assert set(told["operations"]) == {"claim", "document", "mask", "save", "verdict"}
    assert 0 < max(told["memory_mb"]) <= told["peak_mb"]


def test_what_is_there_is_not_lost(studio, deeds):
    assert find_lost(studio, deeds) == []


@pytest.mark.parametrize(
    ("statement", "lost"),
    [
        ("DELETE FROM mask_revision WHERE id = 1", "revision 1 of image 1: "),
        (
            "UPDATE mask_revision SET mask_sha ="
            " (SELECT mask_sha FROM mask_revision WHERE id = 1) WHERE id = 3",
            "revision 3 of image 2 has other pixels than were saved",
        ),
        ("UPDATE review_state SET version = 1 WHERE image_id = 1", "image 1: version 1, though 3"),
        (
            "UPDATE review_state SET current_revision_id = 1 WHERE image_id = 1",
            "image 1: revision 1 is current, not 2",
        ),
    ],
)
def test_what_is_gone_or_another_is_lost(studio, deeds, statement, lost):
    tamper(studio, statement)
    (line,) = find_lost(studio, deeds)
    assert line.startswith(lost)


def test_two_deeds_from_one_version_are_a_lost_update(studio, deeds):
    twice = replace(deeds[1], before=0, after=1)
    lost = find_lost(studio, [deeds[0], twice, *deeds[2:]])
    assert lost[0] == "image 1: 2 deeds were accepted from version 0"


def test_a_version_that_is_left_out_is_a_lost_update(studio, deeds):
    lost = find_lost(studio, [replace(deeds[2], after=2)])
    assert "image 2: a deed led from version 0 to 2" in lost


def test_masks_of_numbers_differ():
    masks = {make_numbered_mask(number).tobytes() for number in (0, 1, 2, 2**16, 2**31)}
    assert len(masks) == 5


def test_a_database_that_is_in_use_is_refused(studio):
    make_crowd_dataset(studio, 1)
    with pytest.raises(InputError, match="no datasets"):
        make_crowd_dataset(studio, 1)


def test_nobody_or_no_time_is_refused():
    with pytest.raises(InputError, match="at least one person"):
        measure_load(people=0)
