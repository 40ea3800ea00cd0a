"""A sweep of thresholds as points, and which of them to show."""

import pytest

from desra_studio.errors import InputError
from desra_studio.metrics.curves import CurvePoint, find_best_f1, find_nearest, trace_curve
from desra_studio.metrics.mask_metrics import ImageScore


def make_point(threshold, precision, recall):
    return CurvePoint(threshold, 0.5, precision, recall, 10, 10)


def test_points_sum_over_images_and_ascend():
    points = trace_curve(
        {
            0.8: [ImageScore(0.5, False, 6, 3, 4, 4), ImageScore(0.3, False, 4, 1, 1, 0)],
            0.6: [ImageScore(0.4, False, 1, 1, 4, 1), ImageScore(0.0, False, 0, 0, 1, 0)],
        }
    )
    assert points == [
        CurvePoint(0.6, 0.2, 1.0, 0.2, 1, 5),
        CurvePoint(0.8, 0.4, 0.4, 0.8, 10, 5),
    ]


def test_nothing_detected_has_no_precision():
    (point,) = trace_curve({0.1: [ImageScore(0.0, False, 0, 0, 3, 0)]})
    assert (point.precision, point.recall, point.f1) == (None, 0, None)
    assert trace_curve({}) == []


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ([ImageScore(1.0, True, 0, 0, 0, 0)] * 2, "1 to 2 images"),
        ([ImageScore(0.0, False, 1, 0, 2, 0)], "0 to 2 manual components"),
    ],
)
def test_refuses_thresholds_of_different_sets(other, message):
    with pytest.raises(InputError, match=message):
        trace_curve({0.5: [ImageScore(1.0, True, 0, 0, 0, 0)], 0.7: other})


def test_f1_is_the_harmonic_mean():
    assert make_point(0.5, 0.5, 1.0).f1 == pytest.approx(2 / 3)
    assert make_point(0.5, 0.0, 0.0).f1 == 0
    assert make_point(0.5, None, 1.0).f1 is None
    assert make_point(0.5, 1.0, None).f1 is None


def test_finds_nearest_threshold():
    points = [make_point(threshold, 0.5, 0.5) for threshold in (0.5, 0.75, 1.0)]
    assert [find_nearest(points, at) for at in (0.0, 0.65, 0.875, 0.9, 7.0)] == [0, 1, 1, 2, 2]
    assert find_nearest([], 0.7) is None


def test_finds_best_f1():
    points = [
        make_point(0.5, None, 0.0),
        make_point(0.6, 0.9, 0.3),
        make_point(0.7, 0.6, 0.6),
        make_point(0.8, 0.6, 0.6),
        make_point(0.9, 0.1, 1.0),
    ]
    assert find_best_f1(points) == 2
    assert find_best_f1(points[:1]) is None
    assert find_best_f1([]) is None
