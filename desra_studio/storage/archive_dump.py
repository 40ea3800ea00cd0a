"""Reading the rows of a dataset for an archive; `archive_tables` says which."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, select

from desra_studio.storage.archive_tables import (
    KEPT,
    TABLES,
    WEIGHTS,
    ArchiveRow,
    list_columns,
    list_references,
)
from desra_studio.storage.base import Base
from desra_studio.storage.database import Session
from desra_studio.storage.label_tables import MaskRevision, Opinion, Region, Review, ReviewFlag
from desra_studio.storage.queue_entries import CHUNK
from desra_studio.storage.tables import (
    ClassMap,
    Dataset,
    Detection,
    Image,
    Model,
    Rendition,
    WeightSet,
)


def iter_rows(session: Session, dataset: Dataset) -> Iterator[tuple[str, ArchiveRow]]:
    """Yield (table, row) of all that an archive of a dataset holds, in the order of KEPT.

    The same dataset in another database gives the same rows, whatever its ids are there.
    """
    numbers: dict[str, dict[int, int]] = {table: {} for table in TABLES}
    for table, query in _select_all(session, dataset).items():
        columns = list_columns(table)
        known = numbers[table]
        rows: Iterable[RowMapping] = session.execute(
            query.execution_options(yield_per=CHUNK)
        ).mappings()
        if table in ("model", "mask_revision"):
            # These refer to rows of their own table, which may come later.
            rows = list(rows)
            known |= {row["id"]: number for number, row in enumerate(rows, 1)}
        for number, row in enumerate(rows, 1):
            values: ArchiveRow = {name: _write_value(row[name]) for name in columns}
            if "id" in columns:
                values["id"] = known[row["id"]] = number
            for name, other in list_references(table).items():
                if values[name] is not None:
                    values[name] = numbers[other][values[name]]
            if table == "model":
                values["card"] = {**values["card"]}
                values[WEIGHTS] = row["file_sha"] or values["card"].pop(WEIGHTS, None)
            yield table, values


def _select_all(session: Session, dataset: Dataset) -> dict[str, Select[Any]]:
    """Return the queries for the rows of each table, each in an order that ids do not decide."""
    images = select(Image.id).where(Image.dataset_id == dataset.id)
    model_ids = _find_models(session, dataset, images)
    shas = select(Rendition.blob_sha).where(Rendition.image_id.in_(images))
    named = {
        params.get("class_weights")
        for params in session.scalars(
            select(Detection.params).where(Detection.image_id.in_(images))
        )
    }
    revisions = select(MaskRevision.id).where(MaskRevision.image_id.in_(images))
    queries: dict[type[Base], Select[Any]] = {
        WeightSet: select(WeightSet.__table__)
        .where(WeightSet.name.in_([name for name in named if name]))
        .order_by(WeightSet.name),
        Model: select(Model.__table__).where(Model.id.in_(model_ids)).order_by(Model.name),
        Dataset: select(Dataset.__table__).where(Dataset.id == dataset.id),
        Image: select(Image.__table__).where(Image.dataset_id == dataset.id).order_by(Image.id),
        Rendition: select(Rendition.__table__)
        .where(Rendition.image_id.in_(images))
        .order_by(Rendition.id),
        ClassMap: select(ClassMap.__table__)
        .where(ClassMap.image_sha.in_(shas))
        .order_by(ClassMap.image_sha, ClassMap.segmentation),
        Detection: select(Detection.__table__)
        .where(Detection.image_id.in_(images))
        .order_by(Detection.id),
        MaskRevision: select(MaskRevision.__table__)
        .where(MaskRevision.image_id.in_(images))
        .order_by(MaskRevision.id),
        Region: select(Region.__table__)
        .where(Region.revision_id.in_(revisions))
        .order_by(Region.id),
        Review: select(Review.__table__)
        .join(Model, Model.id == Review.model_id)
        .where(Review.image_id.in_(images))
        .order_by(Review.image_id, Model.name),
        Opinion: select(Opinion.__table__)
        .join(Model, Model.id == Opinion.model_id)
        .where(Opinion.image_id.in_(images))
        .order_by(Opinion.image_id, Model.name, Opinion.author),
        ReviewFlag: select(ReviewFlag.__table__)
        .where(ReviewFlag.image_id.in_(images))
        .order_by(ReviewFlag.id),
    }
    return {table.__tablename__: queries[table] for table in KEPT}


def _find_models(session: Session, dataset: Dataset, images: Select[Any]) -> set[int]:
    """Return the models that a dataset's rows name, and their partners."""
    found = {each for each in (dataset.gan_model_id, dataset.mse_model_id) if each is not None}
    for table in (Rendition, MaskRevision, Review, Opinion, ReviewFlag):
        query = select(table.model_id).distinct().where(table.image_id.in_(images))
        found.update(session.scalars(query))
    partners = select(Model.partner_id).where(Model.id.in_(found), Model.partner_id.is_not(None))
    return found | {partner for partner in session.scalars(partners) if partner is not None}


def _write_value(value: Any) -> Any:  # noqa: ANN401 (values of any column)
    if isinstance(value, datetime):
        return value.isoformat()
    # Enumerations are texts already.
    return str(value) if isinstance(value, str) else value
