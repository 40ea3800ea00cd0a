"""One answer of one voter, as all statistics of a study read it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CHOICES = ("a", "b", "unsure")
NOTICES = ("yes", "no", "unsure")
Counts = NDArray[np.float64]


@dataclass(frozen=True)
class Ballot:
    """A vote with all that it is about.

    Attributes:
        trial: id of the trial; every trial has at most one vote.
        voter, image, item: ids of who voted, of the image, and of the item that was shown.
        question: place of the question in the study's list.
        role: training, vote, gold, identical, repeat or decoy; only votes count for the shares.
        answer: what was pressed: left, right, unsure, yes or no.
        choice: what it means: a, b, unsure, yes or no.
        system_a, system_b: places in the study's list of systems; `system_b` is None where only
            one is shown.
        better: the right answer (a, b, yes or no) where there is one.
        repeat_of: id of the trial that this one repeats with sides swapped.
        seconds: from the images being loaded to the answer.
    """

    trial: int
    voter: int
    image: int
    item: int
    question: int
    role: str
    answer: str
    choice: str
    system_a: int
    system_b: int | None
    better: str | None = None
    repeat_of: int | None = None
    seconds: float = 0.0

    @property
    def chosen(self) -> int | None:
        """Place of the system that was chosen, None where none was."""
        return {"a": self.system_a, "b": self.system_b}.get(self.choice)


def select_votes(ballots: Iterable[Ballot], question: int | None = None) -> list[Ballot]:
    """Return the ballots that count, without training and checks, of one question or of all."""
    return [
        ballot
        for ballot in ballots
        if ballot.role == "vote" and question in (None, ballot.question)
    ]


def select_pair(ballots: Iterable[Ballot], system: int, other: int) -> list[Ballot]:
    """Return the ballots in which two systems meet."""
    return [one for one in ballots if {one.system_a, one.system_b} == {system, other}]


def count_cells(
    ballots: Sequence[Ballot], hits: Sequence[bool]
) -> tuple[Counts, Counts, list[int], list[int]]:
    """Count ballots per voter and image.

    Args:
        ballots: what to count.
        hits: per ballot, whether it counts as a hit.

    Returns:
        Hits and ballots, both (voters, images) float64, and the ids of the voters and the images
        in the order of rows and columns.
    """
    voters = sorted({one.voter for one in ballots})
    images = sorted({one.image for one in ballots})
    rows = {voter: row for row, voter in enumerate(voters)}
    columns = {image: column for column, image in enumerate(images)}
    total = np.zeros((len(voters), len(images)))
    won = np.zeros_like(total)
    for ballot, hit in zip(ballots, hits, strict=True):
        cell = rows[ballot.voter], columns[ballot.image]
        total[cell] += 1
        won[cell] += hit
    return won, total, voters, images
