"""Queries on what was done by whom."""

from sqlalchemy import select

from desra_studio.storage.account_tables import AuditEvent
from desra_studio.storage.database import Session


def add_event(session: Session, actor: str, action: str, target: str, status: int) -> None:
    """Add an event that happens just now; texts are cut to what their columns take."""
    # Whoever is refused may have sent anything, and no text of PostgreSQL has a zero.
    actor, target = actor.replace("\0", ""), target.replace("\0", "")
    session.add(
        AuditEvent(actor=actor[:100], action=action[:200], target=target[:500], status=status)
    )


def list_events(
    session: Session, limit: int, before: int | None = None, actor: str | None = None
) -> list[AuditEvent]:
    """Return the newest events first, at most `limit`, of ids below `before`, by one or by all."""
    query = select(AuditEvent).order_by(AuditEvent.id.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditEvent.id < before)
    if actor is not None:
        query = query.where(AuditEvent.actor == actor)
    return list(session.scalars(query))


def list_actors(session: Session) -> list[str]:
    """Return all names that events stand under, sorted."""
    return list(session.scalars(select(AuditEvent.actor).distinct().order_by(AuditEvent.actor)))
