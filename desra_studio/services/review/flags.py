"""Flags: images that a regression or a study found something in come back into the queue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from desra_studio.errors import InputError
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, flags
from desra_studio.storage.database import Session
from desra_studio.storage.label_tables import Opinion, Review, ReviewFlag
from desra_studio.storage.queue_entries import OPEN

SOURCES = ("regression", "study", "reviewer")
MAX_NOTE = 500


@dataclass(frozen=True)
class Finding:
    """What was found in an image.

    Attributes:
        image_id: of the image.
        note: what, for people; up to 500 characters.
        x, y: where, in px of the image; None where it is about all of it.
    """

    image_id: int
    note: str
    x: int | None = None
    y: int | None = None


@dataclass(frozen=True, kw_only=True)
class Flag:
    """Why somebody should look at an image again.

    Attributes:
        id: of the flag.
        source: one of `SOURCES`.
        note: what was found, for people.
        x, y: where, in px of the image; None where it is about all of it.
        flagged_at: time in ISO 8601.
    """

    id: int
    source: str
    note: str
    x: int | None
    y: int | None
    flagged_at: str


def flag_images(studio: Studio, source: str, findings: Iterable[Finding]) -> list[int]:
    """Flag images, all or none, and return the flags' ids.

    What was flagged before and not judged since is not flagged twice.

    Args:
        studio: the installation.
        source: one of `SOURCES`.
        findings: what was found.

    Raises:
        InputError: an unknown source, a long note, or a place outside the image.
        NotFoundError: an image is gone, or not upscaled.
    """
    if source not in SOURCES:
        raise InputError(f"A flag's source must be one of {', '.join(SOURCES)}, got {source!r}.")
    made = []
    with studio.database.write() as session:
        for finding in findings:
            record = datasets.get_record(session, finding.image_id)
            _check_finding(finding, record.image.width, record.image.height)
            model_id = record.gan.model_id
            wanted = ReviewFlag(
                image_id=finding.image_id,
                model_id=model_id,
                source=source,
                x=finding.x,
                y=finding.y,
                note=finding.note,
            )
            known = flags.list_open_flags(session, [finding.image_id], model_id)
            same = [flag for flag in known[finding.image_id] if _tell(flag) == _tell(wanted)]
            if not same:
                session.add(wanted)
                session.flush()
            made.append(same[0].id if same else wanted.id)
    return made


def end_flags(
    session: Session, label: Review | Opinion, raised_before: datetime | None = None
) -> None:
    """End the open flags of an image that got a verdict just now; they stay in the database.

    A label that is still open has no verdict, and one opinion of several is none on the image.

    Args:
        session: of the transaction that judges.
        label: with the verdict; the flags bear its time, by which taking it back finds them.
        raised_before: flags of later stay open; None ends all.
    """
    if isinstance(label, Opinion) or label.state in OPEN:
        return
    for flag in flags.list_open_flags(session, [label.image_id], label.model_id)[label.image_id]:
        if raised_before is None or flag.created_at < raised_before:
            flag.resolved_at = label.updated_at


def describe_flag(flag: ReviewFlag) -> Flag:
    """Return a flag as plain values."""
    return Flag(
        id=flag.id,
        source=flag.source,
        note=flag.note,
        x=flag.x,
        y=flag.y,
        flagged_at=flag.created_at.isoformat(),
    )


def _check_finding(finding: Finding, width: int, height: int) -> None:
    if len(finding.note) > MAX_NOTE:
        raise InputError(
            f"The note of a flag has up to {MAX_NOTE} characters, got {len(finding.note)}."
        )
    place = (finding.x, finding.y)
    if place == (None, None):
        return
    if (
        finding.x is None
        or finding.y is None
        or not (0 <= finding.x < width and 0 <= finding.y < height)
    ):
        raise InputError(
            f"A flag must lie in the image of {width}x{height} px, got x {finding.x}, "
            f"y {finding.y}."
        )


def _tell(flag: ReviewFlag) -> tuple[object, ...]:
    return flag.source, flag.x, flag.y, flag.note
