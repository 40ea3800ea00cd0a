"""The table of detectors: each has a map of the whole image and thresholds that make sense."""

import numpy as np
import pytest

from desra_studio.detection.artifact_map import compute_artifact_map
from desra_studio.detection.detector import METHOD
from desra_studio.detection.detectors import DETECTORS, NAMED
from tests.factories.images import make_pair

PAIR = make_pair((112, 130), seed=3, busy=40)
EVERY = pytest.mark.parametrize("name", DETECTORS)


@pytest.mark.parametrize("name", NAMED)
def test_maps_are_of_the_whole_image(name):
    values = DETECTORS[name].compute(*PAIR)
    assert values.shape == (112, 130)
    assert values.dtype == np.float32
    assert np.isfinite(values).all()


@pytest.mark.parametrize("name", NAMED)
def test_a_reference_is_named_where_one_counts(name):
    gan, mse = PAIR
    other = np.full_like(mse, 90)
    detector = DETECTORS[name]
    same = np.array_equal(detector.compute(gan, mse), detector.compute(gan, other))
    assert same == (detector.reference is None)


@EVERY
def test_thresholds(name):
    detector = DETECTORS[name]
    assert detector.artifact_side in ("above", "below")
    for chosen in (detector.threshold, *detector.compared_at):
        assert detector.smallest <= chosen <= detector.largest
        values = detector.list_thresholds(chosen)
        assert chosen in values
        assert values == sorted(set(values))
        assert detector.smallest <= values[0] < chosen < values[-1] <= detector.largest


def test_a_threshold_of_0_has_a_curve():
    values = DETECTORS["ldl"].list_thresholds(0)
    assert values[0] == 0
    assert len(values) > 20


def test_d_is_padded_where_its_window_leaves_the_image():
    values = DETECTORS[METHOD].compute(*PAIR)
    inside = np.s_[5:-5, 5:-5]
    assert np.array_equal(values[inside], compute_artifact_map(*PAIR))
    values[inside] = 1
    assert (values == 1).all()
