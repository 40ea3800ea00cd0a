"""Queries that look over the whole database."""

import re

from sqlalchemy import JSON, Text, cast, select, text

from desra_studio.storage.base import BLOB, Base
from desra_studio.storage.database import Session

SHA = re.compile("[0-9a-f]{64}")


def list_blobs(session: Session) -> dict[str, str]:
    """Map every SHA-256 that a row names to 'table.column of row id', for messages."""
    found: dict[str, str] = {}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if BLOB in column.info:
                query = select(table.c.id, column).where(column.is_not(None))
                for row_id, sha in session.execute(query):
                    found.setdefault(sha, f"{table.name}.{column.name} of row {row_id}")
    return found


def list_mentions(session: Session) -> set[str]:
    """Return all that looks like a SHA-256 in what rows keep as JSON, such as settings.

    Some name a blob, as a detection's settings name its network; others are hashes of other things.
    """
    found: set[str] = set()
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, JSON):
                for line in session.scalars(select(cast(column, Text)).where(column.is_not(None))):
                    found.update(SHA.findall(line))
    return found


def find_broken_references(session: Session) -> list[str]:
    """Return one line per row that refers to a row that does not exist, or page that is damaged.

    Databases other than SQLite enforce both themselves.
    """
    if session.get_bind().dialect.name != "sqlite":
        return []
    lines = [
        f"reference: row {row_id} of {table} refers to a missing {parent}"
        for table, row_id, parent, _ in session.execute(text("PRAGMA foreign_key_check"))
    ]
    answers = [str(row[0]) for row in session.execute(text("PRAGMA integrity_check"))]
    return lines + [f"database file: {answer}" for answer in answers if answer != "ok"]
