"""What is said before a fine-tuning starts."""

import cv2
import numpy as np
import pytest

from desra_studio.errors import InputError
from desra_studio.imaging.io import encode_png
from desra_studio.references import parse_reference
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.finetune.cautions import (
    caution_masks,
    caution_reference,
    describe_obstacle,
    list_cautioned_candidates,
    reaches_border,
)
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import judge_image, save_mask
from desra_studio.vocabulary import State
from tests.factories.images import make_picture, write_dataset
from tests.factories.studio import list_items

EMPTY = np.zeros((96, 96), bool)


def mark(*places):
    mask = EMPTY.copy()
    for rows, columns in places:
        mask[rows, columns] = True
    return mask


MIDDLE = mark((slice(20, 60), slice(20, 60)))


@pytest.fixture
def make_dataset(studio, tmp_path):
    """Makes a dataset of so many images, each accepted with a mask or left alone; its id."""

    def make(images, *masks, state=State.ACCEPTED):
        names = [f"image {index}" for index in range(images)]
        folder = write_dataset(tmp_path / f"{images} {len(masks)}", names)
        for seed, name in enumerate(names):
            (folder / "LR" / f"{name}.png").write_bytes(encode_png(make_picture(24, 24, seed)))
        dataset = import_dataset(studio, folder, folder.name).dataset_id
        for item, mask in zip(list_items(studio, dataset), masks, strict=False):
            saved = save_mask(studio, item.id, mask, describe_image(studio, item.id).version)
            judge_image(studio, item.id, state, saved.version)
        return dataset

    return make


def tell(studio, dataset):
    return describe_obstacle(studio, dataset, list_cautioned_candidates(studio, dataset))


@pytest.mark.parametrize(
    ("images", "masks", "state", "says"),
    [
        (1, [MIDDLE], State.ACCEPTED, "has only one image. Fine-tuning takes at least 3"),
        (2, [], State.ACCEPTED, "has only 2 images. Fine-tuning takes at least 3"),
        (4, [], State.ACCEPTED, "None of the 4 images is accepted."),
        (3, [EMPTY] * 3, State.CLEAN, "All 3 images are marked clean: there is nothing to delete"),
        (4, [EMPTY] * 3, State.ACCEPTED, "accepted are empty, 3 of them: every component was"),
        (4, [MIDDLE, MIDDLE, EMPTY], State.ACCEPTED, "Of 3 accepted images 2 can be trained on."),
    ],
)
def test_why_nothing_can_be_trained_on(studio, make_dataset, images, masks, state, says):
    assert says in tell(studio, make_dataset(images, *masks, state=state))


def test_three_samples_are_no_obstacle(studio, make_dataset):
    assert tell(studio, make_dataset(3, MIDDLE, MIDDLE, MIDDLE)) == ""


def test_candidates_warn_of_the_border(studio, make_dataset):
    edges = mark((slice(0, 10), slice(40, 50)), (slice(50, 60), slice(80, 92)))
    dataset = make_dataset(3, MIDDLE, edges, EMPTY)
    inner, outer, empty = list_cautioned_candidates(studio, dataset)
    assert (inner.warnings, empty.warnings) == ([], [])
    assert outer.warnings == [
        "reaches into the outer 5 px, where the detector sees nothing to judge"
    ]
    assert empty.problem


@pytest.mark.parametrize(
    ("place", "reaches"),
    [
        ((slice(5, 91), slice(5, 91)), False),
        ((slice(4, 9), slice(5, 9)), True),
        ((slice(40, 50), slice(3, 9)), True),
        ((slice(88, 92), slice(40, 50)), True),
        ((slice(40, 50), slice(94, 96)), True),
    ],
)
def test_the_border_is_five_px_wide(place, reaches):
    assert reaches_border(mark(place)) == reaches


def test_masks_of_folders():
    edge = mark((slice(0, 10), slice(40, 50)))
    assert caution_masks({"a": MIDDLE, "b": MIDDLE}) == []
    assert caution_masks({"a": MIDDLE})[0].startswith("There is only one image")
    large = np.ones((96, 96), bool)
    told = caution_masks({"a": EMPTY, "b": large, "c": edge, "d": EMPTY, "e": EMPTY, "f": EMPTY})
    assert told == [
        "Nothing is marked in a, d, e and 1 more: it is trained to stay as it is.",
        "More than half is marked of b: MSE-SR is learnt there.",
        "b, c: reaches into the outer 5 px, where the detector sees nothing to judge.",
    ]
    with pytest.raises(InputError, match="All masks are empty, 2 of them: there is nothing"):
        caution_masks({"a": EMPTY, "b": EMPTY})


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("mse", ""),
        ("lr", "compared with LR enlarged, so that its pseudo-GT is blurry"),
        ("hr", "is ground truth where an artifact is marked"),
        ("other:SwinIR", "is the output of SwinIR where an artifact is marked"),
    ],
)
def test_what_a_pseudo_gt_without_mse_is_made_of(reference, says):
    told = caution_reference(parse_reference(reference))
    assert bool(told) is bool(says)
    assert says in told


def test_nearly_the_same_pictures_are_told(studio, tmp_path):
    """One is another's JPEG, and lies under another name; a third one is something else."""
    folder = write_dataset(tmp_path / "source", "abc")
    picture = make_picture(24, 24, seed=5)
    again = cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 60])[1], 1)
    for name, lr in (("a", picture), ("b", again), ("c", make_picture(24, 24, seed=6))):
        (folder / "LR" / f"{name}.png").write_bytes(encode_png(lr))
    dataset = import_dataset(studio, folder, "set").dataset_id
    for item in list_items(studio, dataset):
        saved = save_mask(studio, item.id, MIDDLE, describe_image(studio, item.id).version)
        judge_image(studio, item.id, State.ACCEPTED, saved.version)
    first, second, third = list_cautioned_candidates(studio, dataset)
    assert first.warnings == ["is nearly the same picture as b: choose one of them"]
    assert second.warnings == ["is nearly the same picture as a: choose one of them"]
    assert third.warnings == []
