"""The tables. `db/README.md` tells what each is for; `db/schema.sql` is generated from here."""

import enum
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC times on every database; SQLite itself keeps no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read as UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


class ModelRole(enum.StrEnum):
    """What a model is for."""

    GAN = "gan"
    MSE = "mse"


class Origin(enum.StrEnum):
    """Where the pixels of a mask revision come from."""

    DETECTED = "detected"
    MANUAL = "manual"
    IMPORTED = "imported"


class State(enum.StrEnum):
    """How far the review of an image is."""

    UNREVIEWED = "unreviewed"
    IN_PROGRESS = "in progress"
    ACCEPTED = "accepted"
    CLEAN = "clean"
    SKIPPED = "skipped"


LABELLED = (State.ACCEPTED, State.CLEAN)
"""States in which the current mask revision is a manual label."""


class RunStatus(enum.StrEnum):
    """Life of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ACTIVE = (RunStatus.QUEUED, RunStatus.RUNNING)


def _enum(kind: type[enum.StrEnum]) -> Enum:
    """Keep an enumeration as text: readable in the file, and a new value needs no migration."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """Named constraints, so that a later migration can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads it from the class)
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[dict[str, Any]]: JSON,
        ModelRole: _enum(ModelRole),
        Origin: _enum(Origin),
        State: _enum(State),
        RunStatus: _enum(RunStatus),
    }


class Model(Base):
    """A generator; without weights where only its outputs were imported.

    `partner_id` names the MSE-SR model that a GAN-SR model is compared with. `card` tells what is
    known about the weights: source, licence, how they were made, size rules.
    """

    __tablename__ = "model"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    role: Mapped[ModelRole]
    architecture: Mapped[str | None] = mapped_column(String(100))
    scale: Mapped[int | None]
    file_sha: Mapped[str | None] = mapped_column(String(64))
    parent_run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("model.id"))
    card: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Dataset(Base):
    """A named set of images, with the pair of models whose outputs are compared.

    LR images that wait to be upscaled have no pair yet.
    """

    __tablename__ = "dataset"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    gan_model_id: Mapped[int | None] = mapped_column(ForeignKey("model.id"))
    mse_model_id: Mapped[int | None] = mapped_column(ForeignKey("model.id"))
    source: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Image(Base):
    """One picture of a dataset: name, size of its SR outputs, and the LR if there is one.

    Until the dataset has a pair of models, width and height are the LR's and scale is empty.
    """

    __tablename__ = "image"
    __table_args__ = (UniqueConstraint("dataset_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))
    name: Mapped[str] = mapped_column(String(200))
    width: Mapped[int]
    height: Mapped[int]
    scale: Mapped[int | None]
    lr_sha: Mapped[str | None] = mapped_column(String(64))


class Rendition(Base):
    """What a model made of an image."""

    __tablename__ = "rendition"
    __table_args__ = (UniqueConstraint("image_id", "model_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"))
    model_id: Mapped[int] = mapped_column(ForeignKey("model.id"), index=True)
    blob_sha: Mapped[str] = mapped_column(String(64))


class Detection(Base):
    """One run of the detector on a pair of renditions; the newest of a pair counts."""

    __tablename__ = "detection"
    __table_args__ = (Index("ix_detection_pair", "image_id", "gan_rendition_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"))
    gan_rendition_id: Mapped[int] = mapped_column(ForeignKey("rendition.id"))
    mse_rendition_id: Mapped[int] = mapped_column(ForeignKey("rendition.id"))
    params: Mapped[dict[str, Any]]
    map_sha: Mapped[str] = mapped_column(String(64))
    mask_sha: Mapped[str] = mapped_column(String(64))
    regions: Mapped[list[dict[str, Any]]]
    area_px: Mapped[int]
    score: Mapped[float]
    created_at: Mapped[datetime] = mapped_column(default=now)


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
    mask_sha: Mapped[str] = mapped_column(String(64))
    area_px: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)


class Review(Base):
    """State of an image's review, and which revision is current, guarded by a version number."""

    __tablename__ = "review_state"
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"), primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("model.id"), primary_key=True)
    state: Mapped[State] = mapped_column(default=State.UNREVIEWED)
    version: Mapped[int] = mapped_column(default=0)
    current_revision_id: Mapped[int | None] = mapped_column(ForeignKey("mask_revision.id"))
    updated_at: Mapped[datetime] = mapped_column(default=now)


class TrainingSet(Base):
    """A frozen list of mask revisions; its hash names exactly what a model was trained on."""

    __tablename__ = "training_set"
    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class TrainingSample(Base):
    """One revision of a training set."""

    __tablename__ = "training_sample"
    training_set_id: Mapped[int] = mapped_column(ForeignKey("training_set.id"), primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("mask_revision.id"), primary_key=True)


class Run(Base):
    """A job: what it was asked to do, how far it is, what came of it."""

    __tablename__ = "run"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    status: Mapped[RunStatus] = mapped_column(default=RunStatus.QUEUED)
    config: Mapped[dict[str, Any]]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]


class RunMetric(Base):
    """One figure of a job at one step."""

    __tablename__ = "run_metric"
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[float]
