"""What was done by whom."""

from dataclasses import dataclass
from datetime import datetime

from desra_studio.services.studio import Studio
from desra_studio.storage import audit

PAGE_ROWS = 100


@dataclass(frozen=True)
class AuditRow:
    """Something that somebody did, or was refused.

    Attributes:
        id: grows with time.
        at: when.
        actor: by whom.
        action: method and route.
        target: the address.
        status: what HTTP answered: below 400 it was done.
    """

    id: int
    at: datetime
    actor: str
    action: str
    target: str
    status: int


@dataclass(frozen=True)
class AuditPage:
    """Events, the newest first; `more` tells whether there are older ones."""

    events: list[AuditRow]
    actors: list[str]
    more: bool


def record_event(studio: Studio, actor: str, action: str, target: str, status: int) -> None:
    """Keep what somebody did, or was refused, for ever."""
    with studio.database.write() as session:
        audit.add_event(session, actor, action, target, status)


def read_events(studio: Studio, before: int | None = None, actor: str | None = None) -> AuditPage:
    """Return a page of events: those with ids below `before`, of one name or of all."""
    with studio.database.read() as session:
        rows = audit.list_events(session, PAGE_ROWS + 1, before, actor)
        actors = audit.list_actors(session)
    events = [
        AuditRow(row.id, row.at, row.actor, row.action, row.target, row.status)
        for row in rows[:PAGE_ROWS]
    ]
    return AuditPage(events, actors, len(rows) > PAGE_ROWS)
