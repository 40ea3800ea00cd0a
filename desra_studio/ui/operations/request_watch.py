"""One look at every request: its id, its route, who sent it, and what was answered."""

import re
import time
import uuid
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desra_studio.services.accounts.sessions import Account
from desra_studio.services.studio import Studio
from desra_studio.ui.access.table import find_rule
from desra_studio.ui.shared.identity import ACCOUNT

HEADER = "X-Request-ID"
REQUEST_ID = "request_id"
"""Under which a request's state has its id."""
CURRENT_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being answered; empty outside of one."""
WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")


@dataclass(frozen=True)
class Answered:
    """A request and its answer.

    Attributes:
        id: which the answer's header names, too.
        method: as it was sent.
        route: its path as the table of routes has it, without what stands in it; empty where the
            table has none. Links and tokens are in no log then.
        status: 0 where whoever asked had gone, or the server ended, before there was one.
        seconds: from the first to the last byte.
        user: who was signed in; empty for nobody.
        sent: bytes of the answer's body.
    """

    id: str
    method: str
    route: str
    status: int
    seconds: float
    user: str
    sent: int


class RequestWatch:
    """Gives every request an id, and tells of it once it was answered.

    Args:
        app: all that answers.
        studio: the installation; behind a proxy, the proxy's own ids are taken.
        tell: what is called with each request; it is quick and raises nothing.
    """

    def __init__(
        self, app: ASGIApp, studio: Studio, tell: Sequence[Callable[[Answered], None]]
    ) -> None:
        self.app, self._studio, self._tell = app, studio, tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and add the id to what is answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = self._choose_id(scope)
        scope.setdefault("state", {})[REQUEST_ID] = request_id
        # Stays for the rest of the request's own task: what ends it writes traces after this.
        CURRENT_ID.set(request_id)
        begun, status, sent = time.monotonic(), 0, 0

        async def send_watched(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)
            sent += len(message.get("body", b""))

        try:
            await self.app(scope, receive, send_watched)
        except Exception:
            status = status or 500
            raise
        finally:
            answered = Answered(
                request_id,
                scope["method"],
                _name_route(scope),
                status,
                time.monotonic() - begun,
                _name_user(scope),
                sent,
            )
            for tell in self._tell:
                tell(answered)

    def _choose_id(self, scope: Scope) -> str:
        if self._studio.settings.behind_proxy:
            told = Headers(scope=scope).get(HEADER, "")
            if WELL_FORMED.fullmatch(told):
                return told
        return uuid.uuid4().hex[:16]


def _name_route(scope: Scope) -> str:
    rule = find_rule(scope["method"], scope["path"])
    return rule.route.partition(" ")[2] if rule else ""


def _name_user(scope: Scope) -> str:
    account = scope["state"].get(ACCOUNT)
    return (account.name or "") if isinstance(account, Account) else ""
