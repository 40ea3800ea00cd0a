"""The routes of who works here: what they set, and their password."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from desra_studio.services.accounts import profiles, sessions
from desra_studio.services.studio import Studio
from desra_studio.ui.access.cookies import read_cookie
from desra_studio.ui.shared.answers import NEVER, CurrentAccount, User, read_body

MAX_BODY = 2 * profiles.MAX_SETTINGS_BYTES
"""JSON may be sent with spaces and escapes that are not kept."""


class Passwords(BaseModel):
    """The password that somebody has, and that which they want."""

    old: str
    new: str


def add_user_routes(router: APIRouter, studio: Studio) -> None:
    """Add them to the studio's routes."""

    @router.get("/api/user")
    def read_user(user: User, account: CurrentAccount, response: Response) -> profiles.UserProfile:
        response.headers.update(NEVER)
        return profiles.describe_user(studio, account, user)

    @router.put("/api/user")
    async def keep_settings(
        request: Request, user: User, account: CurrentAccount
    ) -> profiles.UserProfile:
        body = await read_body(request, MAX_BODY, "The settings")
        settings = profiles.parse_settings(body)
        await run_in_threadpool(profiles.keep_settings, studio, settings, user)
        return await run_in_threadpool(profiles.describe_user, studio, account, user)

    @router.post("/api/user/password", status_code=204)
    def change_password(request: Request, account: CurrentAccount, sent: Passwords) -> Response:
        cookie = read_cookie(request.scope)
        sessions.change_password(studio, account, cookie, sent.old, sent.new)
        return Response(status_code=204)
