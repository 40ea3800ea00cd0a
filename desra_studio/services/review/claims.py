"""Claims: who works on an image just now, so that two people do not label it at once.

A page renews its claim each minute; one that is gone stops to keep others off after `CLAIM_TIME`.
Only the server claims, and a data directory has one: claims go by a clock of its own, so that none
ends early, or stays, because the system's is set.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from desra_studio.errors import ClaimedError
from desra_studio.services.review.labels import asks_several
from desra_studio.services.review.steady_clock import SteadyClock
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, queue, reviews
from desra_studio.storage.label_tables import Review
from desra_studio.storage.queue import CLAIM_TIME, Asker
from desra_studio.storage.queue_filter import QueueFilter

_CLOCK = SteadyClock()


@dataclass(frozen=True)
class HeldImage:
    """An image that somebody else works on."""

    id: int
    claimed_by: str


@dataclass(frozen=True)
class NextClaim:
    """What somebody is to label next.

    Attributes:
        id: of the image, which is theirs now; None where none is free.
        until: when the claim ends, unless it is renewed, aware; None with the image.
        held: where none is free, what would wait for them, in order.
    """

    id: int | None
    until: datetime | None
    held: list[HeldImage]


@dataclass(frozen=True)
class ClaimStatus:
    """Who works on an image just now.

    Attributes:
        claimed_by: who has it; None where nobody has.
        until: when their claim ends, unless it is renewed, in ISO 8601; None with nobody.
        mine: whether that is the one who asked.
    """

    claimed_by: str | None
    until: str | None
    mine: bool


def now() -> datetime:
    """Return the present moment by the clock that claims go by, aware."""
    return _CLOCK.now()


def claim_next(
    studio: Studio, wanted: QueueFilter, after: int | None, author: str | None = None
) -> NextClaim:
    """Claim the image that an author is to label next; see `storage.queue.find_next_open`.

    It is found and claimed under one write lock: of many who ask at once each gets another image.

    Raises:
        NotFoundError: no such dataset.
    """
    author = author or studio.settings.author
    with studio.database.write() as session:
        model_id = datasets.get_dataset(session, wanted.dataset_id).gan_model_id
        if model_id is None:
            return NextClaim(None, None, [])
        place = None if after is None else queue.find_place(session, wanted, after)
        asker = Asker(author, model_id, now())
        found = queue.find_next_open(session, wanted, place, asker)
        if found is not None:
            until = _claim(reviews.get_review(session, found, model_id), author)
            return NextClaim(found, until, [])
    with studio.database.read() as session:
        held = queue.list_held(session, wanted, asker)
    return NextClaim(None, None, [HeldImage(*each) for each in held])


def claim_image(
    studio: Studio, image_id: int, author: str | None = None, take_over: bool = False
) -> ClaimStatus:
    """Claim an image, or renew the claim, for three minutes.

    An image that several people are to label keeps nobody off: everybody has a mask of their own.

    Raises:
        ClaimedError: somebody else has it, and it is not to be taken over.
        NotFoundError: the image is gone.
    """
    author = author or studio.settings.author
    with studio.database.write() as session:
        record = datasets.get_record(session, image_id)
        review = reviews.get_review(session, image_id, record.gan.model_id)
        other = None if asks_several(review) else find_claim(review, author)
        if other and not take_over:
            raise ClaimedError(record.image.name, *other)
        until = _claim(review, author)
    return ClaimStatus(author, until.isoformat(), mine=True)


def release_image(studio: Studio, image_id: int, author: str | None = None) -> ClaimStatus:
    """Give an image back that the author claimed, and return who has it; others' claims stay.

    Raises:
        NotFoundError: the image is gone.
    """
    author = author or studio.settings.author
    with studio.database.write() as session:
        record = datasets.get_record(session, image_id)
        review = record.review
        if review and review.claimed_by == author:
            review.claimed_by = review.claimed_until = None
        other = find_claim(review, author)
    if other is None:
        return ClaimStatus(None, None, mine=False)
    return ClaimStatus(other[0], other[1].isoformat(), mine=False)


def find_claim(review: Review | None, author: str) -> tuple[str, datetime] | None:
    """Return who else has claimed an image and until when, while the claim lasts."""
    return tell_claim(review.claimed_by, review.claimed_until, author) if review else None


def tell_claim(
    holder: str | None, until: datetime | None, author: str
) -> tuple[str, datetime] | None:
    """Do as `find_claim` with the two columns of a claim."""
    if holder is None or until is None or holder == author:
        return None
    if not timedelta(0) < until - now() <= CLAIM_TIME:
        return None
    return holder, _CLOCK.translate(until)


def _claim(review: Review, author: str) -> datetime:
    """Claim an image, unless everybody has a mask of their own; return when that ends."""
    until = now() + CLAIM_TIME
    if not asks_several(review):
        review.claimed_by, review.claimed_until = author, until
    return _CLOCK.translate(until)
