"""The routes of an image's labels: drafts, and the history of its masks."""

from email.utils import format_datetime
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from desra_studio.services.review import drafts, history
from desra_studio.services.review.masks import SavedMask
from desra_studio.services.studio import Studio
from desra_studio.ui.shared.answers import (
    MAX_MASK_BYTES,
    NEVER,
    User,
    answer_packed,
    read_body,
    read_version,
)


class Restore(BaseModel):
    """Which revision, by id, shall count again."""

    revision: int


def add_label_routes(router: APIRouter, studio: Studio) -> None:
    """Add them to the studio's routes."""
    _add_draft_routes(router, studio)
    _add_history_routes(router, studio)


def _add_draft_routes(router: APIRouter, studio: Studio) -> None:
    @router.put("/api/images/{image_id}/draft")
    async def keep_draft(
        image_id: int, request: Request, user: User, if_match: Annotated[str, Header()]
    ) -> dict[str, str]:
        version = read_version(if_match)
        body = await read_body(request, MAX_MASK_BYTES, "The draft")
        updated = await run_in_threadpool(drafts.keep_draft, studio, image_id, body, version, user)
        return {"updated_at": updated.isoformat()}

    @router.get("/api/images/{image_id}/draft")
    def read_draft(image_id: int, user: User) -> Response:
        draft = drafts.load_draft(studio, image_id, user)
        headers = {
            "X-Base-Version": str(draft.base_version),
            "Last-Modified": format_datetime(draft.updated_at, usegmt=True),
        }
        return answer_packed(draft.runs, headers | NEVER)

    @router.delete("/api/images/{image_id}/draft", status_code=204)
    def drop_draft(image_id: int, user: User) -> None:
        drafts.drop_draft(studio, image_id, user)


def _add_history_routes(router: APIRouter, studio: Studio) -> None:
    @router.get("/api/images/{image_id}/revisions")
    def read_history(image_id: int, user: User, response: Response) -> list[history.HistoryEntry]:
        response.headers.update(NEVER)
        return history.list_history(studio, image_id, user)

    @router.post("/api/images/{image_id}/restore", status_code=201)
    def restore_revision(
        image_id: int,
        restore: Restore,
        user: User,
        if_match: Annotated[str, Header()],
    ) -> SavedMask:
        version = read_version(if_match)
        return history.restore_revision(studio, image_id, restore.revision, version, user)
