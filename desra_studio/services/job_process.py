"""A job as its own process sees it: take a turn, work, tell how far, end."""

import sys
import threading
import time
import traceback
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Any, Generic, TypeAlias, TypeVar

from desra_studio.errors import CancelledError, InputError, StudioError
from desra_studio.imaging.io import spell_name
from desra_studio.services.job_configs import JobConfig
from desra_studio.services.lost_jobs import fail_lost_jobs, hold_job
from desra_studio.services.studio import Studio, name_log
from desra_studio.storage import runs
from desra_studio.storage.base import now
from desra_studio.storage.tables import Run
from desra_studio.vocabulary import ACTIVE, RunStatus

PULSE_SECONDS = 0.5


class Job:
    """The running job: what its work reports to.

    A thread carries progress and figures to the database and brings the cancel flag back, so that
    the work itself never waits for the database.

    Attributes:
        studio, run_id: the installation and the job's id.
        result: what the work has to show so far; kept also where it is cancelled or fails.
    """

    def __init__(self, studio: Studio, run_id: int, device_kinds: Collection[str] = ()) -> None:
        self.studio, self.run_id = studio, run_id
        self._device_kinds = device_kinds
        self.result: dict[str, object] = {}
        self._lock = threading.Lock()
        self._progress: tuple[int, int, str] | None = None
        self._begun_at: int | None = None
        self._started: float | None = None
        self._metrics: list[tuple[int, str, float]] = []
        self._cancelled, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._pulse, daemon=True)

    def __enter__(self) -> "Job":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._flush()

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody asked it to stop, and it has heard of it."""
        return self._cancelled.is_set()

    def report(self, done: int, total: int, message: str) -> None:
        """Tell how far the work is; the first time with a total, where it begins.

        Raises:
            CancelledError: somebody asked the job to stop.
        """
        with self._lock:
            self._progress = (done, total, message)
            if total and self._begun_at is None:
                self._begun_at = done
        if self.is_cancelled:
            raise CancelledError(f"Cancelled at {done} of {total}.")

    def show_result(self, result: dict[str, object]) -> None:
        """Let everybody see what the work has to show so far, such as the dataset it made."""
        self.result = result
        with self.studio.database.write() as session:
            runs.keep_result(session, self.run_id, result)

    def add_metric(self, step: int, name: str, value: float) -> None:
        """Record one figure of the work."""
        with self._lock:
            self._metrics.append((step, name, value))

    def wait_for_turn(self) -> None:
        """Wait until no earlier job uses the device, then start; CancelledError as `report`."""
        while not self._take_turn():
            time.sleep(PULSE_SECONDS)
            self.report(0, 0, "Waiting for the job before it")

    def _take_turn(self) -> bool:
        with self.studio.database.write() as session:
            fail_lost_jobs(self.studio, session)
            own = runs.get_run(session, self.run_id)
            waiting = own.kind in self._device_kinds and any(
                run.kind in self._device_kinds and run.id < own.id
                for run in runs.list_active_runs(session)
            )
            if not waiting:
                own.status, own.started_at, own.message = RunStatus.RUNNING, now(), "Starting"
                self._started = time.monotonic()
            return not waiting

    def _pulse(self) -> None:
        while not self._ended.wait(PULSE_SECONDS):
            self._flush()

    def _flush(self) -> None:
        with self._lock:
            progress, self._progress = self._progress, None
            metrics, self._metrics = self._metrics, []
        try:
            self._write(progress, metrics)
        except StudioError as error:
            # A busy database must not end the heartbeat: the next pulse carries it all.
            print(error, file=sys.stderr)  # noqa: T201 (the job's log)
            with self._lock:
                self._progress = self._progress or progress
                self._metrics = metrics + self._metrics

    def _write(
        self, progress: tuple[int, int, str] | None, metrics: list[tuple[int, str, float]]
    ) -> None:
        with self.studio.database.write() as session:
            run = runs.get_run(session, self.run_id)
            run.heartbeat_at = now()
            if self._started is not None:
                # Moved with a clock that was set meanwhile: what has passed since then is right.
                passed = timedelta(seconds=time.monotonic() - self._started)
                run.started_at = run.heartbeat_at - passed
            if progress:
                run.done, run.total = progress[:2]
                run.message = spell_name(progress[2])
            if self._begun_at is not None:
                run.done_before = self._begun_at
            for step, name, value in metrics:
                runs.add_metric(session, self.run_id, step, name, value)
            if run.cancel_requested:
                self._cancelled.set()


Config = TypeVar("Config", bound=JobConfig)


@dataclass(frozen=True)
class JobKind(Generic[Config]):
    """One kind of job.

    Attributes:
        config: what such a job is told.
        run: does the work of a job, and returns its result as plain values.
        page: path of the page that shows jobs of this kind.
        fills_device: whether it uses the whole device: such jobs run one at a time, in order of
            their ids.
    """

    config: type[Config]
    run: Callable[[Job, Config], dict[str, object]]
    page: str
    fills_device: bool = False

    def work(self, job: Job, stored: Mapping[str, Any]) -> dict[str, object]:
        """Do the work of a job from its configuration as it is stored, and return its result."""
        return self.run(job, self.config.read(stored))


AnyKind: TypeAlias = JobKind[Any]
"""Of whatever configuration."""


def carry_out(studio: Studio, run_id: int, kinds: Mapping[str, AnyKind]) -> RunStatus:
    """Carry a queued job out, of one of these kinds, and return how it ended; nothing is raised.

    One that another process carries out, or that has ended, is left as it is.
    """
    try:
        # Until its end is written, so that nobody takes it for lost in between.
        with hold_job(studio, run_id):
            with studio.database.read() as session:
                run = runs.get_run(session, run_id)
            return _carry_out(studio, run, kinds) if run.status in ACTIVE else run.status
    except InputError as error:
        print(error, file=sys.stderr)  # noqa: T201 (the job's log)
        with studio.database.read() as session:
            return runs.get_run(session, run_id).status


def _carry_out(studio: Studio, run: Run, kinds: Mapping[str, AnyKind]) -> RunStatus:
    run_id = run.id
    job = Job(studio, run_id, {name for name, kind in kinds.items() if kind.fills_device})
    try:
        with job:
            job.wait_for_turn()
            job.result = kinds[run.kind].work(job, run.config)
        status, message = RunStatus.DONE, ""
    except CancelledError as error:
        status, message = RunStatus.CANCELLED, str(error)
    except StudioError as error:
        status, message = RunStatus.FAILED, str(error)
    except Exception as error:  # noqa: BLE001 (the last resort: the job must end with a message)
        traceback.print_exc()
        status = RunStatus.FAILED
        message = f"Unexpected {type(error).__name__}: {error}. See {name_log(run_id)}."
    with studio.database.write() as session:
        runs.finish_run(runs.get_run(session, run_id), status, spell_name(message), job.result)
    return status
