import pytest

from desra_studio.study.consistency import check_repeats, measure_alpha, measure_consistency
from tests.study.ballots import make_ballot, make_grid


def test_each_check_counts_its_own_trials():
    ballots = [
        make_ballot(1, answer="left"),
        make_ballot(2, answer="right", choice="b", image=2),
        make_ballot(3, answer="unsure", choice="unsure", image=3),
        make_ballot(4, role="repeat", answer="right", repeat_of=1),
        make_ballot(5, role="repeat", answer="right", repeat_of=2, choice="a"),
        make_ballot(6, role="gold", better="a"),
        make_ballot(7, role="gold", better="b"),
        make_ballot(8, role="gold", better="a", choice="unsure"),
        make_ballot(9, role="identical", choice="unsure"),
        make_ballot(10, role="training", better="a"),
    ]
    found = measure_consistency(ballots)
    assert (found.unsure.hits, found.unsure.total) == (1, 3)
    assert (found.left.hits, found.left.total) == (1, 2)
    assert (found.repeats.hits, found.repeats.total) == (1, 2)
    assert (found.gold.hits, found.gold.total) == (1, 3)
    assert (found.identical.hits, found.identical.total) == (1, 1)
    assert found.gold.share == pytest.approx(1 / 3)


def test_a_repeat_whose_first_vote_is_missing_does_not_count():
    assert check_repeats([make_ballot(4, role="repeat", repeat_of=1)]) == []


def test_the_left_share_has_a_two_way_interval():
    ballots = [
        make_ballot(9 * v + i, voter=v, image=i, answer="left" if v < 4 else "right")
        for v in range(8)
        for i in range(9)
    ]
    left = measure_consistency(ballots).left
    assert left.share == 0.5
    # Everybody keeps to one side: eight voters tell little.
    assert left.interval.high - left.interval.low > 0.6


def test_alpha_is_that_of_all_who_agree_or_vote_by_chance():
    agreeing = make_grid(5, 6, lambda _, image: "ab"[image % 2])
    assert measure_alpha(agreeing) == pytest.approx(1)
    # Two raters, four units, computed by hand: o_aa = 4, o_bb = 2, o_ab = 2; n = 8;
    # alpha = 1 - 7 * 2 / (64 - 25 - 9).
    pairs = ["aa", "aa", "bb", "ab"]
    assert measure_alpha(make_grid(2, 4, lambda voter, image: pairs[image][voter])) == (
        pytest.approx(1 - 7 * 2 / 30)
    )
    assert measure_alpha([]) is None


def test_alpha_tells_questions_apart():
    first = make_grid(4, 5, lambda *_: "a")
    second = make_grid(4, 5, lambda *_: "b", question=1)
    assert measure_alpha(first + second) == pytest.approx(1)
