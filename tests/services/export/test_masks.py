"""The figures of the Scores page are those of the command on the exported masks."""

import pytest

from desra_studio.imaging.io import list_images
from desra_studio.services.export.exporting import export_dataset
from desra_studio.services.scores.dataset import score_dataset
from desra_studio.services.scores.folders import score_folders


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
    assert export_dataset(studio, "set", "masks", out).images == 2
    assert list(list_images(out)) == list(list_images(out / "detected")) == ["a", "b"]
    figures, notes = score_folders(out / "detected", out)
    assert notes == []
    for figure in ("iou", "precision", "recall"):
        assert getattr(figures, figure) == pytest.approx(getattr(detector.total, figure), abs=1e-12)
