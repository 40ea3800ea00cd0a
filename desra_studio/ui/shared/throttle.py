"""How often somebody may try: passwords, and links of studies."""

import math
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter


class Throttle:
    """Counts failures, and tells who has to wait; a restart forgets them.

    Args:
        limit: as '10 per 5 minutes'.
    """

    def __init__(self, limit: str) -> None:
        self._limit: RateLimitItem = parse(limit)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def count(self, *who: str) -> None:
        """Count one failure of theirs."""
        self._limiter.hit(self._limit, *who)

    def get_wait(self, *who: str) -> int:
        """Return the seconds, rounded up, until they may try again; 0 for at once."""
        if self._limiter.test(self._limit, *who):
            return 0
        stats = self._limiter.get_window_stats(self._limit, *who)
        return max(1, math.ceil(stats.reset_time - time.time()))
