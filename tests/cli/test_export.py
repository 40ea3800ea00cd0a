"""The command that exports: what it prints, and what it tells on standard error."""

import json

import pytest

from desra_studio.imaging.mask_files import read_mask
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import judge_image
from desra_studio.vocabulary import State
from tests.factories.studio import accept_detected, import_detected, list_items


@pytest.fixture
def export(run, studio, dataset_folder, data_dir, tmp_path):
    """A function that exports a dataset of which one image of three is skipped."""
    dataset = import_detected(studio, dataset_folder)
    accept_detected(studio, dataset)
    first = list_items(studio, dataset)[0].id
    judge_image(studio, first, State.SKIPPED, describe_image(studio, first).version)

    def run_export(form, *options):
        out = ("--out", tmp_path / "out", "--data-dir", data_dir)
        return run("export", "set", "--format", form, *out, *options)

    return run_export


LEFT_OUT = "1 image left out, not accepted or clean: a"


@pytest.mark.parametrize("form", ["masks", "regions", "cleaned", "pairs", "hf"])
def test_what_is_left_out_is_told(export, tmp_path, form):
    status, output, errors = export(form, "--json")
    assert status == 0
    assert json.loads(output) == {
        "images": 2, "out": str(tmp_path / "out"), "notes": [LEFT_OUT]
    }  # fmt: skip
    assert errors == f"{LEFT_OUT}\n"


def test_for_people(export, tmp_path):
    assert export("masks") == (0, f"2 images written to {tmp_path / 'out'}.\n", f"{LEFT_OUT}\n")


def test_cropped(export, tmp_path):
    assert export("masks", "--cropped")[0] == 0
    assert read_mask(tmp_path / "out" / "b.png").mask.shape == (86, 86)
    assert read_mask(tmp_path / "out" / "detected" / "b.png").mask.shape == (86, 86)


def test_what_cannot_be_cropped(export, tmp_path):
    status, output, errors = export("desra", "--cropped")
    assert (status, output) == (2, "")
    assert errors == "Only masks can be cropped, not desra. Export it whole.\n"
    assert not (tmp_path / "out").exists()
