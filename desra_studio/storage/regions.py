"""Queries on what reviewers said about the regions of mask revisions."""

from collections.abc import Iterable

from sqlalchemy import select

from desra_studio.storage.database import Session
from desra_studio.storage.tables import Region


def list_regions(session: Session, revision_ids: Iterable[int]) -> list[Region]:
    """Return the labelled regions of mask revisions, in the order they were labelled."""
    query = select(Region).where(Region.revision_id.in_(list(revision_ids))).order_by(Region.id)
    return list(session.scalars(query))


def add_region(
    session: Session,
    revision_id: int,
    x: int,
    y: int,
    kind: str | None,
    severity: int | None,
    author: str,
    prominence: float | None = None,
) -> Region:
    """Label the component over a point of a mask revision."""
    region = Region(
        revision_id=revision_id,
        x=x,
        y=y,
        kind=kind,
        severity=severity,
        prominence=prominence,
        author=author,
    )
    session.add(region)
    session.flush()
    return region


def remove_region(session: Session, region: Region) -> None:
    """Take a label back, before another one takes its place."""
    session.delete(region)
    session.flush()


def copy_regions(
    session: Session, places: Iterable[tuple[Region, int, int]], revision_id: int
) -> None:
    """Say of a new mask revision what was said of the one before, each over its new x and y."""
    for region, x, y in places:
        add_region(
            session,
            revision_id,
            x,
            y,
            region.kind,
            region.severity,
            region.author,
            region.prominence,
        )
