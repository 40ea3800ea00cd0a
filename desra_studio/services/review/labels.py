"""Whose label is worked on: that of all, or one's own where several people are asked."""

from dataclasses import dataclass

from desra_studio.storage import opinions, reviews
from desra_studio.storage.database import Session
from desra_studio.storage.datasets import ImageRecord
from desra_studio.storage.label_tables import MaskRevision, Opinion, Review
from desra_studio.vocabulary import State


@dataclass(frozen=True)
class Label:
    """A label as somebody finds it.

    Attributes:
        state: how far it is.
        version: that an edit has to start from.
        revision: its mask, None where none was saved.
        own: whether it is one of several opinions, and others have theirs.
    """

    state: State
    version: int
    revision: MaskRevision | None
    own: bool


@dataclass(frozen=True)
class EarlierLabel:
    """A label as it was before a verdict, and what it takes to bring it back.

    Attributes:
        image: id of the image.
        version: that the label has since; it comes back only while it still has this one.
        before: the version that it had.
        state: how far it was.
        revision: id of its mask, None where none was saved.
        own: whether it is one of several opinions.
    """

    image: int
    version: int
    before: int
    state: State
    revision: int | None
    own: bool = False


def asks_several(review: Review | None) -> bool:
    """Tell whether several people are asked for their opinion, and there is no consensus yet."""
    return review is not None and review.opinions_wanted > 1


def read_label(session: Session, record: ImageRecord, author: str) -> Label:
    """Return the label of an image that somebody works on; nothing is begun by looking."""
    if not asks_several(record.review):
        version = record.review.version if record.review else 0
        return Label(record.state, version, record.revision, own=False)
    opinion = opinions.find_opinion(session, record.image.id, record.gan.model_id, author)
    if opinion is None:
        return Label(State.UNREVIEWED, 0, None, own=True)
    return Label(opinion.state, opinion.version, _find_revision(session, opinion), own=True)


def begin_label(session: Session, record: ImageRecord, author: str) -> Review | Opinion:
    """Return the row that an edit of somebody changes, made now if there is none."""
    review = reviews.get_review(session, record.image.id, record.gan.model_id)
    return opinions.get_opinion(session, review, author) if asks_several(review) else review


def note_work(session: Session, record: ImageRecord) -> None:
    """Tell on the review that somebody gives an opinion of an image nobody had looked at."""
    review = reviews.get_review(session, record.image.id, record.gan.model_id)
    if review.state is State.UNREVIEWED:
        reviews.set_state(review, State.IN_PROGRESS)


def _find_revision(session: Session, opinion: Opinion) -> MaskRevision | None:
    if opinion.current_revision_id is None:
        return None
    return reviews.get_revision(session, opinion.current_revision_id)
