"""Whether voters looked: sides, repeats, gold and identical pairs, and how far they agree."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from desra_studio.metrics.agreement import compute_alpha
from desra_studio.metrics.intervals import Interval
from desra_studio.study.binomial import bound_wilson
from desra_studio.study.two_way import bootstrap_share
from desra_studio.study.votes import Ballot, count_cells, select_votes


@dataclass(frozen=True)
class Rate:
    """A share of trials.

    Attributes:
        hits, total: counts.
        interval: 95 %; None where there is nothing to tell one from.
    """

    hits: int
    total: int
    interval: Interval | None

    @property
    def share(self) -> float | None:
        """Hits over total, in 0..1; None without any."""
        return self.hits / self.total if self.total else None


@dataclass(frozen=True)
class Consistency:
    """How voters went about it.

    Attributes:
        unsure: 'not sure' in all votes.
        left: the left side in all votes that named a side. A half where sides do not matter, as
            they are counterbalanced. Its interval is the two-way bootstrap's.
        repeats: swapped repeats that were answered as the first time.
        gold: gold pairs answered right.
        identical: 'not sure' in pairs of identical images, the right answer there.
        alpha: Krippendorff's alpha (nominal) over question and item, 'not sure' taken as no
            answer; None where no item has two answers, or all answers are the same.
    """

    unsure: Rate
    left: Rate
    repeats: Rate
    gold: Rate
    identical: Rate
    alpha: float | None


def measure_consistency(ballots: Sequence[Ballot], *, seed: int = 0) -> Consistency:
    """Measure how voters went about it, over all questions.

    Args:
        ballots: all of a study, checks included.
        seed: of the resampling behind the interval of `left`.
    """
    votes = select_votes(ballots)
    return Consistency(
        unsure=_rate([ballot.choice == "unsure" for ballot in votes]),
        left=_measure_left(votes, seed),
        repeats=_rate(check_repeats(ballots)),
        gold=_rate([one.choice == one.better for one in ballots if one.role == "gold"]),
        identical=_rate([one.choice == "unsure" for one in ballots if one.role == "identical"]),
        alpha=measure_alpha(votes),
    )


def check_repeats(ballots: Sequence[Ballot]) -> list[bool]:
    """Return, per swapped repeat, whether it was answered as the first time."""
    first = {ballot.trial: ballot.choice for ballot in ballots}
    return [
        first[ballot.repeat_of] == ballot.choice
        for ballot in ballots
        if ballot.role == "repeat" and ballot.repeat_of in first
    ]


def measure_alpha(votes: Sequence[Ballot]) -> float | None:
    """Return Krippendorff's alpha of votes; see `metrics.agreement.compute_alpha`."""
    decided = [ballot for ballot in votes if ballot.choice != "unsure"]
    units = sorted({(one.question, one.item) for one in decided})
    voters = sorted({one.voter for one in decided})
    if not units:
        return None
    rows = {voter: row for row, voter in enumerate(voters)}
    columns = {unit: column for column, unit in enumerate(units)}
    ratings = np.full((len(voters), len(units)), np.nan)
    for one in decided:
        ratings[rows[one.voter], columns[one.question, one.item]] = one.choice in ("a", "yes")
    return compute_alpha(ratings)


def _measure_left(votes: Sequence[Ballot], seed: int) -> Rate:
    sided = [ballot for ballot in votes if ballot.answer in ("left", "right")]
    hits = [ballot.answer == "left" for ballot in sided]
    left, total, _, _ = count_cells(sided, hits)
    return Rate(sum(hits), len(hits), bootstrap_share(left, total, seed=seed))


def _rate(hits: Sequence[bool]) -> Rate:
    return Rate(sum(hits), len(hits), bound_wilson(sum(hits), len(hits)))
