"""The tables of labelling: what people marked in images and said about it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from desra_studio.storage.base import Base, blob_column, now
from desra_studio.vocabulary import MadeBy, Origin, State


class MaskRevision(Base):
    """One saved mask. Append-only: no row is ever changed or removed."""

    __tablename__ = "mask_revision"
    __table_args__ = (UniqueConstraint("image_id", "model_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"))
    model_id: Mapped[int] = mapped_column(ForeignKey("model.id"))
    number: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("mask_revision.id"))
    author: Mapped[str] = mapped_column(String(100))
    origin: Mapped[Origin]
    made_by: Mapped[MadeBy]
    mask_sha: Mapped[str] = blob_column()
    area_px: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)


class Region(Base):
    """What a person says about one component of a mask revision: the one over the point x, y.

    `prominence` is the share of voters who noticed it, once there was a vote.
    """

    __tablename__ = "region"
    __table_args__ = (UniqueConstraint("revision_id", "x", "y"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("mask_revision.id"))
    x: Mapped[int]
    y: Mapped[int]
    kind: Mapped[str | None] = mapped_column(String(50))
    severity: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text, default="")
    prominence: Mapped[float | None]
    author: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Review(Base):
    """State of an image's review, and which revision is current, guarded by a version number.

    A claim keeps others off the image until it expires. Where `opinions_wanted` is 2 or more,
    everybody's own mask is an `Opinion`, and the current revision is their consensus once there is
    one. `disagreement` is 1 - IoU between the current mask and the detector's, `dissent` 1 - the
    mean IoU between the opinions; None where there is nothing to compare.
    """

    __tablename__ = "review_state"
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("model.id"), primary_key=True)
    state: Mapped[State] = mapped_column(default=State.UNREVIEWED)
    version: Mapped[int] = mapped_column(default=0)
    current_revision_id: Mapped[int | None] = mapped_column(ForeignKey("mask_revision.id"))
    claimed_by: Mapped[str | None] = mapped_column(String(100))
    claimed_until: Mapped[datetime | None]
    assigned_to: Mapped[str | None] = mapped_column(String(100))
    opinions_wanted: Mapped[int] = mapped_column(default=1)
    disagreement: Mapped[float | None]
    dissent: Mapped[float | None]
    updated_at: Mapped[datetime] = mapped_column(default=now)


class Opinion(Base):
    """One person's own label of an image that several people label, as `Review` is for all."""

    __tablename__ = "opinion"
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("model.id"), primary_key=True)
    author: Mapped[str] = mapped_column(String(100), primary_key=True)
    state: Mapped[State] = mapped_column(default=State.UNREVIEWED)
    version: Mapped[int] = mapped_column(default=0)
    current_revision_id: Mapped[int | None] = mapped_column(ForeignKey("mask_revision.id"))
    updated_at: Mapped[datetime] = mapped_column(default=now)


class Draft(Base):
    """What somebody painted and did not save yet: run lengths, gzip-compressed, the newest only."""

    __tablename__ = "draft"
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("model.id"), primary_key=True)
    author: Mapped[str] = mapped_column(String(100), primary_key=True)
    base_version: Mapped[int]
    runs: Mapped[bytes] = mapped_column(LargeBinary)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class ReviewFlag(Base):
    """Why somebody should look at an image again: what a regression or a study found there."""

    __tablename__ = "review_flag"
    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), index=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("model.id"))
    source: Mapped[str] = mapped_column(String(20))
    x: Mapped[int | None]
    y: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    resolved_at: Mapped[datetime | None]


FILTERED = (
    "open",
    "state",
    "severity",
    "annotator",
    "assigned_to",
    "area_share",
    "kinds",
    "classes",
)
"""Columns that stand in every index of the queue, so that no filter has to look at the table."""


class RegionKind(Base):
    """A kind that regions were given, and the letter that stands for it in the queue's entries."""

    __tablename__ = "region_kind"
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    letter: Mapped[str] = mapped_column(String(1), unique=True)


class QueueEntry(Base):
    """What the queue filters and orders by, of one image; all of it can be made again.

    Derived from an image with both outputs, its newest detection, its review and the regions of its
    current mask, so that a page of a queue of 100 000 images needs one index. `open` tells whether
    somebody has still to judge it; `severity` is the highest one, `area_share` that of the detected
    mask, or of the saved one where nothing was detected. `kinds` and `classes` hold a letter for
    each, see `queue_letters`. `uncertainty`, `disagreement` and `dissent` are -1 where they are not
    known, and so are `regions` and `area_share` of a veiled image: such images come last on every
    database, and places in an order compare as plain numbers.
    """

    __tablename__ = "queue_entry"
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))
    name: Mapped[str] = mapped_column(String(200))
    open: Mapped[bool]
    state: Mapped[State]
    annotator: Mapped[str | None] = mapped_column(String(100))
    assigned_to: Mapped[str | None] = mapped_column(String(100))
    opinions_wanted: Mapped[int]
    opinions_given: Mapped[int]
    regions: Mapped[int]
    area_share: Mapped[float]
    uncertainty: Mapped[float]
    disagreement: Mapped[float]
    dissent: Mapped[float]
    flags: Mapped[int]
    severity: Mapped[int | None]
    kinds: Mapped[str] = mapped_column(Text)
    classes: Mapped[str] = mapped_column(Text)


def _add_queue_indexes() -> None:
    columns = QueueEntry.__table__.c
    Index("ix_queue_entry_annotator", columns.dataset_id, columns.annotator, columns.state)
    for name in ("name", "area_share", "uncertainty", "disagreement", "dissent", "flags"):
        Index(
            f"ix_queue_entry_{name.removesuffix('_share')}",
            columns.dataset_id,
            columns[name] if name == "name" else columns[name].desc(),
            columns.image_id,
            *(columns[other] for other in FILTERED if other != name),
        )


_add_queue_indexes()
