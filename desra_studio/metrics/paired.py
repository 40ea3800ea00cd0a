"""How much better one detector is than another on the same images."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import bootstrap

from desra_studio.errors import InputError
from desra_studio.metrics.intervals import CONFIDENCE, Interval

LEAST_PAIRS = 6
"""Images from which on a difference has an interval."""
RESAMPLES = 9999


@dataclass(frozen=True)
class PairedDifference:
    """A difference of means over the same images.

    Attributes:
        mean: of the first less the second.
        interval: 95 %; None with fewer than 6 images.
        images: how many.
    """

    mean: float
    interval: Interval | None
    images: int


def compare_pairs(
    first: Sequence[float], second: Sequence[float], seed: int = 0
) -> PairedDifference:
    """Compare figures of the same images, in the same order.

    The interval is a bias-corrected and accelerated bootstrap over images (Efron 1987). With ten
    images it is still somewhat too short.

    Raises:
        InputError: no images, or not as many of one as of the other.
    """
    if len(first) != len(second) or not first:
        raise InputError(f"Figures of {len(first)} and {len(second)} images are no pairs.")
    gains = np.subtract(first, second)
    mean, count = float(gains.mean()), len(gains)
    if count < LEAST_PAIRS:
        return PairedDifference(mean, None, count)
    if np.ptp(gains) == 0:
        return PairedDifference(mean, Interval(mean, mean), count)
    found = bootstrap(
        (gains,), np.mean, n_resamples=RESAMPLES, confidence_level=CONFIDENCE, method="BCa",
        rng=np.random.default_rng(seed),
    ).confidence_interval  # fmt: skip
    return PairedDifference(mean, Interval(float(found.low), float(found.high)), count)
