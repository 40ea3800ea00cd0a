"""Class intervals from images: the released table comes back from maps that were drawn by it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desra_studio.detection.calibration import ClassHistogram, compute_class_intervals
from desra_studio.detection.class_weights import (
    CLASSES,
    INTERVALS,
    compute_class_weights,
    load_released_intervals,
)
from desra_studio.errors import InputError

RELEASED = load_released_intervals()
ABSENT = 77
SCARCE = 78


def draw_map(random, intervals, labels):
    """D of which about nine tenths lie in a class's own interval or before, one tenth before."""
    shares = random.permutation(labels.size).reshape(labels.shape) / labels.size
    own = intervals[labels]
    before = np.floor(random.random(labels.shape) * own)
    after = own + 1 + np.floor(random.random(labels.shape) * (INTERVALS - 1 - own))
    interval = np.where(shares < 0.9, own, np.minimum(after, INTERVALS - 1))
    interval = np.where((shares < 0.1) & (own > 0), before, interval)
    inside = random.uniform(0.001, 0.999, labels.shape)
    return (1 - (interval + inside) / INTERVALS).astype(np.float32)


def make_images(intervals, seed=0, count=3, border=5):
    """Maps and labels in which every class but two has 1 600 pixels or so in each image."""
    random = np.random.default_rng(seed)
    images = []
    for _ in range(count):
        inner = np.repeat(random.permutation(CLASSES), 1600).reshape(400, 600).astype(np.uint8)
        inner[inner == ABSENT] = 0
        inner[inner == SCARCE] = 1
        inner[0, 0] = SCARCE
        # Classes that are elsewhere in the border must not be counted.
        labels = np.pad(inner, border, constant_values=ABSENT)
        images.append((draw_map(random, intervals, inner), labels))
    return images


def count(images):
    histogram = ClassHistogram()
    for d, labels in images:
        histogram.add(d, labels)
    return histogram


@pytest.mark.parametrize("table", ["released", "random"])
@pytest.mark.parametrize("border", [0, 1, 5])
def test_recovers_a_known_table(table, border):
    # 19 would leave no interval for the rest: 18 is the last that is told from it.
    random = np.random.default_rng(border)
    known = RELEASED if table == "released" else random.integers(0, 19, CLASSES)
    fallback = (known + 1) % INTERVALS
    result = compute_class_intervals(
        count(make_images(known, seed=border, border=border)), fallback, min_pixels=4000
    )
    calibrated = np.ones(CLASSES, bool)
    calibrated[[ABSENT, SCARCE]] = False
    assert np.array_equal(result.calibrated, calibrated)
    assert np.array_equal(result.intervals[calibrated], known[calibrated])
    assert np.array_equal(result.intervals[~calibrated], fallback[~calibrated])
    assert result.pixels[[ABSENT, SCARCE]].tolist() == [0, 3]
    assert result.pixels.sum() == 3 * 400 * 600
    assert result.images[[0, ABSENT, SCARCE]].tolist() == [3, 0, 3]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_order_and_parts_do_not_matter(seed):
    random = np.random.default_rng(seed)
    d = random.uniform(0.0001, 1, (4, 30, 40)).astype(np.float32)
    labels = random.integers(0, CLASSES, d.shape, dtype=np.uint8)
    whole = count(zip(d, labels, strict=True))
    order = random.permutation(4)
    shuffled = count(zip(d[order], labels[order], strict=True))
    assert np.array_equal(whole.pixels, shuffled.pixels)
    assert np.array_equal(whole.images, shuffled.images)
    cut = int(random.integers(1, 29))
    halves = [(d[:, :cut], labels[:, :cut]), (d[:, cut:], labels[:, cut:])]
    parts = count(pair for half in halves for pair in zip(*half, strict=True))
    assert np.array_equal(whole.pixels, parts.pixels)
    first, second = count([(d[0], labels[0])]), count(zip(d[1:], labels[1:], strict=True))
    before = second.pixels.copy()
    first.merge(second)
    assert np.array_equal(first.pixels, whole.pixels)
    assert np.array_equal(first.images, whole.images)
    assert np.array_equal(second.pixels, before)


def test_bounds_belong_to_the_interval_below():
    # As float32, multiples of 0.05 lie on either side of the bound that they stand for.
    bounds = np.array([[1 - k / 20 for k in range(20)]], np.float32)
    histogram = count([(bounds, np.zeros((1, 20), np.uint8))])
    assert histogram.pixels[0].tolist() == [1] * 20
    inside = count([(bounds - np.float32(0.001), np.zeros((1, 20), np.uint8))])
    assert inside.pixels[0].tolist() == [1] * 20
    smallest = np.array([[np.nextafter(np.float32(0), np.float32(1)), 0]], np.float32)
    assert count([(smallest, np.zeros((1, 2), np.uint8))]).pixels[0, 19] == 2


@pytest.mark.parametrize(("high", "interval"), [(85, 1), (86, 0), (100, 0)])
def test_more_than_85_per_cent(high, interval):
    d = np.full((1, 100), 0.93, np.float32)
    d[0, :high] = 1
    histogram = count([(d, np.full((1, 100), 2, np.uint8))])
    result = compute_class_intervals(histogram, RELEASED, min_pixels=100, min_images=1)
    assert result.intervals[2] == interval
    assert compute_class_weights(result.intervals)[2] == pytest.approx(20 / (20 - interval))


def test_last_interval():
    histogram = count([(np.full((10, 10), 0.01, np.float32), np.zeros((10, 10), np.uint8))])
    result = compute_class_intervals(histogram, RELEASED, min_pixels=1, min_images=1)
    assert result.intervals[0] == 19
    assert compute_class_weights(result.intervals)[0] == 20


@pytest.mark.parametrize(
    ("pixels", "images", "enough"), [(300, 3, True), (301, 3, False), (300, 4, False)]
)
def test_falls_back_where_there_is_too_little(pixels, images, enough):
    one = (np.ones((10, 10), np.float32), np.full((10, 10), 1, np.uint8))
    result = compute_class_intervals(count([one] * 3), RELEASED, pixels, images)
    assert result.calibrated[1] == enough
    assert result.intervals[1] == (0 if enough else RELEASED[1])
    assert result.calibrated.sum() == enough


def test_nothing_counted_is_the_released_table():
    result = compute_class_intervals(ClassHistogram(), RELEASED)
    assert np.array_equal(result.intervals, RELEASED)
    assert not result.calibrated.any()


@pytest.mark.parametrize(
    ("d", "labels", "says"),
    [
        (np.ones((4, 4)), np.zeros((4, 5)), "5x4"),
        (np.ones((4, 4)), np.zeros((5, 5)), "window"),
        (np.ones((4, 4)), np.zeros((2, 2)), "2x2"),
        (np.ones((0, 4)), np.zeros((2, 6)), "window"),
        (np.full((4, 4), 1.5), np.zeros((4, 4)), r"1\.5"),
        (np.full((4, 4), -0.5), np.zeros((4, 4)), r"-0\.5"),
        (np.full((4, 4), np.nan), np.zeros((4, 4)), "nan"),
        (np.ones((4, 4)), np.full((4, 4), 150), "150"),
    ],
)
def test_refuses_maps(d, labels, says):
    histogram = ClassHistogram()
    with pytest.raises(InputError, match=says):
        histogram.add(d.astype(np.float32), labels.astype(np.uint8))
    assert histogram.pixels.sum() == 0


@pytest.mark.parametrize(
    ("released", "pixels", "images", "says"),
    [
        (RELEASED[:149], 1, 1, "149"),
        (RELEASED + 20, 1, 1, "0..19"),
        (RELEASED, 0, 1, "got 0 and 1"),
        (RELEASED, 1, 0, "got 1 and 0"),
    ],
)
def test_refuses_tables_and_limits(released, pixels, images, says):
    with pytest.raises(InputError, match=says):
        compute_class_intervals(ClassHistogram(), released, pixels, images)
