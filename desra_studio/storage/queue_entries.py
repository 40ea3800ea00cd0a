"""The queue's entries: made from the truth, in the transaction that changes it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Executable,
    Row,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    delete,
    event,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.orm import aliased

from desra_studio.storage.base import Base
from desra_studio.storage.database import Session
from desra_studio.storage.datasets import find_newest_detection
from desra_studio.storage.label_tables import (
    MaskRevision,
    Opinion,
    QueueEntry,
    Region,
    Review,
    ReviewFlag,
)
from desra_studio.storage.queue_letters import join_letters, list_kinds, write_class, write_kinds
from desra_studio.storage.tables import Dataset, Detection, Image, Rendition
from desra_studio.vocabulary import LABELLED, Origin, State

UNKNOWN = -1.0
"""A figure that is not known: below every one that is."""
OPEN = (State.UNREVIEWED, State.IN_PROGRESS)
CHUNK = 500
"""Images at a time: every database takes so many parameters."""

_NAMES_IMAGE = (Detection, MaskRevision, Opinion, Rendition, Review, ReviewFlag)
_IMAGES, _REVISIONS = "changed images", "changed revisions"
_Item = TypeVar("_Item")


def refresh_entries(session: Session, image_ids: Iterable[int]) -> None:
    """Make the entries of images anew; those that cannot be reviewed (yet) have none.

    There is no need to call it for what the session itself added, changed or deleted: that is seen
    to when it commits, as for the rows of `note_rows`. It is needed after other statements that
    pass the session by.
    """
    statements = _build_statements()
    for ids in cut(sorted(set(image_ids)), CHUNK):
        session.execute(statements.delete, {"ids": ids})
        facts = _read_facts(session, ids)
        letters = write_kinds(session, facts.list_kinds())
        if facts.rows:
            session.execute(statements.insert, facts.make_entries(letters))


def find_wrong_entries(session: Session) -> list[int]:
    """Return the ids of the images whose entry is not what `refresh_entries` would make."""
    kinds = {name: letter for letter, name in list_kinds(session).items()}
    table = Base.metadata.tables[QueueEntry.__tablename__]
    wrong: set[int] = set()
    known = set(session.scalars(select(Image.id))) | set(session.scalars(select(table.c.image_id)))
    for ids in cut(sorted(known), CHUNK):
        facts = _read_facts(session, ids)
        # A kind without a letter stands in no entry as it should.
        letters = dict.fromkeys(facts.list_kinds(), "?") | kinds
        made = {entry["image_id"]: entry for entry in facts.make_entries(letters)}
        stored = session.execute(select(table).where(table.c.image_id.in_(ids))).mappings()
        found = {row["image_id"]: dict(row) for row in stored}
        wrong.update(id_ for id_ in ids if made.get(id_) != found.get(id_))
    return sorted(wrong)


def refresh_dataset(session: Session, dataset_id: int) -> None:
    """Make all entries of a dataset anew."""
    refresh_entries(
        session, session.scalars(select(Image.id).where(Image.dataset_id == dataset_id))
    )


def refresh_all(session: Session) -> None:
    """Make all entries of a database anew, as after a migration."""
    refresh_entries(session, session.scalars(select(Image.id)))


def note_rows(session: Session, table: type[Base], rows: Iterable[Mapping[str, Any]]) -> None:
    """Have the entries made anew, when the session commits, of the images that these rows are of.

    For rows that a statement added or changed past the session; those of some tables have no say.
    """
    if issubclass(table, _NAMES_IMAGE):
        session.info.setdefault(_IMAGES, set()).update(row["image_id"] for row in rows)
    elif issubclass(table, Region):
        session.info.setdefault(_REVISIONS, set()).update(row["revision_id"] for row in rows)


def cut(items: Sequence[_Item], size: int) -> Iterable[Sequence[_Item]]:
    """Yield the items, so many at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


@dataclass(frozen=True)
class _Facts:
    """What entries are made of: a row per image, and the labels of each revision's regions."""

    rows: Sequence[Row[Any]]
    labels: dict[int, list[Any]]

    def list_kinds(self) -> set[str]:
        """Return the kinds that regions have."""
        return {label.kind for each in self.labels.values() for label in each if label.kind}

    def make_entries(self, letters: dict[str, str]) -> list[dict[str, Any]]:
        """Return the entries as they are stored, with the letter of each kind."""
        return [
            _make_entry(row, self.labels.get(row.revision_id, []), letters) for row in self.rows
        ]


def _read_facts(session: Session, ids: Sequence[int]) -> _Facts:
    statements = _build_statements()
    rows = session.execute(statements.facts, {"ids": ids}).all()
    revisions = [row.revision_id for row in rows if row.revision_id]
    labels: dict[int, list[Any]] = defaultdict(list)
    if revisions:
        for label in session.execute(statements.labels, {"ids": revisions}):
            labels[label.revision_id].append(label)
    return _Facts(rows, labels)


@dataclass(frozen=True)
class _Statements:
    """What makes entries; each but the last is given `ids`."""

    delete: Executable
    facts: Executable
    labels: Executable
    insert: Executable


@cache
def _build_statements() -> _Statements:
    """Build them once: that takes longer than SQLite needs to carry them out for one image."""
    table = Base.metadata.tables[QueueEntry.__tablename__]
    ids: Any = bindparam("ids", expanding=True)
    labels = (
        select(Region.revision_id, Region.kind, func.max(Region.severity).label("severity"))
        .where(Region.revision_id.in_(ids))
        .group_by(Region.revision_id, Region.kind)
    )
    return _Statements(
        delete=delete(table).where(table.c.image_id.in_(ids)),
        facts=_select_facts().where(Image.id.in_(ids)),
        labels=labels,
        insert=insert(table),
    )


def _select_facts() -> Select[Any]:
    gan, mse = aliased(Rendition), aliased(Rendition)
    return (
        select(
            Image.id,
            Image.dataset_id,
            Image.name,
            Image.is_blind,
            (Image.width * Image.height).label("image_px"),
            Detection.id.label("detection_id"),
            Detection.regions,
            Detection.area_px.label("detected_px"),
            Detection.uncertainty,
            Review.state,
            Review.assigned_to,
            Review.opinions_wanted,
            Review.disagreement,
            Review.dissent,
            MaskRevision.id.label("revision_id"),
            MaskRevision.author,
            MaskRevision.area_px.label("saved_px"),
            _count(ReviewFlag, ReviewFlag.resolved_at.is_(None)).label("flags"),
            _count(Opinion, Opinion.state.in_(LABELLED)).label("opinions_given"),
            _count(MaskRevision, MaskRevision.area_px > 0).label("masks"),
            _count(MaskRevision, MaskRevision.origin == Origin.IMPORTED).label("imported"),
        )
        .join(Dataset, Dataset.id == Image.dataset_id)
        .join(gan, and_(gan.image_id == Image.id, gan.model_id == Dataset.gan_model_id))
        .join(mse, and_(mse.image_id == Image.id, mse.model_id == Dataset.mse_model_id))
        .outerjoin(Detection, Detection.id == find_newest_detection(gan, mse))
        .outerjoin(
            Review, and_(Review.image_id == Image.id, Review.model_id == Dataset.gan_model_id)
        )
        .outerjoin(MaskRevision, MaskRevision.id == Review.current_revision_id)
    )


def _make_entry(row: Row[Any], labels: list[Any], letters: dict[str, str]) -> dict[str, Any]:
    state = row.state or State.UNREVIEWED
    wanted, given = row.opinions_wanted or 1, row.opinions_given
    veiled = _is_veiled(row, state, wanted, given)
    regions = [] if veiled else row.regions or []
    marked = row.saved_px if row.detection_id is None else row.detected_px
    classes = [region["class_index"] for region in regions if "class_index" in region]
    return {
        "image_id": row.id,
        "dataset_id": row.dataset_id,
        "name": row.name,
        "open": state in OPEN or (wanted > 1 and given < wanted),
        "state": state,
        "annotator": row.author,
        "assigned_to": row.assigned_to,
        "opinions_wanted": wanted,
        "opinions_given": given,
        "regions": int(UNKNOWN) if veiled else len(regions),
        "area_share": UNKNOWN if veiled else (marked or 0) / row.image_px,
        "uncertainty": UNKNOWN if veiled or row.uncertainty is None else row.uncertainty,
        "disagreement": UNKNOWN if row.disagreement is None else row.disagreement,
        "dissent": UNKNOWN if row.dissent is None else row.dissent,
        "flags": row.flags,
        "severity": max(
            (label.severity for label in labels if label.severity is not None), default=None
        ),
        "kinds": join_letters(letters[label.kind] for label in labels if label.kind),
        "classes": join_letters(map(write_class, classes)),
    }


def _is_veiled(row: Row[Any], state: State, wanted: int, given: int) -> bool:
    """Tell whether the detector is kept from somebody who is to label an image; see `veils`.

    A queue is the same for all: where several are asked, until the last of them has answered.
    """
    if not row.is_blind or row.imported:
        return False
    return given < wanted if wanted > 1 else state not in LABELLED and not row.masks


def _count(
    table: type[ReviewFlag] | type[Opinion] | type[MaskRevision], which: ColumnElement[bool]
) -> ScalarSelect[int]:
    """Return the subquery that counts an image's rows for the model of its dataset's reviews."""
    return (
        select(func.count())
        .select_from(table)
        .where(table.image_id == Image.id, table.model_id == Dataset.gan_model_id, which)
        .correlate(Image, Dataset)
        .scalar_subquery()
    )


@event.listens_for(Session, "after_flush")
def _note_changes(session: Session, _context: object) -> None:
    """Remember whose entry may be wrong now: no service has to think of it."""
    for row in chain(session.new, session.dirty, session.deleted):
        if isinstance(row, _NAMES_IMAGE) and not _is_silent(session, row):
            session.info.setdefault(_IMAGES, set()).add(row.image_id)
        elif isinstance(row, Region):
            session.info.setdefault(_REVISIONS, set()).add(row.revision_id)


def _is_silent(session: Session, row: Base) -> bool:
    """Tell whether a changed row says nothing that stands in an entry; there are many of those.

    A claim does not, nor a review that begins as an image without one is shown.
    """
    if not isinstance(row, Review):
        return False
    if row in session.new:
        said = {row.current_revision_id, row.assigned_to, row.disagreement, row.dissent}
        return (row.state, row.opinions_wanted) == (State.UNREVIEWED, 1) and said == {None}
    changed = {attribute.key for attribute in inspect(row).attrs if attribute.history.has_changes()}
    return bool(changed) and changed <= {"claimed_by", "claimed_until"}


@event.listens_for(Session, "before_commit")
def _refresh_changed(session: Session) -> None:
    session.flush()
    images: set[int] = session.info.pop(_IMAGES, set())
    for ids in cut(sorted(session.info.pop(_REVISIONS, set())), CHUNK):
        images.update(
            session.scalars(select(MaskRevision.image_id).where(MaskRevision.id.in_(ids)))
        )
    refresh_entries(session, images)
