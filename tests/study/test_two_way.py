import numpy as np
import pytest

from desra_studio.study.binomial import bound_wilson
from desra_studio.study.two_way import bootstrap_share, compute_shrinkage


def test_the_same_seed_gives_the_same_interval():
    hits = np.random.default_rng(1).integers(0, 2, (12, 15)).astype(float)
    total = np.ones_like(hits)
    assert bootstrap_share(hits, total, seed=3) == bootstrap_share(hits, total, seed=3)
    assert bootstrap_share(hits, total, seed=3) != bootstrap_share(hits, total, seed=4)


def test_votes_that_follow_the_voter_tell_no_more_than_the_voters():
    hits = np.zeros((10, 50))
    hits[:6] = 1
    interval = bootstrap_share(hits, np.ones_like(hits))
    # Twice t(9) sqrt(10 / 9) sqrt(0.24 / 10), whatever the number of images; the bootstrap of a
    # share near 1 is a little shorter.
    assert interval.high - interval.low == pytest.approx(0.739, abs=0.1)


def test_where_all_agree_the_interval_is_that_of_the_fewer_clusters():
    hits = np.ones((8, 30))
    assert bootstrap_share(hits, np.ones_like(hits)) == bound_wilson(8, 8)
    assert bootstrap_share(0 * hits, np.ones_like(hits)) == bound_wilson(0, 8)


@pytest.mark.parametrize("shape", [(1, 9), (9, 1), (0, 0)])
def test_fewer_than_two_voters_or_images_give_no_interval(shape):
    assert bootstrap_share(np.ones(shape), np.ones(shape)) is None


@pytest.mark.parametrize("shape", [(7, 20), (20, 7)])
def test_below_eight_voters_or_images_votes_stand_alone(shape):
    hits = np.random.default_rng(1).integers(0, 2, shape).astype(float)
    assert bootstrap_share(hits, np.ones_like(hits)) is None
    assert bootstrap_share(hits, np.ones_like(hits), least=7) is not None


def test_cells_that_nobody_saw_do_not_count():
    hits, total, voters = np.zeros((8, 8)), np.zeros((8, 8)), np.arange(8)
    total[voters, voters] = 1
    total[voters, (voters + 1) % 8] = 1
    hits[voters, voters] = 1
    interval = bootstrap_share(hits, total)
    assert 0 <= interval.low < 0.5 < interval.high <= 1


def test_chance_in_single_votes_is_not_counted_three_times():
    random = np.random.default_rng(0)
    noise = (random.random((200, 200)) < 0.5).astype(float)
    # V, I and C are alike without effects: one of the three is left.
    assert compute_shrinkage(noise, np.ones_like(noise)) == pytest.approx((1 / 3) ** 0.5, abs=0.08)
    by_voter = np.zeros((200, 200))
    by_voter[:100] = 1
    assert compute_shrinkage(by_voter, np.ones_like(by_voter)) == pytest.approx(1, abs=0.01)
