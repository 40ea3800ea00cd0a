"""Voters whose care is known, to see how many of them a rule leaves out.

Careful voters answer a gold trial wrong in 5 % of cases, those who click at random in half of
them. A pair of the study itself has a preference of its own, logits normally distributed over
pairs: a careful voter's answer is drawn from it, and drawn anew when the pair comes again with
sides swapped. One who clicks at random repeats an answer half the time.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from desra_studio.study.screening import GUESS_RATE, SLIP_RATE

MOST_CAREFUL, LEAST_RANDOM = 0.02, 0.9
"""Careful voters whom a rule may leave out at most, and random ones at least, as shares."""
VOTERS = 20_000
PAIRS = {"alike": 0.5, "apart": 1.5, "far apart": 3.0}
"""Standard deviation of the preferences of careful voters over pairs, in logits."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class LeftOut:
    """Shares of voters, 0..1, whom a rule leaves out.

    Attributes:
        careful: of those who slip in 5 % of gold trials.
        random: of those who click at random.
    """

    careful: float
    random: float

    @property
    def holds(self) -> bool:
        """Whether few enough careful and enough random ones are left out."""
        return self.careful <= MOST_CAREFUL and self.random >= LEAST_RANDOM


def simulate_gold(gold: int, wrong: int, *, voters: int = VOTERS, seed: int = 0) -> LeftOut:
    """Simulate a rule on gold trials alone.

    Args:
        gold: trials of each voter.
        wrong: answers that leave a voter out.
        voters: how many of each sort.
        seed: the same gives the same figures.
    """
    return simulate_checks(gold, 0, wrong, voters=voters, seed=seed)


def simulate_checks(
    gold: int, repeats: int, wrong: int, spread: float = 0.0, *, voters: int = VOTERS, seed: int = 0
) -> LeftOut:
    """Simulate a rule that counts wrong gold and repeats answered differently together.

    Args:
        gold: trials of each voter.
        repeats: trials of each voter, too.
        wrong: of both together, that leave a voter out.
        spread: of the preferences, see `PAIRS`.
        voters: how many of each sort.
        seed: the same gives the same figures.
    """
    random = np.random.default_rng(seed)
    slips = random.random((voters, gold)) < SLIP_RATE
    changed = ~_repeat_carefully(random, (voters, repeats), spread)
    guesses = random.random((voters, gold)) < GUESS_RATE
    flipped = random.random((voters, repeats)) < 0.5
    return LeftOut(
        _share(slips.sum(axis=1) + changed.sum(axis=1) >= wrong),
        _share(guesses.sum(axis=1) + flipped.sum(axis=1) >= wrong),
    )


def simulate_repeats(
    repeats: int, spread: float, *, voters: int = VOTERS, seed: int = 0
) -> tuple[float, LeftOut]:
    """Simulate the mildest rule on repeats alone that leaves out nine of ten random voters.

    Args:
        repeats: trials of each voter.
        spread: of the preferences, see `PAIRS`.
        voters: how many of each sort.
        seed: the same gives the same figures.

    Returns:
        The share of repeats that careful voters answer the same, and whom the rule leaves out.
    """
    random = np.random.default_rng(seed)
    careful = _repeat_carefully(random, (voters, repeats), spread).sum(axis=1)
    guessed = (random.random((voters, repeats)) < 0.5).sum(axis=1)
    least = next(same for same in range(repeats + 2) if _share(guessed < same) >= LEAST_RANDOM)
    same = float(careful.mean() / repeats)
    return same, LeftOut(_share(careful < least), _share(guessed < least))


def _repeat_carefully(random: np.random.Generator, shape: tuple[int, int], spread: float) -> Flags:
    """Return whether a careful voter answers pairs as the first time."""
    prefers = expit(spread * random.standard_normal(shape))
    first, second = (random.random(shape) < prefers for _ in range(2))
    return np.asarray(first == second)


def _share(flags: Flags) -> float:
    return float(np.mean(flags))
