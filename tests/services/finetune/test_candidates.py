"""Samples: what is held out, what is warned of, and that a frozen set remembers it."""

import numpy as np
import pytest

from desra_studio.errors import InputError
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.finetune.candidates import (
    Candidate,
    count_held_out,
    list_candidates,
    rank_image,
    split_held_out,
)
from desra_studio.services.finetune.samples import load_stored_samples
from desra_studio.services.review import opinions
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import judge_image, save_mask
from desra_studio.storage import datasets, reviews
from desra_studio.storage.training_sets import freeze_training_set, list_samples
from desra_studio.vocabulary import State
from tests.factories.images import write_dataset
from tests.factories.studio import list_items


def make_candidate(image_id, rank):
    return Candidate(
        image_id=image_id, name=str(image_id), gan_id=1, gan_sha="", revision_id=image_id,
        mask_sha="", area_share=0.1, problem="", warnings=[], held_out_rank=rank,
    )  # fmt: skip


@pytest.fixture
def accepted(studio, dataset_folder):
    """A dataset of three accepted images with the same small mask."""
    dataset = import_dataset(studio, dataset_folder, "set").dataset_id
    mask = np.zeros((96, 96), bool)
    mask[20:60, 20:60] = True
    for item in list_items(studio, dataset):
        saved = save_mask(studio, item.id, mask, 0)
        judge_image(studio, item.id, State.ACCEPTED, saved.version)
    return dataset


@pytest.mark.parametrize(
    ("samples", "share", "held_out"),
    [(24, 0.25, 6), (10, 0.25, 3), (8, 0.01, 1), (3, 0.9, 1), (2, 0.5, 0), (20, 0, 0)],
)
def test_how_many_are_held_out(samples, share, held_out):
    assert count_held_out(samples, share) == held_out


@pytest.mark.parametrize("share", [-0.1, 1.0, float("nan")])
def test_refuses_shares(share):
    with pytest.raises(InputError, match="held-out share must be at least 0"):
        count_held_out(10, share)


def test_the_lowest_ranks_are_held_out():
    candidates = [make_candidate(*pair) for pair in [(1, 0.9), (2, 0.1), (3, 0.5), (4, 0.2)]]
    trained, held_out = split_held_out(candidates, 0.5)
    assert [one.image_id for one in trained] == [1, 3]
    assert [one.image_id for one in held_out] == [2, 4]


def test_copies_of_a_picture_are_never_on_both_sides():
    # One of four pictures is held out; the cut falls between 2 and its copy 4.
    pairs = [(1, 0.9), (2, 0.1), (3, 0.5), (4, 0.1), (5, 0.3)]
    trained, held_out = split_held_out([make_candidate(*pair) for pair in pairs], 0.25)
    assert [one.image_id for one in trained] == [1, 3, 5]
    assert [one.image_id for one in held_out] == [2, 4]
    copies = [make_candidate(number, 0.5) for number in range(5)]
    assert split_held_out(copies, 0.5) == (copies, [])


def test_a_triplet_that_was_imported_twice_has_one_rank(studio, accepted, tmp_path):
    first, second, _ = list_candidates(studio, accepted)
    twins = write_dataset(tmp_path / "twins", names=("x", "y"))
    (twins / "LR" / "y.png").write_bytes((twins / "LR" / "x.png").read_bytes())
    dataset = import_dataset(studio, twins, "twins").dataset_id
    with studio.database.read() as session:
        found = datasets.list_records(session, datasets.get_dataset(session, dataset))
        ranks = {rank_image(record.image) for record in found}
    assert len(ranks) == 1
    assert first.held_out_rank != second.held_out_rank


def test_ranks_are_of_the_picture(studio, accepted, dataset_folder):
    ranks = [one.held_out_rank for one in list_candidates(studio, accepted)]
    assert all(0 <= rank < 1 for rank in ranks)
    assert len(set(ranks)) == 3
    with studio.database.read() as session:
        record = datasets.get_record(session, 1)
    assert ranks[0] == rank_image(record.image)


def test_a_set_remembers_what_is_held_out(studio, accepted):
    with studio.database.write() as session:
        dataset = datasets.get_dataset(session, accepted)
        revisions = [record.label for record in datasets.list_records(session, dataset)]
        whole = freeze_training_set(session, accepted, revisions)
        split = freeze_training_set(session, accepted, revisions, [revisions[1].id])
        again = freeze_training_set(session, accepted, revisions[::-1], [revisions[1].id])
        assert whole.hash != split.hash
        assert split.id == again.id
        held_out = list_samples(session, split.id, held_out=True)
        assert [row.id for row in held_out] == [revisions[1].id]
        assert len(list_samples(session, split.id)) == 3
        assert list_samples(session, whole.id, held_out=True) == []
    trained = load_stored_samples(studio, split.id, 2.0)
    assert [sample.name for sample in trained] == ["a", "c"]
    held_out = load_stored_samples(studio, split.id, 2.0, held_out=True)
    assert [sample.name for sample in held_out] == ["b"]


def test_warns_of_large_masks(studio, accepted):
    mask = np.ones((96, 96), bool)
    saved = save_mask(studio, 1, mask, describe_image(studio, 1).version)
    judge_image(studio, 1, State.ACCEPTED, saved.version)
    warned, *others = list_candidates(studio, accepted)
    assert warned.warnings == ["marks more than half of the image"]
    assert warned.problem == ""
    assert [one.warnings for one in others] == [[], []]


def test_warns_of_masks_that_are_not_agreed_on(studio, accepted):
    opinions.ask_opinions(studio, 1, 3)
    with studio.database.write() as session:
        reviews.get_review(session, 2, datasets.get_record(session, 2).gan.model_id).dissent = 0.62
    first, second, third = list_candidates(studio, accepted)
    assert first.warnings == ["not agreed on: 1 of 3 opinions"]
    assert second.warnings == ["not agreed on: the opinions' masks overlap by 38 % only"]
    assert third.warnings == []


def test_an_empty_mask_is_a_problem(studio, accepted):
    document = describe_image(studio, 1)
    saved = save_mask(studio, 1, np.zeros((96, 96), bool), document.version)
    judge_image(studio, 1, State.ACCEPTED, saved.version)
    candidates = list_candidates(studio, accepted)
    assert [bool(one.problem) for one in candidates] == [True, False, False]
