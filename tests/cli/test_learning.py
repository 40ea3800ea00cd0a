"""Learning a detector from folders, and using it wherever a detector is named."""

import json

import pytest
from PIL import Image

from tests.factories.labelled import write_labelled


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_labelled(tmp_path_factory.mktemp("labelled") / "set", count=7)


@pytest.fixture
def pair(folder):
    return ("--gan", folder / "GAN-SR", "--mse", folder / "MSE-SR")


def test_a_detector_is_learned_and_marks(run, pair, folder, tmp_path):
    out = tmp_path / "ours.json"
    status, told, errors = run(
        "detector", "train", *pair, "--labels", folder / "labels", "--out", out, "--json"
    )
    assert status == 0, errors
    told = json.loads(told)
    assert (told["images"], told["people"]) == (7, 1)
    assert told["iou"] > 0.5
    marked = json.loads(
        run("detect", *pair, "--out", tmp_path / "marked", "--detector", out, "--json")[1]
    )
    assert [image["area_px"] > 500 for image in marked["images"]] == [True] * 6 + [False]
    assert "ours.json above" in marked["detector"]
    own = json.loads(
        run("detect", *pair, "--out", tmp_path / "more", "--detector", f"{out}:0.01", "--json")[1]
    )
    assert "above 0.01" in own["detector"]
    large = ("--area-threshold", 16_000, "--json")
    none = json.loads(run("detect", *pair, "--out", tmp_path / "n", "--detector", out, *large)[1])
    assert not any(image["area_px"] for image in none["images"])


def test_it_is_compared_on_images_that_were_left_out(run, pair, folder):
    labels = ("--labels", folder / "labels", "--labels", folder / "labels")
    told = json.loads(run("detector", "compare", *pair, *labels, "--folds", 7, "--json")[1])
    assert set(told["detectors"]) == {"learned", "desra", "desra at 0.7", "ldl", "ssim", "niqe"}
    learned = told["detectors"]["learned"]
    assert learned["iou"] > 0.5
    assert learned["people"][0] == learned["people"][1]
    assert told["people_iou"] == 1
    assert told["low"] <= told["iou_difference"] <= told["high"]
    assert told["detectors"][told["best_other"]]["iou"] == max(
        one["iou"] for name, one in told["detectors"].items() if name != "learned"
    )


def test_single_signals_take_part_where_asked(run, pair, folder):
    extra = ("--labels", folder / "labels", "--folds", 3, "--signals")
    status, told, _ = run("detector", "compare", *pair, *extra, "--lr", folder / "MSE-SR")
    assert status == 0
    assert "signal structure-reference-3" in told
    assert "signal inconsistency" in told
    assert "picked on these images, in its favour" in told


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        (("--out", "ours.pkl"), "must end in"),
        (("--out", "o.json", "--folds", 1), "folds"),
        (("--out", "o.json", "--penalty", 0), "penalty"),
    ],
)
def test_what_cannot_be_learned_is_one_line(run, pair, folder, extra, said):
    status, _, errors = run("detector", "train", *pair, "--labels", folder / "labels", *extra)
    assert (status, errors.count("\n")) == (2, 1)
    assert said in errors


def test_a_mask_of_another_size_leaves_its_image_out(run, tmp_path):
    folder = write_labelled(tmp_path / "set", count=5)
    small = write_labelled(tmp_path / "other", count=5) / "labels" / "0.png"
    Image.new("L", (64, 64)).save(small)
    (folder / "labels" / "0.png").write_bytes(small.read_bytes())
    given = ("--gan", folder / "GAN-SR", "--mse", folder / "MSE-SR", "--labels", folder / "labels")
    status, told, errors = run("detector", "train", *given, "--out", tmp_path / "o.json", "--json")
    assert (status, json.loads(told)["images"]) == (0, 4)
    assert "0: left out" in errors


def test_labels_of_no_image_are_told(run, pair, tmp_path):
    other = tmp_path / "labels"
    other.mkdir()
    status, _, errors = run(
        "detector", "train", *pair, "--labels", other, "--out", tmp_path / "o.json"
    )
    assert (status, errors.count("\n")) == (2, 1)
    assert "has the name of an image" in errors
