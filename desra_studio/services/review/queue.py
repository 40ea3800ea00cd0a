"""The review queue: its pages, the way through it, and how far a dataset is."""

from dataclasses import dataclass
from typing import Any

from desra_studio.errors import InputError
from desra_studio.services.review.claims import now, tell_claim
from desra_studio.services.review.flags import Flag, describe_flag
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, flags, queue
from desra_studio.storage.database import Session
from desra_studio.storage.label_tables import ReviewFlag
from desra_studio.storage.queue_entries import UNKNOWN
from desra_studio.storage.queue_filter import QueueFilter
from desra_studio.storage.queue_letters import list_kinds, read_class
from desra_studio.vocabulary import State

MAX_LIMIT = 500


@dataclass(frozen=True)
class OpinionCount:
    """How many people are to label an image, and how many have."""

    wanted: int
    given: int


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    """An image of the queue.

    Attributes:
        id, name: of the image.
        state: of its label.
        veiled: whether it is labelled blind, so that nothing of the detector is told until then.
        regions: that were detected; None where it is veiled.
        area_share: of the image that the detected mask marks, or else the saved one, 0..1; None
            where it is veiled.
        annotator: whose mask counts; None without one.
        assigned_to: who is to label it; None for anybody.
        severity: the highest of its regions; None where none has one.
        kinds: of its regions, by name.
        classes: ADE20K indices of the detected regions.
        flags: those that nobody has looked at, oldest first.
        uncertainty: share of the map near the threshold, 0..1; None where it is not known.
        disagreement: 1 - IoU of detected and saved mask; None where there is nothing to compare.
        dissent: 1 - mean IoU of the opinions; None where there is nothing to compare.
        opinions: None where one person labels it.
        claimed_by: who else works on it; None for nobody.
    """

    id: int
    name: str
    state: State
    veiled: bool
    regions: int | None
    area_share: float | None
    annotator: str | None
    assigned_to: str | None
    severity: int | None
    kinds: list[str]
    classes: list[int]
    flags: list[Flag]
    uncertainty: float | None
    disagreement: float | None
    dissent: float | None
    opinions: OpinionCount | None
    claimed_by: str | None


@dataclass(frozen=True, kw_only=True)
class QueuePage:
    """A page of the queue.

    Attributes:
        total: images that pass the filter.
        offset: of the page's first image among them, from 0.
        position: of the image that was asked for, from 0; None where it does not pass.
        items: the page's images, in order.
    """

    total: int
    offset: int
    position: int | None
    items: list[QueueRow]


def make_filter(dataset_id: int, order: str = "name", **values: Any) -> QueueFilter:  # noqa: ANN401
    """Return a filter; see `QueueFilter` for the other values.

    Raises:
        InputError: an unknown order.
    """
    if order not in queue.ORDERS:
        raise InputError(f"The order must be one of {', '.join(queue.ORDERS)}, got {order!r}.")
    return QueueFilter(dataset_id=dataset_id, order=order, **values)


def read_page(
    studio: Studio,
    wanted: QueueFilter,
    *,
    offset: int | None = None,
    limit: int = 100,
    around: int | None = None,
    author: str | None = None,
) -> QueuePage:
    """Return a page of the queue.

    Args:
        studio: the installation.
        wanted: filter and order.
        offset: of the first image; where None, the page that `around` is on, or the first.
        limit: images of a page, 1 to 500.
        around: image whose position to tell.
        author: who asks: their own claims are not told.

    Raises:
        InputError: a limit or an offset out of range.
        NotFoundError: no such dataset.
    """
    if not 1 <= limit <= MAX_LIMIT or (offset is not None and offset < 0):
        raise InputError(
            f"A page has 1 to {MAX_LIMIT} images from offset 0 on, got {limit} from {offset}."
        )
    with studio.database.read() as session:
        model_id = datasets.get_dataset(session, wanted.dataset_id).gan_model_id
        place = None if around is None else queue.find_place(session, wanted, around)
        if place is None:
            total, position = queue.count_entries(session, wanted), None
        else:
            total, position = queue.count_before(session, wanted, place)
        if place and position is not None and offset is None:
            offset = position - position % limit
            before = queue.walk(session, wanted, place, offset - position)
            after = queue.walk(session, wanted, place, limit - (position - offset) - 1)
            ids = [*before[::-1], place.image_id, *after]
        else:
            ids = queue.list_page(session, wanted, offset or 0, limit, total)
        items = _describe_entries(session, ids, model_id, author or studio.settings.author)
    return QueuePage(total=total, offset=offset or 0, position=position, items=items)


def find_next(
    studio: Studio, wanted: QueueFilter, after: int | None, author: str | None = None
) -> int | None:
    """Return the image that an author is to label next; see `storage.queue.find_next_open`.

    Raises:
        NotFoundError: no such dataset.
    """
    with studio.database.read() as session:
        model_id = datasets.get_dataset(session, wanted.dataset_id).gan_model_id
        if model_id is None:
            return None
        place = None if after is None else queue.find_place(session, wanted, after)
        asker = queue.Asker(author or studio.settings.author, model_id, now())
        return queue.find_next_open(session, wanted, place, asker)


def find_step(studio: Studio, wanted: QueueFilter, origin: int, offset: int) -> int | None:
    """Return the image some steps further in the queue, or before where `offset` is negative.

    It starts where `origin` stands in the order, also where the filter leaves that one out.

    Raises:
        InputError: no step at all, or more than 500.
        NotFoundError: no such dataset.
    """
    if not 1 <= abs(offset) <= MAX_LIMIT:
        raise InputError(f"A step goes 1 to {MAX_LIMIT} images on or back, got {offset}.")
    with studio.database.read() as session:
        datasets.get_dataset(session, wanted.dataset_id)
        place = queue.find_place(session, wanted, origin)
        found = queue.walk(session, wanted, place, offset) if place else []
    return found[-1] if len(found) == abs(offset) else None


def _describe_entries(
    session: Session, image_ids: list[int], model_id: int | None, author: str
) -> list[QueueRow]:
    if not image_ids or model_id is None:
        return []
    entries = queue.list_entries(session, image_ids, model_id)
    flagged = [entry.image_id for entry in entries if entry.flags]
    found = flags.list_open_flags(session, flagged, model_id) if flagged else {}
    kinds = list_kinds(session) if any(entry.kinds for entry in entries) else {}
    return [
        _describe_entry(entry, kinds, found.get(entry.image_id, []), author) for entry in entries
    ]


def _describe_entry(
    entry: queue.EntryRow, kinds: dict[str, str], flagged: list[ReviewFlag], author: str
) -> QueueRow:
    claim = tell_claim(entry.claimed_by, entry.claimed_until, author)
    several = entry.opinions_wanted > 1
    veiled = entry.regions == UNKNOWN
    return QueueRow(
        id=entry.image_id,
        name=entry.name,
        state=entry.state,
        veiled=veiled,
        regions=None if veiled else entry.regions,
        area_share=_tell_figure(entry.area_share),
        annotator=entry.annotator,
        assigned_to=entry.assigned_to,
        severity=entry.severity,
        kinds=sorted(kinds[letter] for letter in entry.kinds),
        classes=[read_class(letter) for letter in entry.classes],
        flags=[describe_flag(flag) for flag in flagged],
        uncertainty=_tell_figure(entry.uncertainty),
        disagreement=_tell_figure(entry.disagreement),
        dissent=_tell_figure(entry.dissent),
        opinions=OpinionCount(entry.opinions_wanted, entry.opinions_given) if several else None,
        claimed_by=claim[0] if claim else None,
    )


def _tell_figure(value: float) -> float | None:
    return None if value == UNKNOWN else value
