"""Equation 7 against the released code's results, and its limits."""

import numpy as np
import pytest

from desra_studio.detection.artifact_map import compute_artifact_map
from desra_studio.errors import InputError
from desra_studio.imaging.io import list_images, read_rgb
from tests.factories.images import make_pair


@pytest.mark.parametrize(("precision", "tolerance"), [("reference", 1e-5), ("fast", 2e-3)])
def test_agrees_with_released_code(triplets, precision, tolerance):
    names = list_images(triplets / "GAN-SR")
    assert len(names) == 11
    for name in names:
        d = compute_artifact_map(
            read_rgb(triplets / "GAN-SR" / f"{name}.png").pixels,
            read_rgb(triplets / "MSE-SR" / f"{name}.png").pixels,
            precision=precision,
        )
        golden = np.load(triplets / "golden" / "D" / f"{name}.npz")["D"]
        assert d.shape == golden.shape
        assert np.abs(d - golden).max() <= tolerance, name


@pytest.mark.parametrize("precision", ["reference", "fast"])
def test_known_values(precision):
    flat = np.full((32, 40, 3), 100, np.uint8)
    assert np.allclose(compute_artifact_map(flat, flat, precision=precision), 1, atol=1e-6)
    noise = np.random.default_rng(0).integers(0, 256, (32, 40, 3), dtype=np.uint8)
    assert np.allclose(compute_artifact_map(noise, noise, precision=precision), 1, atol=1e-5)
    # Noise of deviation s against a flat image: D = C / (s^2 + C), low and the same both ways.
    d = compute_artifact_map(noise, flat, precision=precision)
    assert d.shape == (22, 30)
    assert d.max() < 0.1
    assert np.allclose(d, compute_artifact_map(flat, noise, precision=precision), atol=1e-6)


def test_extremes_stay_in_range():
    white = np.full((64, 64, 3), 255, np.uint8)
    black = np.zeros((64, 64, 3), np.uint8)
    black[::2] = 255
    for gan, mse in ((white, black), (black, white), (white, white)):
        d = compute_artifact_map(gan, mse)
        assert np.isfinite(d).all()
        assert d.min() > 0
        assert d.max() <= 1


def test_strips_do_not_show():
    gan, mse = make_pair((300, 64), seed=3)
    fast = compute_artifact_map(gan, mse)
    assert np.abs(fast - compute_artifact_map(gan, mse, precision="reference")).max() < 2e-3


@pytest.mark.parametrize(
    ("gan", "mse", "window", "says"),
    [
        (np.zeros((20, 20, 3), np.uint8), np.zeros((20, 21, 3), np.uint8), 11, "21x20"),
        (np.zeros((20, 20), np.uint8), np.zeros((20, 20, 3), np.uint8), 11, r"\(H, W, 3\)"),
        (np.zeros((20, 20, 3), np.uint16), np.zeros((20, 20, 3), np.uint8), 11, "uint16"),
        (np.zeros((20, 10, 3), np.uint8), np.zeros((20, 10, 3), np.uint8), 11, "smaller"),
        (np.zeros((20, 20, 3), np.uint8), np.zeros((20, 20, 3), np.uint8), 10, "odd"),
    ],
)
def test_refuses(gan, mse, window, says):
    with pytest.raises(InputError, match=says):
        compute_artifact_map(gan, mse, window)
