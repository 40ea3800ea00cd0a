from collections import Counter

import pytest

from desra_studio.study.design import Plan, Pool, plan_trials

POOL = Pool(tuple(range(10)), training=(20, 21), gold=(30, 31), blank=(40,))
PLAN = Plan(questions=2, trials=20, check_share=0.2, votes_per_item=10, seed=5)


def test_training_comes_first_and_every_unit_once():
    trials = plan_trials(POOL, PLAN, 0, {})
    assert [one.role for one in trials[:2]] == ["training"] * 2
    votes = Counter((one.item, one.question) for one in trials if one.role == "vote")
    assert votes == {(item, question): 1 for item in range(10) for question in range(2)}
    assert "training" not in {one.role for one in trials[2:]}


def test_questions_come_in_blocks_and_voters_begin_with_different_ones():
    for place in range(2):
        asked = [one.question for one in plan_trials(POOL, PLAN, place, {})]
        assert asked == sorted(asked, reverse=place == 1)


def test_checks_have_their_share_and_all_kinds():
    for place in range(8):
        roles = Counter(one.role for one in plan_trials(POOL, PLAN, place, {}))
        checks = roles["gold"] + roles["identical"] + roles["repeat"]
        assert checks / (checks + roles["vote"]) == pytest.approx(0.2)
        assert min(roles["gold"], roles["identical"], roles["repeat"]) >= 1


@pytest.mark.parametrize(("share", "gold"), [(0.31, 9), (0.29, 3), (0.0, 0), (0.45, 9)])
def test_as_much_gold_as_is_asked_for_comes_before_other_checks(share, gold):
    # Of 20 votes: 9 checks, one too few, none, and 16.
    plan = Plan(2, 20, check_share=share, votes_per_item=10, seed=5, least_gold=9)
    roles = Counter(one.role for one in plan_trials(POOL, plan, 0, {}))
    assert roles["gold"] == gold


def test_gold_is_spread_over_the_questions():
    plan = Plan(2, 20, check_share=0.4, votes_per_item=10, seed=5, least_gold=9)
    trials = plan_trials(POOL, plan, 0, {})
    asked = Counter(one.question for one in trials if one.role == "gold")
    assert min(asked.values()) >= 4


def test_repeats_swap_sides_and_come_later():
    for place in range(20):
        trials = plan_trials(POOL, PLAN, place, {})
        for position, trial in enumerate(trials):
            if trial.role != "repeat":
                assert trial.repeat_of is None
                continue
            first = trials[trial.repeat_of]
            assert trial.repeat_of < position
            assert first.role == "vote"
            assert (first.item, first.question) == (trial.item, trial.question)
            assert first.swapped is not trial.swapped


def note(counts, trials):
    """Add the votes of a plan to the counts, by side."""
    for trial in trials:
        if trial.role == "vote":
            sides = list(counts.get((trial.item, trial.question), (0, 0)))
            sides[trial.swapped] += 1
            counts[trial.item, trial.question] = tuple(sides)


@pytest.mark.parametrize("trials", [20, 10, 7])
def test_sides_are_counterbalanced_for_every_pair_whoever_sees_it(trials):
    # With 10 of 20 units each, every other voter sees the same ones.
    plan = Plan(questions=2, trials=trials, check_share=0.2, votes_per_item=100, seed=5)
    counts = {}
    for place in range(41):
        note(counts, plan_trials(POOL, plan, place, counts))
        assert all(abs(plain - swapped) <= 1 for plain, swapped in counts.values())
    first = [plan_trials(POOL, PLAN, 0, {})[position].swapped for position in range(22)]
    assert set(first) == {True, False}


def test_order_is_each_voters_own_and_comes_again():
    orders = [
        tuple(one.item for one in plan_trials(POOL, PLAN, place, {}) if one.role == "vote")
        for place in range(6)
    ]
    assert len(set(orders)) == 6
    assert plan_trials(POOL, PLAN, 3, {}) == plan_trials(POOL, PLAN, 3, {})


def test_a_voter_gets_what_has_the_fewest_votes():
    plan = Plan(questions=1, trials=4, check_share=0, votes_per_item=10, seed=1)
    counts = {(item, 0): (item, 0) for item in range(10)}
    trials = plan_trials(POOL, plan, 0, counts)
    assert {one.item for one in trials if one.role == "vote"} == {0, 1, 2, 3}


def test_votes_are_spread_evenly():
    plan = Plan(questions=1, trials=3, check_share=0, votes_per_item=6, seed=1)
    counts = {}
    for place in range(20):
        note(counts, plan_trials(POOL, plan, place, counts))
    assert set(counts.values()) == {(3, 3)}


def test_where_all_have_their_votes_there_is_nothing_left():
    counts = {(item, question): (5, 5) for item in range(10) for question in range(2)}
    assert plan_trials(POOL, PLAN, 0, counts) == []


def test_one_item_and_no_checks_make_one_trial():
    plan = Plan(questions=1, trials=9, check_share=0.3, votes_per_item=1, seed=0)
    trials = plan_trials(Pool((4,)), plan, 0, {})
    assert [one.item for one in trials] == [4]
