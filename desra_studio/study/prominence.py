"""How many people notice an artifact in an outlined region."""

from collections.abc import Sequence
from dataclasses import dataclass

from desra_studio.study.binomial import bound_wilson
from desra_studio.study.consistency import Rate
from desra_studio.study.votes import Ballot


@dataclass(frozen=True)
class Prominence:
    """The votes on one outlined region.

    Attributes:
        item: what was shown.
        image: the image that it lies in.
        noticed: share of yes in yes and no, with Wilson's interval: every voter sees a region
            once, so that its votes are independent.
        unsure: votes that said 'not sure'.
    """

    item: int
    image: int
    noticed: Rate
    unsure: int


def measure_prominence(ballots: Sequence[Ballot]) -> list[Prominence]:
    """Return the prominence of each region that was voted on, the most noticed first."""
    by_item: dict[int, list[Ballot]] = {}
    for ballot in ballots:
        if ballot.role == "vote":
            by_item.setdefault(ballot.item, []).append(ballot)
    found = [
        Prominence(item, own[0].image, count_noticed(own), _count(own, "unsure"))
        for item, own in sorted(by_item.items())
    ]
    return sorted(found, key=lambda one: -(one.noticed.share or 0))


def measure_false_alarms(ballots: Sequence[Ballot]) -> Rate:
    """Return how often voters noticed an artifact in a decoy: an outline on a clean place."""
    return count_noticed([ballot for ballot in ballots if ballot.role == "decoy"])


def count_noticed(ballots: Sequence[Ballot]) -> Rate:
    """Return the share of yes in the answers yes and no."""
    yes, no = _count(ballots, "yes"), _count(ballots, "no")
    return Rate(yes, yes + no, bound_wilson(yes, yes + no))


def _count(ballots: Sequence[Ballot], choice: str) -> int:
    return sum(ballot.choice == choice for ballot in ballots)
