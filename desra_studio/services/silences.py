"""How long jobs have said nothing, by a clock that nobody sets."""

import threading
import time
from collections.abc import Callable
from datetime import datetime

LOST_AFTER_S = 30.0
"""A live job writes its heartbeat twice a second."""


class Silences:
    """What this process has heard of jobs: the last heartbeat of each, and when that was new.

    A heartbeat is only ever compared with the one before. The clock that wrote it may have been set
    since, or have jumped.

    Args:
        limit_s: how long a job may say nothing.
        tell_time: seconds since some moment; by default the system's own count, which no one sets
            and which stands still while the machine sleeps.
    """

    def __init__(
        self, limit_s: float = LOST_AFTER_S, tell_time: Callable[[], float] = time.monotonic
    ) -> None:
        self.limit_s, self._tell_time = limit_s, tell_time
        self._heard: dict[int, tuple[datetime, float]] = {}
        self._lock = threading.Lock()

    def is_too_long(self, run_id: int, heartbeat: datetime) -> bool:
        """Tell whether a job's heartbeat has stayed the same for too long since it was new here."""
        with self._lock:
            moment = self._tell_time()
            known, since = self._heard.get(run_id, (None, moment))
            if known != heartbeat:
                since = moment
                self._heard[run_id] = heartbeat, since
            return moment - since > self.limit_s
