import numpy as np
import pytest

from desra_studio.study.bradley_terry import fit_worth, rank_systems
from tests.study.ballots import make_ballot


def make_tournament(worths, voters, images, seed=0):
    random = np.random.default_rng(seed)
    pairs = [(a, b) for a in range(len(worths)) for b in range(a + 1, len(worths))]
    ballots = []
    for voter in range(voters):
        for image in range(images):
            for a, b in pairs:
                share = 1 / (1 + np.exp(worths[b] - worths[a]))
                choice = "a" if random.random() < share else "b"
                ballots.append(
                    make_ballot(
                        len(ballots), voter=voter, image=image, choice=choice,
                        system_a=a, system_b=b,
                    )
                )  # fmt: skip
    return ballots


def test_worths_of_a_known_tournament_are_found():
    worths = np.array([0.6, 0.1, -0.7])
    ranked = rank_systems(make_tournament(worths, 20, 20), 3, repeats=300)
    assert [one.system for one in ranked] == [0, 1, 2]
    assert [one.worth for one in ranked] == pytest.approx(worths, abs=0.15)
    assert sum(one.worth for one in ranked) == pytest.approx(0, abs=1e-9)
    for one in ranked:
        assert one.interval.low < one.worth < one.interval.high
        assert one.interval.low < worths[one.system] < one.interval.high
        assert one.interval.high - one.interval.low < 0.5


def test_two_systems_have_the_odds_of_their_votes():
    # With the prior: half a win and half a loss against an average system.
    worth = fit_worth(np.array([[[0, 3000.0], [1000.0, 0]]]))[0]
    assert worth[0] - worth[1] == pytest.approx(np.log(3), abs=1e-3)


def test_a_system_that_never_won_has_a_finite_worth():
    ballots = [make_ballot(i, voter=i % 3, image=i % 2, system_b=1 + i % 2) for i in range(12)]
    ranked = rank_systems(ballots, 3, repeats=50)
    assert ranked[0].system == 0
    assert all(np.isfinite(one.worth) for one in ranked)


def test_systems_without_votes_and_not_sure_are_left_out():
    ballots = [make_ballot(1), make_ballot(2, choice="unsure", system_b=2)]
    ranked = rank_systems(ballots, 3)
    assert [one.system for one in ranked] == [0, 1]
    assert [one.votes for one in ranked] == [1, 1]
    assert ranked[0].interval is None
    assert rank_systems([], 3) == []
