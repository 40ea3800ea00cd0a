"""The figures of the Scores page are those of the command on the exported masks."""

import numpy as np
import pytest

from desra_studio.errors import InputError
from desra_studio.imaging.io import list_images
from desra_studio.imaging.mask_files import read_mask
from desra_studio.services.export.exporting import export_dataset
from desra_studio.services.export.masks import crop_border
from desra_studio.services.folders import FolderReader
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import load_revision_mask, save_mask
from desra_studio.services.scores.dataset import score_dataset
from desra_studio.services.scores.folders import score_folders
from tests.factories.studio import list_items


@pytest.mark.parametrize("cropped", [False, True])
def test_page_and_command_agree(studio, labelled, tmp_path, cropped):
    score = score_dataset(studio, labelled)
    (detector,) = score.detectors
    assert (detector.total.images, score.unlabelled, score.unchanged) == (2, 1, 0)
    assert detector.title == (
        "DeSRA, contrast threshold 0.7, area threshold 400 px, all class weights 1"
    )
    assert [row.name for row in detector.rows] == ["b", "a"], "worst first"
    assert 0 < detector.total.iou < 1
    out = tmp_path / "out"
    assert export_dataset(studio, "set", "masks", out, cropped=cropped).images == 2
    assert list(list_images(out)) == list(list_images(out / "detected")) == ["a", "b"]
    figures, notes = score_folders(out / "detected", out, FolderReader())
    assert notes == []
    for figure in ("iou", "precision", "recall"):
        assert getattr(figures, figure) == pytest.approx(getattr(detector.total, figure), abs=1e-12)


def test_cropping_tells_what_it_takes_away(studio, labelled, tmp_path):
    first = list_items(studio, labelled)[0].id
    mask = load_revision_mask(studio, describe_image(studio, first).revision.id)
    mask[0, 0] = True
    save_mask(studio, first, mask, describe_image(studio, first).version)
    out = tmp_path / "out"
    notes = export_dataset(studio, "set", "masks", out, cropped=True).notes
    assert "1 image marked within 5 px of the edge, which cropping leaves out: a" in notes
    assert np.array_equal(read_mask(out / "a.png").mask, crop_border(mask))
    assert read_mask(out / "a.png").mask.shape == (86, 86)


@pytest.mark.parametrize("form", ["csv", "cleaned"])
def test_only_masks_are_cropped(studio, labelled, tmp_path, form):
    with pytest.raises(InputError, match=f"Only masks can be cropped, not {form}"):
        export_dataset(studio, "set", form, tmp_path / "out", cropped=True)
