"""Sets of images with a known truth, to see how often intervals over images hold it.

Difficulty is normally distributed over images. Harder images have more components (crowding), more
of which go wrong (spread, in log odds); new components come in bursts; of masks some agree exactly.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from desra_studio.metrics.intervals import Bounds, bound_means, bound_rates, bound_shares

LEAST_COVERAGE, MOST_COVERAGE = 0.93, 0.98
"""Share of intervals that must hold the truth for one to be shown."""
SETS = 20_000
"""Of each population: they tell a coverage of 0.98 to 0.001, one of 0.93 to 0.002."""
TRUTH_IMAGES = 400_000
MOST_COMPONENTS = 12

Rows: TypeAlias = NDArray[np.float64]


class Population(Protocol):
    """Images that there could be, of which sets are drawn."""

    def __hash__(self) -> int:
        """Return the same for the same images."""
        ...

    def draw(self, random: np.random.Generator, shape: tuple[int, int]) -> tuple[Rows, Rows]:
        """Return numerators and denominators of images, both of the shape (sets, images)."""
        ...

    def bound(self, above: Rows, below: Rows) -> Bounds:
        """Return the 95 % intervals of sets."""
        ...


@dataclass(frozen=True)
class Shares:
    """Components of which a share is removed, found or right.

    Attributes:
        share: log odds of an image of mean difficulty, as a share in 0..1.
        spread: standard deviation of the log odds over images.
        crowding: correlation of the number of components with difficulty, 0..1.
    """

    share: float
    spread: float
    crowding: float

    def draw(self, random: np.random.Generator, shape: tuple[int, int]) -> tuple[Rows, Rows]:
        """Return how many components of each image are right, and how many it has, 1 to 12."""
        difficulty = random.standard_normal(shape)
        counts = _draw_counts(random, difficulty, self.crowding)
        chances = expit(logit(self.share) - self.spread * difficulty)
        return random.binomial(counts, chances).astype(float), counts.astype(float)

    def bound(self, above: Rows, below: Rows) -> Bounds:
        """Return the intervals of the shares."""
        return bound_shares(above, below)


@dataclass(frozen=True)
class Rates:
    """New components per component that was there.

    Attributes:
        rate: the truth.
        bursts: variance over images of their own rate, in squares of the mean; 0 for none.
    """

    rate: float
    bursts: float

    def draw(self, random: np.random.Generator, shape: tuple[int, int]) -> tuple[Rows, Rows]:
        """Return how many components are new in each image, and how many it had, 1 to 12."""
        counts = _draw_counts(random, random.standard_normal(shape), 0.0)
        own = random.gamma(1 / self.bursts, self.bursts, shape) if self.bursts else 1.0
        return random.poisson(self.rate * own * counts).astype(float), counts.astype(float)

    def bound(self, above: Rows, below: Rows) -> Bounds:
        """Return the intervals of the rates."""
        return bound_rates(above, below)


@dataclass(frozen=True)
class Means:
    """IoU of images.

    Attributes:
        centre: log odds of the IoU of an image of mean difficulty.
        spread: standard deviation of the log odds over images.
        perfect: share of images that are 1, as both masks are empty.
    """

    centre: float
    spread: float
    perfect: float

    def draw(self, random: np.random.Generator, shape: tuple[int, int]) -> tuple[Rows, Rows]:
        """Return the IoU of each image, and ones."""
        hit = expit(self.centre - self.spread * random.standard_normal(shape))
        values = random.beta(4 * hit, 4 * (1 - hit))
        perfect = random.random(shape) < self.perfect
        return np.where(perfect, 1.0, values), np.ones(shape)

    def bound(self, above: Rows, below: Rows) -> Bounds:
        """Return the intervals of the means."""
        return bound_means(above)


POPULATIONS: dict[str, tuple[Population, ...]] = {
    "shares": tuple(
        Shares(share, spread, crowding)
        for share in (0.5, 0.7, 0.9, 0.95, 0.97, 0.99)
        for spread, crowding in ((0.0, 0.0), (0.7, 0.0), (0.7, 0.8), (1.2, 0.0), (1.2, 0.8))
    ),
    "rates": tuple(
        Rates(rate, bursts) for rate in (0.01, 0.03, 0.1, 0.3) for bursts in (0.0, 0.25, 0.5)
    ),
    "means": tuple(
        Means(centre, spread, perfect)
        for centre in (0.0, 1.0, 2.0, 3.0)
        for spread in (0.5, 1.0, 1.5)
        for perfect in (0.0, 0.2, 0.5)
    ),
}
"""What each kind of figure is simulated on."""


@dataclass(frozen=True)
class Held:
    """How often intervals held the truth, as shares of sets.

    Attributes:
        least, mean, most: over the populations.
        one_sided: share of sets in which all or none was counted, over all populations.
        missed: the same, whose one-sided interval does not hold the truth, where that is most.
    """

    least: float
    mean: float
    most: float
    one_sided: float
    missed: float

    @property
    def holds(self) -> bool:
        """Whether an interval of so many images may be shown; to the digits that can be told."""
        return round(self.least, 3) >= LEAST_COVERAGE and round(self.most, 3) <= MOST_COVERAGE


def measure_coverage(kind: str, images: int, *, sets: int = SETS, seed: int = 0) -> Held:
    """Measure how often the intervals of sets of so many images hold the truth.

    Args:
        kind: shares, rates or means.
        images: of each set, 2 or more, all with something to count.
        sets: of each population.
        seed: the same gives the same figures.
    """
    found = list(_measure_each(kind, images, sets, seed))
    held, alone, missed = (np.array(column) for column in zip(*found, strict=True))
    return Held(
        least=float(held.min()),
        mean=float(held.mean()),
        most=float(held.max()),
        one_sided=float(alone.mean()),
        missed=float(missed.max()),
    )


def _measure_each(
    kind: str, images: int, sets: int, seed: int
) -> Iterator[tuple[float, float, float]]:
    for place, population in enumerate(POPULATIONS[kind]):
        truth = _compute_truth(population)
        random = np.random.default_rng([seed, images, place])
        bounds = population.bound(*population.draw(random, (sets, images)))
        held = (bounds.low <= truth) & (truth <= bounds.high)
        missed = bounds.one_sided & ~held
        yield float(held.mean()), float(bounds.one_sided.mean()), float(missed.mean())


@cache
def _compute_truth(population: Population) -> float:
    above, below = population.draw(np.random.default_rng(1), (1, TRUTH_IMAGES))
    return float(above.sum() / below.sum())


def _draw_counts(
    random: np.random.Generator, difficulty: Rows, crowding: float
) -> NDArray[np.int64]:
    own = np.sqrt(1 - crowding**2) * random.standard_normal(difficulty.shape)
    crowded = 4 * np.exp(0.5 * (crowding * difficulty + own) - 0.125)
    return np.asarray(np.clip(random.poisson(crowded), 1, MOST_COMPONENTS))
