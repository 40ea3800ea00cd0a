"""Transactions: whole, in order, and never in each other's way."""

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text

from desra_studio.errors import InputError, StudioError
from desra_studio.services.studio import connect_studio
from desra_studio.storage import engines, models, runs
from desra_studio.storage.base import now
from desra_studio.storage.database import Database
from desra_studio.storage.tables import Model, Run
from desra_studio.vocabulary import ModelRole
from tests.patience import PATIENCE_MS, wait_for


@pytest.fixture
def others(studio, monkeypatch):
    """The database as two other processes have it open, which wait for each other for long."""
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_MS", int(PATIENCE_MS))
    opened = [connect_studio(studio.settings).database for _ in range(2)]
    yield opened
    for each in opened:
        each.close()


def count_models(studio):
    """How many models there are beside those that ship with the studio."""
    with studio.database.read() as session:
        return session.query(Model).where(Model.architecture.is_(None)).count()


@pytest.mark.sqlite
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


def test_writers_of_two_processes_wait_for_each_other(studio, others):
    """As before, where the processes share nothing but the database."""

    def write(database):
        for _ in range(10):
            with database.write() as session:
                number = session.query(Model).count()
                models.add_model(session, f"model {number}", ModelRole.GAN)

    with ThreadPoolExecutor() as pool:
        ends = [pool.submit(write, each) for each in others * 2]
    for end in ends:
        end.result()
    assert count_models(studio) == 40


def test_a_writer_in_another_process_is_waited_for_so_long(studio, monkeypatch):
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_MS", 50)
    impatient = connect_studio(studio.settings).database
    with studio.database.write() as session:
        models.add_model(session, "one", ModelRole.GAN)
        with (
            pytest.raises(StudioError, match=r"^The database .* Nothing was changed\.$"),
            impatient.write() as late,
        ):
            models.add_model(late, "two", ModelRole.GAN)
    with impatient.write() as session:
        models.add_model(session, "three", ModelRole.GAN)
    impatient.close()
    assert count_models(studio) == 2


def test_a_reading_session_sees_one_state(studio, others):
    with studio.database.read() as session:
        before = session.query(Model).count()
        with others[0].write() as writing:
            models.add_model(writing, "one", ModelRole.GAN)
        assert session.query(Model).count() == before
    assert count_models(studio) == 1


def test_a_writing_session_sees_what_was_written_while_it_waited(others):
    holder, waiter = others

    def count():
        with waiter.write() as session:
            return session.query(Model).where(Model.architecture.is_(None)).count()

    with ThreadPoolExecutor() as pool:
        with holder.write() as session:
            models.add_model(session, "one", ModelRole.GAN)
            session.flush()
            counted = pool.submit(count)
            wait_for(counted.running, "the second writer")
        assert counted.result() == 1


def test_many_readers_at_once_all_get_an_answer(studio):
    with ThreadPoolExecutor(40) as pool:
        counts = [pool.submit(count_models, studio) for _ in range(200)]
    assert {count.result() for count in counts} == {0}
    assert studio.database.engine.pool.overflow() <= 0


def test_names_come_in_the_order_that_python_has_them_in(studio):
    names = ["Zebra", "apfel", "Äpfel", "a b", "ab", "a-b", "B", "čaj", "_x", "雪山"]
    with studio.database.write() as session:
        for name in names:
            models.add_model(session, name, ModelRole.GAN)
    with studio.database.read() as session:
        query = select(Model.name).where(Model.name.in_(names))
        assert list(session.scalars(query.order_by(Model.name))) == sorted(names)
        later = set(session.scalars(query.where(Model.name > "a-b")))
    assert later == {name for name in names if name > "a-b"}


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


@pytest.mark.parametrize(
    "url", ["nonsense", "nodb://x", "postgresql+nodriver://x/y", "mysql://x/y"]
)
def test_refuses_urls(url):
    with pytest.raises(InputError, match="cannot be used as a database"):
        Database(url)


@pytest.mark.parametrize("begins", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_url_of_postgresql_names_no_driver(begins):
    database = Database(f"{begins}://ada:secret@db.lan/studio")
    assert database.engine.driver == "psycopg"
    assert database.engine.url.query == {"connect_timeout": "10"}
    own = Database(f"{begins}://db.lan/studio?connect_timeout=3&sslmode=require")
    assert own.engine.url.query == {"connect_timeout": "3", "sslmode": "require"}


def test_a_driver_that_is_missing_is_named_without_the_password(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(InputError, match=r"pip install 'desra-studio\[postgresql\]'") as raised:
        Database("postgresql://ada:secret@db.lan/studio")
    assert "secret" not in str(raised.value)


def test_a_server_that_is_away_is_told_in_one_line(tmp_path):
    database = Database(f"postgresql://ada:secret@/studio?host={tmp_path}")
    with (
        pytest.raises(StudioError, match=r"^The database .*connection.*No such file") as raised,
        database.read() as session,
    ):
        session.execute(text("SELECT 1"))
    assert "secret" not in str(raised.value)
    assert "\n" not in str(raised.value)
