"""The one door that every request comes through, those of Gradio's pages and events too."""

import logging
from http import HTTPStatus
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desra_studio.errors import StudioError
from desra_studio.services.accounts.audit import AuditTrail
from desra_studio.services.accounts.sessions import Account, find_account
from desra_studio.services.studio import Studio
from desra_studio.ui.access.cookies import read_cookie
from desra_studio.ui.access.table import Rule, find_rule
from desra_studio.ui.shared.identity import ACCOUNT
from desra_studio.ui.shared.serving import answer_error

LOG = logging.getLogger(__name__)


class AccessGuard:
    """Lets through what the table of routes lets somebody of their role ask, and nothing else.

    Who sends a request is in its state from here on. What was done, and what was refused to
    somebody, is kept in the audit trail.

    Args:
        app: all that is behind the door.
        studio: the installation, whose users sign in.
    """

    def __init__(self, app: ASGIApp, studio: Studio) -> None:
        self.app, self._studio = app, studio
        self._trail = AuditTrail(studio)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401, 403 or 404 at the door, or pass a request on."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._pass_request(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _pass_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        rule = find_rule(scope["method"], scope["path"])
        if rule is not None and rule.role is None:
            await self.app(scope, receive, send)
            return
        try:
            account = await run_in_threadpool(find_account, self._studio, read_cookie(scope))
        except StudioError as error:
            await answer_error(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))(scope, receive, send)
            return
        refusal = _refuse(scope, rule, account)
        if refusal is not None or rule is None or account is None:
            if refusal is not None:
                await refusal(scope, receive, send)
            if refusal is not None and refusal.status_code == HTTPStatus.FORBIDDEN and account:
                await self._record(account, rule, scope, HTTPStatus.FORBIDDEN)
            return
        scope.setdefault("state", {})[ACCOUNT] = account
        status = 0

        async def send_watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self.app(scope, receive, send_watched)
        if rule.is_told and status < HTTPStatus.BAD_REQUEST:
            await self._record(account, rule, scope, status)

    async def _record(self, account: Account, rule: Rule | None, scope: Scope, status: int) -> None:
        route = rule.route if rule else scope["method"]
        try:
            await run_in_threadpool(
                self._trail.record, account.name or "", route, scope["path"], status
            )
        except StudioError:
            # It was done and answered: that it is not in the trail is told where traces are.
            LOG.exception("Not in the audit trail: %s of %s", route, account.name)


def _refuse(scope: Scope, rule: Rule | None, account: Account | None) -> Response | None:
    """Return what answers a request that may not pass; None for one that may."""
    if account is None:
        return _ask_to_sign_in(scope)
    if rule is None:
        return answer_error(HTTPStatus.NOT_FOUND, "There is nothing here. Go back to the pages.")
    if rule.role is not None and not account.role.covers(rule.role):
        return answer_error(
            HTTPStatus.FORBIDDEN,
            f"This takes the role of {_name(rule.role)}, and yours is {account.role}. "
            "Ask an admin to do it, or for the role.",
        )
    return None


def _ask_to_sign_in(scope: Scope) -> Response:
    reads = scope["method"] in ("GET", "HEAD")
    if reads and "text/html" in Headers(scope=scope).get("accept", ""):
        query = scope.get("query_string", b"").decode("latin-1")
        wanted = scope["path"] + (f"?{query}" if query else "")
        return RedirectResponse(f"/login?next={quote(wanted)}", HTTPStatus.SEE_OTHER)
    return answer_error(HTTPStatus.UNAUTHORIZED, "You are not signed in. Sign in, and try again.")


def _name(role: str) -> str:
    return f"an {role}" if role[0] in "aeiou" else f"a {role}"
