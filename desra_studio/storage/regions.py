"""Queries on what reviewers said about the regions of mask revisions."""

from collections.abc import Iterable
from dataclasses import asdict, fields

from sqlalchemy import func, select

from desra_studio.storage.database import Session
from desra_studio.storage.label_tables import MaskRevision, Region
from desra_studio.storage.region_label import RegionLabel
from desra_studio.storage.tables import Image


def list_regions(session: Session, revision_ids: Iterable[int]) -> list[Region]:
    """Return the labelled regions of mask revisions, in the order they were labelled."""
    query = select(Region).where(Region.revision_id.in_(list(revision_ids))).order_by(Region.id)
    return list(session.scalars(query))


def add_region(
    session: Session,
    revision_id: int,
    label: RegionLabel,
    author: str,
    prominence: float | None = None,
) -> Region:
    """Label the component over a point of a mask revision."""
    said = asdict(label) | {"author": author, "prominence": prominence}
    region = Region(revision_id=revision_id, **said)
    session.add(region)
    session.flush()
    return region


def read_label(region: Region) -> RegionLabel:
    """Return what was said about a region."""
    return RegionLabel(**{field.name: getattr(region, field.name) for field in fields(RegionLabel)})


def count_kinds(session: Session, dataset_id: int) -> dict[str, int]:
    """Count the labels of each kind on any mask of a dataset, current or not."""
    query = (
        select(Region.kind, func.count())
        .join(MaskRevision, MaskRevision.id == Region.revision_id)
        .join(Image, Image.id == MaskRevision.image_id)
        .where(Image.dataset_id == dataset_id, Region.kind.is_not(None))
        .group_by(Region.kind)
        .order_by(Region.kind)
    )
    return {kind: count for kind, count in session.execute(query) if kind is not None}


def remove_region(session: Session, region: Region) -> None:
    """Take a label back, before another one takes its place."""
    session.delete(region)
    session.flush()


def copy_regions(
    session: Session, places: Iterable[tuple[Region, int, int]], revision_id: int
) -> None:
    """Say of a new mask revision what was said of the one before, each over its new x and y."""
    for region, x, y in places:
        said = {name: getattr(region, name) for name in _SAID}
        session.add(Region(revision_id=revision_id, **said | {"x": x, "y": y}))
    session.flush()


_SAID = {column.key for column in Region.__table__.columns} - {"id", "revision_id", "created_at"}
"""All that is known of a region, whichever mask it is in."""
