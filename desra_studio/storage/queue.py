"""Queries on the queue: pages, places and steps in an order, under filters.

Each order has an index that holds the filtered columns, too, so that one walk along it answers.
Equal figures are ordered by the image's id, which is the order of names within an import.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select

from desra_studio.storage.database import Session
from desra_studio.storage.label_tables import Opinion, QueueEntry, Review
from desra_studio.storage.queue_entries import OPEN
from desra_studio.storage.queue_filter import QueueFilter
from desra_studio.storage.queue_letters import find_letter, write_class

Condition: TypeAlias = ColumnElement[bool]
EntryRow: TypeAlias = Any
"""The columns of `QueueEntry` and of a claim, by name; rows of tuples have no better type."""

ORDERS = {
    "name": QueueEntry.name,
    "area": QueueEntry.area_share,
    "uncertainty": QueueEntry.uncertainty,
    "disagreement": QueueEntry.disagreement,
    "dissent": QueueEntry.dissent,
    "flagged": QueueEntry.flags,
}
"""Name of each order -> its column; names ascend, figures descend, unknown ones come last."""
CLAIM_TIME = timedelta(minutes=3)
"""How long a claim lasts; one that ends later was made by a clock that has been set back since."""


@dataclass(frozen=True)
class Place:
    """Where an image stands in an order: before or after others, also where it is filtered out."""

    value: Any
    image_id: int


@dataclass(frozen=True)
class Asker:
    """Who asks what waits for them.

    Attributes:
        author: they.
        model_id: whose artifacts are marked.
        moment: when they ask, by the clock that claims go by; aware.
    """

    author: str
    model_id: int
    moment: datetime


def find_place(session: Session, wanted: QueueFilter, image_id: int) -> Place | None:
    """Return an image's place in the order; None where it is not in the dataset's queue."""
    value = session.scalar(
        select(ORDERS[wanted.order]).where(
            QueueEntry.image_id == image_id, QueueEntry.dataset_id == wanted.dataset_id
        )
    )
    return None if value is None else Place(value, image_id)


def count_entries(session: Session, wanted: QueueFilter, *conditions: Condition) -> int:
    """Return how many images pass the filter, and the conditions."""
    query = select(func.count()).select_from(QueueEntry)
    return session.scalar(query.where(*_list_conditions(session, wanted), *conditions)) or 0


def count_before(session: Session, wanted: QueueFilter, place: Place) -> tuple[int, int | None]:
    """Return how many images pass the filter, and how many of them stand before one.

    The second is None where that one does not pass itself.
    """
    # What stands before and what stands after are two ranges of an index: one walk in all.
    before, after = (
        sum(
            count_entries(session, wanted, beyond)
            for beyond in _split_comparison(wanted, place, forward)
        )
        for forward in (False, True)
    )
    passes = count_entries(session, wanted, QueueEntry.image_id == place.image_id)
    return before + passes + after, before if passes else None


def list_page(
    session: Session, wanted: QueueFilter, offset: int, limit: int, total: int
) -> list[int]:
    """Return the ids of a page of the queue; `total` is what `count_entries` returned.

    The far half is reached from the end: no page costs more than half a walk.
    """
    size = min(limit, total - offset)
    if size <= 0:
        return []
    backward = offset > total - offset - size
    query = _select_ids(session, wanted, forward=not backward)
    query = query.offset(total - offset - size if backward else offset).limit(size)
    ids = list(session.scalars(query))
    return ids[::-1] if backward else ids


def list_ids(session: Session, wanted: QueueFilter) -> list[int]:
    """Return the ids of all images that pass the filter, in order."""
    return list(session.scalars(_select_ids(session, wanted)))


def walk(
    session: Session,
    wanted: QueueFilter,
    place: Place,
    steps: int,
    conditions: Sequence[Condition] = (),
) -> list[int]:
    """Return the ids of the next images after a place, or before it where `steps` is negative.

    The nearest comes first; there are fewer than asked for at an end of the queue.
    """
    forward, count = steps > 0, abs(steps)
    found: list[int] = []
    if count == 0:
        return found
    # Equal figures first, then the others: an index finds each at once, and not both by one OR.
    for beyond in _split_comparison(wanted, place, forward):
        query = _select_ids(session, wanted, forward).where(beyond, *conditions)
        found += session.scalars(query.limit(count - len(found)))
        if len(found) == count:
            break
    return found


def find_next_open(
    session: Session, wanted: QueueFilter, place: Place | None, asker: Asker
) -> int | None:
    """Return the next image after a place that waits for an author, from the top again at the end.

    That is one which nobody finished, or which several people are to label and the author did not;
    not one that somebody else works on now. The image at the place itself does not count.
    """
    conditions: list[Condition] = [
        *_list_waiting(asker),
        ~exists().where(*_list_claimed(asker)),
    ]
    if place:
        if found := walk(session, wanted, place, 1, conditions):
            return found[0]
        conditions.append(QueueEntry.image_id != place.image_id)
    found = list(session.scalars(_select_ids(session, wanted).where(*conditions).limit(1)))
    return found[0] if found else None


def list_held(session: Session, wanted: QueueFilter, asker: Asker) -> list[tuple[int, str]]:
    """Return (image id, who works on it) of what waits for an author but that others work on."""
    query = _select_ids(session, wanted).add_columns(Review.claimed_by)
    query = query.where(*_list_waiting(asker), *_list_claimed(asker))
    return [(image_id, holder) for image_id, holder in session.execute(query)]


def list_entries(session: Session, image_ids: Sequence[int], model_id: int) -> list[EntryRow]:
    """Return the entries of images in the order given, with `claimed_by` and `claimed_until`."""
    query = (
        select(*QueueEntry.__table__.c, Review.claimed_by, Review.claimed_until)
        .outerjoin(
            Review, and_(Review.image_id == QueueEntry.image_id, Review.model_id == model_id)
        )
        .where(QueueEntry.image_id.in_(image_ids))
    )
    rows = {row.image_id: row for row in session.execute(query)}
    return [rows[image_id] for image_id in image_ids if image_id in rows]


def _select_ids(session: Session, wanted: QueueFilter, forward: bool = True) -> Select[Any]:
    column, ascending = ORDERS[wanted.order], (wanted.order == "name") == forward
    return (
        select(QueueEntry.image_id)
        .where(*_list_conditions(session, wanted))
        .order_by(
            column.asc() if ascending else column.desc(),
            QueueEntry.image_id.asc() if forward else QueueEntry.image_id.desc(),
        )
    )


def _list_conditions(session: Session, wanted: QueueFilter) -> list[Condition]:
    entry = QueueEntry
    conditions = [entry.dataset_id == wanted.dataset_id]
    if wanted.states:
        conditions.append(or_(*(entry.state == state for state in wanted.states)))
    if wanted.severity is not None:
        conditions.append(entry.severity >= wanted.severity)
    # A sum, so that no range is looked up for it: the one of the order is to be.
    share = entry.area_share + 0.0
    if wanted.area_min is not None:
        conditions.append(share >= wanted.area_min)
    if wanted.area_max is not None:
        conditions.append(share <= wanted.area_max)
    if wanted.annotator is not None:
        conditions.append(entry.annotator == wanted.annotator)
    if wanted.assigned_to is not None:
        conditions.append(entry.assigned_to == wanted.assigned_to)
    # Last, for these take the longest.
    if wanted.class_index is not None:
        conditions.append(entry.classes.contains(write_class(wanted.class_index)))
    if wanted.kind is not None:
        # Looked up before: a subquery would cost each row a third more.
        letter = find_letter(session, wanted.kind)
        conditions.append(entry.kinds.contains(letter) if letter else false())
    return conditions


def _split_comparison(wanted: QueueFilter, place: Place, forward: bool) -> list[Condition]:
    """Return, in two parts, what stands after a place (or before it): equal figures, and others."""
    column, image_id = ORDERS[wanted.order], QueueEntry.image_id
    larger = (wanted.order == "name") == forward
    return [
        and_(
            column == place.value,
            image_id > place.image_id if forward else image_id < place.image_id,
        ),
        column > place.value if larger else column < place.value,
    ]


def _list_waiting(asker: Asker) -> list[Condition]:
    return [QueueEntry.open.is_(True), ~_is_answered(asker)]


def _list_claimed(asker: Asker) -> list[Condition]:
    """Return what joins an entry with its review where somebody else has claimed it."""
    return [
        Review.image_id == QueueEntry.image_id,
        Review.model_id == asker.model_id,
        Review.claimed_by != asker.author,
        Review.claimed_until > asker.moment,
        Review.claimed_until <= asker.moment + CLAIM_TIME,
    ]


def _is_answered(asker: Asker) -> Condition:
    """Whether others have still to label an image that the author labelled."""
    return and_(
        QueueEntry.opinions_given < QueueEntry.opinions_wanted,
        exists().where(
            Opinion.image_id == QueueEntry.image_id,
            Opinion.model_id == asker.model_id,
            Opinion.author == asker.author,
            Opinion.state.not_in(OPEN),
        ),
    )
