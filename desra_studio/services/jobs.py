"""Jobs as the server sees them: start one in a child process, watch it, cancel it."""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desra_studio.config import Settings
from desra_studio.services.lost_jobs import fail_lost_jobs, forget_process
from desra_studio.services.studio import Studio, name_log
from desra_studio.storage import runs
from desra_studio.storage.tables import Run
from desra_studio.vocabulary import ACTIVE, RunStatus

GOODBYE_S = 10.0
"""How long a process may take to end after its job has."""
MAX_POINTS = 300
"""Of a plot: it is a few hundred px wide."""


@dataclass(frozen=True)
class JobView:
    """A job as a page shows it.

    Attributes:
        id, kind, status, config, result: as stored.
        done, total: progress in steps; total is 0 until the job knows it.
        message: what it does, or why it ended.
        rate: steps per second of this attempt, 0 until there is one.
        seconds_left: None until it can be told.
    """

    id: int
    kind: str
    status: RunStatus
    config: dict[str, Any]
    result: dict[str, Any]
    done: int
    total: int
    message: str
    rate: float
    seconds_left: float | None

    @property
    def active(self) -> bool:
        """Whether it waits or runs."""
        return self.status in ACTIVE

    @property
    def succeeded(self) -> bool:
        """Whether it ended with a result."""
        return self.status is RunStatus.DONE


def start_job(studio: Studio, kind: str, config: Mapping[str, object]) -> int:
    """Write a job's row, start its process and return its id.

    The process outlives the server; its output goes to `runs/ID/log.txt`.
    """
    run_id = queue_job(studio, kind, config)
    start_process(studio, run_id)
    return run_id


def queue_job(studio: Studio, kind: str, config: Mapping[str, object]) -> int:
    """Write the row of a job that waits for its process, and return its id."""
    with studio.database.write() as session:
        return runs.add_run(session, kind, dict(config)).id


def restart_job(studio: Studio, run_id: int) -> int:
    """Start another attempt of a job that was cancelled, failed or lost, and return its id.

    Raises:
        NotFoundError, InputError: see `requeue_job`.
    """
    requeue_job(studio, run_id)
    start_process(studio, run_id)
    return run_id


def requeue_job(studio: Studio, run_id: int) -> None:
    """Let a job that was cancelled, failed or lost wait for the process of another attempt.

    Raises:
        NotFoundError: no such job.
        InputError: it waits, runs, or is done.
    """
    with studio.database.write() as session:
        fail_lost_jobs(studio, session)
        runs.check_ended_early(runs.get_run(session, run_id))
    # The last attempt may have said its last word and not be gone yet: whoever reaps it would
    # take the new one for dead.
    join_watcher(run_id, GOODBYE_S)
    forget_process(studio, run_id)
    with studio.database.write() as session:
        runs.requeue_run(runs.get_run(session, run_id))


def start_process(
    studio: Studio, run_id: int, environment: Mapping[str, str] | None = None
) -> "subprocess.Popen[bytes]":
    """Start the process of a job that waits; where it dies without a word, its job is closed.

    Args:
        studio: the installation.
        run_id: of the job.
        environment: variables that the process has beside those of this one.
    """
    folder = studio.run_folder(run_id)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "log.txt").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "desra_studio", "jobs", "run", str(run_id)],
            env={**os.environ, **(environment or {}), **environment_of(studio.settings)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    threading.Thread(
        target=_watch_process,
        args=(studio, run_id, process),
        name=_name_watcher(run_id),
        daemon=True,
    ).start()
    return process


def join_watcher(run_id: int, patience_s: float | None = None) -> None:
    """Wait until the thread that reaps a job's process has had its last look at the database."""
    for thread in threading.enumerate():
        if thread.name == _name_watcher(run_id):
            thread.join(patience_s)


def _name_watcher(run_id: int) -> str:
    return f"job-{run_id}"


def cancel_job(studio: Studio, run_id: int) -> None:
    """Ask a job to stop; it does so within one step."""
    with studio.database.write() as session:
        runs.get_run(session, run_id).cancel_requested = True


def view_job(studio: Studio, run_id: int) -> JobView:
    """Return one job; NotFoundError where there is none, or its dataset is in the bin."""
    with studio.database.read() as session:
        return _view(runs.open_run(session, run_id))


def list_jobs(studio: Studio, *kinds: str) -> list[JobView]:
    """Return the newest jobs of these kinds, newest first."""
    with studio.database.read() as session:
        return [_view(run) for run in runs.list_runs(session, kinds)]


def list_active_jobs(studio: Studio) -> list[JobView]:
    """Return all waiting or running jobs, the oldest first."""
    with studio.database.read() as session:
        return [_view(run) for run in runs.list_active_runs(session)]


def find_active_job(studio: Studio, *kinds: str) -> JobView | None:
    """Return the oldest waiting or running job of these kinds; of any kind where none is given."""
    active = list_active_jobs(studio)
    return next((job for job in active if not kinds or job.kind in kinds), None)


def list_job_metrics(studio: Studio, run_id: int, name: str) -> list[tuple[int, float]]:
    """Return (step, value) of one figure of a job, in order."""
    with studio.database.read() as session:
        return runs.list_metrics(session, run_id, name)


def summarize_job_metrics(studio: Studio, run_id: int) -> dict[str, list[tuple[int, float]]]:
    """Return (step, value) of every figure of a job by name, in order, as a plot needs them.

    Up to 300 points a figure: of more steps, each point is the mean of some in a row.

    Raises:
        NotFoundError: no such job.
    """
    with studio.database.read() as session:
        runs.open_run(session, run_id)
        return runs.summarize_metrics(session, run_id, MAX_POINTS)


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the variables with which a child process opens the same installation."""
    return {
        "DESRA_STUDIO_DATA_DIR": str(settings.data_dir.resolve()),
        "DESRA_STUDIO_DATABASE_URL": settings.database_url,
        "DESRA_STUDIO_DEVICE": settings.device,
        "DESRA_STUDIO_AUTHOR": settings.author,
        "DESRA_STUDIO_SEGMENTATION": settings.segmentation,
        "DESRA_STUDIO_MAX_MEGAPIXELS": str(settings.max_megapixels),
    }


def _watch_process(studio: Studio, run_id: int, process: "subprocess.Popen[bytes]") -> None:
    """Reap the child, and close its job where it died without doing so itself."""
    status = process.wait()
    with studio.database.write() as session:
        run = runs.get_run(session, run_id)
        if run.status in ACTIVE:
            runs.finish_run(
                run,
                RunStatus.FAILED,
                f"The job's process ended with status {status}. See {name_log(run_id)}, then start "
                "it again.",
            )


def _view(run: Run) -> JobView:
    # By what the job itself wrote last: whoever looks may have another clock by now.
    until = run.finished_at or run.heartbeat_at
    elapsed = (until - run.started_at).total_seconds() if run.started_at else 0.0
    rate = max(0, run.done - run.done_before) / elapsed if elapsed > 0 else 0.0
    left = (run.total - run.done) / rate if rate > 0 and run.status is RunStatus.RUNNING else None
    return JobView(
        id=run.id,
        kind=run.kind,
        status=run.status,
        config=run.config,
        result=run.result,
        done=run.done,
        total=run.total,
        message=run.message,
        rate=rate,
        seconds_left=left,
    )
