"""What each image's voters chose between two systems, and a sign test over the images."""

from collections.abc import Sequence
from dataclasses import dataclass

from desra_studio.metrics.intervals import Interval
from desra_studio.study.binomial import bound_wilson, compare_with_half
from desra_studio.study.votes import Ballot, select_pair


@dataclass(frozen=True)
class ImageShare:
    """The votes on one image.

    Attributes:
        image: its id.
        votes: that named one of both systems.
        wins: those that named the first.
        wilson: 95 % interval of wins over votes. The voters of one image are independent of each
            other as long as it is shown once to each, so that it holds here.
    """

    image: int
    votes: int
    wins: int
    wilson: Interval | None

    @property
    def share(self) -> float:
        """Wins over votes, in 0..1."""
        return self.wins / self.votes


@dataclass(frozen=True)
class SignTest:
    """A test of whether either system is preferred on more images.

    Attributes:
        won, lost, tied: images whose majority chose the first system, the other, or neither.
        p_value: exact, two-sided, ties left out; None where all are tied.
    """

    won: int
    lost: int
    tied: int
    p_value: float | None


def share_by_image(ballots: Sequence[Ballot], system: int, other: int) -> list[ImageShare]:
    """Return each image's votes between two systems, by image id; images without any are absent."""
    chosen: dict[int, list[bool]] = {}
    for ballot in select_pair(ballots, system, other):
        if ballot.chosen is not None:
            chosen.setdefault(ballot.image, []).append(ballot.chosen == system)
    return [
        ImageShare(image, len(hits), sum(hits), bound_wilson(sum(hits), len(hits)))
        for image, hits in sorted(chosen.items())
    ]


def compare_signs(images: Sequence[ImageShare]) -> SignTest:
    """Test whether more images have a majority for the first system than for the other."""
    won = sum(2 * one.wins > one.votes for one in images)
    lost = sum(2 * one.wins < one.votes for one in images)
    return SignTest(won, lost, len(images) - won - lost, compare_with_half(won, won + lost))
