"""The CSV files of the Scores page, and the choice of what to compare with."""

import csv
import io
import json

import numpy as np
import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import InputError, NotFoundError
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.detection.detectors import list_detector_runs, read_params, run_detectors
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.kinds import keep_kinds
from desra_studio.services.review.masks import (
    judge_image,
    load_detected_mask,
    load_revision_mask,
    save_mask,
)
from desra_studio.services.review.regions import label_region
from desra_studio.services.scores.comparisons import (
    NetworkFile,
    choose_comparisons,
    list_comparisons,
)
from desra_studio.services.scores.dataset import score_dataset
from desra_studio.services.scores.tables import render_images_csv, render_scores_csv
from desra_studio.storage.region_label import RegionLabel
from desra_studio.vocabulary import State
from tests.factories.images import write_dataset
from tests.factories.studio import accept_detected, import_detected, list_items


@pytest.fixture
def labelled(studio, dataset_folder):
    """Two images accepted, one with a mask that is half right; one not labelled."""
    dataset = import_dataset(studio, dataset_folder, "set, one").dataset_id
    detect_dataset(studio, dataset, DetectorParams(area_threshold=400, dilations=2))
    first, second, _ = (item.id for item in list_items(studio, dataset))
    for image, cut in ((first, 45), (second, None)):
        detection = describe_image(studio, image).detection.id
        mask = load_detected_mask(studio, detection)
        mask[:, cut:] &= cut is None
        saved = save_mask(studio, image, mask, 0)
        judge_image(studio, image, State.ACCEPTED, saved.version)
    return dataset


def read(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_a_row_per_detector(studio, labelled):
    run_detectors(studio, labelled, [read_params({"method": "ldl", "area_threshold": 0})])
    name, text = render_scores_csv(studio, labelled)
    assert name == "set, one"
    own, ldl = read(text)
    score = score_dataset(studio, labelled)
    for row, detector in zip((own, ldl), score.detectors, strict=True):
        assert row["detector"] == detector.title
        for figure in ("iou", "precision", "recall"):
            value = getattr(detector.total, figure)
            assert float(row[figure]) == pytest.approx(value, abs=1e-9)
        assert json.loads(row["parameters"]) == detector.detector
        assert (row["images"], row["unlabelled"], row["regions"]) == ("2", "1", "all")
        assert (row["mask_set"], row["code_version"]) == (score.mask_set, score.code_version)
    assert json.loads(ldl["parameters"])["method"] == "ldl"
    interval = score.detectors[0].intervals.precision
    assert float(own["precision_low"]) == pytest.approx(interval.low, abs=1e-9)
    assert float(own["precision_high"]) == pytest.approx(interval.high, abs=1e-9)
    assert interval.low < interval.high
    assert own["detected_components"] == "2"
    # Two images: far too few for an interval of their mean IoU.
    assert (own["precision"], own["iou_low"]) == ("1.000000000", "")


def test_a_row_per_image_and_detector(studio, labelled):
    run_detectors(studio, labelled, [read_params({"method": "ssim"})])
    _, text = render_images_csv(studio, labelled)
    rows = read(text)
    score = score_dataset(studio, labelled)
    assert [(row["detector"], row["image"]) for row in rows] == [
        (detector.title, image.name) for detector in score.detectors for image in detector.rows
    ]
    assert len(rows) == 4
    assert float(rows[0]["iou"]) == pytest.approx(score.detectors[0].rows[0].score.iou, abs=1e-9)
    assert {row["mask_set"] for row in rows} == {score.mask_set}


def test_only_the_regions_that_were_asked_for(studio, labelled):
    image = list_items(studio, labelled)[0].id
    mask = load_revision_mask(studio, describe_image(studio, image).revision.id)
    y, x = map(int, np.argwhere(mask)[0])
    label_region(studio, image, RegionLabel(x, y, severity=4))
    (everything,), (severe,) = (
        read(render_scores_csv(studio, labelled, regions)[1]) for regions in ("all", "severe")
    )
    assert (everything["manual_components"], everything["unknown_regions"]) == ("2", "0")
    assert (severe["manual_components"], severe["unknown_regions"]) == ("1", "1")
    assert severe["mask_set"] != everything["mask_set"]
    with pytest.raises(InputError, match="got 'harsh'"):
        render_scores_csv(studio, labelled, "harsh")
    with pytest.raises(NotFoundError):
        render_scores_csv(studio, labelled + 1)


def test_names_are_no_formulas(studio, tmp_path):
    folder = write_dataset(tmp_path / "odd", names=["=cmd|calc!A0", "b"])
    dataset = import_detected(studio, folder)
    accept_detected(studio, dataset)
    keep_kinds(studio, dataset, ["@SUM(1)"])
    rows = read(render_images_csv(studio, dataset)[1])
    assert {row["image"] for row in rows} == {"'=cmd|calc!A0", "b"}
    assert read(render_scores_csv(studio, dataset, "@SUM(1)")[1])[0]["regions"] == "'@SUM(1)"


def test_comparisons_take_over_the_clean_up(studio, labelled):
    names = [name for _, name in list_comparisons()]
    assert names == ["ldl:0.001", "ldl:0.005", "ldl:0.01", "niqe", "ssim"]
    wanted = choose_comparisons(studio, labelled, names, 0.5)
    assert len(wanted) == 6
    assert {(params.area_threshold, params.dilations) for params in wanted} == {(400, 2)}
    assert wanted[1].limit == 0.005
    assert wanted[5] == DetectorParams(contrast_threshold=0.5, area_threshold=400, dilations=2)


def test_comparisons_refuse_what_makes_no_sense(studio, labelled, tmp_path):
    for names, contrast, network, says in (
        ([], None, None, "at least one"),
        (["guess"], None, None, "No baseline is named 'guess'"),
        ([], 0.7, None, "in the table already"),
        ([], 1.5, None, "at most 1"),
        ([], None, NetworkFile(tmp_path / "net.png", 512), "TorchScript files ending in"),
        ([], None, NetworkFile(tmp_path / "net.pt", 512), "net.pt"),
    ):
        with pytest.raises(InputError, match=says):
            choose_comparisons(studio, labelled, names, contrast, network)
    run_detectors(studio, labelled, choose_comparisons(studio, labelled, ["ssim"]))
    with pytest.raises(InputError, match="in the table already"):
        choose_comparisons(studio, labelled, ["ssim"])
    # One of two ran already: the other is left.
    (left,) = choose_comparisons(studio, labelled, ["ssim", "niqe"])
    assert left.method == "niqe"
    assert len(list_detector_runs(studio, labelled)) == 2
