"""Leaving out voters by rules that were laid down before the first vote."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from statistics import median
from typing import Any

from desra_studio.errors import InputError
from desra_studio.study.consistency import check_repeats
from desra_studio.study.votes import Ballot, select_votes

MIN_SIDED = 10
"""Votes that named a side, below which nobody is judged by sides."""
MIN_REPEATED = 4
"""Repeats, below which nobody is judged by them: of two or three, chance breaks too many."""


@dataclass(frozen=True)
class Rules:
    """When a voter is left out of the screened results.

    Attributes:
        min_votes: fewer votes than this, checks not counted.
        min_gold_pass: a smaller share of gold pairs answered right, 0..1.
        min_repeats: a smaller share of repeats answered as the first time, 0..1, from 4 on.
        max_one_side: a larger share of the more used side, 0.5..1, from 10 sided votes on.
        min_median_seconds: a shorter median time per vote, in s.
    """

    min_votes: int = 5
    min_gold_pass: float = 0.75
    min_repeats: float = 0.5
    max_one_side: float = 0.9
    min_median_seconds: float = 1.2

    def __post_init__(self) -> None:
        """Refuse values that cannot be meant."""
        self._check("min_votes", 0, 10_000)
        self._check("min_gold_pass", 0, 1)
        self._check("min_repeats", 0, 1)
        self._check("max_one_side", 0.5, 1)
        self._check("min_median_seconds", 0, 600)

    def as_dict(self) -> dict[str, Any]:
        """Return the rules as plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Rules":
        """Return rules from plain values; those that are absent are the usual ones.

        Raises:
            InputError: an unknown rule, or a value out of its range.
        """
        known = [field.name for field in fields(cls)]
        unknown = sorted(values.keys() - set(known))
        if unknown:
            raise InputError(
                f"There is no screening rule {unknown[0]!r}. There are: {', '.join(known)}."
            )
        return cls(**values)

    def _check(self, name: str, low: float, high: float) -> None:
        value = getattr(self, name)
        whole = isinstance(value, bool) or not isinstance(value, (int, float))
        if whole or not low <= value <= high:
            raise InputError(f"The screening rule {name} must be {low} to {high}, got {value!r}.")


@dataclass(frozen=True)
class Excluded:
    """A voter who was left out, and every rule that was broken, in words with the value."""

    voter: int
    votes: int
    reasons: tuple[str, ...]


def screen(ballots: Sequence[Ballot], rules: Rules) -> tuple[list[Ballot], list[Excluded]]:
    """Split off the voters who break a rule.

    A rule that there is nothing to judge by (no gold pair was shown, say) is not broken.

    Returns:
        The ballots of the others, and who was left out, by voter id.
    """
    by_voter: dict[int, list[Ballot]] = {}
    for ballot in ballots:
        by_voter.setdefault(ballot.voter, []).append(ballot)
    excluded = []
    for voter, own in sorted(by_voter.items()):
        reasons = tuple(reason for judge in _JUDGES if (reason := judge(own, rules)))
        if reasons:
            excluded.append(Excluded(voter, len(select_votes(own)), reasons))
    out = {one.voter for one in excluded}
    return [ballot for ballot in ballots if ballot.voter not in out], excluded


def _judge_number(own: Sequence[Ballot], rules: Rules) -> str:
    votes = len(select_votes(own))
    return f"{votes} votes, fewer than {rules.min_votes}" if votes < rules.min_votes else ""


def _judge_gold(own: Sequence[Ballot], rules: Rules) -> str:
    right = [ballot.choice == ballot.better for ballot in own if ballot.role == "gold"]
    if not right or sum(right) / len(right) >= rules.min_gold_pass:
        return ""
    return f"gold {sum(right)} of {len(right)} right, below {rules.min_gold_pass:.0%}"


def _judge_repeats(own: Sequence[Ballot], rules: Rules) -> str:
    same = check_repeats(own)
    if len(same) < MIN_REPEATED or sum(same) / len(same) >= rules.min_repeats:
        return ""
    return f"repeats {sum(same)} of {len(same)} the same, below {rules.min_repeats:.0%}"


def _judge_sides(own: Sequence[Ballot], rules: Rules) -> str:
    sides = [one.answer for one in select_votes(own) if one.answer in ("left", "right")]
    if len(sides) < MIN_SIDED:
        return ""
    side = max(("left", "right"), key=sides.count)
    share = sides.count(side) / len(sides)
    if share <= rules.max_one_side:
        return ""
    return f"{side} in {share:.0%} of {len(sides)} votes, above {rules.max_one_side:.0%}"


def _judge_time(own: Sequence[Ballot], rules: Rules) -> str:
    votes = select_votes(own)
    middle = median(ballot.seconds for ballot in votes) if votes else rules.min_median_seconds
    if middle >= rules.min_median_seconds:
        return ""
    return f"median {middle:.1f} s per vote, below {rules.min_median_seconds:g} s"


_JUDGES: tuple[Callable[[Sequence[Ballot], Rules], str], ...] = (
    _judge_number, _judge_gold, _judge_repeats, _judge_sides, _judge_time,
)  # fmt: skip
