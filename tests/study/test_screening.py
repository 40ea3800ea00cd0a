import numpy as np
import pytest

from desra_studio.errors import InputError
from desra_studio.study.design import Plan, Pool, plan_trials
from desra_studio.study.order import StudyOrder
from desra_studio.study.screening import (
    RULES_BEFORE,
    Rules,
    count_unjudged,
    plan_screening,
    screen,
)
from desra_studio.study.screening_simulation import (
    PAIRS,
    simulate_checks,
    simulate_gold,
    simulate_repeats,
)
from tests.study.ballots import make_ballot


def make_votes(voter, n=12, **values):
    return [
        make_ballot(
            1000 * voter + number,
            voter=voter,
            answer=("left", "right")[number % 2],
            **{"image": number, **values},
        )
        for number in range(n)
    ]


def make_gold(voter, right, n=9):
    return [
        make_ballot(
            1000 * voter + 500 + number,
            voter=voter,
            role="gold",
            better="a",
            choice="a" if number < right else "b",
        )
        for number in range(n)
    ]


def test_each_rule_leaves_out_its_voter_and_tells_the_value():
    ballots = [
        *make_votes(1),
        *make_votes(2, n=3),
        *make_votes(3),
        *make_gold(3, right=6),
        *make_votes(4),
        *[
            make_ballot(20 + i, voter=4, role="repeat", repeat_of=4000 + i, choice="ab"[i > 0])
            for i in range(4)
        ],
        *[make_ballot(5000 + i, voter=5) for i in range(12)],
        *make_votes(6, seconds=0.4),
    ]
    kept, excluded = screen(ballots, Rules(min_repeats=0.5))
    assert {one.voter for one in kept} == {1}
    assert {one.voter: one.reasons for one in excluded} == {
        2: ("3 votes, fewer than 5",),
        3: ("gold 6 of 9 right, below 75%",),
        4: ("repeats 1 of 4 the same, below 50%",),
        5: ("left in 100% of 12 votes, above 90%",),
        6: ("median 0.4 s per vote, below 1.2 s",),
    }
    assert excluded[0].votes == 3


def test_all_broken_rules_are_told():
    _, excluded = screen([make_ballot(1, seconds=0.1)], Rules())
    assert len(excluded[0].reasons) == 2


def test_a_rule_without_evidence_is_not_broken():
    repeats = [
        make_ballot(20 + i, voter=1, role="repeat", repeat_of=1000 + i, choice="b")
        for i in range(3)
    ]
    gold = make_gold(1, right=0, n=8)
    kept, excluded = screen([*make_votes(1), *repeats, *gold], Rules(min_repeats=0.5))
    assert (len(kept), excluded) == (23, [])
    assert count_unjudged(kept, Rules()) == 1
    assert count_unjudged([*kept, *make_gold(1, right=9, n=1)], Rules()) == 0


def test_repeats_leave_nobody_out_unless_it_is_asked_for():
    repeats = [
        make_ballot(20 + i, voter=1, role="repeat", repeat_of=1000 + i, choice="b")
        for i in range(12)
    ]
    assert screen([*make_votes(1), *repeats], Rules())[1] == []


def test_a_study_without_the_rule_keeps_what_it_had():
    # As manifests had it before there was a number of gold trials, and as they were judged then.
    stored = {
        "min_votes": 5, "min_gold_pass": 0.75, "min_repeats": 0.5, "max_one_side": 0.9,
        "min_median_seconds": 1.2,
    }  # fmt: skip
    rules = Rules.from_dict({**RULES_BEFORE, **stored})
    _, excluded = screen([*make_votes(1), *make_gold(1, right=2, n=3)], rules)
    assert excluded[0].reasons == ("gold 2 of 3 right, below 75%",)


@pytest.mark.parametrize(
    ("votes", "share", "told"),
    [
        # A study of the usual size, one of 24 votes a voter, and one without checks.
        (40, 0.25, (13, 9, 0, 3)),
        (24, 0.25, (8, 3, 1, 3)),
        (40, 0.0, (0, 0, 9, 3)),
    ],
)
def test_whether_voters_are_screened_is_known_before(votes, share, told):
    found = plan_screening(votes, share, Rules(), has_gold=True)
    assert (found.checks, found.gold, found.missing, found.wrong) == told
    assert (found.random > 0) is (found.missing == 0)


def test_without_gold_nobody_is_screened():
    assert plan_screening(40, 0.25, Rules(), has_gold=False).missing == 9
    accepted = plan_screening(40, 0.25, Rules(min_gold_pass=0), has_gold=True)
    assert (accepted.missing, accepted.careful, accepted.random) == (0, 0, 0)


def test_from_nine_gold_trials_on_the_usual_share_holds_at_every_number():
    for votes in range(27, 600):
        found = plan_screening(votes, 0.25, Rules(), has_gold=True)
        assert found.careful <= 0.02, votes
        assert found.random >= 0.9, votes
    # Of eight, no number of wrong ones does both.
    assert not any(simulate_gold(8, wrong).holds for wrong in range(1, 9))
    assert simulate_gold(9, 3).holds


def test_the_simulation_is_what_is_computed():
    simulated, exact = simulate_gold(9, 3), plan_screening(40, 0.25, Rules(), has_gold=True)
    assert simulated.careful == pytest.approx(exact.careful, abs=0.003)
    assert simulated.random == pytest.approx(exact.random, abs=0.01)
    assert simulate_gold(9, 3) == simulated


def test_repeats_cannot_tell_careful_voters_from_random_ones():
    same, found = simulate_repeats(9, PAIRS["alike"], voters=4000)
    assert 0.5 < same < 0.56
    assert found.careful > 0.8
    # Nor may they count with gold: a third of the careful voters would be left out.
    assert simulate_checks(5, 4, 3, PAIRS["alike"], voters=4000).careful > 0.3


def vote_by(decide, place):
    """Return a voter's ballots in a study as it is usually: 40 votes, checks among them."""
    usual = StudyOrder("usual", (1, 2))
    pool = Pool(tuple(range(20)), gold=tuple(range(20, 29)), blank=(29, 30))
    plan = Plan(
        questions=2, trials=usual.trials_per_voter, check_share=usual.check_share,
        votes_per_item=10, seed=1, least_gold=usual.rules.min_gold,
    )  # fmt: skip
    trials = plan_trials(pool, plan, place, {})
    return [
        make_ballot(
            1000 * place + position, voter=place, item=trial.item, question=trial.question,
            role=trial.role, choice=decide(trial.role), answer=("left", "right")[position % 2],
            better="a" if trial.role == "gold" else None,
            repeat_of=None if trial.repeat_of is None else 1000 * place + trial.repeat_of,
        )
        for position, trial in enumerate(trials)
    ]  # fmt: skip


def test_a_usual_study_keeps_the_careful_and_leaves_out_who_clicks_at_random():
    random = np.random.default_rng(3)

    def click(_role):
        return random.choice(["a", "b"])

    def look(role):
        return "b" if role == "gold" and random.random() < 0.05 else "a"

    for decide, least, most in ((click, 0.85, 0.97), (look, 0.0, 0.03)):
        ballots = [one for place in range(200) for one in vote_by(decide, place)]
        assert count_unjudged(ballots, Rules()) == 0
        left_out = len(screen(ballots, Rules())[1]) / 200
        assert least <= left_out <= most


def test_rules_come_back_from_plain_values():
    rules = Rules(min_votes=2, max_one_side=1.0)
    assert Rules.from_dict(rules.as_dict()) == rules
    assert Rules.from_dict({}) == Rules()


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"min_golds": 1}, "no screening rule 'min_golds'"),
        ({"min_gold": 0}, "min_gold must be 1 to 1000, got 0"),
        ({"min_gold_pass": 75}, "min_gold_pass must be 0 to 1, got 75"),
        ({"max_one_side": 0.2}, "max_one_side must be 0.5 to 1, got 0.2"),
        ({"min_votes": "many"}, "min_votes must be 0 to 10000, got 'many'"),
        ({"min_median_seconds": float("nan")}, "got nan"),
        (["min_votes"], r"values by name, got \['min_votes'\]"),
        ("min_votes", "values by name, got min_votes"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(values, told):
    with pytest.raises(InputError, match=told):
        Rules.from_dict(values)
