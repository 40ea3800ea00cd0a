"""An image's mask revisions: looking back, and going back."""

from dataclasses import dataclass

from desra_studio.errors import InputError
from desra_studio.services.review.documents import RevisionDocument, describe_revision
from desra_studio.services.review.labels import read_label
from desra_studio.services.review.masks import NewMask, SavedMask, append_mask, load_mask
from desra_studio.services.review.opinions import hides_others, list_given
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, reviews


@dataclass(frozen=True, kw_only=True)
class HistoryEntry(RevisionDocument):
    """A mask revision in the history of its image.

    Attributes:
        parent: id of the revision that it was painted on; None where there was none.
        current: whether it counts now.
        mine: whether the one who asks made it.
    """

    parent: int | None
    current: bool
    mine: bool


def list_history(studio: Studio, image_id: int, author: str | None = None) -> list[HistoryEntry]:
    """Return the mask revisions of an image, the newest first.

    Where others' opinions are kept from the one who asks, only their own are there.

    Raises:
        NotFoundError: the image is gone.
    """
    author = author or studio.settings.author
    with studio.database.read() as session:
        record = datasets.get_record(session, image_id)
        label = read_label(session, record, author)
        hidden = hides_others(record, list_given(session, record), author)
        found = reviews.list_revisions(session, image_id, record.gan.model_id)
    current = label.revision.id if label.revision else None
    return [
        HistoryEntry(
            **vars(describe_revision(revision)),
            parent=revision.parent_id,
            current=revision.id == current,
            mine=revision.author == author,
        )
        for revision in reversed(found)
        if revision.author == author or not hidden
    ]


def restore_revision(
    studio: Studio, image_id: int, revision_id: int, version: int, author: str | None = None
) -> SavedMask:
    """Save the mask of an earlier revision again, with its labels, as a new revision.

    Raises:
        InputError: the revision is another image's, or somebody's opinion that is kept back.
        StaleRevisionError: another save came first; the mask is kept as a revision all the same.
        NotFoundError: image or revision are gone, or its mask is missing on disk.
    """
    author = author or studio.settings.author
    with studio.database.read() as session:
        record = datasets.get_record(session, image_id)
        hidden = hides_others(record, list_given(session, record), author)
        restored = reviews.get_revision(session, revision_id)
    if not reviews.is_of(restored, image_id, record.gan.model_id):
        raise InputError(
            f"Mask revision {revision_id} is not one of {record.image.name}. Reload its history."
        )
    if hidden and restored.author != author:
        raise InputError(
            f"Give your own opinion of {record.image.name} before you look at {restored.author}'s."
        )
    new = NewMask(
        mask=load_mask(studio, restored.mask_sha),
        sha=restored.mask_sha,
        note=f"restored from revision {restored.number}",
        restored=restored,
    )
    return append_mask(studio, image_id, new, version, author)
