import pytest

from desra_studio.errors import InputError
from desra_studio.study.screening import Rules, screen
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


def test_each_rule_leaves_out_its_voter_and_tells_the_value():
    ballots = [
        *make_votes(1),
        *make_votes(2, n=3),
        *make_votes(3),
        make_ballot(1, voter=3, role="gold", better="b"),
        *make_votes(4),
        *[
            make_ballot(20 + i, voter=4, role="repeat", repeat_of=4000 + i, choice="ab"[i > 0])
            for i in range(4)
        ],
        *[make_ballot(5000 + i, voter=5) for i in range(12)],
        *make_votes(6, seconds=0.4),
    ]
    kept, excluded = screen(ballots, Rules())
    assert {one.voter for one in kept} == {1}
    assert {one.voter: one.reasons for one in excluded} == {
        2: ("3 votes, fewer than 5",),
        3: ("gold 0 of 1 right, below 75%",),
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
    kept, excluded = screen([*make_votes(1), *repeats], Rules())
    assert (len(kept), excluded) == (15, [])


def test_rules_come_back_from_plain_values():
    rules = Rules(min_votes=2, max_one_side=1.0)
    assert Rules.from_dict(rules.as_dict()) == rules
    assert Rules.from_dict({}) == Rules()


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"min_gold": 1}, "no screening rule 'min_gold'"),
        ({"min_gold_pass": 75}, "min_gold_pass must be 0 to 1, got 75"),
        ({"max_one_side": 0.2}, "max_one_side must be 0.5 to 1, got 0.2"),
        ({"min_votes": "many"}, "min_votes must be 0 to 10000, got 'many'"),
        ({"min_median_seconds": float("nan")}, "got nan"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused(values, told):
    with pytest.raises(InputError, match=told):
        Rules.from_dict(values)
