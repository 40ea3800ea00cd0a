"""The audit trail: what many do at once is all kept, and told where it could not be."""

import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor

import pytest

from desra_studio.errors import StudioError
from desra_studio.services.accounts.audit import AuditTrail, read_events
from desra_studio.storage import audit
from tests.patience import PATIENCE_S, wait_for

PEOPLE = 12


class CountedWrites:
    """Stands for a database, and counts its transactions; the first waits until it may go on."""

    def __init__(self, database):
        self.count, self.may_go_on, self.has_begun = 0, threading.Event(), threading.Event()
        self._database = database

    def write(self):
        self.count += 1
        self.has_begun.set()
        assert self.may_go_on.wait(PATIENCE_S)
        return self._database.write()


class InPlace:
    """A studio with another database."""

    def __init__(self, database):
        self.database = database


def test_what_comes_meanwhile_is_written_together(studio):
    database = CountedWrites(studio.database)
    trail = AuditTrail(InPlace(database))
    with ThreadPoolExecutor(PEOPLE) as pool:
        first = pool.submit(trail.record, "first", "POST /a", "/a", 200)
        assert database.has_begun.wait(PATIENCE_S)
        others = [
            pool.submit(trail.record, f"person {n}", "POST /a", "/a", 200)
            for n in range(PEOPLE - 1)
        ]
        wait_for(lambda: len(trail._waiting) == PEOPLE - 1, "the others to wait")
        database.may_go_on.set()
        for done in (first, *others):
            done.result(PATIENCE_S)
    assert database.count == 2
    actors = {event.actor for event in read_events(studio).events}
    assert actors == {"first", *(f"person {n}" for n in range(PEOPLE - 1))}


def test_each_is_told_what_could_not_be_kept(studio, monkeypatch):
    trail = AuditTrail(studio)
    trail._waiting.append(("another", "POST /a", "/a", 200))

    def fail(*_):
        raise StudioError("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr(audit, "add_event", fail)
        with pytest.raises(StudioError, match="full"):
            trail.record("own", "POST /a", "/a", 200)
    assert [event[0] for event in trail._waiting] == ["another"], "who tries for themselves"
    assert read_events(studio).events == []
    trail.record("later", "POST /a", "/a", 200)
    assert [event.actor for event in read_events(studio).events] == ["later", "another"]


def test_whose_event_is_kept_already_is_not_told_of_others(studio, monkeypatch):
    class Taken(deque):
        """Waiting events, of which each is written by another as soon as it comes."""

        def append(self, _event):
            pass

    def fail(*_):
        raise StudioError("The disk is full.")

    trail = AuditTrail(studio)
    trail._waiting = Taken([("another", "POST /a", "/a", 200)])
    monkeypatch.setattr(audit, "add_event", fail)
    trail.record("own", "POST /a", "/a", 200)
    assert [event[0] for event in trail._waiting] == ["another"]
