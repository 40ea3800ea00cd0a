"""Jobs as their own process sees them: take a turn, work, tell how far, end."""

import sys
import threading
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import CancelledError, InputError, StudioError
from desra_studio.imaging.io import spell_name
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.lost_jobs import fail_lost_jobs, hold_job
from desra_studio.services.studies.lifecycle import create_study
from desra_studio.services.studio import Studio, name_log
from desra_studio.storage import runs
from desra_studio.storage.tables import ACTIVE, Run, RunStatus, now
from desra_studio.study.order import StudyOrder

PULSE_SECONDS = 0.5
DEVICE_KINDS = ("finetune", "prove", "apply", "upscale", "demo", "derive")
"""Kinds that fill a device; they run one at a time, in order of their ids."""


class Job:
    """The running job: what its work reports to.

    A thread carries progress and figures to the database and brings the cancel flag back, so that
    the work itself never waits for the database.

    Attributes:
        result: what the work has to show so far; kept also where it is cancelled or fails.
    """

    def __init__(self, studio: Studio, run_id: int) -> None:
        self.studio, self.run_id = studio, run_id
        self.result: dict[str, Any] = {}
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

    def show_result(self, result: dict[str, Any]) -> None:
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
            waiting = own.kind in DEVICE_KINDS and any(
                run.kind in DEVICE_KINDS and run.id < own.id
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


def run_job(studio: Studio, run_id: int) -> RunStatus:
    """Carry a queued job out and return how it ended; nothing is raised.

    One that another process carries out, or that has ended, is left as it is.
    """
    try:
        # Until its end is written, so that nobody takes it for lost in between.
        with hold_job(studio, run_id):
            with studio.database.read() as session:
                run = runs.get_run(session, run_id)
            return _carry_out(studio, run) if run.status in ACTIVE else run.status
    except InputError as error:
        print(error, file=sys.stderr)  # noqa: T201 (the job's log)
        with studio.database.read() as session:
            return runs.get_run(session, run_id).status


def _carry_out(studio: Studio, run: Run) -> RunStatus:
    run_id = run.id
    job = Job(studio, run_id)
    try:
        with job:
            job.wait_for_turn()
            job.result = _HANDLERS[run.kind](job, run.config)
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


def _run_import(job: Job, config: dict[str, Any]) -> dict[str, Any]:
    report = import_dataset(job.studio, Path(config["source"]), config["name"], job.report)
    job.show_result(report.as_dict())
    if report.lr_only:
        return job.result
    try:
        params = DetectorParams(**config["params"])
        detected = detect_dataset(job.studio, report.dataset_id, params, job.report)
    except StudioError as error:
        note = f"{error} The {report.images} images are imported; go on with 'Detect again'."
        raise type(error)(note) from error
    return job.result | detected


def _run_detect(job: Job, config: dict[str, Any]) -> dict[str, Any]:
    params = DetectorParams(**config["params"])
    return detect_dataset(job.studio, config["dataset_id"], params, job.report)


def _run_upscale(job: Job, config: dict[str, Any]) -> dict[str, Any]:
    job.report(0, 0, "Loading the models")
    # Brings torch in, which some kinds do without, and which takes seconds.
    from desra_studio.services.datasets.upscaling import upscale_dataset

    params = DetectorParams(**config["params"])
    return upscale_dataset(job.studio, config["dataset_id"], config["model_id"], params, job.report)


def _run_demo(job: Job, config: dict[str, Any]) -> dict[str, Any]:
    report = import_dataset(job.studio, Path(config["source"]), config["name"], job.report)
    job.show_result(report.as_dict())
    upscaled = _run_upscale(job, config | {"dataset_id": report.dataset_id})
    return job.result | upscaled


def _run_derive(job: Job, config: dict[str, Any]) -> dict[str, Any]:
    from desra_studio.services.models.deriving import run_derivation

    return run_derivation(job.studio, config, job.report, job.add_metric)


def _run_pull(job: Job, config: dict[str, Any]) -> dict[str, Any]:
    from desra_studio.services.models.pulling import pull_model

    details, is_new = pull_model(job.studio, config["model"], job.report)
    return {"model": details.name, "model_id": details.id, "new": is_new}


def _run_finetune(job: Job, config: dict[str, Any]) -> dict[str, Any]:
    from desra_studio.services.finetune.training import finetune_training_set
    from desra_studio.services.proof.proving import prove_or_tell

    job.result = finetune_training_set(job.studio, job.run_id, config, job.report, job.add_metric)

    def report(done: int, total: int, message: str) -> None:
        # The iterations stay: a bar that starts anew would look as if the training did.
        steps = config["iterations"]
        job.report(steps, steps, f"Proving on image {done + 1} of {total}: {message}")

    return job.result | prove_or_tell(job.studio, job.run_id, report)


def _run_prove(job: Job, config: dict[str, Any]) -> dict[str, Any]:
    job.report(0, 0, "Loading the model")
    from desra_studio.services.proof.proving import prove_again

    return prove_again(job.studio, config["run_id"], job.report)


def _run_apply(job: Job, config: dict[str, Any]) -> dict[str, Any]:
    from desra_studio.services.proof.applying import apply_model

    return apply_model(job.studio, config["dataset_id"], config["model_id"], job.report)


def _run_score(job: Job, config: dict[str, Any]) -> dict[str, Any]:
    from desra_studio.services.detection.detectors import read_params, run_detectors

    wanted = [read_params(values) for values in config["detectors"]]
    return {"notes": run_detectors(job.studio, config["dataset_id"], wanted, job.report)}


def _run_curve(job: Job, config: dict[str, Any]) -> dict[str, Any]:
    from desra_studio.services.scores.curves import trace_detector

    return trace_detector(job.studio, config["dataset_id"], config["detector"], job.report)


def _run_calibrate(job: Job, config: dict[str, Any]) -> dict[str, Any]:
    from desra_studio.services.detection.calibrating import calibrate_dataset

    return calibrate_dataset(job.studio, config["dataset_id"], config["name"], report=job.report)


def _run_study(job: Job, config: dict[str, Any]) -> dict[str, Any]:
    order = StudyOrder.from_dict(config["order"])
    return {"study": create_study(job.studio, config["dataset_id"], order, job.report)}


_Handler: TypeAlias = Callable[[Job, dict[str, Any]], dict[str, Any]]
_HANDLERS: dict[str, _Handler] = {
    "import": _run_import,
    "detect": _run_detect,
    "finetune": _run_finetune,
    "prove": _run_prove,
    "apply": _run_apply,
    "upscale": _run_upscale,
    "demo": _run_demo,
    "derive": _run_derive,
    "pull": _run_pull,
    "score": _run_score,
    "curve": _run_curve,
    "calibrate": _run_calibrate,
    "study": _run_study,
}
