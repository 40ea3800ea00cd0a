import csv

import pytest

from desra_studio.services.export.exporting import export_dataset
from desra_studio.services.scores.dataset import score_dataset


def test_csv_has_every_image(studio, labelled, tmp_path):
    out = tmp_path / "labels.csv"
    export_dataset(studio, "set", "csv", out)
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert [row["state"] for row in rows] == ["accepted", "clean", "in progress"]
    assert rows[2]["iou"] == ""
    worst_first = score_dataset(studio, labelled).detectors[0].rows
    assert float(rows[0]["iou"]) == pytest.approx(worst_first[1].score.iou)
