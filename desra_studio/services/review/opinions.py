"""Second opinions: asking for them, and how far they agree."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from statistics import fmean

from desra_studio.errors import InputError, NotFoundError
from desra_studio.imaging.masks import decode_mask_png
from desra_studio.metrics.mask_metrics import measure_iou
from desra_studio.services.review.labels import asks_several
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, opinions, reviews
from desra_studio.storage.blobs import BlobStore
from desra_studio.storage.database import Session
from desra_studio.storage.datasets import ImageRecord
from desra_studio.storage.label_tables import MaskRevision, Opinion, Review
from desra_studio.vocabulary import LABELLED, Origin, State

MAX_OPINIONS = 3
Given = list[tuple[Opinion, MaskRevision]]


@dataclass(frozen=True, kw_only=True)
class ShownOpinion:
    """Somebody's opinion of an image; all but the author is None where it is kept back.

    Attributes:
        author: whose it is.
        state: how far it is.
        area_px: px that its mask marks; None without a mask.
        revision: id of its mask.
        sha: SHA-256 of the mask's file.
    """

    author: str
    state: State | None
    area_px: int | None
    revision: int | None
    sha: str | None


@dataclass(frozen=True, kw_only=True)
class OwnOpinion(ShownOpinion):
    """The opinion of the one who asks, and the version that their next edit has to start from."""

    version: int


@dataclass(frozen=True)
class PairAgreement:
    """The IoU of two people's masks."""

    authors: tuple[str, str]
    iou: float


@dataclass(frozen=True)
class OpinionAgreement:
    """The mean IoU over all pairs of opinions, and that of each."""

    mean: float
    pairs: list[PairAgreement]


@dataclass(frozen=True, kw_only=True)
class OpinionSummary:
    """What somebody may know of the opinions of an image.

    Attributes:
        wanted: how many are asked for, 1 where that is over.
        version: of the review, which a consensus starts from.
        hidden: whether the others' are kept back, see `hides_others`.
        given: those that are accepted or clean, by author.
        agreement: None where it is kept back, cannot be measured or fewer than two are given.
        mine: of the one who asks; None where it was not begun.
    """

    wanted: int
    version: int
    hidden: bool
    given: list[ShownOpinion]
    agreement: OpinionAgreement | None
    mine: OwnOpinion | None


def ask_opinions(studio: Studio, image_id: int, wanted: int) -> None:
    """Ask so many people for a label of an image each; 1 asks nobody (any more).

    What was saved already is the opinion of whoever saved it.

    Raises:
        InputError: not 1 to 3.
        NotFoundError: the image is gone.
    """
    with studio.database.write() as session:
        record = datasets.get_record(session, image_id)
        set_wanted(session, record, wanted)


def set_wanted(session: Session, record: ImageRecord, wanted: int) -> None:
    """Do as `ask_opinions` in a transaction that has begun."""
    check_wanted(wanted)
    review = reviews.get_review(session, record.image.id, record.gan.model_id)
    if wanted > 1 and not asks_several(review) and record.revision:
        _adopt_label(session, review, record.revision)
    review.opinions_wanted = wanted


def check_wanted(wanted: int) -> None:
    """Raise InputError unless so many people can be asked."""
    if not 1 <= wanted <= MAX_OPINIONS:
        raise InputError(f"1 to {MAX_OPINIONS} people can be asked, got {wanted}.")


def list_given(session: Session, record: ImageRecord) -> Given:
    """Return the opinions of an image that are accepted or clean, with their masks, by author."""
    found = opinions.list_opinions(session, record.image.id, record.gan.model_id)
    return [(one, mask) for one, mask in found if mask and one.state in LABELLED]


def hides_others(record: ImageRecord, given: Given, author: str) -> bool:
    """Tell whether the others' masks are kept from somebody.

    They are until their own is given, unless nobody is waited for any more.
    """
    if record.review is None or not asks_several(record.review):
        return False
    waiting = len(given) < record.review.opinions_wanted
    return waiting and all(opinion.author != author for opinion, _ in given)


def describe_opinions(
    studio: Studio, session: Session, record: ImageRecord, author: str
) -> OpinionSummary | None:
    """Return what somebody may know of an image's opinions; None where there are not several."""
    found = opinions.list_opinions(session, record.image.id, record.gan.model_id)
    given: Given = [(one, mask) for one, mask in found if mask and one.state in LABELLED]
    if len(given) < 2 and not asks_several(record.review):
        return None
    hidden = hides_others(record, given, author)
    mine = next(((one, mask) for one, mask in found if one.author == author), None)
    return OpinionSummary(
        wanted=record.review.opinions_wanted if record.review else 1,
        version=record.review.version if record.review else 0,
        hidden=hidden,
        given=[_describe_opinion(one, mask, hidden) for one, mask in given],
        agreement=None if hidden else _describe_agreement(studio, given),
        mine=_describe_own(*mine) if mine else None,
    )


def refresh_dissent(studio: Studio, image_id: int) -> None:
    """Keep with the review how far its opinions are apart, for the queue: 1 - their mean IoU.

    Not measured inside the transaction of a save: reading masks takes longer than that may last.
    """
    with studio.database.read() as session:
        record = datasets.get_record(session, image_id)
        given = list_given(session, record)
    agreement = _describe_agreement(studio, given)
    dissent = 1 - agreement.mean if agreement else None
    if record.review is None or record.review.dissent == dissent:
        return
    with studio.database.write() as session:
        record = datasets.get_record(session, image_id)
        # Where somebody saved meanwhile, their own save tells.
        if record.review and _list_masks(list_given(session, record)) == _list_masks(given):
            record.review.dissent = dissent


def _adopt_label(session: Session, review: Review, revision: MaskRevision) -> None:
    """Let a person's label be their opinion, under the version that their page knows."""
    if revision.origin in (Origin.IMPORTED, Origin.CONSENSUS) or review.state is State.SKIPPED:
        return
    opinion = opinions.get_opinion(session, review, revision.author)
    if opinion.current_revision_id is None:
        opinion.current_revision_id = revision.id
        opinion.state, opinion.version = review.state, review.version


def _describe_opinion(opinion: Opinion, mask: MaskRevision | None, hidden: bool) -> ShownOpinion:
    shown = None if hidden else mask
    return ShownOpinion(
        author=opinion.author,
        state=None if hidden else opinion.state,
        area_px=shown.area_px if shown else None,
        revision=shown.id if shown else None,
        sha=shown.mask_sha if shown else None,
    )


def _describe_own(opinion: Opinion, mask: MaskRevision | None) -> OwnOpinion:
    shown = _describe_opinion(opinion, mask, hidden=False)
    return OwnOpinion(**vars(shown), version=opinion.version)


def _describe_agreement(studio: Studio, given: Given) -> OpinionAgreement | None:
    if len(given) < 2:
        return None
    try:
        pairs = _compare_pairs(studio, given)
    except NotFoundError:
        return None  # who opens the mask that is gone is told so; the image still opens
    return OpinionAgreement(fmean(pair.iou for pair in pairs), pairs)


def _compare_pairs(studio: Studio, given: Given) -> list[PairAgreement]:
    return [
        PairAgreement(
            (first.author, second.author),
            compare_stored(studio.blobs, *sorted((first_mask.mask_sha, other.mask_sha))),
        )
        for (first, first_mask), (second, other) in combinations(given, 2)
    ]


def _list_masks(given: Given) -> list[str]:
    return [mask.mask_sha for _, mask in given]


@lru_cache(maxsize=1024)
def compare_stored(blobs: BlobStore, first: str, second: str) -> float:
    """Return the IoU of two stored masks: the same for ever, and asked for at every opening."""
    if first == second:
        return 1.0
    return measure_iou(decode_mask_png(blobs.get(first)), decode_mask_png(blobs.get(second)))
