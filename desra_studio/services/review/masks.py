"""Reviewing: the queue, saving masks, and verdicts."""

import gzip
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from desra_studio.errors import InputError, NotFoundError, StaleRevisionError
from desra_studio.imaging.arrays import Mask, Size, size_of
from desra_studio.imaging.masks import (
    decode_mask_png,
    encode_mask_png,
    encode_mask_runs,
    unpack_mask_runs,
)
from desra_studio.services.checks import check_note
from desra_studio.services.review.disagreement import compare_mask, measure_disagreement
from desra_studio.services.review.documents import RevisionDocument, describe_revision
from desra_studio.services.review.flags import end_flags
from desra_studio.services.review.labels import begin_label, note_work, read_label
from desra_studio.services.review.opinions import refresh_dissent
from desra_studio.services.review.regions import follow_regions
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, drafts, progress, regions, reviews, veils
from desra_studio.storage.database import Session
from desra_studio.storage.datasets import ImageRecord
from desra_studio.storage.label_tables import MaskRevision, Opinion, Region, Review
from desra_studio.storage.queue_entries import OPEN
from desra_studio.vocabulary import LABELLED, MadeBy, Origin, State


@dataclass(frozen=True)
class SavedMask:
    """What the server acknowledges after a save: the label's version and state, and the mask."""

    version: int
    state: State
    revision: RevisionDocument


@dataclass(frozen=True)
class NewMask:
    """A mask that is stored and becomes a revision.

    Attributes:
        mask: (H, W) bool.
        sha: of its blob.
        note: what its author says about it.
        restored: the revision that it was before, if it was one.
    """

    mask: Mask
    sha: str
    note: str = ""
    restored: MaskRevision | None = None


def load_mask(studio: Studio, mask_sha: str) -> Mask:
    """Read a stored mask, (H, W) bool."""
    return decode_mask_png(studio.blobs.get(mask_sha))


def load_revision_mask(studio: Studio, revision_id: int) -> Mask:
    """Read the mask of a revision by id."""
    with studio.database.read() as session:
        sha = reviews.get_revision(session, revision_id).mask_sha
    return load_mask(studio, sha)


def load_detected_mask(studio: Studio, detection_id: int) -> Mask:
    """Read the mask of a detection by id."""
    with studio.database.read() as session:
        sha = datasets.get_detection(session, detection_id).mask_sha
    return load_mask(studio, sha)


def pack_mask(mask: Mask) -> bytes:
    """Return a mask as the canvas reads it: run lengths, gzip-compressed."""
    return gzip.compress(encode_mask_runs(mask), compresslevel=1)


def save_packed_mask(
    studio: Studio,
    image_id: int,
    data: bytes,
    version: int,
    author: str | None = None,
    note: str = "",
) -> SavedMask:
    """Save a mask as the canvas sends it: run lengths, gzip-compressed; see `save_mask`."""
    with studio.database.read() as session:
        image, _ = datasets.get_reviewed(session, image_id)
    mask = unpack_mask_runs(data, Size(image.width, image.height))
    return save_mask(studio, image_id, mask, version, author, note)


def save_mask(
    studio: Studio,
    image_id: int,
    mask: Mask,
    version: int,
    author: str | None = None,
    note: str = "",
) -> SavedMask:
    """Append a mask revision and make it current, for all, or as the author's opinion.

    The blob is on disk before the row, and the row is committed before this returns. The author's
    draft is removed.

    Args:
        studio: the installation.
        image_id: whose mask it is.
        mask: (H, W) bool at the size of the image.
        version: that the editor started from.
        author: who saves it; None is the author of the settings.
        note: what the author says about it.

    Raises:
        StaleRevisionError: another save came first; the mask is kept as a revision all the same.
        InputError: the mask has another size than the image, or the note is too long.
        NotFoundError: the image is gone.
    """
    note = check_note(note)
    sha = studio.blobs.put(encode_mask_png(mask))
    return append_mask(studio, image_id, NewMask(mask, sha, note), version, author)


def append_mask(
    studio: Studio, image_id: int, new: NewMask, version: int, author: str | None = None
) -> SavedMask:
    """Append a revision of a mask that is stored already; see `save_mask`."""
    author = author or studio.settings.author
    seen, disagreement = _compare(studio, image_id, new)
    with studio.database.write() as session:
        record = datasets.get_record(session, image_id)
        is_newest = seen == (record.detection.id if record.detection else None)
        before = read_label(session, record, author).revision
        veiled = veils.is_veiled(session, record, author)
        label = begin_label(session, record, author)
        stale = label.version != version
        if stale and before and before.mask_sha == new.sha:
            # The answer to this save was lost on its way, and the editor tries again.
            return SavedMask(label.version, label.state, describe_revision(before))
        origin = new.restored.origin if new.restored else _tell_origin(studio, record, new)
        revision = reviews.append_revision(
            session,
            label,
            parent_id=label.current_revision_id,
            author=author,
            origin=Origin.MANUAL if veiled else origin,
            made_by=(
                MadeBy.BLIND
                if veiled
                else _tell_making(before, new, origin, record.detection is not None)
            ),
            mask_sha=new.sha,
            area_px=int(np.count_nonzero(new.mask)),
            note=new.note,
        )
        places = _place_regions(studio, session, before, new)
        regions.copy_regions(session, places, revision.id)
        if not stale:
            state = label.state if label.state in LABELLED else State.IN_PROGRESS
            if state is State.CLEAN and revision.area_px:
                state = State.IN_PROGRESS
            reviews.point_to(label, revision, state)
            if isinstance(label, Review) and is_newest:
                label.disagreement = disagreement
            note_work(session, record)
            drafts.remove_draft(session, image_id, record.gan.model_id, author)
        saved = SavedMask(label.version, label.state, describe_revision(revision))
    if stale:
        raise StaleRevisionError(before.number if before else 0, saved.version, revision.number)
    if isinstance(label, Opinion):
        refresh_dissent(studio, image_id)
    elif not is_newest:
        measure_disagreement(studio, image_id)
    return saved


def judge_image(
    studio: Studio, image_id: int, state: State, version: int, author: str | None = None
) -> int:
    """Set the verdict on an image and return the new version.

    The author's draft is removed, and the image's flags end; see `end_flags`.

    Raises:
        InputError: accepted without a saved mask, or with an empty one where the detector was not
            seen; or clean with a mask that is not empty.
        StaleRevisionError: another save came first.
        NotFoundError: the image is gone.
    """
    author = author or studio.settings.author
    with studio.database.write() as session:
        record = datasets.get_record(session, image_id)
        revision = read_label(session, record, author).revision
        label = begin_label(session, record, author)
        if label.version != version:
            raise StaleRevisionError(revision.number if revision else 0, label.version)
        if state in LABELLED and revision is None:
            raise InputError(f"Save a mask of {record.image.name} before you accept it.")
        if state is State.ACCEPTED and veils.is_veiled(session, record, author):
            raise InputError(
                f"The mask of {record.image.name} marks nothing. Mark what is wrong before you "
                "accept it. Say Clean if nothing is wrong."
            )
        if state is State.CLEAN and revision and revision.area_px:
            raise InputError(
                f"The mask of {record.image.name} marks {revision.area_px} px, so it is not clean. "
                "Save an empty mask first."
            )
        reviews.set_state(label, state)
        end_flags(session, label)
        drafts.remove_draft(session, image_id, record.gan.model_id, author)
        judged = label.version
    if isinstance(label, Opinion):
        refresh_dissent(studio, image_id)
    return judged


def count_progress(studio: Studio, dataset_id: int) -> dict[str, int]:
    """Count images, reviewed ones and accepted ones, for the navigation."""
    with studio.database.read() as session:
        counts = progress.count_states(session, datasets.get_dataset(session, dataset_id).id)
    return {
        "images": sum(counts.values()),
        "reviewed": sum(counts.get(state, 0) for state in State if state not in OPEN),
        "accepted": counts.get(State.ACCEPTED, 0),
        "labelled": sum(counts.get(state, 0) for state in LABELLED),
    }


def _compare(studio: Studio, image_id: int, new: NewMask) -> tuple[int | None, float | None]:
    """Return the newest detection's id, and how far a mask that fits disagrees with it.

    Nobody is to wait for a mask that is read while the database is locked.
    """
    with studio.database.read() as session:
        record = datasets.get_record(session, image_id)
    size = Size(record.image.width, record.image.height)
    if size_of(new.mask) != size:
        raise InputError(f"The mask is {size_of(new.mask)} px, but the image is {size} px.")
    detection = record.detection
    if detection is None:
        return None, None
    return detection.id, compare_mask(studio, new.mask, detection)


def _tell_making(
    before: MaskRevision | None, new: NewMask, origin: Origin, is_detected: bool
) -> MadeBy:
    """Tell how a mask was made that is saved while the detector's is in sight, if there is one."""
    if new.restored:
        return new.restored.made_by
    if before and before.mask_sha == new.sha:
        return before.made_by  # nobody changed it since
    if not is_detected:
        return MadeBy.BLIND  # there was nothing to see
    return MadeBy.DETECTED if origin is Origin.DETECTED else MadeBy.CORRECTED


def _tell_origin(studio: Studio, record: ImageRecord, new: NewMask) -> Origin:
    detection = record.detection
    if detection is None:
        return Origin.MANUAL
    same = detection.mask_sha == new.sha
    if not same and detection.area_px == np.count_nonzero(new.mask):
        # An earlier version, or another encoder, may have stored the same pixels as other bytes.
        with suppress(NotFoundError):
            same = np.array_equal(load_mask(studio, detection.mask_sha), new.mask)
    return Origin.DETECTED if same else Origin.MANUAL


def _place_regions(
    studio: Studio, session: Session, before: MaskRevision | None, new: NewMask
) -> list[tuple[Region, int, int]]:
    """Return the labels that a new revision begins with, and where: (label, x, y)."""
    if new.restored:
        labelled = regions.list_regions(session, [new.restored.id])
        return [(region, region.x, region.y) for region in labelled]
    if before is None:
        return []
    return follow_regions(studio, before, regions.list_regions(session, [before.id]), new.mask)
