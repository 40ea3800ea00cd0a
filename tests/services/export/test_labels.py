"""The figures of the Scores page are those of the command on the exported masks."""

import csv

import numpy as np
import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError, NotFoundError
from desra_studio.imaging.io import list_images
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.export.labels import export_dataset
from desra_studio.services.maintenance import check_studio
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import judge_image, load_detected_mask, save_mask
from desra_studio.services.scores.dataset import score_dataset
from desra_studio.services.scores.folders import score_folders
from desra_studio.vocabulary import State
from tests.factories.studio import list_items


@pytest.fixture
def labelled(studio, dataset_folder):
    """One image accepted with a mask that is half right, one clean, one in progress."""
    dataset = import_dataset(studio, dataset_folder, "set").dataset_id
    detect_dataset(studio, dataset, DetectorParams(area_threshold=400))
    first, second, third = (item.id for item in list_items(studio, dataset))
    mask = load_detected_mask(studio, describe_image(studio, first).detection.id)
    mask[:, 45:] = False
    saved = save_mask(studio, first, mask, 0)
    judge_image(studio, first, State.ACCEPTED, saved.version)
    saved = save_mask(studio, second, np.zeros_like(mask), 0)
    judge_image(studio, second, State.CLEAN, saved.version)
    save_mask(studio, third, mask, 0)
    return dataset


def test_page_and_command_agree(studio, labelled, tmp_path):
    score = score_dataset(studio, labelled)
    (detector,) = score.detectors
    assert (detector.total.images, score.unlabelled, score.unchanged) == (2, 1, 0)
    assert detector.title == (
        "DeSRA, contrast threshold 0.7, area threshold 400 px, all class weights 1"
    )
    assert [row.name for row in detector.rows] == ["b", "a"], "worst first"
    assert 0 < detector.total.iou < 1
    out = tmp_path / "out"
    assert export_dataset(studio, "set", "masks", out)["images"] == 2
    assert list(list_images(out)) == list(list_images(out / "detected")) == ["a", "b"]
    figures, notes = score_folders(out / "detected", out)
    assert notes == []
    for figure in ("iou", "precision", "recall"):
        assert getattr(figures, figure) == pytest.approx(getattr(detector.total, figure), abs=1e-12)


def test_csv_has_every_image(studio, labelled, tmp_path):
    out = tmp_path / "labels.csv"
    export_dataset(studio, "set", "csv", out)
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert [row["state"] for row in rows] == ["accepted", "clean", "in progress"]
    assert rows[2]["iou"] == ""
    worst_first = score_dataset(studio, labelled).detectors[0].rows
    assert float(rows[0]["iou"]) == pytest.approx(worst_first[1].score.iou)


def test_refuses(studio, dataset_folder, labelled, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "old.png").write_text("")
    for arguments, error, says in (
        (("set", "tiff", tmp_path / "x"), InputError, "Unknown format 'tiff'"),
        (("none", "masks", tmp_path / "x"), NotFoundError, "There are: set"),
        (("set", "masks", tmp_path / "full"), InputError, "is not empty"),
        (("set", "csv", tmp_path / "full"), InputError, "exists already"),
    ):
        with pytest.raises(error, match=says):
            export_dataset(studio, *arguments)
    import_dataset(studio, dataset_folder, "fresh")
    with pytest.raises(InputError, match="no accepted or clean image"):
        export_dataset(studio, "fresh", "masks", tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_check_finds_what_is_gone(studio, labelled):
    checked, problems = check_studio(studio)
    assert checked > 10
    assert problems == []
    document = describe_image(studio, list_items(studio, labelled)[0].id)
    studio.blobs.find(document.revision.sha).unlink()
    _, problems = check_studio(studio)
    assert len(problems) == 1
    assert problems[0].startswith("mask_revision.mask_sha of row 1: The stored file")
