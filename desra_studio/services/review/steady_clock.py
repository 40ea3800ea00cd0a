"""A clock for what lasts minutes, while the system's own may be set."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from desra_studio.storage.base import now


class SteadyClock:
    """Goes on from what the system's clock said first, however that is set later.

    Args:
        read_clock: the system's clock, aware.
        tell_time: seconds since some moment, which nobody sets.
    """

    def __init__(
        self,
        read_clock: Callable[[], datetime] = now,
        tell_time: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read_clock, self._tell_time = read_clock, tell_time
        self._begun, self._since = read_clock(), tell_time()

    def now(self) -> datetime:
        """Return the present moment by this clock, aware."""
        return self._begun + timedelta(seconds=self._tell_time() - self._since)

    def translate(self, moment: datetime) -> datetime:
        """Return what the system's clock will say then, to whole seconds of difference."""
        return moment + timedelta(seconds=round((self._read_clock() - self.now()).total_seconds()))
