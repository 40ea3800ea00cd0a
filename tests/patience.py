"""The one limit of every wait in the tests, far above what a busy machine needs."""

import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import pytest

from desra_studio.services import jobs
from desra_studio.services.jobs import JobView
from desra_studio.services.studio import Studio

PATIENCE_S = 300.0
PATIENCE_MS = 1000 * PATIENCE_S
STEP_S = 0.05

Found = TypeVar("Found")


def wait_for(
    condition: Callable[[], Found], awaited: str, pause: Callable[[float], object] = time.sleep
) -> Found:
    """Ask until the condition holds and return what it found; fail with what was awaited.

    `pause` lets so many seconds pass between two questions.
    """
    end = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        if time.monotonic() > end:
            pytest.fail(f"waited {PATIENCE_S:.0f} s in vain for {awaited}")
        pause(STEP_S)
    return found


def wait_until_ended(studio: Studio, run_id: int) -> JobView:
    """Wait until a job is done, has failed or was cancelled; return what is known of it."""
    return wait_for(
        lambda: (view := jobs.view_job(studio, run_id)) and not view.active and view,
        f"the end of job {run_id}",
    )


def join_thread(thread: threading.Thread) -> None:
    """Wait until a thread has ended."""
    thread.join(PATIENCE_S)
    assert not thread.is_alive(), f"{thread.name} has not ended in {PATIENCE_S:.0f} s"


def join_watchers() -> None:
    """Wait until nobody watches a job's process any more."""
    for thread in threading.enumerate():
        if thread.name.startswith("job-"):
            join_thread(thread)


def wait_until_healthy(port: int, process: subprocess.Popen) -> None:
    """Wait until a server of this machine answers /healthz."""

    def is_healthy() -> bool:
        assert process.poll() is None, f"the server ended with status {process.returncode}"
        with suppress(OSError), read_url(f"http://127.0.0.1:{port}/healthz") as answer:
            return answer.status == 200
        return False

    wait_for(is_healthy, f"the server at port {port}")


def read_url(url: str):
    """Ask a server of this machine; returns its answer, to be closed."""
    return urllib.request.urlopen(url, timeout=PATIENCE_S)
