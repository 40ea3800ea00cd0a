"""A database as it is at one moment, as a file: made while others write, and put back."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from alembic.migration import MigrationContext

from desra_studio.errors import InputError
from desra_studio.storage.backups import (
    LOGS,
    REPLACED,
    back_up,
    copy_whole,
    name_copy,
    restore_backup,
)
from desra_studio.storage.database import Database, Session
from desra_studio.storage.maintenance import find_broken_references, list_blobs, list_mentions
from desra_studio.storage.migrate import get_revision
from desra_studio.storage.postgres_dumps import dump_database, load_dump

SQLITE, POSTGRESQL = "sqlite", "postgresql"
FILES = {SQLITE: "database.sqlite", POSTGRESQL: "database.dump"}
"""What the copy of each kind of database is called."""


@dataclass(frozen=True)
class Snapshot:
    """A copy of a database.

    Attributes:
        file: the copy.
        kind: of the database, `sqlite` or `postgresql`.
        schema: the revision that it is of.
        blobs: the SHA-256 of each blob that a row of it names, and by which row.
        mentions: what else looks like one; see `list_mentions`.
        problems: see `find_broken_references`.
    """

    file: Path
    kind: str
    schema: str
    blobs: dict[str, str]
    mentions: set[str]
    problems: list[str]


def get_kind(database: Database) -> str:
    """Return the kind of a database.

    Raises:
        InputError: one that is not backed up here.
    """
    kind = database.engine.dialect.name
    if kind not in FILES or (kind == SQLITE and database.sqlite_path is None):
        raise InputError("Only SQLite files and PostgreSQL are backed up. Use your server's tools.")
    return kind


def measure_database(database: Database) -> int:
    """Return how many bytes a copy of a SQLite database may take; 0 for one of another kind."""
    path = database.sqlite_path
    files = [path.with_name(path.name + end) for end in ("", LOGS[0])] if path else []
    return sum(file.stat().st_size for file in files if file.exists())


def take_snapshot(
    database: Database, folder: Path, report: Callable[[int, int], object] | None = None
) -> Snapshot:
    """Copy a database of this version's schema into a folder, as it is at one moment.

    Args:
        database: nobody has to stop to write to it.
        folder: gets the copy.
        report: called with how many pages of a SQLite database are copied, and how many it has.

    Raises:
        InputError: the copy cannot be made.
    """
    kind = get_kind(database)
    path = folder / FILES[kind]
    if database.sqlite_path:
        return _copy_sqlite(database.sqlite_path, path, report)
    return _dump_postgres(database, path)


def put_back(database: Database, copy: Path, aside: Path) -> Path | None:
    """Put a copy in the place of a database that nobody uses, and keep what was there.

    Args:
        database: of the same kind.
        copy: as `take_snapshot` made it; stays.
        aside: the folder that what was there is kept in, where the database is no file.

    Returns:
        where what was there is now; None where there was nothing.

    Raises:
        InputError: the copy is damaged, or cannot be put back; the database is as it was.
    """
    if database.sqlite_path:
        database.close()
        return restore_backup(database.sqlite_path, copy)
    replaced = copy_aside(database, REPLACED, aside) if get_revision(database) else None
    load_dump(database, copy, aside)
    return replaced


def copy_aside(database: Database, reason: str, folder: Path) -> Path:
    """Copy a database of either kind before it is changed, and return where the copy is.

    Args:
        database: to be copied.
        reason: what the copy is made ahead of, as part of its name.
        folder: gets the copy where the database is no file; else that lies beside the database.
    """
    copy = back_up(database, reason)
    if copy is None:
        copy = name_copy(folder / FILES[get_kind(database)], reason)
        dump_database(database.engine.url, copy)
    return copy


def _copy_sqlite(origin: Path, path: Path, report: Callable[[int, int], object] | None) -> Snapshot:
    try:
        copy_whole(origin, path, report)
        copied = Database(path)
        try:
            schema = get_revision(copied) or ""
            with copied.read() as session:
                blobs, mentions = list_blobs(session), list_mentions(session)
                problems = find_broken_references(session)
        finally:
            copied.close()
        with closing(sqlite3.connect(path)) as connection:
            # One file, which can be read where nothing may be written beside it.
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        raise InputError(f"The database cannot be copied: {error}. There is no backup.") from error
    return Snapshot(path, SQLITE, schema, blobs, mentions, problems)


def _dump_postgres(database: Database, path: Path) -> Snapshot:
    with database.connect() as opened:
        connection = opened.execution_options(isolation_level="REPEATABLE READ")
        exported = str(connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one())
        dump_database(database.engine.url, path, exported)
        schema = MigrationContext.configure(connection).get_current_revision() or ""
        with Session(connection) as session:
            blobs, mentions = list_blobs(session), list_mentions(session)
    return Snapshot(path, POSTGRESQL, schema, blobs, mentions, [])
