"""Masks for images of a dataset that is there, of which some may have a label."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from desra_studio.services.datasets.first_labels import FirstLabel, write_first_labels
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, reviews
from desra_studio.storage.base import now
from desra_studio.storage.bulk_rows import insert_numbered, update_rows
from desra_studio.storage.database import Session
from desra_studio.storage.label_tables import MaskRevision, Review
from desra_studio.vocabulary import MadeBy, Origin, State


@dataclass
class WrittenLabels:
    """What became of masks.

    Attributes:
        labels: that became the label of their image.
        kept: that were kept beside one.
        unchanged: that were there already.
    """

    labels: int = 0
    kept: int = 0
    unchanged: int = 0


class _LaterLabel(NamedTuple):
    """A stored mask of an image that has a review: its blob, its px, the number that it gets."""

    name: str
    review: Review
    becomes_current: bool
    number: int
    mask_sha: str
    area_px: int


def write_labels(
    studio: Studio, dataset_id: int, masks: Mapping[str, tuple[str, int]], lines: list[str]
) -> WrittenLabels:
    """Write stored masks as revisions; all or none.

    Args:
        studio: the installation.
        dataset_id: of the dataset; in one that is not upscaled, nothing is written.
        masks: by the name of their image: the blob, and its px.
        lines: gets a line per mask that is kept beside what somebody labelled.
    """
    written = WrittenLabels()
    first, later = list[FirstLabel](), list[_LaterLabel]()
    with studio.database.write() as session:
        dataset = datasets.get_dataset(session, dataset_id)
        if dataset.gan_model_id is None:
            return written
        model_id = dataset.gan_model_id
        known = {
            each.image_id: each for each in reviews.list_reviews(session, dataset_id, model_id)
        }
        earlier: dict[int, list[MaskRevision]] = defaultdict(list)
        for revision in reviews.list_dataset_revisions(session, dataset_id, model_id):
            earlier[revision.image_id].append(revision)
        for image in datasets.list_images(session, dataset_id):
            if image.name not in masks:
                continue
            sha, area = masks[image.name]
            if image.id not in known:
                first.append(FirstLabel(image.id, sha, area))
            elif any(revision.mask_sha == sha for revision in earlier[image.id]):
                written.unchanged += 1
            else:
                number = max((each.number for each in earlier[image.id]), default=0) + 1
                review = known[image.id]
                current = _is_untouched(review)
                later.append(_LaterLabel(image.name, review, current, number, sha, area))
        write_first_labels(session, studio.settings.author, model_id, first)
        _write_later_labels(session, studio.settings.author, later)
    written.labels = len(first) + sum(label.becomes_current for label in later)
    written.kept = sum(not label.becomes_current for label in later)
    lines += [
        f"{label.name}: somebody labelled it already; the mask is kept as revision "
        f"{label.number} beside theirs"
        for label in later
        if not label.becomes_current
    ]
    return written


def _write_later_labels(session: Session, author: str, labels: Sequence[_LaterLabel]) -> None:
    """Write the next revisions of images, current where nobody has labelled them."""
    ids = insert_numbered(
        session,
        MaskRevision,
        [
            {
                "image_id": label.review.image_id,
                "model_id": label.review.model_id,
                "number": label.number,
                "parent_id": label.review.current_revision_id,
                "author": author,
                "origin": Origin.IMPORTED,
                "made_by": MadeBy.IMPORTED,
                "mask_sha": label.mask_sha,
                "area_px": label.area_px,
            }
            for label in labels
        ],
    )
    update_rows(
        session,
        Review,
        [
            {
                "image_id": label.review.image_id,
                "model_id": label.review.model_id,
                "state": State.ACCEPTED if label.area_px else State.CLEAN,
                "version": label.review.version + 1,
                "current_revision_id": revision_id,
                "disagreement": None,
                "updated_at": now(),
            }
            for label, revision_id in zip(labels, ids, strict=True)
            if label.becomes_current
        ],
    )


def _is_untouched(review: Review) -> bool:
    alone = review.current_revision_id is None and review.opinions_wanted <= 1
    return alone and review.state is State.UNREVIEWED
