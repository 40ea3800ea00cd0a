"""Connections and transactions."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError
from sqlalchemy.orm import Session as OrmSession

from desra_studio.errors import InputError, NotFoundError, StudioError

__all__ = ["Database", "Session", "get_row"]

Row = TypeVar("Row")

BUSY_TIMEOUT_MS = 5000
MAX_ID = 2**31 - 1
POOL_SIZE = 40
"""As many as the server has threads: none waits for a connection, only for the write lock."""


class Session(OrmSession):
    """A session of this package: what must happen in its transactions can be bound to it."""


class Database:
    """A database: reading sessions, and short writing ones that start with the write lock.

    Args:
        location: an SQLAlchemy URL, or the path of a SQLite file, of any letters.

    Raises:
        InputError: not a database URL, or a driver that is not installed.
    """

    def __init__(self, location: str | Path) -> None:
        shown = str(location)
        try:
            if isinstance(location, Path):
                parsed = URL.create("sqlite", database=str(location))
            else:
                parsed = make_url(location)
                shown = parsed.render_as_string(hide_password=True)
            if parsed.get_backend_name() == "sqlite" and parsed.database:
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            self.engine: Engine = create_engine(parsed, pool_size=POOL_SIZE)
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, OSError) as error:
            raise InputError(
                f"{shown!r} cannot be used as a database: {error}. "
                "Give a URL such as sqlite:///folder/studio.sqlite."
            ) from error
        self.sqlite_path = (
            Path(parsed.database)
            if parsed.get_backend_name() == "sqlite" and parsed.database
            else None
        )
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._writing = self.engine.execution_options(writing=True)
        self._turn = threading.Lock() if self.sqlite_path else nullcontext()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a session that sees one state of the database; what it changes is dropped."""
        with _telling_user(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Yield a session that holds the write lock and commits at the end, or not at all.

        Keep the block short: others wait for it, up to five seconds if in another process.
        """
        # SQLite lets waiting writers sleep and try again, longer and longer, and serves whoever
        # comes just then: with fifty at once, some would wait for seconds.
        with (
            _telling_user(),
            self._turn,
            Session(self._writing, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Yield a plain connection, for what looks at the schema."""
        with _telling_user(), self.engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def get_row(session: Session, table: type[Row], row_id: int, name: str) -> Row:
    """Return a row by id.

    Raises:
        NotFoundError: there is none; `name` is what people call such a row.
    """
    # A larger number would not even reach the database.
    row = session.get(table, row_id) if 0 < row_id <= MAX_ID else None
    if row is None:
        raise NotFoundError(f"{name} {row_id} does not exist (any more). Reload the page.")
    return row


@contextmanager
def _telling_user() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        raise StudioError(
            f"The database cannot do this: {error.orig}. Nothing was changed."
        ) from error


def _prepare_sqlite(connection: SqliteConnection, _record: Any) -> None:  # noqa: ANN401
    # The driver's own transaction handling would begin late; `_begin_sqlite` begins instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # FULL: an acknowledged save outlives a power cut, not only a crash of the program.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
