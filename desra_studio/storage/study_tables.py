"""The tables of user studies: what is asked of whom, and what was answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from desra_studio.storage.base import Base, blob_column, now


class Study(Base):
    """A user study of a dataset.

    `kind` is choice (which of two?) or prominence (do you notice it?), `state` draft, open or
    closed. The manifest is what was laid down before the first vote; `key` signs the links.
    """

    __tablename__ = "study"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    manifest: Mapped[dict[str, Any]]
    manifest_sha: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class StudyItem(Base):
    """What is shown: two systems' outputs in one window of an image, or one with an outline.

    `kind` is pair, gold, identical or training in a study of choices (`better` is the side, a or b,
    that a gold or training pair's right answer names), region, decoy or training in one of
    prominence (`better` is yes or no there). `system_a` and `system_b` are places in the manifest's
    list of systems; the blobs are PNGs of the window, in px of the image.
    """

    __tablename__ = "study_item"
    __table_args__ = (UniqueConstraint("study_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    image_id: Mapped[int] = mapped_column(ForeignKey("image.id"))
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    x: Mapped[int]
    y: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    outline: Mapped[dict[str, Any] | None]
    system_a: Mapped[int]
    system_b: Mapped[int | None]
    blob_a: Mapped[str] = blob_column()
    blob_b: Mapped[str | None] = blob_column()
    blob_lr: Mapped[str | None] = blob_column()
    better: Mapped[str | None] = mapped_column(String(10))


class Voter(Base):
    """Who votes: a personal link, or a device that joined by the open one.

    `place` counts the voters of a study from 0; the order follows from it and the seed.
    """

    __tablename__ = "voter"
    __table_args__ = (UniqueConstraint("study_id", "place"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    place: Mapped[int]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    label: Mapped[str] = mapped_column(String(100), default="")
    is_open: Mapped[bool]
    expires_at: Mapped[datetime | None]
    consent_at: Mapped[datetime | None]
    display: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]


class Trial(Base):
    """One question about one item, to one voter; `code` is all that a voter sees of it.

    `role` is training, vote, gold, identical, repeat or decoy. Where `swapped`, system b stands at
    the left.
    """

    __tablename__ = "trial"
    __table_args__ = (UniqueConstraint("voter_id", "position"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    voter_id: Mapped[int] = mapped_column(ForeignKey("voter.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("study_item.id"), index=True)
    question: Mapped[int]
    position: Mapped[int]
    role: Mapped[str] = mapped_column(String(20))
    swapped: Mapped[bool]
    repeat_of_id: Mapped[int | None] = mapped_column(ForeignKey("trial.id"))
    code: Mapped[str] = mapped_column(String(32), unique=True)


class Vote(Base):
    """The one answer to a trial.

    `answer` is what was pressed: left, right, unsure, yes or no; `choice` what it means: a, b,
    unsure, yes or no. `seconds` lie between the images being loaded and the answer, by the server.
    """

    __tablename__ = "vote"
    id: Mapped[int] = mapped_column(primary_key=True)
    trial_id: Mapped[int] = mapped_column(ForeignKey("trial.id"), unique=True)
    answer: Mapped[str] = mapped_column(String(10))
    choice: Mapped[str] = mapped_column(String(10))
    seconds: Mapped[float]
    created_at: Mapped[datetime] = mapped_column(default=now)


class RegionVote(Base):
    """How many voters of a study saw a region, and how many of them noticed an artifact there."""

    __tablename__ = "region_vote"
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"), primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), primary_key=True)
    votes: Mapped[int]
    noticed: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(default=now)
