"""Queries on mask revisions and the state of reviews."""

from collections.abc import Iterable

from sqlalchemy import func, select

from desra_studio.errors import StudioError
from desra_studio.storage.base import now
from desra_studio.storage.database import Session, get_row
from desra_studio.storage.datasets import get_image
from desra_studio.storage.label_tables import MaskRevision, Opinion, Review
from desra_studio.storage.tables import Image
from desra_studio.vocabulary import MadeBy, Origin, State


def get_revision(session: Session, revision_id: int) -> MaskRevision:
    """Return a mask revision by id; NotFoundError where it or its image is not there."""
    revision = get_row(session, MaskRevision, revision_id, "Mask revision")
    get_image(session, revision.image_id)
    return revision


def find_revisions(session: Session, revision_ids: Iterable[int]) -> dict[int, MaskRevision]:
    """Return those of these mask revisions that there are, by id."""
    query = select(MaskRevision).where(MaskRevision.id.in_(list(revision_ids)))
    return {revision.id: revision for revision in session.scalars(query)}


def list_revisions(session: Session, image_id: int, model_id: int) -> list[MaskRevision]:
    """Return all revisions of an image for a model, oldest first."""
    query = (
        select(MaskRevision)
        .where(MaskRevision.image_id == image_id, MaskRevision.model_id == model_id)
        .order_by(MaskRevision.number)
    )
    return list(session.scalars(query))


def list_dataset_revisions(session: Session, dataset_id: int, model_id: int) -> list[MaskRevision]:
    """Return all revisions of a dataset's images for a model, oldest first."""
    query = (
        select(MaskRevision)
        .join(Image, Image.id == MaskRevision.image_id)
        .where(Image.dataset_id == dataset_id, MaskRevision.model_id == model_id)
        .order_by(MaskRevision.id)
    )
    return list(session.scalars(query))


def is_of(revision: MaskRevision, image_id: int, model_id: int) -> bool:
    """Tell whether a mask revision is one of an image for a model."""
    return (revision.image_id, revision.model_id) == (image_id, model_id)


def get_review(session: Session, image_id: int, model_id: int) -> Review:
    """Return the review of an image for a model, beginning one at version 0 where none is."""
    review = session.get(Review, (image_id, model_id))
    if review is None:
        review = Review(image_id=image_id, model_id=model_id, state=State.UNREVIEWED, version=0)
        session.add(review)
        session.flush()
    return review


def list_reviews(session: Session, dataset_id: int, model_id: int) -> list[Review]:
    """Return the reviews of a dataset's images for a model, of those that have one."""
    query = (
        select(Review)
        .join(Image, Image.id == Review.image_id)
        .where(Image.dataset_id == dataset_id, Review.model_id == model_id)
    )
    return list(session.scalars(query))


def append_revision(
    session: Session,
    review: Review | Opinion,
    *,
    parent_id: int | None,
    author: str,
    origin: Origin,
    made_by: MadeBy,
    mask_sha: str,
    area_px: int,
    note: str = "",
) -> MaskRevision:
    """Append a revision with the next number; the current one stays what it was."""
    newest = session.scalar(
        select(func.max(MaskRevision.number)).where(
            MaskRevision.image_id == review.image_id, MaskRevision.model_id == review.model_id
        )
    )
    revision = MaskRevision(
        image_id=review.image_id,
        model_id=review.model_id,
        number=(newest or 0) + 1,
        parent_id=parent_id,
        author=author,
        origin=origin,
        made_by=made_by,
        mask_sha=mask_sha,
        area_px=area_px,
        note=note,
    )
    session.add(revision)
    session.flush()
    return revision


def point_to(review: Review | Opinion, revision: MaskRevision | None, state: State) -> None:
    """Make a revision, or none, the current one, with this state, under the next version."""
    if revision and not is_of(revision, review.image_id, review.model_id):
        raise StudioError(f"Revision {revision.id} belongs to another image.")
    review.current_revision_id = revision.id if revision else None
    if isinstance(review, Review):
        # That of the mask before.
        review.disagreement = None
    set_state(review, state)


def set_state(review: Review | Opinion, state: State) -> None:
    """Change the state under the next version."""
    review.state = state
    review.version += 1
    review.updated_at = now()
