"""What may be wrong in a database beyond its references, and what mends it.

Rows are written so that none of it comes about: it is found where a program of somebody else, or a
broken disk, has written to the database.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias, TypeVar

from sqlalchemy import Executable, Select, delete, exists, not_, or_, select, update
from sqlalchemy.orm import aliased

from desra_studio.storage.database import Session
from desra_studio.storage.label_tables import MaskRevision, Opinion, Region, Review
from desra_studio.storage.queue_entries import find_wrong_entries, refresh_entries
from desra_studio.storage.reviews import point_to
from desra_studio.storage.study_tables import RegionVote, StudyItem
from desra_studio.vocabulary import Origin, State

Label: TypeAlias = Review | Opinion
AnyLabel = TypeVar("AnyLabel", Review, Opinion)


@dataclass(frozen=True)
class Fault:
    """Something that is wrong and can be mended.

    Attributes:
        line: what is wrong.
        remedy: what `mend` does about it.
        mend: mends it, in the session that it was found in, where that may write.
    """

    line: str
    remedy: str
    mend: Callable[[Session], None]


def find_faults(session: Session) -> list[Fault]:
    """Return what is wrong; the queue, which is made from all else, comes last."""
    return [
        *_find_wrong_pointers(session, Review),
        *_find_wrong_pointers(session, Opinion),
        *_find_wrong_parents(session),
        *_find_stray_regions(session),
        *_find_half_claims(session),
        *_find_queue_faults(session),
    ]


def _find_wrong_pointers(session: Session, table: type[AnyLabel]) -> Iterator[Fault]:
    """Labels whose current mask is gone or another image's."""
    foreign = or_(MaskRevision.image_id != table.image_id, MaskRevision.model_id != table.model_id)
    query = (
        select(table, MaskRevision.id)
        .outerjoin(MaskRevision, MaskRevision.id == table.current_revision_id)
        .where(table.current_revision_id.is_not(None), MaskRevision.id.is_(None) | foreign)
        .order_by(table.image_id)
    )
    for label, found in session.execute(query):
        newest = session.scalar(_select_newest(label))
        why = "missing" if found is None else "another image's"
        yield Fault(
            f"pointer: {_name(label)} names revision {label.current_revision_id}, which is {why}",
            f"it names revision {newest.id}, the newest" if newest else "it names none",
            partial(_point_to, label=label, revision=newest),
        )


def _select_newest(label: Label) -> Select[MaskRevision]:
    """Return the newest mask that a label may name."""
    query = select(MaskRevision).where(
        MaskRevision.image_id == label.image_id, MaskRevision.model_id == label.model_id
    )
    if isinstance(label, Opinion):
        query = query.where(MaskRevision.author == label.author)
    elif label.opinions_wanted > 1:
        # One person's opinion is not what all agreed on.
        query = query.where(MaskRevision.origin == Origin.CONSENSUS)
    return query.order_by(MaskRevision.number.desc()).limit(1)


def _point_to(_session: Session, label: Label, revision: MaskRevision | None) -> None:
    state = label.state
    if revision is None:
        state = State.UNREVIEWED
    elif state is State.CLEAN and revision.area_px:
        state = State.IN_PROGRESS
    point_to(label, revision, state)


def _name(label: Label) -> str:
    whose = f" by {label.author}" if isinstance(label, Opinion) else ""
    kind = "opinion" if isinstance(label, Opinion) else "review"
    return f"the {kind}{whose} of image {label.image_id}"


def _find_wrong_parents(session: Session) -> Iterator[Fault]:
    """Masks that are said to come from one that is gone or another image's."""
    parent = aliased(MaskRevision)
    foreign = or_(
        parent.image_id != MaskRevision.image_id, parent.model_id != MaskRevision.model_id
    )
    query = (
        select(MaskRevision.id, MaskRevision.parent_id)
        .outerjoin(parent, parent.id == MaskRevision.parent_id)
        .where(MaskRevision.parent_id.is_not(None), parent.id.is_(None) | foreign)
        .order_by(MaskRevision.id)
    )
    for revision_id, parent_id in session.execute(query):
        change = update(MaskRevision).where(MaskRevision.id == revision_id).values(parent_id=None)
        yield Fault(
            f"pointer: revision {revision_id} is said to follow revision {parent_id}, which is "
            "missing or another image's",
            "it follows none",
            partial(_execute, statement=change),
        )


def _find_stray_regions(session: Session) -> Iterator[Fault]:
    """Labels of regions whose mask is gone; those that a study asked about stay, and are told."""
    used = [exists().where(other.region_id == Region.id) for other in (RegionVote, StudyItem)]
    lost = ~exists().where(MaskRevision.id == Region.revision_id)
    for region in session.scalars(select(Region).where(lost, not_(or_(*used)))):
        yield Fault(
            f"region: {region.id} ({region.kind or 'no kind'}, by {region.author}) is of revision "
            f"{region.revision_id}, which is missing",
            "it is removed",
            partial(_execute, statement=delete(Region).where(Region.id == region.id)),
        )


def _find_half_claims(session: Session) -> Iterator[Fault]:
    """Claims by nobody, or without an end: they would keep others off for good."""
    half = Review.claimed_by.is_(None) != Review.claimed_until.is_(None)
    for review in session.scalars(select(Review).where(half).order_by(Review.image_id)):
        where = (Review.image_id == review.image_id) & (Review.model_id == review.model_id)
        change = update(Review).where(where).values(claimed_by=None, claimed_until=None)
        yield Fault(
            f"claim: image {review.image_id} is claimed by nobody, or without an end",
            "it is free",
            partial(_execute, statement=change),
        )


def _find_queue_faults(session: Session) -> Iterator[Fault]:
    wrong = find_wrong_entries(session)
    if wrong:
        yield Fault(
            f"queue: {len(wrong)} missing or wrong, such as the entry of image {wrong[0]}",
            "all that are wrong are made anew",
            partial(refresh_entries, image_ids=wrong),
        )


def _execute(session: Session, statement: Executable) -> None:
    session.execute(statement)
