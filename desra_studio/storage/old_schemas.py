"""Databases as an older version would have them, to be upgraded from."""

import sqlite3
from contextlib import closing
from pathlib import Path

from desra_studio.storage.database import Database
from desra_studio.storage.migrate import create_schema, get_head, list_known_revisions


def list_old_schemas() -> list[str]:
    """Return the revisions before the newest one, oldest first."""
    return sorted(list_known_revisions() - {get_head()})


def write_old(origin: Path, schema: str, target: Path) -> set[str]:
    """Write as much of a SQLite database as an older schema can hold into a new one of it.

    Args:
        origin: a database of the newest schema, which is left as it is.
        schema: revision of the new one.
        target: where the new one is to be.

    Returns:
        the tables that it has.
    """
    database = Database(target)
    create_schema(database, schema)
    database.close()
    with closing(sqlite3.connect(target)) as connection:
        connection.execute("ATTACH ? AS origin", [str(origin)])
        tables = {
            name
            for (name,) in connection.execute(
                "SELECT name FROM main.sqlite_master "
                "WHERE type = 'table' AND name != 'alembic_version'"
            )
        }
        with connection:
            for table in sorted(tables):
                columns = ", ".join(f'"{name}"' for name in _list_columns(connection, table))
                connection.execute(
                    f'INSERT INTO main."{table}" ({columns}) SELECT {columns} FROM origin."{table}"'
                )
    return tables


def _list_columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f'PRAGMA main.table_info("{table}")')]
