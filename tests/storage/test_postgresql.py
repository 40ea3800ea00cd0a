"""What is PostgreSQL's alone: its schema, old ones with rows, and a server that restarts."""

import gc
import gzip
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import MetaData, create_engine, inspect, select, text

from desra_studio.errors import SchemaError, StudioError
from desra_studio.storage import engines, models
from desra_studio.storage.base import UtcDateTime
from desra_studio.storage.database import Database
from desra_studio.storage.migrate import (
    check_schema,
    create_schema,
    ensure_schema,
    get_head,
    get_revision,
    upgrade_database,
)
from desra_studio.storage.tables import Model
from desra_studio.vocabulary import ModelRole
from tests.patience import PATIENCE_MS, wait_for

RELEASED = {
    path.name.partition(".")[0]: path for path in (Path(__file__).parent / "released").iterdir()
}
MADE_ANEW = {"alembic_version", "queue_entry"}
MEASURED = {("review_state", "disagreement"), ("detection", "uncertainty")}


@pytest.fixture
def database(postgresql):
    """An empty database."""
    with postgresql.lend() as url:
        opened = Database(url)
        yield opened
        opened.close()


@contextmanager
def open_released(schema, folder):
    """The database file of a released schema, and its tables."""
    content, path = RELEASED[schema].read_bytes(), folder / "released.sqlite"
    path.write_bytes(gzip.decompress(content) if RELEASED[schema].suffix == ".gz" else content)
    engine = create_engine(f"sqlite:///{path}")
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        yield connection, tables
    engine.dispose()


def read_rows(connection, tables):
    """The rows of all tables by name; times are aware."""
    rows = {}
    for table in tables.sorted_tables:
        rows[table.name] = [
            {
                name: UtcDateTime().process_result_value(value, connection.dialect)
                if isinstance(value, datetime)
                else value
                for name, value in row.items()
            }
            for row in connection.execute(select(table)).mappings()
        ]
    return rows


def fill(database, rows):
    """Write rows as they are into the tables of a database."""
    tables = MetaData()
    tables.reflect(database.engine)
    with database.engine.begin() as connection:
        # Rows refer to later ones of their own table.
        connection.exec_driver_sql("SET session_replication_role = replica")
        for table in tables.sorted_tables:
            if rows[table.name] and table.name != "alembic_version":
                connection.execute(table.insert(), rows[table.name])
        connection.exec_driver_sql("SET session_replication_role = origin")
    return tables


def list_differences(before, after):
    """The tables in which a row that was there before is not as it was."""
    found = []
    for name in before.keys() - MADE_ANEW:
        kept = {key for row in before[name] for key in row if (name, key) not in MEASURED}
        old, new = (
            sorted(repr({key: row[key] for key in sorted(kept)}) for row in rows[name])
            for rows in (before, after)
        )
        if old != new:
            found.append(name)
    return found


def test_an_empty_database_gets_the_schema(database):
    ensure_schema(database)
    assert get_revision(database) == get_head()
    assert check_schema(database) == []
    ensure_schema(database)
    assert upgrade_database(database) is None


def test_processes_that_start_at_once_make_one_schema(database):
    url = database.engine.url.render_as_string(hide_password=False)
    opened = [Database(url) for _ in range(4)]
    with ThreadPoolExecutor() as pool:
        ends = list(pool.map(ensure_schema, opened))
    assert ends == [None] * 4
    assert check_schema(database) == []
    for each in opened:
        each.close()


def test_all_texts_are_compared_by_bytes(database):
    ensure_schema(database)
    with database.connect() as connection:
        columns = connection.execute(
            text(
                "SELECT table_name, column_name, collation_name FROM information_schema.columns "
                "WHERE table_schema = 'public' AND data_type IN ('character varying', 'text') "
                "AND table_name != 'alembic_version'"
            )
        ).all()
    assert len(columns) > 50
    assert {collation for _, _, collation in columns} == {"C"}


def test_somebody_elses_database_is_refused(database):
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE cats (name TEXT)")
    for action in (ensure_schema, upgrade_database):
        with pytest.raises(SchemaError, match="not one of DeSRA Studio"):
            action(database)


@pytest.mark.parametrize("schema", sorted(RELEASED.keys() - {get_head()}))
def test_every_row_of_an_old_schema_is_kept(database, schema, tmp_path):
    with open_released(schema, tmp_path) as (connection, tables):
        before = read_rows(connection, tables)
    create_schema(database, schema)
    fill(database, before)
    with pytest.raises(SchemaError, match=rf"at schema {schema}.*desra-studio db upgrade"):
        ensure_schema(database)
    assert upgrade_database(database) is None
    assert check_schema(database) == []
    upgraded = MetaData()
    upgraded.reflect(database.engine)
    with database.connect() as connection:
        after = read_rows(connection, upgraded)
    assert list_differences(before, after) == []
    assert len(after["queue_entry"]) == 7


def test_a_failed_migration_is_undone(database, monkeypatch):
    create_schema(database, "0001")
    before = sorted(inspect(database.engine).get_table_names())

    def fail(_session):
        raise RuntimeError("half-way")

    monkeypatch.setattr("desra_studio.storage.migrate.refresh_all", fail)
    with pytest.raises(SchemaError, match=r"half-way. The database is as it was\.$"):
        upgrade_database(database)
    assert sorted(inspect(database.engine).get_table_names()) == before
    assert get_revision(database) == "0001"


def test_the_first_request_after_a_restart_is_answered(database, postgresql):
    ensure_schema(database)
    with database.write() as session:
        models.add_model(session, "one", ModelRole.GAN)
    postgresql.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
        f"'{database.engine.url.database}'"
    )
    with database.read() as session:
        assert session.scalars(select(Model.name)).all() == ["one"]


def test_connections_go_with_the_database_that_had_them(database, postgresql):
    other = Database(database.engine.url.render_as_string(hide_password=False))
    with other.connect() as connection:
        pid = connection.scalar(text("SELECT pg_backend_pid()"))
    del other, connection
    gc.collect()
    wait_for(
        lambda: not postgresql.ask(f"SELECT 1 FROM pg_stat_activity WHERE pid = {pid}"),
        "the end of its connection",
    )


def test_a_writer_that_says_nothing_any_more_keeps_nobody_off(database, monkeypatch):
    ensure_schema(database)
    monkeypatch.setattr(engines, "WRITER_IDLE_MS", 50)
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_MS", int(PATIENCE_MS))
    other = Database(database.engine.url.render_as_string(hide_password=False))

    def fall_silent():
        with database.write() as session:
            models.add_model(session, "lost", ModelRole.GAN)
            with other.write() as later:
                models.add_model(later, "kept", ModelRole.GAN)
            models.add_model(session, "lost too", ModelRole.GAN)

    with pytest.raises(StudioError, match="Nothing was changed"):
        fall_silent()
    with database.read() as session:
        assert session.scalars(select(Model.name)).all() == ["kept"]
    other.close()
