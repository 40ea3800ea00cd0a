"""The rows of a dataset as an archive holds them: plain values, and numbers of the archive's own.

What is kept and what is not, column by column:

- `weight_set`: the calibrated class weights that the dataset's detections name; all columns.
- `model`: those that made an output or whose artifacts are marked, and their partners. `file_sha`
  is kept as `weights_sha256`, the weights themselves are not. Not kept: `parent_run_id`.
- `dataset`: not `source` (a path of the machine it came from), `deleted_at` and `deleted_by`.
- `image`, `rendition`, `class_map`, `detection`, `mask_revision`, `region`, `opinion`,
  `review_flag`: all columns.
- `review_state`: not `claimed_by` and `claimed_until`, which are of the moment.

Of no other table: runs and what they measured, training sets, scores, studies and votes, users,
their sessions and what was done by whom, drafts that nobody saved, and what the queue derives from
the rest.
"""

from typing import Any, TypeAlias

from sqlalchemy import Column

from desra_studio.storage.base import BLOB, Base
from desra_studio.storage.label_tables import MaskRevision, Opinion, Region, Review, ReviewFlag
from desra_studio.storage.tables import (
    ClassMap,
    Dataset,
    Detection,
    Image,
    Model,
    Rendition,
    WeightSet,
)

ArchiveRow: TypeAlias = dict[str, Any]
"""A row by column; `id` and what refers to other rows are numbers within the archive, from 1."""

KEPT: tuple[type[Base], ...] = (
    WeightSet, Model, Dataset, Image, Rendition, ClassMap, Detection, MaskRevision, Region, Review,
    Opinion, ReviewFlag,
)  # fmt: skip
"""Each after those it refers to."""
LEFT_OUT: dict[str, set[str]] = {
    "model": {"parent_run_id", "file_sha"},
    "dataset": {"source", "deleted_at", "deleted_by"},
    "review_state": {"claimed_by", "claimed_until"},
}
WEIGHTS = "weights_sha256"
"""In a model's row, and on the card of one whose weights stayed where they were."""
TABLES: dict[str, type[Base]] = {table.__tablename__: table for table in KEPT}


def list_columns(table: str) -> dict[str, Column[Any]]:
    """Return the columns of a table that an archive keeps, by name."""
    left_out = LEFT_OUT.get(table, set())
    return {
        column.name: column
        for column in TABLES[table].__table__.columns
        if isinstance(column, Column) and column.name not in left_out
    }


def list_blob_columns(table: str) -> list[str]:
    """Return the columns of a table that name a stored file, weights excepted."""
    return [name for name, column in list_columns(table).items() if BLOB in column.info]


def list_references(table: str) -> dict[str, str]:
    """Return the table that each column refers to, where it refers to one of KEPT."""
    return {
        name: key.column.table.name
        for name, column in list_columns(table).items()
        for key in column.foreign_keys
        if key.column.table.name in TABLES
    }
