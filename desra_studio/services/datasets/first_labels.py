"""Labels of images that nobody has looked at, as an import brings them."""

from collections.abc import Sequence
from typing import NamedTuple

from desra_studio.storage.bulk_rows import insert_numbered, insert_rows
from desra_studio.storage.database import Session
from desra_studio.storage.label_tables import MaskRevision, Review
from desra_studio.vocabulary import MadeBy, Origin, State


class FirstLabel(NamedTuple):
    """A stored mask that becomes an image's label: the image's id, the blob, its px."""

    image_id: int
    mask_sha: str
    area_px: int


def write_first_labels(
    session: Session, author: str, model_id: int, labels: Sequence[FirstLabel]
) -> None:
    """Write the first revision and the review of images that have neither."""
    ids = insert_numbered(
        session,
        MaskRevision,
        [
            {
                "image_id": label.image_id,
                "model_id": model_id,
                "number": 1,
                "author": author,
                "origin": Origin.IMPORTED,
                "made_by": MadeBy.IMPORTED,
                "mask_sha": label.mask_sha,
                "area_px": label.area_px,
            }
            for label in labels
        ],
    )
    insert_rows(
        session,
        Review,
        [
            {
                "image_id": label.image_id,
                "model_id": model_id,
                "state": State.ACCEPTED if label.area_px else State.CLEAN,
                "version": 1,
                "current_revision_id": revision_id,
            }
            for label, revision_id in zip(labels, ids, strict=True)
        ],
    )
