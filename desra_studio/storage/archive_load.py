"""Checking the rows of an archive, and adding them to a database; `archive_tables` says which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Enum,
    Float,
    Integer,
    String,
    bindparam,
    update,
)

from desra_studio.errors import InputError
from desra_studio.storage import models, weight_sets
from desra_studio.storage.archive_tables import (
    TABLES,
    WEIGHTS,
    ArchiveRow,
    list_columns,
    list_references,
)
from desra_studio.storage.base import Base, UtcDateTime
from desra_studio.storage.bulk_rows import insert_numbered, insert_rows
from desra_studio.storage.database import Session
from desra_studio.storage.tables import Dataset, Model
from desra_studio.vocabulary import MadeBy, Origin, ReferenceKind

NUMBERED = {other for table in TABLES for other in list_references(table).values()}
"""Tables with rows that others refer to."""


BLIND_FORMAT, REFERENCE_FORMAT = 2, 3
"""Formats of archives that first told what is labelled blind, and what GAN-SR is compared with."""


def complete_row(table: str, row: ArchiveRow, form: int) -> ArchiveRow:
    """Return a row of an older format with what that did not tell.

    In format 1 nothing was labelled blind, and how a label was made follows from where its pixels
    come from; up to format 2 all was compared with MSE-SR.
    """
    if table == "dataset" and form < BLIND_FORMAT:
        row = {"blind_share": 0.0} | row
    if table == "dataset" and form < REFERENCE_FORMAT:
        row = {"reference": ReferenceKind.MSE.value, "reference_name": ""} | row
    if form >= BLIND_FORMAT:
        return row
    if table == "image":
        return {"is_blind": False} | row
    if table == "mask_revision" and row.get("made_by") is None:
        origin = row.get("origin")
        return row | {"made_by": MadeBy.CORRECTED if origin == Origin.MANUAL else origin}
    return row


def check_row(table: str, row: ArchiveRow) -> ArchiveRow:
    """Return a row with values of the types that its columns have.

    Raises:
        InputError: a column is missing, unknown, or of another type.
    """
    columns = list_columns(table)
    extra = {WEIGHTS} if table == "model" else set()
    if row.keys() != columns.keys() | extra:
        differing = sorted(row.keys() ^ (columns.keys() | extra))
        raise InputError(f"{', '.join(differing)} is missing or unknown")
    try:
        values = {name: _read_value(column, row[name]) for name, column in columns.items()}
    except (TypeError, ValueError) as error:
        raise InputError(str(error)) from error
    return values | {name: row[name] for name in extra}


def _read_value(column: Column[Any], value: object) -> object:
    if value is None:
        if not column.nullable:
            raise ValueError(f"{column.name} is empty")
        return None
    kind = column.type
    if isinstance(kind, UtcDateTime):
        moment = datetime.fromisoformat(str(value))
        if moment.tzinfo is None:
            raise ValueError(f"{column.name} {value} has no time zone")
        return moment
    if isinstance(kind, Enum):
        return _check(column, value, kind.enum_class is not None and value in kind.enums) and (
            kind.enum_class(value) if kind.enum_class else value
        )
    if isinstance(kind, String):
        fits = isinstance(value, str) and (kind.length is None or len(value) <= kind.length)
        return _check(column, value, fits)
    if isinstance(kind, Boolean):
        return _check(column, value, isinstance(value, bool))
    if isinstance(kind, Integer):
        fits = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31
        return _check(column, value, fits)
    if isinstance(kind, Float):
        fits = isinstance(value, int | float) and not isinstance(value, bool)
        return _check(column, value, fits)
    return _check(column, value, isinstance(kind, JSON) and isinstance(value, dict | list))


def _check(column: Column[Any], value: object, fits: bool) -> object:
    if not fits:
        raise ValueError(f"{column.name} cannot be {str(value)[:60]!r}")
    return value


@dataclass
class RowLoader:
    """Adds checked rows of an archive to a database, table by table in the order of KEPT.

    Attributes:
        session: that writes.
        has_weights: tells whether the weights of a SHA-256 are here.
        notes: a line on everything that is otherwise than in the archive.
        ids: table -> number in the archive -> id here.
    """

    session: Session
    has_weights: Mapping[str, bool]
    notes: list[str] = field(default_factory=list)
    ids: dict[str, dict[int, int]] = field(default_factory=dict)

    def add_rows(self, table: str, rows: Sequence[ArchiveRow]) -> None:
        """Add all rows of a table.

        Raises:
            InputError: a row refers to one that is not in the archive.
        """
        if table == "weight_set":
            self._add_weight_sets(rows)
        elif table == "model":
            self._add_models(rows)
        elif table == "class_map":
            labels = {(row["image_sha"], row["segmentation"]): row["labels_sha"] for row in rows}
            weight_sets.put_class_maps(self.session, labels)
        elif table == "dataset":
            for row in rows:
                self._add_dataset(row)
        else:
            self._insert(table, [dict(row) for row in rows])

    def _insert(self, table: str, rows: list[ArchiveRow]) -> None:
        numbers = [row.pop("id", None) for row in rows]
        references = list_references(table)
        # Those that refer to rows of their own table are told once all of them are there.
        within = [
            (name, number, row[name])
            for name, other in references.items()
            for number, row in zip(numbers, rows, strict=True)
            if other == table and row[name] is not None
        ]
        for row in rows:
            for name, other in references.items():
                if other == table:
                    row[name] = None
                elif row[name] is not None:
                    row[name] = self._find(other, row[name])
        if table in NUMBERED:
            found = insert_numbered(self.session, TABLES[table], rows)
            self.ids.setdefault(table, {}).update(zip(numbers, found, strict=True))
        else:
            insert_rows(self.session, TABLES[table], rows)
        for name in {name for name, _, _ in within}:
            self._refer(table, name, [(number, to) for each, number, to in within if each == name])

    def _refer(self, table: str, column: str, pairs: list[tuple[int, int]]) -> None:
        """Let rows of a table refer to others of it: (number of the row, number of the other)."""
        kept = Base.metadata.tables[table]
        change = update(kept).where(kept.c.id == bindparam("row"))
        values = [
            {"row": self._find(table, number), "other": self._find(table, to)}
            for number, to in pairs
        ]
        self.session.execute(change.values({column: bindparam("other")}), values)

    def _find(self, table: str, number: int) -> int:
        found = self.ids.get(table, {}).get(number)
        if found is None:
            raise InputError(f"a row refers to {table} {number}, which is not there")
        return found

    def _add_weight_sets(self, rows: Sequence[ArchiveRow]) -> None:
        here = {each.name: each for each in weight_sets.list_weight_sets(self.session)}
        for row in rows:
            same = here.get(row["name"])
            if same is None:
                self._insert("weight_set", [dict(row)])
            elif same.classes != row["classes"]:
                self.notes.append(
                    f"class weights {row['name']!r}: others of this name are here and stay; "
                    "detecting again uses those"
                )

    def _add_models(self, rows: Sequence[ArchiveRow]) -> None:
        known = self.ids.setdefault("model", {})
        added: list[tuple[ArchiveRow, Model]] = []
        for row in rows:
            weights = row[WEIGHTS]
            same = models.find_model(self.session, row["name"])
            if same and weights and same.file_sha == weights and same.role == row["role"]:
                known[row["id"]] = same.id
                continue
            here = bool(weights and self.has_weights.get(weights))
            name = models.find_free_name(self.session, row["name"])
            if name != row["name"]:
                self.notes.append(
                    f"model {row['name']!r}: imported as {name!r}, another one has its name"
                )
            if weights and not here:
                self.notes.append(
                    f"model {name!r}: without weights, which an archive does not hold "
                    f"(SHA-256 {weights})"
                )
            card = row["card"] | ({WEIGHTS: weights} if weights and not here else {})
            values = {"name": name, "card": card, "file_sha": weights if here else None}
            plain = {key: row[key] for key in ("role", "architecture", "scale", "created_at")}
            model = Model(**plain | values)
            self.session.add(model)
            self.session.flush()
            known[row["id"]] = model.id
            added.append((row, model))
        for row, model in added:
            if row["partner_id"] is not None:
                model.partner_id = self._find("model", row["partner_id"])
        self.session.flush()

    def _add_dataset(self, row: ArchiveRow) -> None:
        values = {name: value for name, value in row.items() if name != "id"}
        for name, other in list_references("dataset").items():
            if values[name] is not None:
                values[name] = self._find(other, values[name])
        dataset = Dataset(**values)
        self.session.add(dataset)
        self.session.flush()
        self.ids["dataset"] = {row["id"]: dataset.id}
