"""Who sees what, in which order, and on which side.

Everything follows from the study's seed and the voter's place, so that a plan can be made again.
"""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

Unit = tuple[int, int]
"""Number of an item, and place of the question that is asked about it."""
Sides = tuple[int, int]
"""Votes with system a at the left, and with system b there."""
CHECK_GAP = 3
"""Trials that lie between a vote and its repeat, where there is room for as many."""


@dataclass(frozen=True)
class Pool:
    """The items of a study that trials are made of, by number.

    Attributes:
        votes: what the study is about.
        training: shown first, with feedback.
        gold: pairs, or outlines, with a plain answer.
        blank: identical pairs, or decoys: outlines on clean places.
        blank_role: identical or decoy.
    """

    votes: tuple[int, ...]
    training: tuple[int, ...] = ()
    gold: tuple[int, ...] = ()
    blank: tuple[int, ...] = ()
    blank_role: str = "identical"


@dataclass(frozen=True)
class Plan:
    """What a voter is to see.

    Attributes:
        questions: how many are asked about each item.
        trials: votes per voter, without training and checks; fewer where there are no more.
        check_share: share of hidden checks in all trials but training, 0..0.5.
        votes_per_item: votes that each item needs on each question.
        seed: of the study.
        least_gold: gold trials that come before any other check; see `count_gold`.
    """

    questions: int
    trials: int
    check_share: float
    votes_per_item: int
    seed: int
    least_gold: int = 1


@dataclass(frozen=True)
class PlannedTrial:
    """One trial.

    Attributes:
        item: its number.
        question: place of the question.
        role: training, vote, gold, identical, decoy or repeat.
        swapped: whether system b stands at the left.
        repeat_of: position of the trial that this one repeats with sides swapped.
    """

    item: int
    question: int
    role: str
    swapped: bool
    repeat_of: int | None = None


def count_checks(votes: int, check_share: float) -> int:
    """Return how many hidden checks a voter of so many votes gets, rounded half up.

    Args:
        votes: without checks and training.
        check_share: of the checks in all of both, 0..0.5.
    """
    return math.floor(votes * check_share / (1 - check_share) + 0.5)


def count_gold(checks: int, least_gold: int) -> int:
    """Return how many of a voter's checks are gold.

    A third, and at least `least_gold` where there are so many checks: fewer would judge nobody.
    """
    return max(math.ceil(checks / 3), least_gold if checks >= least_gold else 0)


def plan_trials(
    pool: Pool, plan: Plan, place: int, counts: Mapping[Unit, Sides]
) -> list[PlannedTrial]:
    """Plan the trials of one voter.

    Training comes first. The units (an item and a question) with the fewest votes are chosen, in
    blocks of one question each, so that nobody has to read the question again at every trial; the
    order of blocks and within them is the voter's own. Checks are mixed in.

    Args:
        pool: the items.
        plan: the study's design.
        place: of the voter, from 0.
        counts: votes that units have, or will have soon, by side: this voter gets the side that a
            unit has fewer of, so that sides are counterbalanced for every pair whoever comes.

    Returns:
        The trials in order; none where every unit has its votes.
    """
    order = random.Random(f"{plan.seed}:{place}")
    units = _choose_units(pool, plan, order, counts)
    if not units:
        return []
    questions = list(range(plan.questions))
    shift = place % plan.questions
    questions = questions[shift:] + questions[:shift]
    trials = [
        PlannedTrial(item, questions[0], "training", order.random() < 0.5) for item in pool.training
    ]
    blocks = [[unit for unit in units if unit[1] == question] for question in questions]
    checks = _share_checks(plan, [len(block) for block in blocks])
    drawn = _draw_checks(pool, sum(checks), plan.least_gold, order)
    for block, number in zip(blocks, checks, strict=True):
        own = list(islice(drawn, number))
        trials += _mix_block(block, own, plan, counts, order, len(trials))
    return trials


def _choose_units(
    pool: Pool, plan: Plan, order: random.Random, counts: Mapping[Unit, Sides]
) -> list[Unit]:
    units = [
        (item, question)
        for item in pool.votes
        for question in range(plan.questions)
        if sum(counts.get((item, question), (0, 0))) < plan.votes_per_item
    ]
    order.shuffle(units)
    # Stable: among equally few votes, the order stays the shuffled one.
    units.sort(key=lambda unit: sum(counts.get(unit, (0, 0))))
    chosen = units[: plan.trials]
    order.shuffle(chosen)
    return chosen


def _share_checks(plan: Plan, sizes: Sequence[int]) -> list[int]:
    """Return the number of checks of each block: `check_share` of all trials, rounded once."""
    votes = sum(sizes)
    total = count_checks(votes, plan.check_share)
    shared, seen = [], 0
    for size in sizes:
        before = round(total * seen / votes)
        seen += size
        shared.append(round(total * seen / votes) - before)
    return shared


def _draw_checks(
    pool: Pool, total: int, least_gold: int, order: random.Random
) -> Iterator[tuple[str, int]]:
    """Yield role and item of each check, gold spread among the others; a repeat has no item yet."""

    def mix(role: str, items: Sequence[int]) -> Iterator[tuple[str, int]]:
        return cycle([(role, item) for item in order.sample(items, len(items))])

    gold = mix("gold", pool.gold)
    blank = mix(pool.blank_role, pool.blank)
    golden = count_gold(total, least_gold) if pool.gold else 0
    seen = others = 0
    for number in range(1, total + 1):
        # As many as this far into the checks, rounded up: they begin with gold.
        due = math.ceil(golden * number / total)
        if due > seen:
            yield next(gold)
        else:
            yield next(blank) if pool.blank and others % 2 == 0 else ("repeat", -1)
            others += 1
        seen = due


def _mix_block(
    block: Sequence[Unit],
    checks: Sequence[tuple[str, int]],
    plan: Plan,
    counts: Mapping[Unit, Sides],
    order: random.Random,
    begin: int,
) -> list[PlannedTrial]:
    if not block:
        return []
    question = block[0][1]
    trials = [
        PlannedTrial(item, question, "vote", _swap(plan.seed, (item, question), counts))
        for item, _ in block
    ]
    shown = [(role, item) for role, item in checks if role != "repeat"]
    for role, item in shown:
        swapped = order.random() < 0.5
        trials.insert(order.randint(0, len(trials)), PlannedTrial(item, question, role, swapped))
    repeats = len(checks) - len(shown)
    return _add_repeats(trials, min(repeats, len(block)), order, begin)


def _add_repeats(
    trials: list[PlannedTrial], repeats: int, order: random.Random, begin: int
) -> list[PlannedTrial]:
    """Put repeats of early votes behind them; positions count from `begin`."""
    votes = [position for position, trial in enumerate(trials) if trial.role == "vote"]
    early = sorted(order.sample(votes[: max(repeats, (len(votes) + 1) // 2)], repeats))
    added = [(min(len(trials), position + 1 + CHECK_GAP), position) for position in early]
    slots = [(order.randint(low, len(trials)), position) for low, position in added]
    mixed: list[PlannedTrial] = []
    places: dict[int, int] = {}
    for position in range(len(trials) + 1):
        for slot, original in slots:
            if slot == position:
                first = trials[original]
                mixed.append(
                    PlannedTrial(
                        first.item, first.question, "repeat", not first.swapped, places[original]
                    )
                )
        if position < len(trials):
            places[position] = begin + len(mixed)
            mixed.append(trials[position])
    return mixed


def _swap(seed: int, unit: Unit, counts: Mapping[Unit, Sides]) -> bool:
    """Return whether b stands left: where fewer had it so; by the seed where both are equal."""
    plain, swapped = counts.get(unit, (0, 0))
    if plain == swapped:
        return random.Random(f"{seed}:{unit}").random() < 0.5
    return swapped < plain
