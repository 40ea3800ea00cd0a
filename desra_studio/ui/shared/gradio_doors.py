"""What of Gradio's server may be asked: its pages, its files, and events that only read.

Gradio answers more than its pages ask: lists of all that can be called, uploads, any file it was
told of. Mounted into an application, it also copies every file of the server that an event's data
name, whatever the component: that opens and closes it inside this process, and by the rules of
POSIX the closing of the database's file takes SQLite's locks away.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desra_studio.errors import ForbiddenError, InputError
from desra_studio.services.accounts.sessions import Account
from desra_studio.ui.shared.answers import read_body
from desra_studio.ui.shared.identity import find_sender
from desra_studio.ui.shared.serving import PAGE_POLICY, add_headers, answer_error
from desra_studio.vocabulary import Role

API = "/gradio_api"
FILES = ("/assets/", "/static/", "/svelte/", f"{API}/heartbeat/")
"""Beginnings of what can be read: Gradio's own scripts, and the connection of an open page."""
READ = (
    f"{API}/queue/data",
    f"{API}/startup-events",
    "/theme.css",
    "/favicon.ico",
    "/manifest.json",
)
EVENTS = (f"{API}/queue/join", f"{API}/run/predict")
"""Where pages send their events, those of timers to the second; each can reach every handler."""
MAX_EVENT_BYTES = 2 * 10**6


class GradioDoors:
    """Lets through to Gradio what its pages ask, and nothing else.

    Args:
        app: Gradio's application.
        pages: paths of the pages.
        events: what role it takes to send an event, by its number; no other is passed on.
    """

    def __init__(self, app: ASGIApp, pages: list[str], events: Mapping[int, Role]) -> None:
        self.app, self.pages, self._events = app, pages, events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 404 to what no page asks, 422 to an event that names a file; pass the rest on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] == "POST" and scope["path"] in EVENTS:
            await self._pass_event(scope, receive, send)
        elif scope["method"] in ("GET", "HEAD") and self._can_be_read(scope["path"]):
            await self.app(scope, receive, _open_policy(send))
        else:
            message = "There is nothing here. Go back to the pages."
            await answer_error(HTTPStatus.NOT_FOUND, message)(scope, receive, send)

    def _can_be_read(self, path: str) -> bool:
        return (path.rstrip("/") or "/") in self.pages or path in READ or path.startswith(FILES)

    async def _pass_event(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            request = Request(scope, receive)
            body = await read_body(request, MAX_EVENT_BYTES, "The event")
            event = _parse(body)
            if _names_file(event):
                raise InputError("An event of a page names no file. Use the page's own fields.")
            self._check_role(event, find_sender(request))
        except (InputError, ForbiddenError) as error:
            forbidden = isinstance(error, ForbiddenError)
            status = HTTPStatus.FORBIDDEN if forbidden else HTTPStatus.UNPROCESSABLE_ENTITY
            await answer_error(status, str(error))(scope, receive, send)
            return
        read = False

        async def receive_again() -> Message:
            nonlocal read
            if read:
                return await receive()
            read = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, receive_again, _open_policy(send))

    def _check_role(self, event: object, account: Account) -> None:
        number = event.get("fn_index") if isinstance(event, dict) else None
        if not isinstance(number, int) or number not in self._events:
            raise InputError("There is no such event. Load the page again.")
        if not account.role.covers(self._events[number]):
            raise ForbiddenError(
                f"This takes the role {self._events[number]}, and yours is {account.role}."
            )


def _open_policy(send: Send) -> Send:
    return add_headers(send, {"Content-Security-Policy": PAGE_POLICY})


def _parse(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InputError("The event is not JSON. Load the page again.") from error


def _names_file(value: object) -> bool:
    """Tell whether some part of an event's data is what Gradio takes for a file."""
    parts = [value]
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            if "path" in part:
                return True
            parts.extend(part.values())
        elif isinstance(part, list):
            parts.extend(part)
    return False
