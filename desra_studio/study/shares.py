"""How large a share of the votes a system won, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass

from desra_studio.metrics.intervals import Interval
from desra_studio.study.binomial import bound_wilson, compare_with_half
from desra_studio.study.two_way import REPEATS, bootstrap_share
from desra_studio.study.votes import Ballot, count_cells, select_pair


@dataclass(frozen=True)
class Share:
    """What the votes between two systems say about the first.

    Attributes:
        votes: that named one of both; 'not sure' is left out of all but `unsure`.
        wins: those that named the first system.
        unsure: votes that said 'not sure'.
        share: wins over votes, in 0..1; None without votes.
        interval: 95 %, two-way (voter x image) bootstrap; None with fewer than eight of either,
            unless all votes agree.
        wilson: 95 %, if votes were independent, which they are not.
        p_value: exact, two-sided binomial test against one half, if votes were independent.
        voters, images: how many of each have such votes.
    """

    votes: int
    wins: int
    unsure: int
    share: float | None
    interval: Interval | None
    wilson: Interval | None
    p_value: float | None
    voters: int
    images: int

    @property
    def unsure_rate(self) -> float | None:
        """Share of 'not sure' in all votes on the pair."""
        every = self.votes + self.unsure
        return self.unsure / every if every else None


def measure_share(
    ballots: Sequence[Ballot], system: int, other: int, *, repeats: int = REPEATS, seed: int = 0
) -> Share:
    """Measure how large a share a system won against another.

    Args:
        ballots: votes of one question, see `select_votes`.
        system: place of the system.
        other: place of the one that it meets.
        repeats: resamples of the bootstrap.
        seed: of the resampling; the same seed gives the same interval.
    """
    met = select_pair(ballots, system, other)
    decided = [ballot for ballot in met if ballot.chosen is not None]
    hits = [ballot.chosen == system for ballot in decided]
    won, total, voters, images = count_cells(decided, hits)
    votes, wins = len(decided), sum(hits)
    return Share(
        votes=votes,
        wins=wins,
        unsure=len(met) - votes,
        share=wins / votes if votes else None,
        interval=bootstrap_share(won, total, repeats=repeats, seed=seed),
        wilson=bound_wilson(wins, votes),
        p_value=compare_with_half(wins, votes),
        voters=len(voters),
        images=len(images),
    )
