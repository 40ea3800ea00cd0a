"""Queries on how far a dataset is, and who did what."""

from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from desra_studio.storage.database import Session
from desra_studio.storage.label_tables import Draft, QueueEntry
from desra_studio.storage.queue_letters import list_kinds, read_class
from desra_studio.storage.tables import Image
from desra_studio.vocabulary import State


def count_states(session: Session, dataset_id: int) -> Counter[State]:
    """Return how many images of a dataset are in each state that occurs."""
    return sum_states(count_states_by_annotator(session, dataset_id))


def count_states_by_annotator(
    session: Session, dataset_id: int
) -> dict[str | None, Counter[State]]:
    """Return how many images of each state have a mask of each annotator; None for no mask yet."""
    query = (
        select(QueueEntry.annotator, QueueEntry.state, func.count())
        .where(QueueEntry.dataset_id == dataset_id)
        .group_by(QueueEntry.annotator, QueueEntry.state)
    )
    counts: dict[str | None, Counter[State]] = {}
    for name, state, count in session.execute(query):
        counts.setdefault(name, Counter())[state] = count
    return counts


def sum_states(by_annotator: dict[str | None, Counter[State]]) -> Counter[State]:
    """Return the counts of all annotators together."""
    total: Counter[State] = Counter()
    for counts in by_annotator.values():
        total.update(counts)
    return total


def count_assigned(session: Session, dataset_id: int) -> dict[str, int]:
    """Return how many images that nobody finished yet are assigned to each person."""
    query = (
        select(QueueEntry.assigned_to, func.count())
        .where(
            QueueEntry.dataset_id == dataset_id,
            QueueEntry.assigned_to.is_not(None),
            QueueEntry.open,
        )
        .group_by(QueueEntry.assigned_to)
    )
    return {str(row[0]): row[1] for row in session.execute(query)}


def count_drafts(session: Session, dataset_id: int) -> dict[str, int]:
    """Return how many unsaved drafts each person has in a dataset."""
    query = (
        select(Draft.author, func.count())
        .join(Image, Image.id == Draft.image_id)
        .where(Image.dataset_id == dataset_id)
        .group_by(Draft.author)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def count_kinds(session: Session, dataset_id: int) -> Counter[str]:
    """Return in how many images a region was given each kind that occurs."""
    names = list_kinds(session)
    counts = _count_letters(session, dataset_id, QueueEntry.kinds)
    return Counter({names[letter]: count for letter, count in counts.items()})


def count_classes(session: Session, dataset_id: int) -> Counter[int]:
    """Return in how many images a detected region shows mostly each ADE20K class that occurs."""
    counts = _count_letters(session, dataset_id, QueueEntry.classes)
    return Counter({read_class(letter): count for letter, count in counts.items()})


def _count_letters(
    session: Session, dataset_id: int, column: InstrumentedAttribute[str]
) -> Counter[str]:
    # One text of all: it is taken apart quicker than its rows are read.
    query = select(func.aggregate_strings(column, "")).where(QueueEntry.dataset_id == dataset_id)
    return Counter(session.scalar(query) or "")
