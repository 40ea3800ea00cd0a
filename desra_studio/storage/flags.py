"""Queries on flags: why somebody should look at images again."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from desra_studio.storage.database import Session
from desra_studio.storage.label_tables import Review, ReviewFlag


def list_open_flags(
    session: Session, image_ids: Sequence[int], model_id: int
) -> dict[int, list[ReviewFlag]]:
    """Return the flags of images that nobody resolved yet, oldest first, by the image's id."""
    query = (
        select(ReviewFlag)
        .where(
            ReviewFlag.image_id.in_(image_ids),
            ReviewFlag.model_id == model_id,
            ReviewFlag.resolved_at.is_(None),
        )
        .order_by(ReviewFlag.id)
    )
    found: dict[int, list[ReviewFlag]] = defaultdict(list)
    for flag in session.scalars(query):
        found[flag.image_id].append(flag)
    return found


def list_ended_flags(session: Session, review: Review) -> list[ReviewFlag]:
    """Return the flags that the verdict of a review ended: they bear its time."""
    query = select(ReviewFlag).where(
        ReviewFlag.image_id == review.image_id,
        ReviewFlag.model_id == review.model_id,
        ReviewFlag.resolved_at == review.updated_at,
    )
    return list(session.scalars(query))
