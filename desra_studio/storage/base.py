"""What all tables share: the base class and its column types."""

import enum
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Enum, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column

from desra_studio.vocabulary import MadeBy, ModelRole, Origin, ReferenceKind, Role, RunStatus, State

BLOB = "names a blob"
"""Marks the columns that do."""


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC times on every database; SQLite itself keeps no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read as UTC: PostgreSQL gives the time in the zone of the session."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def blob_column() -> MappedColumn[Any]:
    """Return a column that names a blob by its SHA-256; `db check` reads what it names."""
    return mapped_column(String(64), info={BLOB: True})


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def _enum(kind: type[enum.StrEnum]) -> Enum:
    """Keep an enumeration as text: readable in the file, and a new value needs no migration."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """Named constraints, so that a later migration can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads it from the class)
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[dict[str, Any]]: JSON,
        list[str]: JSON,
        MadeBy: _enum(MadeBy),
        ModelRole: _enum(ModelRole),
        Origin: _enum(Origin),
        ReferenceKind: _enum(ReferenceKind),
        Role: _enum(Role),
        State: _enum(State),
        RunStatus: _enum(RunStatus),
    }
