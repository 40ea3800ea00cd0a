"""Queries on jobs and their figures."""

import math
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import func, select

from desra_studio.errors import InputError, NotFoundError
from desra_studio.storage.base import now
from desra_studio.storage.database import Session, get_row
from desra_studio.storage.datasets import describe_bin
from desra_studio.storage.tables import Dataset, Run, RunMetric
from desra_studio.vocabulary import ACTIVE, RunStatus


def add_run(session: Session, kind: str, config: dict[str, Any]) -> Run:
    """Add a queued job and return it with its id."""
    run = Run(kind=kind, config=config)
    session.add(run)
    session.flush()
    return run


def get_run(session: Session, run_id: int) -> Run:
    """Return a job by id; NotFoundError where there is none."""
    return get_row(session, Run, run_id, "Job")


def open_run(session: Session, run_id: int) -> Run:
    """Return a job by id, for who looks at it or at what it made.

    Raises:
        NotFoundError: there is none, or its dataset is in the bin.
    """
    run = get_run(session, run_id)
    dataset = session.get(Dataset, read_dataset_id(run) or 0)
    if dataset is not None and dataset.deleted_at is not None:
        raise NotFoundError(describe_bin(dataset))
    return run


def read_dataset_id(run: Run) -> int | None:
    """Return which dataset a job works on: one it was given, or one it has made."""
    dataset_id: int | None = run.config.get("dataset_id") or run.result.get("dataset_id")
    return dataset_id


def find_run_on(session: Session, dataset: Dataset) -> Run | None:
    """Return the oldest waiting or running job that works on a dataset, if there is one."""
    for run in list_active_runs(session):
        dataset_id = read_dataset_id(run)
        # An import has only its name until it has told what it made.
        made_now = dataset_id is None and run.config.get("name") == dataset.name
        several = {model["dataset_id"] for model in run.result.get("models", [])}
        if dataset_id == dataset.id or dataset.id in several or made_now:
            return run
    return None


def list_runs(session: Session, kinds: Iterable[str], limit: int = 20) -> list[Run]:
    """Return the newest jobs of these kinds, newest first."""
    query = select(Run).where(Run.kind.in_(list(kinds))).order_by(Run.id.desc()).limit(limit)
    return list(session.scalars(query))


def list_active_runs(session: Session) -> list[Run]:
    """Return the queued and running jobs, oldest first."""
    return list(session.scalars(select(Run).where(Run.status.in_(ACTIVE)).order_by(Run.id)))


def finish_run(
    run: Run, status: RunStatus, message: str = "", result: dict[str, Any] | None = None
) -> None:
    """Close a job; what a job said last stays where no other message is given."""
    run.status = status
    run.message = message or run.message
    run.result = result or {}
    run.finished_at = now()


def keep_result(session: Session, run_id: int, values: dict[str, Any]) -> None:
    """Add to what a job has to show, or write over parts of it."""
    run = get_run(session, run_id)
    run.result = run.result | values


def check_ended_early(run: Run) -> None:
    """Raise InputError unless a job was cancelled or failed."""
    if run.status not in (RunStatus.CANCELLED, RunStatus.FAILED):
        raise InputError(
            f"Job {run.id} is {run.status.value}. Only one that was cancelled or failed can go on."
        )


def requeue_run(run: Run) -> None:
    """Let a job that was cancelled or failed wait for another attempt; InputError for others."""
    check_ended_early(run)
    run.status, run.message, run.cancel_requested = RunStatus.QUEUED, "", False
    run.heartbeat_at, run.finished_at = now(), None
    # There is no rate before the new attempt says where it begins.
    run.done_before = run.done


def fail_lost_run(run: Run) -> None:
    """Close a job whose process is gone."""
    finish_run(
        run,
        RunStatus.FAILED,
        f"The job's process ended without a word after {run.heartbeat_at:%H:%M:%S} UTC "
        "(killed, or the machine went down). Start it again.",
    )


def add_metric(session: Session, run_id: int, step: int, name: str, value: float) -> None:
    """Write one figure of a job; the same step is written over."""
    session.merge(RunMetric(run_id=run_id, step=step, name=name, value=value))


def list_metrics(session: Session, run_id: int, name: str) -> list[tuple[int, float]]:
    """Return (step, value) of one figure of a job, in order."""
    query = (
        select(RunMetric.step, RunMetric.value)
        .where(RunMetric.run_id == run_id, RunMetric.name == name)
        .order_by(RunMetric.step)
    )
    return [(step, value) for step, value in session.execute(query)]


def list_steps(
    session: Session, run_id: int, names: Collection[str]
) -> dict[int, dict[str, float]]:
    """Return figures of a job by step and name, of these names, in order of steps."""
    query = (
        select(RunMetric.step, RunMetric.name, RunMetric.value)
        .where(RunMetric.run_id == run_id, RunMetric.name.in_(names))
        .order_by(RunMetric.step)
    )
    steps: dict[int, dict[str, float]] = {}
    for step, name, value in session.execute(query):
        steps.setdefault(step, {})[name] = value
    return steps


def summarize_metrics(
    session: Session, run_id: int, points: int
) -> dict[str, list[tuple[int, float]]]:
    """Return (step, value) of every figure of a job by name, in order, up to `points` of each.

    Of more steps than that, each point is the mean of as many in a row, at the last of them.
    """
    last = session.scalar(select(func.max(RunMetric.step)).where(RunMetric.run_id == run_id)) or 0
    width = max(1, math.ceil(last / (points - 1)))
    # Groups end at multiples of the width, and step 0, what was before, is one of its own.
    group = (RunMetric.step + width - 1) // width
    query = (
        select(RunMetric.name, func.max(RunMetric.step), func.avg(RunMetric.value))
        .where(RunMetric.run_id == run_id)
        .group_by(RunMetric.name, group)
        .order_by(RunMetric.name, func.max(RunMetric.step))
    )
    figures: dict[str, list[tuple[int, float]]] = {}
    for name, step, value in session.execute(query):
        figures.setdefault(name, []).append((step, value))
    return figures
