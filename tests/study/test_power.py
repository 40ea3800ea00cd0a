import pytest

from desra_studio.metrics.intervals import Interval
from desra_studio.study.power import estimate_votes_needed
from desra_studio.study.shares import Share, measure_share
from tests.study.ballots import make_grid


def make_share(share, low, high, votes=100):
    interval = Interval(low, high)
    return Share(votes, round(share * votes), 0, share, interval, None, None, 10, 10)


def test_votes_needed_follow_from_the_standard_error():
    # A standard error of 0.1 must shrink to 0.1 / 2.8016 = 0.0357: 7.849 times the votes.
    share = make_share(0.6, 0.6 - 0.196, 0.6 + 0.196)
    assert estimate_votes_needed(share) == pytest.approx(785 - 100, abs=1)


def test_nothing_is_needed_once_one_half_is_left_out():
    assert estimate_votes_needed(make_share(0.8, 0.6, 0.9)) == 0


@pytest.mark.parametrize(
    "share",
    [make_share(0.5, 0.3, 0.7), measure_share(make_grid(1, 9, lambda *_: "a"), 0, 1)],
    ids=["one half", "one voter"],
)
def test_where_nothing_can_be_told_nothing_is(share):
    assert estimate_votes_needed(share) is None
