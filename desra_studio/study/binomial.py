"""What SciPy knows about shares of independent votes: an exact test, and an interval.

`scipy.stats` takes a second to import, which the processes that never count a vote do not pay.
"""

from desra_studio.metrics.intervals import CONFIDENCE, Interval


def compare_with_half(hits: int, total: int) -> float | None:
    """Return the exact, two-sided p value of a share of one half; None without any."""
    from scipy.stats import binomtest

    return float(binomtest(hits, total).pvalue) if total else None


def bound_wilson(hits: int, total: int) -> Interval | None:
    """Return Wilson's 95 % score interval of a share if all were independent; None without any."""
    from scipy.stats import binomtest

    if total == 0:
        return None
    bounds = binomtest(hits, total).proportion_ci(CONFIDENCE, method="wilson")
    return Interval(float(bounds.low), float(bounds.high))
