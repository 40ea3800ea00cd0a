"""The routes of who works here, and of the words that a dataset's reviewers use."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from desra_studio.services.review import kinds, users
from desra_studio.services.studio import Studio
from desra_studio.ui.shared.answers import NEVER, User, read_body

MAX_BODY = 2 * users.MAX_SETTINGS_BYTES
"""JSON may be sent with spaces and escapes that are not kept."""


class Kinds(BaseModel):
    """The kinds of artifacts that a dataset's reviewers tell apart, in order."""

    kinds: list[str]


def add_user_routes(router: APIRouter, studio: Studio) -> None:
    """Add them to the studio's routes."""

    @router.get("/api/user")
    def read_user(user: User, response: Response) -> users.UserProfile:
        response.headers.update(NEVER)
        return users.describe_user(studio, user)

    @router.put("/api/user")
    async def keep_settings(request: Request, user: User) -> users.UserProfile:
        body = await read_body(request, MAX_BODY, "The settings")
        settings = users.parse_settings(body)
        await run_in_threadpool(users.keep_settings, studio, settings, user)
        return await run_in_threadpool(users.describe_user, studio, user)

    @router.get("/api/datasets/{dataset_id}/kinds")
    def read_kinds(dataset_id: int, response: Response) -> kinds.DatasetKinds:
        response.headers.update(NEVER)
        return kinds.describe_kinds(studio, dataset_id)

    @router.put("/api/datasets/{dataset_id}/kinds")
    def keep_kinds(dataset_id: int, sent: Kinds) -> kinds.DatasetKinds:
        kinds.keep_kinds(studio, dataset_id, sent.kinds)
        return kinds.describe_kinds(studio, dataset_id)
