import csv

import numpy as np
import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.export.exporting import export_dataset
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import save_mask
from desra_studio.services.scores.dataset import score_dataset
from tests.factories.images import write_dataset
from tests.factories.studio import list_items


def test_csv_has_every_image(studio, labelled, tmp_path):
    out = tmp_path / "labels.csv"
    export_dataset(studio, "set", "csv", out)
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert [row["state"] for row in rows] == ["accepted", "clean", "in progress"]
    assert rows[2]["iou"] == ""
    assert [row["made_by"] for row in rows] == [
        item.revision.made_by
        for item in (describe_image(studio, one.id) for one in list_items(studio, labelled))
    ]
    worst_first = score_dataset(studio, labelled).detectors[0].rows
    assert float(rows[0]["iou"]) == pytest.approx(worst_first[1].score.iou)


def test_names_are_no_formulas(studio, tmp_path):
    names = ["+1+1", "=cmd|calc!A0", "@SUM(1)"]
    dataset = import_dataset(studio, write_dataset(tmp_path / "odd", names=names), "set").dataset_id
    mask = np.zeros((96, 96), bool)
    for item in list_items(studio, dataset):
        save_mask(studio, item.id, mask, 0, "-2+3|'x'")
    export_dataset(studio, "set", "csv", tmp_path / "labels.csv")
    rows = list(csv.DictReader((tmp_path / "labels.csv").read_text().splitlines()))
    assert [row["image"] for row in rows] == [f"'{name}" for name in names]
    assert {row["author"] for row in rows} == {"'-2+3|'x'"}


def test_of_what_is_to_be_labelled_blind_nothing_detected_is_told(studio, dataset_folder, tmp_path):
    dataset = import_dataset(studio, dataset_folder, "set", blind_share=1.0).dataset_id
    detect_dataset(studio, dataset, DetectorParams(area_threshold=400))
    save_mask(studio, list_items(studio, dataset)[0].id, np.ones((96, 96), bool), 0)
    export_dataset(studio, "set", "csv", tmp_path / "labels.csv")
    rows = list(csv.DictReader((tmp_path / "labels.csv").read_text().splitlines()))
    assert [bool(row["detected_area_px"]) for row in rows] == [True, False, False]
    assert [row["made_by"] for row in rows] == ["blind", "", ""]
