"""Connections and transactions."""

import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session as OrmSession

from desra_studio.errors import NotFoundError, StudioError
from desra_studio.storage.engines import CONNECTIONS, make_engine, read_location

__all__ = ["Database", "Session", "get_row"]

Row = TypeVar("Row")

MAX_ID = 2**31 - 1


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
        url = read_location(location)
        self.engine = make_engine(url)
        is_sqlite = url.get_backend_name() == "sqlite"
        self.sqlite_path = Path(url.database) if is_sqlite and url.database else None
        self._reading = self.engine
        if not is_sqlite:
            self._reading = self.engine.execution_options(isolation_level="REPEATABLE READ")
        self._writing = self.engine.execution_options(writing=True)
        # Without a file, each thread has a database of its own.
        self._turn = threading.Lock() if url.database else nullcontext()
        # A server would hold the connections of who only dropped it for as long as the process.
        weakref.finalize(self, self.engine.dispose).atexit = False

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Yield a session that sees one state of the database; what it changes is dropped."""
        with _telling_user(), Session(self._reading, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Yield a session that holds the write lock and commits at the end, or not at all.

        Keep the block short: others wait for it, up to five seconds if in another process.
        """
        # SQLite lets waiting writers sleep and try again, longer and longer, and serves whoever
        # comes just then: with fifty at once, some would wait for seconds. On PostgreSQL, each
        # would have a connection while it waits, and leave none to who reads.
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
        # PostgreSQL's errors have several lines.
        reason = " ".join(str(error.orig).split())
        raise StudioError(f"The database cannot do this: {reason}. Nothing was changed.") from error
    except PoolTimeoutError as error:
        raise StudioError(
            f"All {CONNECTIONS} connections to the database are busy. Nothing was changed. "
            "Try again."
        ) from error
