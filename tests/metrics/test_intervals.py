"""Intervals hold the truth as often as they say, and claim nothing where there is nothing."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desra_studio.errors import InputError
from desra_studio.metrics.coverage import POPULATIONS, measure_coverage
from desra_studio.metrics.intervals import (
    LEAST_IMAGES,
    LEAST_MEAN_IMAGES,
    Interval,
    ScoresWanting,
    bound_mean,
    bound_rate,
    bound_regressions,
    bound_scores,
    bound_share,
    count_images_wanting,
)
from desra_studio.metrics.mask_metrics import ImageScore, summarize_scores
from desra_studio.metrics.regression import Regression, summarize_regressions

SETS = 500
LEAST = {"shares": LEAST_IMAGES, "rates": LEAST_IMAGES, "means": LEAST_MEAN_IMAGES}


@pytest.mark.parametrize("kind", POPULATIONS)
def test_intervals_hold_from_the_smallest_number_on(kind):
    found = measure_coverage(kind, LEAST[kind], sets=1500)
    # Three standard errors of a share of 0.93, and of 0.98, of 1500 sets.
    assert found.least >= 0.93 - 0.02
    assert found.most <= 0.98 + 0.011
    assert 0.93 <= found.mean <= 0.98


def test_of_fewer_images_they_would_not():
    assert measure_coverage("shares", 3, sets=1500).most > 0.985
    assert measure_coverage("means", 10, sets=1500).mean > 0.98


@pytest.mark.parametrize("images", [1, 2, 3, 7, 20])
def test_one_sided_intervals_miss_seldom_at_any_number(images):
    for kind in ("shares", "rates"):
        assert measure_coverage(kind, images, sets=1500).missed <= 0.05


def test_the_simulation_comes_again():
    again = measure_coverage("rates", 5, sets=50)
    assert again == measure_coverage("rates", 5, sets=50)
    assert again != measure_coverage("rates", 5, sets=50, seed=1)


def rate(base, difficulty):
    return 1 / (1 + np.exp(difficulty - base))


class Population:
    """Images of normally distributed difficulty: the harder, the more components and misses.

    Args:
        base: log odds of a hit in an image of mean difficulty.
    """

    def __init__(self, base):
        self.base = base

    def count_rates(self, difficulty):
        crowding = np.exp(0.4 * difficulty - 0.08)
        return 4 * crowding, 3 * crowding

    def draw_set(self, generator):
        images = int(generator.integers(40, 61))
        difficulty = generator.normal(size=images)
        hit = rate(self.base, difficulty)
        detected, manual = map(generator.poisson, self.count_rates(difficulty))
        iou = np.where(detected + manual == 0, 1, generator.beta(4 * hit, 4 * (1 - hit)))
        columns = (
            iou,
            detected + manual == 0,
            detected,
            generator.binomial(detected, hit),
            manual,
            generator.binomial(manual, rate(self.base - 0.4, difficulty)),
        )
        return [ImageScore(*row) for row in zip(*(c.tolist() for c in columns), strict=True)]

    def compute_truth(self):
        """Integrate over difficulty: no sampling, the grid is exact to 1e-9."""
        difficulty = np.linspace(-9, 9, 20_001)
        density = np.exp(-(difficulty**2) / 2)
        hit = rate(self.base, difficulty)
        detected, manual = self.count_rates(difficulty)
        empty = np.exp(-detected - manual)
        return {
            "iou": np.average(empty + (1 - empty) * hit, weights=density),
            "precision": np.average(hit, weights=density * detected),
            "recall": np.average(rate(self.base - 0.4, difficulty), weights=density * manual),
        }


@pytest.mark.parametrize("base", [1.4, 2.4], ids=["like-the-paper", "a-better-detector"])
def test_intervals_cover_the_truth(base):
    population = Population(base)
    truth = population.compute_truth()
    held = dict.fromkeys(truth, 0)
    for seed in range(SETS):
        scores = population.draw_set(np.random.default_rng([seed, 1]))
        bounds = bound_scores(scores)
        for figure, value in truth.items():
            interval = getattr(bounds, figure)
            held[figure] += interval.low <= value <= interval.high
    for figure, count in held.items():
        assert 0.92 <= count / SETS <= 0.98, (figure, held)


def test_truth_is_that_of_the_population():
    population = Population(1.4)
    generator = np.random.default_rng(5)
    rows = [row for _ in range(1000) for row in population.draw_set(generator)]
    total = summarize_scores(rows)
    for figure, value in population.compute_truth().items():
        assert getattr(total, figure) == pytest.approx(value, abs=0.006)


def test_large_sets_agree_with_the_normal_interval():
    values = np.random.default_rng(0).beta(3, 2, 2000)
    half = 1.96 * values.std(ddof=1) / math.sqrt(2000)
    interval = bound_mean(values)
    assert interval.low == pytest.approx(values.mean() - half, abs=0.1 * half)
    assert interval.high == pytest.approx(values.mean() + half, abs=0.1 * half)


def test_images_count_not_components():
    # 20 images of 50 components each, all right or all wrong: 20 observations, not 1000.
    interval = bound_share([50, 0] * 10, [50] * 20)
    assert interval == bound_share([1, 0] * 10, [1] * 20)
    assert interval.high - interval.low > 0.35
    assert interval.low + interval.high == pytest.approx(1)


def test_skewed_sets_get_skewed_intervals():
    values = [1.0] * 27 + [0.6, 0.5, 0.0]
    interval, mean = bound_mean(values), np.mean(values)
    assert mean - interval.low > 1.5 * (interval.high - mean)


def test_images_without_anything_to_count_change_nothing():
    hits, counts = [1, 2, 0, 4, 1, 1, 3], [2, 2, 1, 5, 1, 2, 3]
    assert bound_share(hits + [0] * 30, counts + [0] * 30) == bound_share(hits, counts)
    assert bound_share([1, 0] + [0] * 30, [2, 2] + [0] * 30) is None


@pytest.mark.parametrize(
    ("hits", "counts"),
    [([], []), ([0, 0, 0], [0, 0, 0]), ([1], [2]), ([1, 2] * 3, [2, 3] * 3), ([1] * 9, [3] * 9)],
    ids=["none", "no-counts", "one-image", "six-images", "all-alike"],
)
def test_nothing_to_tell_from_is_none(hits, counts):
    assert bound_share(hits, counts) is None


def test_all_or_none_has_one_bound_at_any_number():
    # 0.05^(1/3): with 3 images of which fewer are whole, all three would be in 5 % of sets.
    assert bound_share([2, 3, 9, 0], [2, 3, 9, 0]) == Interval(
        pytest.approx(0.05 ** (1 / 3)), 1, one_sided=True
    )
    assert bound_share([0, 0], [2, 3]) == Interval(0, pytest.approx(1 - 0.05**0.5), one_sided=True)
    assert bound_rate([0] * 10, [4] * 10) == Interval(
        0, pytest.approx(1 - 0.05**0.1), one_sided=True
    )
    assert bound_mean([1.0] * 30).one_sided
    assert bound_share([1] * 100, [1] * 100).low == pytest.approx(0.97, abs=0.001)  # of three


def test_below_the_smallest_number_counts_stand_alone():
    hits, counts = [1, 0, 2, 2, 1, 3, 1], [2, 1, 2, 3, 1, 4, 1]
    assert len(hits) == LEAST_IMAGES
    assert bound_share(hits, counts) is not None
    assert bound_share(hits[1:], counts[1:]) is None
    values = np.linspace(0.2, 1, LEAST_MEAN_IMAGES)
    assert bound_mean(values) is not None
    assert bound_mean(values[1:]) is None
    assert [count_images_wanting(n) for n in (0, 3, 7, 50)] == [7, 4, 0, 0]
    assert count_images_wanting(12, LEAST_MEAN_IMAGES) == 8


def test_a_rate_may_be_above_one():
    interval = bound_rate([4, 0, 3, 9, 2, 1, 5], [1, 2, 1, 3, 2, 1, 2])
    assert 0 < interval.low < 2 < interval.high


def test_regressions_have_both_rates():
    rows = [Regression(4, 3, 1), Regression(2, 0, 0), Regression(0, 0, 2), Regression(5, 5, 0)] * 6
    bounds, total = bound_regressions(rows), summarize_regressions(rows)
    assert bounds.removal_rate.low < total.removal_rate < bounds.removal_rate.high < 1
    assert 0 < bounds.addition_rate.low < total.addition_rate < bounds.addition_rate.high
    assert bounds.removal_rate == bound_share([3, 0, 0, 5] * 6, [4, 2, 0, 5] * 6)
    assert bounds.addition_rate == bound_rate([1, 0, 2, 0] * 6, [4, 2, 0, 5] * 6)
    assert bounds.wanting == 0
    few = bound_regressions(rows[:4])
    assert (few.removal_rate, few.addition_rate, few.wanting) == (None, None, 4)
    assert bound_regressions([Regression(0, 0, 1)] * 3).addition_rate is None


def test_scores_use_their_own_denominators():
    rows = [ImageScore(0.5, False, 4, 1, 0, 0), ImageScore(1.0, False, 2, 2, 3, 3)] * 10
    bounds = bound_scores(rows)
    assert bounds.iou == bound_mean([0.5, 1.0] * 10)
    assert bounds.precision == bound_share([1, 2] * 10, [4, 2] * 10)
    assert bounds.recall == Interval(pytest.approx(0.05**0.1), 1, one_sided=True)
    assert bounds.wanting == ScoresWanting(0, 0, 0)
    assert bound_scores(rows[:4]).wanting == ScoresWanting(iou=16, precision=3, recall=0)


def test_confidence_widens():
    values = np.random.default_rng(0).random(30)
    narrow, wide = bound_mean(values, confidence=0.8), bound_mean(values, confidence=0.99)
    assert wide.low < narrow.low < narrow.high < wide.high


@given(
    st.lists(
        st.integers(0, 9).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), max_size=12
    ),
    st.sampled_from([0.05, 0.95, 0.9999]),
)
@settings(max_examples=200, deadline=None)
def test_figure_lies_within_its_interval(rows, confidence):
    hits, counts = [row[0] for row in rows], [row[1] for row in rows]
    share = bound_share(hits, counts, confidence=confidence)
    if share is not None:
        assert 0 <= share.low <= sum(hits) / sum(counts) <= share.high <= 1
    rate = bound_rate(hits, counts, confidence=confidence)
    if rate is not None:
        assert 0 <= rate.low <= sum(hits) / sum(counts) <= rate.high < math.inf


@pytest.mark.parametrize(
    ("numerators", "denominators", "options", "message"),
    [
        ([1, 2], [1], {}, r"\(2,\) and \(1,\)"),
        ([1, math.nan], [1, 2], {}, "finite"),
        ([1, 2], [1, -2], {}, "got -2"),
        ([-1, 2], [1, 2], {}, "got -1"),
        ([1, 3], [1, 2], {}, "more hits than it has to count"),
        ([1, 2], [3, 4], {"confidence": 95}, "got 95"),
    ],
)
def test_refuses_what_it_cannot_use(numerators, denominators, options, message):
    with pytest.raises(InputError, match=message):
        bound_share(numerators, denominators, **options)


def test_a_mean_is_of_shares():
    with pytest.raises(InputError, match=r"got 1\.5"):
        bound_mean([0.5, 1.5])
