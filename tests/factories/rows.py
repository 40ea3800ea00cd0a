"""Reads whole databases, of either kind."""

from sqlalchemy import select

from desra_studio.storage.base import Base
from desra_studio.storage.database import Database


def dump_rows(database: Database) -> dict[str, list[str]]:
    """All rows of each table, in words that can be compared."""
    with database.connect() as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            for table in Base.metadata.sorted_tables
        }
