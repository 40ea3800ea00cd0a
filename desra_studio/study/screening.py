"""Leaving out voters by rules that were laid down before the first vote.

The numbers come from `screening_simulation`; `desra-studio bench intervals` shows them. Of nine
gold trials three wrong ones leave out 0.8 % of the voters who slip in 5 % of trials and 91 % of
those who click at random; no smaller number does both (at most 2 %, at least 90 %). From nine on,
the share of 75 % does it at every number. Repeats leave nobody out unless it is asked for: on pairs
that look alike, careful voters answer them differently nearly as often as people who do not look,
so that no number of repeats tells one from the other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from statistics import median
from typing import Any

from scipy.special import bdtr

from desra_studio.errors import InputError
from desra_studio.study.consistency import check_repeats
from desra_studio.study.design import count_checks, count_gold
from desra_studio.study.votes import Ballot, select_votes

MIN_SIDED = 10
"""Votes that named a side, below which nobody is judged by sides."""
MIN_REPEATED = 4
"""Repeats, below which nobody is judged by them: of two or three, chance breaks too many."""
MIN_GOLD = 9
"""Gold trials, below which nobody is judged by them: see the module."""
SLIP_RATE, GUESS_RATE = 0.05, 0.5
"""Wrong answers in gold: of careful voters, and of those who click at random."""
RULES_BEFORE: Mapping[str, float] = {"min_gold": 1}
"""What held in studies whose manifests do not name it, as they are older than the rule."""


@dataclass(frozen=True)
class Rules:
    """When a voter is left out of the screened results.

    Attributes:
        min_votes: fewer votes than this, checks not counted.
        min_gold: gold trials from which on a voter is judged by them.
        min_gold_pass: a smaller share of gold pairs answered right, 0..1.
        min_repeats: a smaller share of repeats answered as the first time, 0..1, from 4 on; 0 for
            nobody, see the module.
        max_one_side: a larger share of the more used side, 0.5..1, from 10 sided votes on.
        min_median_seconds: a shorter median time per vote, in s.
    """

    min_votes: int = 5
    min_gold: int = MIN_GOLD
    min_gold_pass: float = 0.75
    min_repeats: float = 0.0
    max_one_side: float = 0.9
    min_median_seconds: float = 1.2

    def __post_init__(self) -> None:
        """Refuse values that cannot be meant."""
        self._check("min_votes", 0, 10_000)
        self._check("min_gold", 1, 1000)
        self._check("min_gold_pass", 0, 1)
        self._check("min_repeats", 0, 1)
        self._check("max_one_side", 0.5, 1)
        self._check("min_median_seconds", 0, 600)

    def as_dict(self) -> dict[str, Any]:
        """Return the rules as plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: object) -> "Rules":
        """Return rules from plain values by name; those that are absent are the usual ones.

        Raises:
            InputError: no values by name, an unknown rule, or a value out of its range.
        """
        if not isinstance(values, dict):
            raise InputError(
                f"The screening rules must be values by name, got {str(values)[:100]}."
            )
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


@dataclass(frozen=True, kw_only=True)
class Screening:
    """Whether the gold trials of one voter suffice to judge them by.

    Attributes:
        checks, gold: hidden checks of a voter who answers everything, and the gold among them.
        needed: gold from which on a voter is judged; see `Rules.min_gold`.
        missing: checks that lack until they hold so many gold trials, 0 where voters are screened.
        wrong: answers of so many gold trials that leave a voter out.
        careful, random: share of voters left out, 0..1, of those who slip in 5 % of the gold
            trials, and of those who click at random; 0 where nobody is screened.
    """

    checks: int
    gold: int
    needed: int
    missing: int
    wrong: int
    careful: float
    random: float


def plan_screening(votes: int, check_share: float, rules: Rules, *, has_gold: bool) -> Screening:
    """Return whether the gold trials of a voter of so many votes suffice.

    Args:
        votes: without checks and training.
        check_share: of the checks in all trials but training, 0..0.5.
        rules: of the study.
        has_gold: whether there are gold pairs at all.
    """
    checks = count_checks(votes, check_share) if has_gold else 0
    gold = count_gold(checks, rules.min_gold)
    judged = max(gold, rules.min_gold)
    wrong = count_wrong(judged, rules.min_gold_pass)
    screened = rules.min_gold <= gold and wrong <= gold

    def leave_out(rate: float) -> float:
        return float(1 - bdtr(wrong - 1, gold, rate)) if screened else 0.0

    return Screening(
        checks=checks,
        gold=gold,
        needed=rules.min_gold,
        missing=max(0, rules.min_gold - checks),
        wrong=wrong,
        careful=leave_out(SLIP_RATE),
        random=leave_out(GUESS_RATE),
    )


def count_wrong(gold: int, min_pass: float) -> int:
    """Return how many wrong answers of so many gold trials leave a voter out.

    More than there are where a share of 0 right is enough.
    """
    return next(
        wrong for wrong in range(gold + 2) if wrong > gold or (gold - wrong) / gold < min_pass
    )


@dataclass(frozen=True)
class Excluded:
    """A voter who was left out, and every rule that was broken, in words with the value."""

    voter: int
    votes: int
    reasons: tuple[str, ...]


def screen(ballots: Sequence[Ballot], rules: Rules) -> tuple[list[Ballot], list[Excluded]]:
    """Split off the voters who break a rule.

    A rule that there is too little to judge by (fewer gold pairs than it asks for, say) is not
    broken.

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


def count_unjudged(ballots: Sequence[Ballot], rules: Rules) -> int:
    """Return how many voters saw fewer gold trials than it takes to judge them."""
    gold = dict.fromkeys((ballot.voter for ballot in ballots), 0)
    for ballot in ballots:
        gold[ballot.voter] += ballot.role == "gold"
    return sum(seen < rules.min_gold for seen in gold.values())


def _judge_number(own: Sequence[Ballot], rules: Rules) -> str:
    votes = len(select_votes(own))
    return f"{votes} votes, fewer than {rules.min_votes}" if votes < rules.min_votes else ""


def _judge_gold(own: Sequence[Ballot], rules: Rules) -> str:
    right = [ballot.choice == ballot.better for ballot in own if ballot.role == "gold"]
    if len(right) < rules.min_gold or sum(right) / len(right) >= rules.min_gold_pass:
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
