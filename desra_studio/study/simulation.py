"""Studies with a known truth, to see how often an interval holds it.

Voter v chooses the first system on image i with probability sigmoid(m + s_v A_v + s_i B_i + s_x
C_vi), A, B and C standard normal: some voters are more taken by it than others, some images show
more of it, and some voters see it in some images. The truth is the mean of that over all voters
and images that there could be.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from desra_studio.metrics.intervals import Interval
from desra_studio.study.binomial import bound_wilson
from desra_studio.study.two_way import bootstrap_share


@dataclass(frozen=True)
class Setting:
    """What a simulated study is like.

    Attributes:
        voters, images: how many; each voter sees each image once.
        centre: choice probability of an average voter on an average image, in 0..1.
        voter_sd, image_sd, both_sd: standard deviations of the effects, in logits.
    """

    voters: int = 20
    images: int = 20
    centre: float = 0.6
    voter_sd: float = 0.5
    image_sd: float = 0.8
    both_sd: float = 0.0


@dataclass(frozen=True)
class Coverage:
    """How often intervals held the truth.

    Attributes:
        truth: the share that the studies are about.
        two_way, wilson: share of studies whose interval holds it.
        width: mean width of the two-way intervals.
    """

    truth: float
    two_way: float
    wilson: float
    width: float


def compute_truth(setting: Setting) -> float:
    """Return the share over all voters and images that there could be, by Gauss-Hermite points."""
    points, weights = np.polynomial.hermite_e.hermegauss(60)
    spread = np.sqrt(setting.voter_sd**2 + setting.image_sd**2 + setting.both_sd**2)
    shares = expit(logit(setting.centre) + spread * points)
    return float((shares * weights).sum() / weights.sum())


def simulate_studies(setting: Setting, repeats: int, seed: int) -> Iterator[NDArray[np.float64]]:
    """Yield the wins of the first system, (voters, images) of 0 and 1, in one study after another.

    The same seed gives the same studies.
    """
    random = np.random.default_rng(seed)
    for _ in range(repeats):
        shape = setting.voters, setting.images
        logits = (
            logit(setting.centre)
            + setting.voter_sd * random.standard_normal((setting.voters, 1))
            + setting.image_sd * random.standard_normal((1, setting.images))
            + setting.both_sd * random.standard_normal(shape)
        )
        yield (random.random(shape) < expit(logits)).astype(float)


def measure_coverage(
    setting: Setting, *, repeats: int = 400, resamples: int = 1000, seed: int = 0
) -> Coverage:
    """Measure how often the two-way interval and Wilson's hold the truth of simulated studies."""
    truth = compute_truth(setting)
    two_way, wilson, widths = [], [], []
    for number, wins in enumerate(simulate_studies(setting, repeats, seed)):
        total = np.ones_like(wins)
        interval = bootstrap_share(wins, total, repeats=resamples, seed=seed + number, least=2)
        two_way.append(_holds(interval, truth))
        wilson.append(_holds(bound_wilson(int(wins.sum()), wins.size), truth))
        widths.append(interval.high - interval.low if interval else 1.0)
    return Coverage(truth, float(np.mean(two_way)), float(np.mean(wilson)), float(np.mean(widths)))


def _holds(interval: Interval | None, truth: float) -> bool:
    return interval is not None and interval.low <= truth <= interval.high
