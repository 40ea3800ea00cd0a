"""How many votes are still needed."""

import math

from scipy.special import ndtri

from desra_studio.metrics.intervals import CONFIDENCE
from desra_studio.study.shares import Share

POWER = 0.8


def estimate_votes_needed(share: Share) -> int | None:
    """Estimate how many more votes a study needs to tell which system is preferred.

    The standard error is read off the two-way interval and taken to shrink with the square root
    of the number of votes: true while voters and images both grow, too hopeful where the same few
    images are only shown to more voters. A study of that size would tell the share as it is now
    from one half with a power of 80 % at 5 %.

    Returns:
        The number of further votes; 0 where the interval leaves out one half already; None where
        there is no interval, or the share is exactly one half.
    """
    if share.share is None or share.interval is None or share.share == 0.5:
        return None
    if not share.interval.low <= 0.5 <= share.interval.high:
        return 0
    z = float(ndtri((1 + CONFIDENCE) / 2))
    error = (share.interval.high - share.interval.low) / (2 * z)
    wanted = abs(share.share - 0.5) / (z + float(ndtri(POWER)))
    return max(math.ceil(share.votes * (error / wanted) ** 2) - share.votes, 1)
