"""Intervals hold the truth as often as they say, and claim nothing where there is nothing."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desra_studio.errors import InputError
from desra_studio.metrics import intervals
from desra_studio.metrics.intervals import (
    Interval,
    bootstrap_mean,
    bootstrap_ratio,
    bootstrap_regressions,
    bootstrap_scores,
)
from desra_studio.metrics.mask_metrics import ImageScore, summarize_scores
from desra_studio.metrics.regression import Regression, summarize_regressions

SETS = 500


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
        bounds = bootstrap_scores(scores, seed=seed)
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
    values = np.random.default_rng(0).normal(3, 2, 2000)
    interval = bootstrap_mean(values)
    half = 1.96 * values.std(ddof=1) / math.sqrt(2000)
    assert interval.low == pytest.approx(values.mean() - half, abs=0.1 * half)
    assert interval.high == pytest.approx(values.mean() + half, abs=0.1 * half)


def test_images_are_resampled_not_components():
    # 20 images of 50 components each, all right or all wrong: 20 observations, not 1000.
    hits = [50, 0] * 10
    interval = bootstrap_ratio(hits, [50] * 20)
    assert interval.high - interval.low == pytest.approx(
        bootstrap_mean([1, 0] * 10).high - bootstrap_mean([1, 0] * 10).low
    )
    assert interval.high - interval.low > 0.35


def test_skewed_sets_get_skewed_intervals():
    values = [1.0] * 27 + [0.6, 0.5, 0.0]
    interval, mean = bootstrap_mean(values), np.mean(values)
    assert mean - interval.low > 1.5 * (interval.high - mean)


def test_ties_do_not_shift_the_interval():
    # One resample in six has as many ones as the set itself.
    interval = bootstrap_mean([1, 0] * 10)
    assert interval.low + interval.high == pytest.approx(1, abs=0.051)


@pytest.mark.parametrize(
    ("numerators", "denominators"),
    [
        ([], []),
        ([1], [2]),
        ([0, 0, 0], [0, 0, 0]),
        ([1, 0, 0], [2, 0, 0]),
        ([2, 3, 0], [2, 3, 0]),
        ([0, 0], [2, 3]),
    ],
    ids=["none", "one-image", "no-counts", "one-image-counts", "all-right", "all-wrong"],
)
def test_nothing_to_tell_from_is_none(numerators, denominators):
    assert bootstrap_ratio(numerators, denominators) is None


def test_equal_values_are_none_in_spite_of_rounding():
    assert bootstrap_mean([0.1] * 7) is None


def test_resamples_without_denominator_are_left_out():
    # Two of many images count: one resample in seven has neither.
    interval = bootstrap_ratio([1, 0] + [0] * 30, [2, 2] + [0] * 30)
    assert interval == Interval(0.0, 0.5)


def test_regressions_have_both_rates():
    rows = [Regression(4, 3, 1), Regression(2, 0, 0), Regression(0, 0, 2), Regression(5, 5, 0)] * 6
    bounds, total = bootstrap_regressions(rows), summarize_regressions(rows)
    assert bounds.removal_rate.low < total.removal_rate < bounds.removal_rate.high < 1
    assert 0 < bounds.addition_rate.low < total.addition_rate < bounds.addition_rate.high
    assert bounds.removal_rate == bootstrap_ratio([3, 0, 0, 5] * 6, [4, 2, 0, 5] * 6)
    assert bounds.addition_rate == bootstrap_ratio([1, 0, 2, 0] * 6, [4, 2, 0, 5] * 6)
    assert bootstrap_regressions([Regression(0, 0, 1)] * 3).addition_rate is None


def test_scores_use_their_own_denominators():
    rows = [ImageScore(0.5, False, 4, 1, 0, 0), ImageScore(1.0, False, 2, 2, 3, 3)] * 10
    bounds = bootstrap_scores(rows, seed=3)
    assert bounds.iou == bootstrap_mean([0.5, 1.0] * 10, seed=3)
    assert bounds.precision == bootstrap_ratio([1, 2] * 10, [4, 2] * 10, seed=3)
    assert bounds.recall is None  # every manual component was found


def test_confidence_widens_and_seed_repeats():
    values = np.random.default_rng(0).random(30)
    narrow, wide = bootstrap_mean(values, confidence=0.8), bootstrap_mean(values, confidence=0.99)
    assert wide.low < narrow.low < narrow.high < wide.high
    assert bootstrap_mean(values, seed=4) == bootstrap_mean(values, seed=4)
    assert bootstrap_mean(values, seed=4) != bootstrap_mean(values, seed=5)


def test_blocks_do_not_change_the_figures(monkeypatch):
    values = np.random.default_rng(0).random(30)
    whole = bootstrap_mean(values)
    monkeypatch.setattr(intervals, "BLOCK_DRAWS", 100)
    assert bootstrap_mean(values) == whole


@given(
    st.lists(
        st.integers(0, 9).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), max_size=12
    ),
    st.sampled_from([0.05, 0.95, 0.9999]),
)
@settings(max_examples=200, deadline=None)
def test_share_stays_within_its_bounds(rows, confidence):
    hits, counts = [row[0] for row in rows], [row[1] for row in rows]
    interval = bootstrap_ratio(hits, counts, confidence=confidence, repeats=100)
    if interval is not None:
        assert 0 <= interval.low <= sum(hits) / sum(counts) <= interval.high <= 1


@pytest.mark.parametrize(
    ("numerators", "denominators", "options", "message"),
    [
        ([1, 2], [1], {}, r"\(2,\) and \(1,\)"),
        ([1, math.nan], [1, 2], {}, "finite"),
        ([1, 2], [1, -2], {}, "got -2"),
        ([1, 2], [3, 4], {"confidence": 95}, "got 95"),
        ([1, 2], [3, 4], {"repeats": 0}, "got 0"),
    ],
)
def test_refuses_what_it_cannot_use(numerators, denominators, options, message):
    with pytest.raises(InputError, match=message):
        bootstrap_ratio(numerators, denominators, **options)
