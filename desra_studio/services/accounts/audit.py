"""What was done by whom."""

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from desra_studio.errors import StudioError
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


class AuditTrail:
    """Keeps what many do at the same time: in one transaction what came while another was written.

    Each in one of its own would wait for the disk, and keep those waiting who save.

    Args:
        studio: the installation.
    """

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._waiting: deque[tuple[str, str, str, int]] = deque()
        self._turn = threading.Lock()

    def record(self, actor: str, action: str, target: str, status: int) -> None:
        """Keep what somebody did, as `record_event`; it is kept when this returns.

        Raises:
            StudioError: it cannot be; what others wait for is tried again by them.
        """
        own = (actor, action, target, status)
        self._waiting.append(own)
        with self._turn:
            together = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if not together:
                return
            try:
                with self._studio.database.write() as session:
                    for event in together:
                        audit.add_event(session, *event)
            except StudioError:
                is_lost = own in together  # else whose turn was before wrote it
                if is_lost:
                    together.remove(own)
                self._waiting.extendleft(reversed(together))
                if is_lost:
                    raise


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
