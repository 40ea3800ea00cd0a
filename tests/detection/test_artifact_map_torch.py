"""The map on a device of PyTorch against the float64 one; on the CPU, which is always here."""

import numpy as np
import pytest

from desra_studio.bench.detect import make_pair
from desra_studio.detection.artifact_map import compare_contrast
from desra_studio.detection.artifact_map_torch import compare_contrast_on
from desra_studio.detection.detector import DetectorParams, detect_artifacts
from desra_studio.errors import InputError


@pytest.mark.parametrize("crop", [np.s_[:1100, :300], np.s_[:266, :1034]])
@pytest.mark.parametrize("window", [11, 5])
def test_is_the_reference(crop, window):
    gan, mse = (np.ascontiguousarray(image[crop]) for image in make_pair(1200))
    expected = compare_contrast(gan, mse, window, precision="reference")
    found = compare_contrast_on(gan, mse, "cpu", window)
    assert found.d.shape == expected.d.shape
    assert found.d.dtype == np.float32
    assert np.abs(found.d - expected.d).max() < 3e-3
    assert np.mean((found.d < 0.7) != (expected.d < 0.7)) <= 1e-4
    # Where both are alike, rounding decides which is busier.
    differs = expected.d < 0.95
    assert np.mean(found.busier[differs] != expected.busier[differs]) < 1e-4


def test_the_detector_takes_it():
    gan, mse = make_pair(256)
    params = DetectorParams(area_threshold=100)
    masks = [detect_artifacts(gan, mse, params, device=name).mask for name in ("cpu", "cpu:0")]
    assert masks[0].any()
    assert np.mean(masks[0] != masks[1]) < 1e-3


def test_refuses():
    image = np.zeros((20, 20, 3), np.uint8)
    for window, other, says in (
        (10, image, "got 10"),
        (21, image, "20x20"),
        (11, image[1:], "20x19"),
    ):
        with pytest.raises(InputError, match=says):
            compare_contrast_on(image, other, "cpu", window)
