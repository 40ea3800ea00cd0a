"""Scores count labels by how they were made, and lead with those that were drawn blind."""

import json

import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import judge_image, load_detected_mask, save_mask
from desra_studio.services.scores.dataset import ENOUGH_BLIND, score_dataset
from desra_studio.services.scores.making import compare_making, describe_making
from desra_studio.storage.tables import Image
from desra_studio.ui.scores.table import show_table
from desra_studio.vocabulary import MadeBy, State
from tests.factories.images import write_dataset
from tests.factories.masks import mark_squares
from tests.factories.studio import list_items

MASK = mark_squares((10, 20, 8))
OTHER = mark_squares((10, 20, 8), (50, 60, 8))


def accept(studio, image, mask):
    saved = save_mask(studio, image, mask, describe_image(studio, image).version)
    judge_image(studio, image, State.ACCEPTED, saved.version)


@pytest.fixture
def make_labelled(studio, tmp_path):
    """Make a dataset of which some images were labelled blind, and the others accepted."""

    def make(blind, others):
        names = [f"{number:02}" for number in range(blind + others)]
        folder = write_dataset(tmp_path / "source", names=names)
        dataset = import_dataset(studio, folder, "set", blind_share=1.0).dataset_id
        detect_dataset(studio, dataset, DetectorParams(area_threshold=400))
        items = list_items(studio, dataset)
        for item in items[:blind]:
            accept(studio, item.id, MASK)
        with studio.database.write() as session:
            for item in items[blind:]:
                session.get_one(Image, item.id).is_blind = False
        for item in items[blind:]:
            detection = describe_image(studio, item.id).detection.id
            accept(studio, item.id, load_detected_mask(studio, detection))
        return dataset

    return make


def read(studio, dataset):
    score = score_dataset(studio, dataset)
    return score, describe_making(score, compare_making(studio, dataset))


def test_masks_that_are_the_detectors_own_are_said_to_be(studio, make_labelled):
    score, said = read(studio, make_labelled(0, 3))
    assert score.detectors[0].total.iou == 1
    assert score.made_by == {way: 3 * (way is MadeBy.DETECTED) for way in MadeBy}
    assert score.detectors[0].blind is None
    assert said[0] == "Labels: 3 accepted as detected."
    assert said[1].startswith("These masks are the detector's own: nobody corrected one")


def test_one_corrected_mask_makes_them_more_than_that(studio, make_labelled):
    dataset = make_labelled(0, 3)
    accept(studio, list_items(studio, dataset)[0].id, MASK)
    _, said = read(studio, dataset)
    assert said == ["Labels: 1 corrected, 2 accepted as detected."]


def test_a_few_blind_labels_stand_below(studio, make_labelled):
    score, said = read(studio, make_labelled(2, 2))
    assert not score.leads_blind
    assert said == ["Labels: 2 drawn blind, 2 accepted as detected."]
    (row,) = show_table("all", score, "", said)["rows"]
    assert row["figures"][0]["count"] == "4 images"
    blind, others = row["apart"]
    assert blind.startswith("drawn blind (2): IoU ")
    assert others == "others (2): IoU 1.000, precision 1.000, recall 1.000"


def test_enough_blind_labels_lead(studio, make_labelled):
    score, said = read(studio, make_labelled(ENOUGH_BLIND, 2))
    assert score.leads_blind
    assert said[1].startswith("The figures of the labels that were drawn blind come first")
    (row,) = show_table("all", score, "", said)["rows"]
    assert row["figures"][0]["value"] == score.detectors[0].blind.iou < score.detectors[0].total.iou
    assert row["figures"][0]["count"] == "10 blind labels"
    assert row["apart"] == ["others (2): IoU 1.000, precision 1.000, recall 1.000"]


def test_blind_and_corrected_masks_of_an_image_are_compared(studio, make_labelled):
    dataset = make_labelled(2, 1)
    assert compare_making(studio, dataset).images == 0
    first = list_items(studio, dataset)[0].id
    save_mask(studio, first, OTHER, describe_image(studio, first).version, "Ben")
    agreement = compare_making(studio, dataset)
    assert (agreement.images, agreement.iou) == (1, MASK.sum() / OTHER.sum())
    _, said = read(studio, dataset)
    assert said[-1] == (
        "Blind and corrected masks of the same image agree: IoU 0.500, over 1 image with both."
    )


def test_the_command_tells_them_too(studio, make_labelled, run):
    make_labelled(2, 1)
    arguments = ("score", "--dataset", "set", "--data-dir", studio.settings.data_dir)
    _, out, _ = run(*arguments)
    lines = out.splitlines()
    assert "labels drawn blind: IoU" in lines[1]
    assert lines[-1] == "Labels: 2 drawn blind, 1 accepted as detected."
    _, out, _ = run(*arguments, "--json")
    told = json.loads(out)
    assert told["made_by"] == {
        "blind": 2, "corrected": 0, "detected": 1, "imported": 0, "consensus": 0
    }  # fmt: skip
    (row,) = told["rows"]
    assert (row["blind"]["images"], row["others"]["images"], row["images"]) == (2, 1, 3)
    assert told["blind_agreement"] == {"images": 0, "iou": None}
