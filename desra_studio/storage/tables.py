"""Models, datasets, images and jobs. `db/README.md` tells what each table is for."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from desra_studio.storage.base import Base, blob_column, now
from desra_studio.vocabulary import ModelRole, ReferenceKind, Role, RunStatus

_NOT_DELETED = text("deleted_at IS NULL")


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
    file_sha: Mapped[str | None] = blob_column()
    parent_run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("model.id"))
    card: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Dataset(Base):
    """A named set of images, with the pair of models whose outputs are compared.

    LR images that wait to be upscaled have no pair yet. `reference` is what GAN-SR is compared
    with; `reference_name` is the name of another model that made it, and else empty.
    `region_kinds` are the kinds of artifacts that its reviewers tell apart; None means the usual
    ones. `blind_share`, 0..1, of its pictures are labelled before anything of the detector is
    shown. `deleted_at` puts it into the bin: nothing of it is removed, and its name is free for
    another one.
    """

    __tablename__ = "dataset"
    __table_args__ = (
        Index(
            "ix_dataset_name",
            "name",
            unique=True,
            sqlite_where=_NOT_DELETED,
            postgresql_where=_NOT_DELETED,
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    gan_model_id: Mapped[int | None] = mapped_column(ForeignKey("model.id"))
    mse_model_id: Mapped[int | None] = mapped_column(ForeignKey("model.id"))
    reference: Mapped[ReferenceKind] = mapped_column(default=ReferenceKind.MSE)
    reference_name: Mapped[str] = mapped_column(String(100), default="")
    source: Mapped[str] = mapped_column(Text)
    region_kinds: Mapped[list[str] | None]
    blind_share: Mapped[float] = mapped_column(default=0.0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    deleted_at: Mapped[datetime | None]
    deleted_by: Mapped[str | None] = mapped_column(String(100))


class Image(Base):
    """One picture of a dataset: name, size of its SR outputs, and the LR if there is one.

    Until the dataset has a pair of models, width and height are the LR's and scale is empty.
    `is_blind` is decided once, by the picture: see `storage.veils`.
    """

    __tablename__ = "image"
    __table_args__ = (UniqueConstraint("dataset_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))
    name: Mapped[str] = mapped_column(String(200))
    width: Mapped[int]
    height: Mapped[int]
    scale: Mapped[int | None]
    lr_sha: Mapped[str | None] = blob_column()
    is_blind: Mapped[bool] = mapped_column(default=False)


class Rendition(Base):
    """What a model made of an image."""

    __tablename__ = "rendition"
    __table_args__ = (UniqueConstraint("image_id", "model_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"))
    model_id: Mapped[int] = mapped_column(ForeignKey("model.id"), index=True)
    blob_sha: Mapped[str] = blob_column()


class Detection(Base):
    """One run of a detector on a pair of renditions; the newest of a pair and a detector counts.

    `method` is 'desra' for what Review shows, 'desra-compared' for what is only scored, or that of
    a baseline. `busier_sha` is where GAN-SR varies more than MSE-SR. Without `segmentation` all
    class weights were 1. `uncertainty` is the share of the map that lies near the threshold.
    """

    __tablename__ = "detection"
    __table_args__ = (Index("ix_detection_pair", "image_id", "gan_rendition_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"))
    gan_rendition_id: Mapped[int] = mapped_column(ForeignKey("rendition.id"))
    mse_rendition_id: Mapped[int] = mapped_column(ForeignKey("rendition.id"))
    method: Mapped[str] = mapped_column(String(20), default="desra")
    params: Mapped[dict[str, Any]]
    map_sha: Mapped[str] = blob_column()
    busier_sha: Mapped[str | None] = blob_column()
    segmentation: Mapped[str | None] = mapped_column(String(300))
    labels_sha: Mapped[str | None] = blob_column()
    code_version: Mapped[str | None] = mapped_column(String(100))
    mask_sha: Mapped[str] = blob_column()
    regions: Mapped[list[dict[str, Any]]]
    area_px: Mapped[int]
    score: Mapped[float]
    uncertainty: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class ClassMap(Base):
    """What a segmentation network saw in an image: ADE20K classes, made once and kept."""

    __tablename__ = "class_map"
    __table_args__ = (UniqueConstraint("image_sha", "segmentation"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    image_sha: Mapped[str] = mapped_column(String(64))
    segmentation: Mapped[str] = mapped_column(String(300))
    labels_sha: Mapped[str] = blob_column()


class WeightSet(Base):
    """Class weights calibrated on a team's own images; append-only: a name is given once.

    `classes` has, per ADE20K class in order, its interval, the pixels and images it was computed
    from, and whether it fell back to the released value.
    """

    __tablename__ = "weight_set"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    classes: Mapped[list[dict[str, Any]]]
    source: Mapped[str] = mapped_column(Text)
    segmentation: Mapped[str] = mapped_column(String(300))
    images: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Score(Base):
    """Figures of one detector on one set of masks, with all that is needed to compute them again.

    `mask_set` is the SHA-256 over the manual masks, `prediction_set` that over the detector's,
    `detector` what made these, `code_version` the version that computed the figures; each
    detection names the one that made its mask.
    """

    __tablename__ = "score"
    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"), index=True)
    mask_set: Mapped[str] = mapped_column(String(64))
    prediction_set: Mapped[str] = mapped_column(String(64))
    detector: Mapped[dict[str, Any]]
    options: Mapped[dict[str, Any]]
    figures: Mapped[dict[str, Any]]
    code_version: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(default=now)


class User(Base):
    """Somebody who works here, by name; `settings` are theirs alone: keys, for example.

    Only who has a role is a user who signs in. `password` is Argon2's hash; `invitation` is the
    SHA-256 of the link that lets them choose one, until `invited_until`. `subject` is who they are
    to a provider of single sign-on.
    """

    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    role: Mapped[Role | None]
    password: Mapped[str | None] = mapped_column(String(200))
    invitation: Mapped[str | None] = mapped_column(String(64), unique=True)
    invited_until: Mapped[datetime | None]
    subject: Mapped[str | None] = mapped_column(String(500), unique=True)
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class TrainingSet(Base):
    """A frozen list of mask revisions; its hash names exactly what a model was trained on."""

    __tablename__ = "training_set"
    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class TrainingSample(Base):
    """One revision of a training set; what is `held_out` is never trained on, but proves."""

    __tablename__ = "training_sample"
    training_set_id: Mapped[int] = mapped_column(ForeignKey("training_set.id"), primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("mask_revision.id"), primary_key=True)
    held_out: Mapped[bool] = mapped_column(default=False)


class Run(Base):
    """A job: what it was asked to do, how far it is, what came of it.

    `done_before` is how much was done when the last attempt began.
    """

    __tablename__ = "run"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    status: Mapped[RunStatus] = mapped_column(default=RunStatus.QUEUED)
    config: Mapped[dict[str, Any]]
    done: Mapped[int] = mapped_column(default=0)
    done_before: Mapped[int] = mapped_column(default=0)
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
