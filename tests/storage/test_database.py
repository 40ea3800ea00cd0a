"""Transactions: whole, in order, and never in each other's way."""

import threading
import time

import pytest
from sqlalchemy import text

from desra_studio.errors import InputError, StudioError
from desra_studio.storage import models, runs
from desra_studio.storage.base import now
from desra_studio.storage.database import Database
from desra_studio.storage.tables import Model, Run
from desra_studio.vocabulary import ModelRole


def count_models(studio):
    """How many models there are beside those that ship with the studio."""
    with studio.database.read() as session:
        return session.query(Model).where(Model.architecture.is_(None)).count()


def test_pragmas(studio):
    with studio.database.read() as session:
        values = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    assert values == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 2,
        "busy_timeout": 5000,
    }


def test_a_failed_write_leaves_nothing(studio):
    def write_half():
        with studio.database.write() as session:
            models.add_model(session, "half", ModelRole.GAN)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert count_models(studio) == 0


def test_reading_never_writes(studio):
    with studio.database.read() as session:
        models.add_model(session, "not kept", ModelRole.GAN)
    assert count_models(studio) == 0


def test_writers_wait_for_each_other(studio):
    """Forty read-then-write transactions on eight threads: none fails, none is lost."""
    errors = []

    def write():
        try:
            for _ in range(5):
                with studio.database.write() as session:
                    number = session.query(Model).count()
                    time.sleep(0.002)
                    models.add_model(session, f"model {number}", ModelRole.GAN)
        except StudioError as error:
            errors.append(error)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert count_models(studio) == 40


def test_names_are_unique(studio):
    with studio.database.write() as session:
        models.add_model(session, "one", ModelRole.GAN)
    with pytest.raises(InputError, match="'one' exists"), studio.database.write() as session:
        models.add_model(session, "one", ModelRole.MSE)


def test_times_are_utc(studio):
    with studio.database.write() as session:
        run = runs.add_run(session, "detect", {})
    with studio.database.read() as session:
        created = session.get(Run, run.id).created_at
    assert created.utcoffset().total_seconds() == 0
    assert abs((now() - created).total_seconds()) < 60


@pytest.mark.parametrize("url", ["nonsense", "nodb://x", "postgresql+nodriver://x/y"])
def test_refuses_urls(url):
    with pytest.raises(InputError, match="cannot be used as a database"):
        Database(url)
