"""Progress on a terminal: how far, how fast, how long still; on standard error."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

REDRAW_SECONDS = 0.2
QUIET_SECONDS = 10.0
"""How often a line is written where standard error is a file, not a terminal."""


@contextmanager
def show_progress(title: str) -> Iterator[Callable[[int, int, str], None]]:
    """Yield a report function that keeps one line up to date, or writes one now and then."""
    started = time.monotonic()
    terminal = sys.stderr.isatty()
    drawn = started if not terminal else 0.0

    def report(done: int, total: int, message: str) -> None:
        nonlocal drawn
        now = time.monotonic()
        pause = REDRAW_SECONDS if terminal else QUIET_SECONDS
        if now - drawn < pause and (done < total or not terminal):
            return
        drawn = now
        line = f"{title} {done}/{total} {describe_pace(done, total, now - started)} {message}"
        sys.stderr.write(f"\r\x1b[K{line[:100]}" if terminal else f"{line}\n")
        sys.stderr.flush()

    try:
        yield report
    finally:
        if terminal and drawn:
            sys.stderr.write("\r\x1b[K")


def describe_pace(done: int, total: int, elapsed: float) -> str:
    """Return '3.2/s, 0:41 left', or nothing before the first step."""
    if done <= 0 or elapsed <= 0:
        return ""
    rate = done / elapsed
    return f"{rate:.2g}/s, {format_time((total - done) / rate)} left"


def format_time(seconds: float) -> str:
    """Return minutes and seconds as 0:41, hours as 1:02:03."""
    whole = max(0, round(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
