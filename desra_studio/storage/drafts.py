"""Queries on drafts: what somebody painted and did not save yet."""

from sqlalchemy import delete

from desra_studio.storage.base import now
from desra_studio.storage.database import Session
from desra_studio.storage.label_tables import Draft


def find_draft(session: Session, image_id: int, model_id: int, author: str) -> Draft | None:
    """Return somebody's draft of an image for a model, if there is one."""
    return session.get(Draft, (image_id, model_id, author))


def put_draft(
    session: Session, image_id: int, model_id: int, author: str, base_version: int, runs: bytes
) -> Draft:
    """Keep somebody's draft in place of the one before."""
    draft = find_draft(session, image_id, model_id, author)
    if draft is None:
        draft = Draft(image_id=image_id, model_id=model_id, author=author)
        session.add(draft)
    draft.base_version, draft.runs, draft.updated_at = base_version, runs, now()
    session.flush()
    return draft


def remove_draft(session: Session, image_id: int, model_id: int, author: str) -> None:
    """Remove somebody's draft, if there is one."""
    session.execute(
        delete(Draft).where(
            Draft.image_id == image_id, Draft.model_id == model_id, Draft.author == author
        )
    )
