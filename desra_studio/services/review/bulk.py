"""Doing the same to many images of the queue at once: accept, clean, assign, ask for opinions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from desra_studio.errors import InputError
from desra_studio.imaging.masks import encode_mask_png
from desra_studio.services.checks import check_person
from desra_studio.services.review.claims import find_claim
from desra_studio.services.review.flags import end_flags
from desra_studio.services.review.labels import EarlierLabel, asks_several
from desra_studio.services.review.opinions import check_wanted, set_wanted
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, flags, queue, reviews, veils
from desra_studio.storage.database import Session
from desra_studio.storage.datasets import ImageRecord
from desra_studio.storage.label_tables import Review
from desra_studio.storage.queue_entries import cut
from desra_studio.storage.queue_filter import QueueFilter
from desra_studio.vocabulary import MadeBy, Origin, State

MAX_IMAGES = 20_000
CHUNK = 100
"""Images of one transaction: others get in between, who wait five seconds at most."""

Action = Literal["accept", "clean", "assign", "ask_opinions"]


@dataclass(frozen=True, kw_only=True)
class BulkChange:
    """What is done to images.

    Attributes:
        action: `accept` takes the saved mask, or else the detected one as a revision of its own;
            an empty mask makes the image clean. `clean` needs a mask that marks nothing. Both leave
            out what is to be labelled blind.
            `assign` and `ask_opinions` leave masks and verdicts alone.
        to: who is to label them; empty takes the assignment back.
        wanted: how many people are to label each, 1 to 3.
        force: `clean` empties masks that mark something; what they were stays as a revision.
    """

    action: Action
    to: str = ""
    wanted: int = 1
    force: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "to", check_person(self.to))
        check_wanted(self.wanted)


@dataclass(frozen=True)
class SkippedImage:
    """An image that was left as it was, and why."""

    id: int
    name: str
    why: str


@dataclass(frozen=True)
class BulkReport:
    """What became of the images of a change.

    Attributes:
        done: how many are as they were to be.
        skipped: those that were left as they were.
        earlier: the labels that the change took the place of; see `services.taking_back`.
    """

    done: int
    skipped: list[SkippedImage]
    earlier: list[EarlierLabel]


def change_images(
    studio: Studio,
    dataset_id: int,
    change: BulkChange,
    images: Sequence[int] | QueueFilter,
    author: str | None = None,
    but: Sequence[int] = (),
) -> BulkReport:
    """Do the same to images of a dataset, some at a time, each by itself.

    Args:
        studio: the installation.
        dataset_id: of the dataset.
        change: what to do.
        images: ids, or the filter that they pass.
        author: who does it; None is the author of the settings.
        but: ids that are left out.

    Raises:
        InputError: more images than 20 000.
        NotFoundError: no such dataset.
    """
    work = _Work(studio, dataset_id, change, author or studio.settings.author)
    left_out = set(but)
    wanted = [image_id for image_id in work.list_images(images) if image_id not in left_out]
    if len(wanted) > MAX_IMAGES:
        raise InputError(
            f"{len(wanted)} images are too many at once: the limit is {MAX_IMAGES}. "
            "Narrow the filter."
        )
    return add_reports([work.change_some(ids) for ids in cut(wanted, CHUNK)])


def add_reports(reports: Sequence[BulkReport]) -> BulkReport:
    """Return one report of all that was done some at a time."""
    return BulkReport(
        done=sum(report.done for report in reports),
        skipped=[image for report in reports for image in report.skipped],
        earlier=[label for report in reports for label in report.earlier],
    )


class _Work:
    """One change on its way through the images."""

    def __init__(self, studio: Studio, dataset_id: int, change: BulkChange, author: str) -> None:
        self.studio, self.dataset_id = studio, dataset_id
        self.change, self.author = change, author
        self._empty: dict[tuple[int, int], str] = {}

    def list_images(self, images: Sequence[int] | QueueFilter) -> list[int]:
        with self.studio.database.read() as session:
            datasets.get_dataset(session, self.dataset_id)
            if isinstance(images, QueueFilter):
                return queue.list_ids(session, images)
        return list(dict.fromkeys(images))

    def change_some(self, image_ids: Sequence[int]) -> BulkReport:
        with self.studio.database.write() as session:
            dataset = datasets.get_dataset(session, self.dataset_id)
            records = datasets.list_records(session, dataset, image_ids)
            skipped = list_missing(image_ids, records)
            earlier = []
            for record in records:
                review = reviews.get_review(session, record.image.id, record.gan.model_id)
                before = (review.version, review.state, review.current_revision_id)
                if why := self._change(session, record, review):
                    skipped.append(describe_skipped(record, why))
                elif review.version != before[0]:
                    earlier.append(EarlierLabel(record.image.id, review.version, *before))
        return BulkReport(len(image_ids) - len(skipped), skipped, earlier)

    def _change(self, session: Session, record: ImageRecord, review: Review) -> str:
        """Change one image; return why it cannot be, or nothing."""
        change = self.change
        if change.action == "assign":
            review.assigned_to = change.to or None
            return ""
        if change.action == "ask_opinions":
            set_wanted(session, record, change.wanted)
            return ""
        if why := describe_claim(record, self.author):
            return why
        if asks_several(review):
            return f"{review.opinions_wanted} people are to label it, each their own mask"
        if veils.is_veiled(session, record, self.author):
            return "it is labelled blind, by itself: open it"
        judge = self._accept if change.action == "accept" else self._clean
        return judge(session, record, review)

    def _accept(self, session: Session, record: ImageRecord, review: Review) -> str:
        if record.revision:
            _set_state(session, review, _tell_label(record.revision.area_px))
            return ""
        if record.detection is None:
            return "it has no mask, and nothing was detected yet"
        sha, area = record.detection.mask_sha, record.detection.area_px
        self._save(session, record, review, sha, area)
        return ""

    def _clean(self, session: Session, record: ImageRecord, review: Review) -> str:
        marks = record.revision or record.detection
        if marks and marks.area_px and not self.change.force:
            whose = "its mask" if record.revision else "the detected mask"
            return f"{whose} marks {marks.area_px} px"
        if record.revision and not record.revision.area_px:
            _set_state(session, review, State.CLEAN)
            return ""
        sha = self._store_empty(record.image.width, record.image.height)
        self._save(session, record, review, sha, 0)
        return ""

    def _save(
        self, session: Session, record: ImageRecord, review: Review, sha: str, area: int
    ) -> None:
        detection = record.detection
        same = detection is not None and detection.mask_sha == sha
        revision = reviews.append_revision(
            session,
            review,
            parent_id=review.current_revision_id,
            author=self.author,
            origin=Origin.DETECTED if same else Origin.MANUAL,
            made_by=MadeBy.DETECTED if same else MadeBy.CORRECTED,
            mask_sha=sha,
            area_px=area,
        )
        reviews.point_to(review, revision, _tell_label(area))
        end_flags(session, review)
        if detection:
            # It is the detected mask, or empty where that is not: no pixel has to be looked at.
            review.disagreement = 1.0 if detection.area_px and not area else 0.0

    def _store_empty(self, width: int, height: int) -> str:
        sha = self._empty.get((width, height))
        if sha is None:
            sha = self.studio.blobs.put(encode_mask_png(np.zeros((height, width), np.bool_)))
            self._empty[width, height] = sha
        return sha


def list_missing(image_ids: Sequence[int], records: Sequence[ImageRecord]) -> list[SkippedImage]:
    """Return what `BulkReport.skipped` has of the ids that no record was found of."""
    missing = set(image_ids) - {record.image.id for record in records}
    return [
        SkippedImage(image_id, f"Image {image_id}", "it is not in this dataset")
        for image_id in sorted(missing)
    ]


def describe_skipped(record: ImageRecord, why: str) -> SkippedImage:
    """Return what `BulkReport.skipped` has of an image."""
    return SkippedImage(record.image.id, record.image.name, why)


def describe_claim(record: ImageRecord, author: str) -> str:
    """Return that somebody else works on an image just now, or nothing."""
    claim = find_claim(record.review, author)
    return f"{claim[0]} works on it until {claim[1]:%H:%M} UTC" if claim else ""


def _tell_label(area_px: int) -> State:
    return State.ACCEPTED if area_px else State.CLEAN


def _set_state(session: Session, review: Review, state: State) -> None:
    """Judge an image; one that is judged so already is only where it is flagged."""
    if review.state is not state or flags.list_open_flags(
        session, [review.image_id], review.model_id
    ):
        reviews.set_state(review, state)
        end_flags(session, review)
