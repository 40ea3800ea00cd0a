"""Queries on calibrated class weights and on class maps."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from desra_studio.errors import NotFoundError
from desra_studio.storage.bulk_rows import insert_rows
from desra_studio.storage.database import Session
from desra_studio.storage.queue_entries import CHUNK, cut
from desra_studio.storage.tables import ClassMap, WeightSet


def list_weight_sets(session: Session) -> list[WeightSet]:
    """Return all calibrated weight sets, newest first."""
    return list(session.scalars(select(WeightSet).order_by(WeightSet.id.desc())))


def require_weight_set(session: Session, name: str, others: Sequence[str]) -> WeightSet:
    """Return the weight set of this name.

    Raises:
        NotFoundError: there is none; lists those there are, after the built-in `others`.
    """
    found = session.scalar(select(WeightSet).where(WeightSet.name == name))
    if found is None:
        known = [*others, *(row.name for row in list_weight_sets(session))]
        raise NotFoundError(f"No weight set named {name!r}. There are: {', '.join(known)}.")
    return found


def add_weight_set(
    session: Session,
    name: str,
    classes: list[dict[str, Any]],
    source: str,
    segmentation: str,
    images: int,
) -> WeightSet:
    """Add a calibrated weight set."""
    row = WeightSet(
        name=name, classes=classes, source=source, segmentation=segmentation, images=images
    )
    session.add(row)
    session.flush()
    return row


def find_class_map(session: Session, image_sha: str, segmentation: str) -> str | None:
    """Return the address of the class map of an image, if this network has made it."""
    return session.scalar(
        select(ClassMap.labels_sha).where(
            ClassMap.image_sha == image_sha, ClassMap.segmentation == segmentation
        )
    )


def put_class_map(session: Session, image_sha: str, segmentation: str, labels_sha: str) -> None:
    """Keep the class map of an image, unless somebody else has done so meanwhile."""
    if find_class_map(session, image_sha, segmentation) is None:
        session.add(ClassMap(image_sha=image_sha, segmentation=segmentation, labels_sha=labels_sha))


def put_class_maps(session: Session, labels: Mapping[tuple[str, str], str]) -> None:
    """Do as `put_class_map` for many: (image_sha, segmentation) -> labels_sha."""
    for keys in cut(list(labels), CHUNK):
        query = select(ClassMap.image_sha, ClassMap.segmentation)
        kept = query.where(ClassMap.image_sha.in_({image_sha for image_sha, _ in keys}))
        known = {(image_sha, network) for image_sha, network in session.execute(kept)}
        rows = [
            {"image_sha": key[0], "segmentation": key[1], "labels_sha": labels[key]}
            for key in keys
            if key not in known
        ]
        insert_rows(session, ClassMap, rows)
