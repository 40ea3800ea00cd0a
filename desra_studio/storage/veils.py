"""Veils: what keeps the detector from whoever labels an image blind, until they have."""

from sqlalchemy import ColumnElement, exists, func, or_, select

from desra_studio.storage.database import Session
from desra_studio.storage.datasets import ImageRecord
from desra_studio.storage.label_tables import MaskRevision, Opinion
from desra_studio.storage.opinions import find_opinion
from desra_studio.vocabulary import LABELLED, Origin

_DIGITS = 13
"""Of a SHA-256: as many as a float holds."""


def is_chosen(sha: str | None, share: float) -> bool:
    """Tell whether a picture is one of the share that is labelled blind.

    The same picture always is, or never, whatever else is in its dataset; a larger share has those
    of a smaller one.

    Args:
        sha: SHA-256 of the picture, in hexadecimal digits; None where there is none.
        share: 0..1.
    """
    return sha is not None and int(sha[:_DIGITS], 16) < share * 16**_DIGITS


def is_veiled(session: Session, record: ImageRecord, author: str) -> bool:
    """Tell whether the detector is to be kept from somebody who looks at an image.

    It is, of an image that is labelled blind, until a mask of it marks something or it is called
    clean: by anybody, or by themselves where several people are still asked. An imported mask lifts
    the veil for all: there is nothing to label blind any more.
    """
    if not record.image.is_blind:
        return False
    review = record.review
    own = review is not None and review.opinions_wanted > 1
    if not own and record.label:
        return False
    wanted = review.opinions_wanted if review else 1
    if own and _count_given(session, record) >= wanted:
        return False
    opinion = find_opinion(session, record.image.id, record.gan.model_id, author) if own else None
    if opinion and opinion.state in LABELLED:
        return False
    marked: ColumnElement[bool] = MaskRevision.area_px > 0
    if own:
        marked = marked & (MaskRevision.author == author)
    seen = exists().where(
        MaskRevision.image_id == record.image.id,
        MaskRevision.model_id == record.gan.model_id,
        or_(MaskRevision.origin == Origin.IMPORTED, marked),
    )
    return not session.scalar(select(seen))


def _count_given(session: Session, record: ImageRecord) -> int:
    query = select(func.count()).where(
        Opinion.image_id == record.image.id,
        Opinion.model_id == record.gan.model_id,
        Opinion.state.in_(LABELLED),
    )
    return session.scalar(query) or 0
