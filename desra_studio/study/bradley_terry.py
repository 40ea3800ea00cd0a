"""One scale for three or more systems, from votes between two at a time.

Bradley and Terry 1952 ('Rank analysis of incomplete block designs', Biometrika 39): system i is
chosen over j with probability exp(w_i) / (exp(w_i) + exp(w_j)). Fitted by Hunter's MM steps (2004,
'MM algorithms for generalized Bradley-Terry models', Annals of Statistics 32). Resampled worths are
corrected as the share of a system's votes that it won is; see `two_way`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desra_studio.metrics.intervals import Interval
from desra_studio.study.two_way import (
    LEAST_CLUSTERS,
    REPEATS,
    bound_percentiles,
    compute_shrinkage,
    draw_weights,
)
from desra_studio.study.votes import Ballot, Counts, count_cells

PRIOR_WINS = 0.5
"""Wins and losses that each system is given against an average one, so that a system that never
won, or always, still has a finite worth."""
STEPS = 500
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Worth:
    """Where a system stands.

    Attributes:
        system: its place in the study's list.
        worth: log-worth w; those of all systems add up to 0.
        interval: 95 %, two-way (voter x image) bootstrap; None with fewer than eight of either.
        votes: in which it took part, without 'not sure'.
    """

    system: int
    worth: float
    interval: Interval | None
    votes: int


def rank_systems(
    ballots: Sequence[Ballot], systems: int, *, repeats: int = REPEATS, seed: int = 0
) -> list[Worth]:
    """Return the systems by worth, the best first.

    Args:
        ballots: votes of one question, see `select_votes`; 'not sure' is left out.
        systems: how many there are; those without votes are left out of the answer.
        repeats: resamples of the bootstrap.
        seed: of the resampling; the same seed gives the same intervals.
    """
    decided = [ballot for ballot in ballots if ballot.chosen is not None]
    pairs = [(first, second) for first in range(systems) for second in range(systems)]
    cells = []
    _, total, voters, images = count_cells(decided, [True] * len(decided))
    for winner, loser in pairs:
        beaten = [
            ballot.chosen == winner and loser in (ballot.system_a, ballot.system_b)
            for ballot in decided
        ]
        cells.append(count_cells(decided, beaten)[0] if winner != loser else np.zeros_like(total))
    won = np.stack(cells).reshape(systems, systems, *total.shape)
    wins = won.sum(axis=(2, 3))
    votes = (wins + wins.T).sum(axis=1).astype(int)
    present = np.flatnonzero(votes)
    if not len(present):
        return []
    won, wins = won[np.ix_(present, present)], wins[np.ix_(present, present)]
    worth = fit_worth(wins[None])[0]
    bounds = None
    if min(len(voters), len(images)) >= LEAST_CLUSTERS:
        drawn = [
            fit_worth(np.einsum("rv,jkvi,ri->rjk", by_voter, won, by_image, optimize=True))
            for by_voter, by_image in draw_weights(len(voters), len(images), repeats, seed)
        ]
        shrinkage = np.array(
            [
                _shrink(won[place].sum(axis=0), won[:, place].sum(axis=0))
                for place in range(len(won))
            ]
        )
        shrunk = worth + shrinkage * (np.concatenate(drawn) - worth)
        bounds = bound_percentiles(shrunk, min(len(voters), len(images)))
    ranked = [
        Worth(
            system=int(system),
            worth=float(worth[place]),
            interval=None
            if bounds is None
            else Interval(float(bounds[0, place]), float(bounds[1, place])),
            votes=int(votes[system]),
        )
        for place, system in enumerate(present)
    ]
    return sorted(ranked, key=lambda one: -one.worth)


def fit_worth(wins: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fit log-worths to counts of wins.

    Args:
        wins: (sets, systems, systems), how often the row's system was chosen over the column's.

    Returns:
        (sets, systems) log-worths, each set's adding up to 0.
    """
    sets, systems, _ = wins.shape
    met = wins + wins.transpose(0, 2, 1)
    total = wins.sum(axis=2) + PRIOR_WINS
    worth = np.ones((sets, systems))
    for _ in range(STEPS):
        below = (met / (worth[:, :, None] + worth[:, None, :])).sum(axis=2)
        # The average system that the prior wins and losses are against has worth 1.
        changed = total / (below + 2 * PRIOR_WINS / (worth + 1))
        changed /= np.exp(np.log(changed).mean(axis=1, keepdims=True))
        done = np.abs(changed - worth).max() < TOLERANCE
        worth = changed
        if done:
            break
    return np.asarray(np.log(worth))


def _shrink(wins: Counts, losses: Counts) -> float:
    total = wins + losses
    return compute_shrinkage(wins, total) if 0 < wins.sum() < total.sum() else 1.0
