"""Engines of SQLite and PostgreSQL that keep the same promises.

Each has the option `writing`: transactions then begin with the write lock, which one at a time has.
"""

from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from desra_studio.errors import InputError

BUSY_TIMEOUT_MS = 5000
"""How long one process waits for another that writes."""
WRITER_IDLE_MS = 60_000
"""After so long without a word from who has the write lock of PostgreSQL, it is taken away.

Its process may be stopped, or its machine gone; everybody else would wait for it for hours.
"""
CONNECT_TIMEOUT_S = 10
"""How long a server may take to answer at all."""
THREADS = 40
"""Of the server: none waits for a connection to SQLite, which costs little."""
CONNECTIONS = 10
"""Of one process to PostgreSQL, where each is a process of its server; many allow 100 in all."""
WRITE_LOCK = int.from_bytes(b"DeSRA")
"""Names the lock within a database of PostgreSQL."""


def read_location(location: str | Path) -> URL:
    """Return the URL of the path of a SQLite file, or one complete with driver and time limit.

    Raises:
        InputError: not a URL, or not of SQLite or PostgreSQL.
    """
    if isinstance(location, Path):
        return URL.create("sqlite", database=str(location))
    try:
        url = make_url(location)
    except ArgumentError as error:
        raise _refuse(str(location), str(error)) from error
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "postgresql":
        url = url.set(query={"connect_timeout": str(CONNECT_TIMEOUT_S), **url.query})
    elif url.get_backend_name() != "sqlite":
        raise _refuse(_show(url), "it is neither of SQLite nor of PostgreSQL")
    return url


def make_engine(url: URL) -> Engine:
    """Return an engine for what `read_location` returned.

    Raises:
        InputError: a folder that cannot be made, or a driver that is unknown or not installed.
    """
    try:
        if url.get_backend_name() == "sqlite":
            return _make_sqlite(url)
        return _make_postgresql(url)
    except (ArgumentError, NoSuchModuleError, OSError) as error:
        raise _refuse(_show(url), str(error)) from error
    except ModuleNotFoundError as error:
        raise InputError(
            f"{_show(url)!r} needs {error.name}, which is not installed. "
            "Run: pip install 'desra-studio[postgresql]'"
        ) from error


def _make_sqlite(url: URL) -> Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=THREADS)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_postgresql(url: URL) -> Engine:
    # The server may have been started again since a connection was used: each is tried first.
    engine = create_engine(url, pool_size=CONNECTIONS, max_overflow=0, pool_pre_ping=True)
    event.listen(engine, "connect", _prepare_postgresql)
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    # The driver's own transaction handling would begin late; `_begin_sqlite` begins instead.
    connection.isolation_level = None
    with closing(connection.cursor()) as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        # FULL: an acknowledged save outlives a power cut, not only a crash of the program.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _is_writing(connection) else "BEGIN")


def _prepare_postgresql(connection: DBAPIConnection, _record: object) -> None:
    with closing(connection.cursor()) as cursor:
        cursor.execute(f"SET lock_timeout = {BUSY_TIMEOUT_MS}")
    connection.commit()


def _begin_postgresql(connection: Connection) -> None:
    # READ COMMITTED is needed with it: what comes after the wait must see what was written in it.
    if _is_writing(connection):
        connection.exec_driver_sql(
            f"SET LOCAL idle_in_transaction_session_timeout = {WRITER_IDLE_MS}; "
            f"SELECT pg_advisory_xact_lock({WRITE_LOCK})"
        )


def _is_writing(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("writing", False))


def _show(url: URL) -> str:
    return url.render_as_string(hide_password=True)


def _refuse(shown: str, reason: str) -> InputError:
    return InputError(
        f"{shown!r} cannot be used as a database: {reason}. "
        "Give a URL such as sqlite:///folder/studio.sqlite or postgresql://user@host/name."
    )
