"""Queries on flags: why somebody should look at images again."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from desra_studio.storage.database import Session, get_row
from desra_studio.storage.datasets import get_image
from desra_studio.storage.label_tables import ReviewFlag


def get_flag(session: Session, flag_id: int) -> ReviewFlag:
    """Return a flag by id; NotFoundError where it or its image is not there."""
    flag = get_row(session, ReviewFlag, flag_id, "Flag")
    get_image(session, flag.image_id)
    return flag


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
