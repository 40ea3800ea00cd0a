"""Queries on all jobs of an installation, whatever their kind or dataset."""

from sqlalchemy import func, select

from desra_studio.storage.database import Session
from desra_studio.storage.tables import Run
from desra_studio.vocabulary import RunStatus


def count_runs(session: Session) -> dict[tuple[str, RunStatus], int]:
    """Return how many jobs there are of each kind and status that occur."""
    query = select(Run.kind, Run.status, func.count()).group_by(Run.kind, Run.status)
    return {(kind, status): count for kind, status, count in session.execute(query)}


def list_latest_runs(session: Session, limit: int) -> list[Run]:
    """Return the newest jobs of every kind, newest first."""
    return list(session.scalars(select(Run).order_by(Run.id.desc()).limit(limit)))
