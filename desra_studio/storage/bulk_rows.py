"""Many rows at once, by plain statements: made as objects they hold the write lock longer."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import UniqueConstraint, insert, select, update

from desra_studio.storage.base import Base
from desra_studio.storage.database import Session
from desra_studio.storage.queue_entries import CHUNK, cut, note_rows


def insert_rows(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows, all with the same columns; the queue's entries follow as for objects."""
    session.flush()  # what they refer to
    if rows:
        session.execute(insert(Base.metadata.tables[table.__tablename__]), rows)
        note_rows(session, table, rows)


def insert_numbered(
    session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]
) -> list[int]:
    """Add rows as `insert_rows`, and return their ids in the same order.

    They are found again by what the table's unique constraint names: SQLite would return ids in
    the order of the rows only one by one.
    """
    insert_rows(session, table, rows)
    kept = Base.metadata.tables[table.__tablename__]
    unique = next(each for each in kept.constraints if isinstance(each, UniqueConstraint))
    key = list(unique.columns)
    ids: dict[tuple[object, ...], int] = {}
    for values in cut(sorted({row[key[0].name] for row in rows}), CHUNK):
        query = select(kept.c.id, *key).where(key[0].in_(values))
        ids |= {tuple(found): row_id for row_id, *found in session.execute(query)}
    return [ids[tuple(row[column.name] for column in key)] for row in rows]


def update_rows(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Change rows by their primary key, all in the same columns."""
    if rows:
        session.execute(update(table), rows)
        note_rows(session, table, rows)
