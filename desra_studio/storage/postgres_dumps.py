"""Copies of a PostgreSQL database, made and put back by PostgreSQL's own programs."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import URL, inspect

from desra_studio.errors import InputError
from desra_studio.storage.database import Database

PROGRAMS = Path("/usr/lib/postgresql")
"""Where Debian keeps the programs of each version that is installed."""
LOCK_PATIENCE = "-c lock_timeout=10s"
VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "service": "PGSERVICE",
    "passfile": "PGPASSFILE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "connect_timeout": "PGCONNECT_TIMEOUT",
}
"""What a URL may say of a connection, and the variable that the programs read it from."""


def dump_database(url: URL, path: Path, snapshot: str | None = None) -> None:
    """Write a dump in PostgreSQL's custom format, of one moment, while others go on writing.

    Args:
        url: of the database.
        path: of the dump; its name is there only once it is whole.
        snapshot: that a transaction exported, to see just what that sees.

    Raises:
        InputError: the program is not there, or cannot do it; says what it said.
    """
    part = path.with_name(f"{path.name}.part")
    seen = [f"--snapshot={snapshot}"] if snapshot else []
    try:
        _run(url, "pg_dump", ["--format=custom", f"--file={part}", *seen])
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def load_dump(database: Database, path: Path, folder: Path) -> None:
    """Put a dump in the place of all tables of a database, in one transaction.

    Args:
        database: nobody else may be at work on it.
        path: of the dump; stays.
        folder: what is needed for the moment is written there.

    Raises:
        InputError: a program is not there, or cannot do it; then all is as it was.
    """
    url = database.engine.url
    with database.connect() as connection:
        tables = inspect(connection).get_table_names()
        quote = connection.dialect.identifier_preparer.quote_identifier
        # pg_restore --clean drops only what the dump has: a table that is newer would stay, and
        # keep what it refers to from being dropped.
        drops = [f"DROP TABLE IF EXISTS {quote(table)} CASCADE;" for table in tables]
    database.close()
    with TemporaryDirectory(dir=folder, prefix="restore-") as held:
        drop, script = Path(held) / "drop.sql", Path(held) / "script.sql"
        drop.write_text("\n".join(drops))
        # Whole before its first line is carried out: a script that was cut off would be carried
        # out as far as it goes.
        _run(url, "pg_restore", ["--no-owner", "--no-privileges", f"--file={script}", str(path)])
        options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
        files = [f"--file={drop}", f"--file={script}"]
        _run(url, "psql", [*options, *files], {"PGOPTIONS": LOCK_PATIENCE})


def describe_connection(url: URL) -> dict[str, str]:
    """Return the variables that lead PostgreSQL's programs to a database.

    All of it goes through the environment: a command line can be read by everybody.
    """
    given: dict[str, str] = {
        name: value for name, value in url.query.items() if isinstance(value, str)
    }
    named = {
        "host": url.host,
        "port": url.port and str(url.port),
        "user": url.username,
        "password": url.password,
        "dbname": url.database,
    }
    given |= {name: str(value) for name, value in named.items() if value}
    return {VARIABLES[name]: value for name, value in given.items() if name in VARIABLES}


def find_program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs, of the newest version.

    Raises:
        InputError: it is not installed.
    """
    versions = [path for path in PROGRAMS.glob("[0-9]*") if (path / "bin" / name).is_file()]
    if versions:
        newest = max(versions, key=lambda path: [int(part) for part in path.name.split(".")])
        return str(newest / "bin" / name)
    found = shutil.which(name)
    if found is None:
        raise InputError(
            f"{name} is not on this machine, and a PostgreSQL database is backed up by it. Install "
            "PostgreSQL's client programs, such as Debian's postgresql-client."
        )
    return found


def _run(
    url: URL, name: str, arguments: Sequence[str], variables: dict[str, str] | None = None
) -> None:
    done = subprocess.run(
        [find_program(name), "--no-password", *arguments],
        env={**os.environ, **describe_connection(url), **(variables or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise InputError(
            f"{name} ended with status {done.returncode}: {said[0] if said else 'without a word'}. "
            "The database is as it was."
        )
