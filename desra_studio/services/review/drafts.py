"""Drafts: what somebody painted and did not save yet, kept by the server within a second."""

from dataclasses import dataclass
from datetime import datetime

from desra_studio.errors import NotFoundError
from desra_studio.imaging.arrays import Size
from desra_studio.imaging.masks import check_packed_runs
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, drafts


@dataclass(frozen=True)
class KeptDraft:
    """A draft as it was sent.

    Attributes:
        runs: the mask's run lengths, gzip-compressed.
        base_version: of the review that the painting started from.
        updated_at: when the server got it.
    """

    runs: bytes
    base_version: int
    updated_at: datetime


def keep_draft(
    studio: Studio, image_id: int, runs: bytes, base_version: int, author: str | None = None
) -> datetime:
    """Keep somebody's draft in place of their last one and return when.

    Args:
        studio: the installation.
        image_id: of the image.
        runs: the mask's run lengths, gzip-compressed.
        base_version: that the editor started from; it need not be the newest.
        author: whose it is; None is the author of the settings.

    Raises:
        InputError: not the run lengths of a mask of the image's size.
        NotFoundError: the image is gone.
    """
    with studio.database.read() as session:
        image, model_id = datasets.get_reviewed(session, image_id)
    check_packed_runs(runs, Size(image.width, image.height))
    with studio.database.write() as session:
        draft = drafts.put_draft(
            session,
            image_id,
            model_id,
            author or studio.settings.author,
            base_version,
            runs,
        )
        return draft.updated_at


def load_draft(studio: Studio, image_id: int, author: str | None = None) -> KeptDraft:
    """Return somebody's draft.

    Raises:
        NotFoundError: they have none, or the image is gone.
    """
    author = author or studio.settings.author
    with studio.database.read() as session:
        image, model_id = datasets.get_reviewed(session, image_id)
        draft = drafts.find_draft(session, image_id, model_id, author)
    if draft is None:
        raise NotFoundError(f"{author} has no draft of {image.name}.")
    return KeptDraft(draft.runs, draft.base_version, draft.updated_at)


def drop_draft(studio: Studio, image_id: int, author: str | None = None) -> None:
    """Remove somebody's draft, if they have one.

    Raises:
        NotFoundError: the image is gone.
    """
    with studio.database.write() as session:
        _, model_id = datasets.get_reviewed(session, image_id)
        drafts.remove_draft(session, image_id, model_id, author or studio.settings.author)
