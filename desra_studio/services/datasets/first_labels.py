"""Labels of images that nobody has looked at, as an import brings them."""

from collections.abc import Iterable
from typing import NamedTuple

from desra_studio.storage.database import Session
from desra_studio.storage.label_tables import MaskRevision, Review
from desra_studio.vocabulary import Origin, State


class FirstLabel(NamedTuple):
    """A stored mask that becomes an image's label: the image's id, the blob, its px."""

    image_id: int
    mask_sha: str
    area_px: int


def write_first_labels(
    session: Session, author: str, model_id: int, labels: Iterable[FirstLabel]
) -> None:
    """Write the first revision and the review of images that have neither.

    All of a kind at once: one by one, ten thousand hold the write lock for most of a minute.
    """
    revisions = [
        MaskRevision(
            image_id=label.image_id,
            model_id=model_id,
            number=1,
            author=author,
            origin=Origin.IMPORTED,
            mask_sha=label.mask_sha,
            area_px=label.area_px,
        )
        for label in labels
    ]
    session.add_all(revisions)
    session.flush()
    session.add_all(
        Review(
            image_id=revision.image_id,
            model_id=revision.model_id,
            state=State.ACCEPTED if revision.area_px else State.CLEAN,
            version=1,
            current_revision_id=revision.id,
        )
        for revision in revisions
    )
