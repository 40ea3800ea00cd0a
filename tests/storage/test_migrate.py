"""The schema: made, checked, refused, and as it was after a failure."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from desra_studio.errors import SchemaError
from desra_studio.storage import migrate
from desra_studio.storage.database import Database
from desra_studio.storage.migrate import (
    check_schema,
    ensure_schema,
    get_head,
    get_revision,
    make_config,
    render_schema,
    upgrade_database,
)

SCHEMA = Path(__file__).parent.parent.parent / "db" / "schema.sql"


@pytest.fixture
def database(tmp_path):
    opened = Database(f"sqlite:///{tmp_path / 'studio.sqlite'}")
    yield opened
    opened.close()


def dump(database):
    with closing(sqlite3.connect(database.sqlite_path)) as connection:
        return list(connection.iterdump())


def set_revision(database, revision):
    with sqlite3.connect(database.sqlite_path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.close()


def test_an_empty_database_gets_the_schema(database):
    ensure_schema(database)
    assert get_revision(database) == get_head()
    assert check_schema(database) == []
    ensure_schema(database)
    assert upgrade_database(database) is None


def test_schema_file_is_up_to_date():
    assert SCHEMA.read_text() == render_schema(), (
        "write it again: python -c 'from desra_studio.storage.migrate import render_schema; "
        'print(render_schema(), end="")\' > db/schema.sql'
    )


def test_refuses_a_newer_schema(database):
    ensure_schema(database)
    set_revision(database, "9999")
    for action in (ensure_schema, upgrade_database):
        with pytest.raises(SchemaError, match=r"9999.*pip install --upgrade"):
            action(database)


def test_refuses_somebody_elses_database(database):
    with sqlite3.connect(database.sqlite_path) as connection:
        connection.execute("CREATE TABLE cats (name TEXT)")
    connection.close()
    for action in (ensure_schema, upgrade_database):
        with pytest.raises(SchemaError, match="not one of DeSRA Studio"):
            action(database)


@pytest.fixture
def older_database(database):
    """A database as the first version made it, with a row."""
    with database.engine.connect() as connection:
        command.upgrade(make_config(connection), "0001")
        connection.exec_driver_sql(
            "INSERT INTO model (name, role, created_at) VALUES ('kept', 'gan', '2026-01-01')"
        )
        connection.exec_driver_sql(
            "INSERT INTO dataset (name, gan_model_id, mse_model_id, source, created_at) "
            "VALUES ('images', 1, 1, '/', '2026-01-01')"
        )
        connection.exec_driver_sql(
            "INSERT INTO image (dataset_id, name, width, height) VALUES (1, 'one', 8, 8)"
        )
        connection.exec_driver_sql(
            "INSERT INTO rendition (image_id, model_id, blob_sha) VALUES (1, 1, 'a')"
        )
        connection.exec_driver_sql(
            "INSERT INTO detection (image_id, gan_rendition_id, mse_rendition_id, params, map_sha, "
            "mask_sha, regions, area_px, score, created_at) "
            "VALUES (1, 1, 1, '{}', 'b', 'c', '[]', 7, 0.5, '2026-01-01')"
        )
        connection.commit()
    return database


def test_an_older_schema_names_the_command_which_keeps_every_row(older_database):
    with pytest.raises(SchemaError, match=r"0001.*desra-studio db upgrade"):
        ensure_schema(older_database)
    backup = upgrade_database(older_database)
    assert get_revision(older_database) == get_head()
    assert check_schema(older_database) == []
    with sqlite3.connect(older_database.sqlite_path) as connection:
        assert connection.execute("SELECT name, card FROM model").fetchall() == [("kept", "{}")]
        assert connection.execute("SELECT name FROM dataset").fetchall() == [("images",)]
        assert connection.execute("SELECT name FROM image").fetchall() == [("one",)]
        kept = connection.execute("SELECT method, mask_sha, area_px FROM detection").fetchall()
        assert kept == [("desra", "c", 7)]
        entries = connection.execute("SELECT name, state, area_share, flags FROM queue_entry")
        assert entries.fetchall() == [("one", "unreviewed", 7 / 64, 0)], "made from what is there"
    connection.close()
    assert backup.is_file()


def test_a_failed_migration_is_undone(older_database, monkeypatch):
    database = older_database
    before = dump(database)

    def fail(session):
        assert session.execute(text("SELECT count(*) FROM queue_entry")).scalar() == 0
        raise RuntimeError("half-way")

    monkeypatch.setattr(migrate, "refresh_all", fail)
    reader = sqlite3.connect(database.sqlite_path)  # as a server that runs on would hold it
    assert reader.execute("SELECT name FROM model").fetchall() == [("kept",)]
    with pytest.raises(SchemaError, match=r"half-way.*as it was") as raised:
        upgrade_database(database)
    assert reader.execute("SELECT name FROM model").fetchall() == [("kept",)]
    reader.close()
    backup = next(database.sqlite_path.parent.glob("*.before-*"))
    assert str(backup) in str(raised.value)
    assert dump(database) == before
