import pytest

from desra_studio.study.shares import measure_share
from desra_studio.study.votes import select_votes
from tests.study.ballots import make_ballot, make_grid


def test_a_share_counts_wins_of_the_first_system_and_leaves_out_not_sure():
    ballots = make_grid(4, 5, lambda voter, image: "unsure" if image == 4 else "ab"[voter == 3])
    share = measure_share(ballots, 0, 1)
    assert (share.votes, share.wins, share.unsure) == (16, 12, 4)
    assert share.share == 0.75
    assert share.unsure_rate == 0.2
    assert (share.voters, share.images) == (4, 4)
    # sum of C(16, k) for k >= 12, twice, over 2^16
    assert share.p_value == pytest.approx(2 * (1820 + 560 + 120 + 16 + 1) / 2**16)


def test_the_share_of_the_other_system_is_the_rest():
    ballots = make_grid(8, 9, lambda voter, image: "ab"[(voter * image) % 3 == 0])
    one, other = measure_share(ballots, 0, 1), measure_share(ballots, 1, 0)
    assert one.share + other.share == pytest.approx(1)
    assert one.interval.low + other.interval.high == pytest.approx(1, abs=1e-9)


def test_which_side_of_an_item_a_system_is_on_does_not_matter():
    ballots = [make_ballot(1, choice="a"), make_ballot(2, choice="b", system_a=1, system_b=0)]
    assert measure_share(ballots, 0, 1).wins == 2


def test_other_pairs_and_checks_do_not_count():
    ballots = [
        make_ballot(1),
        make_ballot(2, system_b=2),
        make_ballot(3, role="gold"),
        make_ballot(4, question=1),
    ]
    assert measure_share(select_votes(ballots, 0), 0, 1).votes == 1
    assert len(select_votes(ballots)) == 3


def test_without_votes_there_are_no_figures():
    share = measure_share([make_ballot(1, choice="unsure")], 0, 1)
    assert (share.share, share.interval, share.wilson, share.p_value) == (None,) * 4
    assert share.unsure_rate == 1
    assert measure_share([], 0, 1).unsure_rate is None
