"""What ships beside the code: the bundled pair, the samples, and that they suit each other."""

import re
from statistics import median

import numpy as np
import pytest

from desra_studio.assets_folder import find_assets
from desra_studio.detection.artifact_map import compute_local_variance
from desra_studio.imaging.io import list_images, read_rgb
from desra_studio.services.bundled import BUNDLED
from desra_studio.sr.loader import choose_device, load_generator
from desra_studio.sr.upscale import upscale_image
from tests.commands import load_script

ASSETS = find_assets()
SAMPLES = list_images(ASSETS / "samples" / "LR")
CPU = choose_device("cpu")


@pytest.fixture(scope="module")
def pair():
    return {entry.role: load_generator(ASSETS / "models" / entry.file) for entry in BUNDLED}


def test_the_pair_is_what_the_catalog_says(pair):
    for entry in BUNDLED:
        generator = pair[entry.role]
        assert (generator.architecture, generator.scale) == (entry.architecture, entry.scale)
        assert (ASSETS / "models" / entry.file).stat().st_size <= 2_500_000
    assert pair["gan"].parameters == pair["mse"].parameters


def test_every_sample_is_small_and_has_a_licence():
    licences = (ASSETS / "samples" / "LICENCES.md").read_text()
    named = {
        name for row in re.findall(r"^\| ([a-z, ]+) \|", licences, re.M) for name in row.split(", ")
    }
    assert set(SAMPLES) <= named
    assert len(SAMPLES) == 16
    for path in SAMPLES.values():
        height, width = read_rgb(path).pixels.shape[:2]
        assert 160 <= max(height, width) <= 256
        assert min(height, width) >= 100


@pytest.mark.slow
def test_the_gan_is_sharper_and_marks_some_samples(pair):
    evaluate = load_script("evaluate")
    lrs = {name: read_rgb(path).pixels for name, path in SAMPLES.items()}
    masks = evaluate.describe_masks(evaluate.detect_all(lrs, pair["mse"], pair["gan"]))
    assert masks["with_artifacts"] >= 8
    assert masks["clean"] >= 3
    shares = [share for share in masks["area_percent"].values() if share]
    assert 2 <= median(shares) <= 20
    sharpness = {
        role: np.mean(
            [
                compute_local_variance(upscale_image(generator, lr, CPU)).mean()
                for lr in lrs.values()
            ]
        )
        for role, generator in pair.items()
    }
    assert sharpness["gan"] > 1.1 * sharpness["mse"]
