"""Queries on opinions: everybody's own label of an image that several people label."""

from sqlalchemy import select

from desra_studio.storage.database import Session
from desra_studio.storage.label_tables import MaskRevision, Opinion, Review
from desra_studio.vocabulary import State


def find_opinion(session: Session, image_id: int, model_id: int, author: str) -> Opinion | None:
    """Return somebody's opinion of an image for a model, if they began one."""
    return session.get(Opinion, (image_id, model_id, author))


def get_opinion(session: Session, review: Review, author: str) -> Opinion:
    """Return somebody's opinion, beginning one at version 0 where none is."""
    opinion = find_opinion(session, review.image_id, review.model_id, author)
    if opinion is None:
        opinion = Opinion(
            image_id=review.image_id,
            model_id=review.model_id,
            author=author,
            state=State.UNREVIEWED,
            version=0,
        )
        session.add(opinion)
        session.flush()
    return opinion


def list_opinions(
    session: Session, image_id: int, model_id: int
) -> list[tuple[Opinion, MaskRevision | None]]:
    """Return all opinions of an image that were begun, with their masks, by author."""
    query = (
        select(Opinion, MaskRevision)
        .outerjoin(MaskRevision, MaskRevision.id == Opinion.current_revision_id)
        .where(Opinion.image_id == image_id, Opinion.model_id == model_id)
        .order_by(Opinion.author)
    )
    return [(opinion, revision) for opinion, revision in session.execute(query)]
