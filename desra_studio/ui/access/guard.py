"""The one door that every request comes through, those of Gradio's pages and events too."""

import logging
from http import HTTPStatus
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desra_studio.errors import StudioError
from desra_studio.services.accounts.audit import AuditTrail
from desra_studio.services.accounts.sessions import Account, find_account
from desra_studio.services.studio import Studio
from desra_studio.ui.access.cookies import read_cookie
from desra_studio.ui.access.pages import render_refusal
from desra_studio.ui.access.scraper import carries_token
from desra_studio.ui.access.table import BY_TOKEN, Rule, find_rule
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
        if rule is not None and (rule.role is None or self._is_scraped(rule, scope)):
            await self.app(scope, receive, send)
            return
        try:
            account = await run_in_threadpool(find_account, self._studio, read_cookie(scope))
        except StudioError as error:
            await answer_error(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))(scope, receive, send)
            return
        if account is not None:
            scope.setdefault("state", {})[ACCOUNT] = account
        refusal = _refuse(scope, rule, account)
        if refusal is not None:
            await refusal(scope, receive, send)
            if refusal.status_code == HTTPStatus.FORBIDDEN:
                await self._record(account, rule, scope, HTTPStatus.FORBIDDEN)
            return
        status = 0

        async def send_watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self.app(scope, receive, send_watched)
        if rule is not None and rule.is_told and status < HTTPStatus.BAD_REQUEST:
            await self._record(account, rule, scope, status)

    def _is_scraped(self, rule: Rule, scope: Scope) -> bool:
        return rule.route in BY_TOKEN and carries_token(scope, self._studio)

    async def _record(
        self, account: Account | None, rule: Rule | None, scope: Scope, status: int
    ) -> None:
        # Where nobody signs in, nobody is known.
        if account is None or account.name is None or rule is None:
            return
        route = rule.route
        try:
            await run_in_threadpool(self._trail.record, account.name, route, scope["path"], status)
        except StudioError:
            # It was done and answered: that it is not in the trail is told where traces are.
            LOG.exception("Not in the audit trail: %s of %s", route, account.name)


def _refuse(scope: Scope, rule: Rule | None, account: Account | None) -> Response | None:
    """Return what answers a request that may not pass; None for one that may."""
    if account is None:
        return _ask_to_sign_in(scope)
    if rule is None:
        return _tell(scope, HTTPStatus.NOT_FOUND, "There is nothing here. Go back to the pages.")
    if rule.role is not None and not account.role.covers(rule.role):
        return _tell(
            scope,
            HTTPStatus.FORBIDDEN,
            f"This takes the role of {_name(rule.role)}, and yours is {account.role}. "
            "Ask an admin to do it, or for the role.",
        )
    return None


def _tell(scope: Scope, status: HTTPStatus, problem: str) -> Response:
    """Return a refusal as a page, or as JSON, as it is asked for."""
    if _wants_page(scope):
        return HTMLResponse(render_refusal(problem), status)
    return answer_error(status, problem)


def _ask_to_sign_in(scope: Scope) -> Response:
    if _wants_page(scope):
        query = scope.get("query_string", b"").decode("latin-1")
        wanted = scope["path"] + (f"?{query}" if query else "")
        return RedirectResponse(f"/login?next={quote(wanted)}", HTTPStatus.SEE_OTHER)
    return answer_error(HTTPStatus.UNAUTHORIZED, "You are not signed in. Sign in, and try again.")


def _wants_page(scope: Scope) -> bool:
    reads = scope["method"] in ("GET", "HEAD")
    return reads and "text/html" in Headers(scope=scope).get("accept", "")


def _name(role: str) -> str:
    return f"an {role}" if role[0] in "aeiou" else f"a {role}"
