"""What the team's server and the voters' share: sockets, static files, the guard of writes."""

import json
import socket
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desra_studio.errors import InputError
from desra_studio.ui.shared.answers import FOREVER, read_body

MAX_JSON_BYTES = 2 * 10**6
"""Thirty times what choosing ten thousand images by hand takes."""
POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
"""What pages of our own may load: nothing from elsewhere, and no script that stands in a page."""
PAGE_POLICY = (
    # Gradio's page has its configuration in scripts of its own, and makes functions of the text of
    # our events; its styles are set by scripts.
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; font-src 'self' data:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
"""What the pages of Gradio may load: nothing from elsewhere either."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


class ForeverStaticFiles(StaticFiles):
    """Static files that browsers may keep: their address has a hash of the content."""

    def file_response(self, *args: object, **values: object) -> Response:
        """Return the file's response with headers that let browsers keep it."""
        response = super().file_response(*args, **values)  # type: ignore[arg-type]
        response.headers.update(FOREVER)
        return response


class LimitedRoute(APIRoute):
    """A route that reads no more JSON than any page of ours sends."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """See `APIRoute`."""
        handle = super().get_route_handler()

        async def handle_limited(request: Request) -> Response:
            if self.body_field is None:
                return await handle(request)
            body = await read_body(request, MAX_JSON_BYTES, "The JSON")

            async def send_again() -> Message:
                return {"type": "http.request", "body": body, "more_body": False}

            return await handle(Request(request.scope, send_again))

        return handle_limited


class ForeignWriteGuard:
    """Refuses writes that another site's page sends through the user's browser.

    Plain ASGI: a middleware of Starlette's own kind would pass every picture on piece by piece.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 to a foreign write, and pass everything else on."""
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            headers = Headers(scope=scope)
            origin = headers.get("origin")
            if origin and urlsplit(origin).netloc != headers.get("host"):
                answer = answer_error(
                    HTTPStatus.FORBIDDEN, f"A page of {origin} may not write here."
                )
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)


class SafeHeaders:
    """Adds to every answer what browsers may do with it; an answer's own headers stay."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and add the headers to what is answered."""
        await self.app(scope, receive, add_headers(send, HEADERS))


def add_headers(send: Send, added: dict[str, str]) -> Send:
    """Return a `send` that gives answers these headers, where they do not have them already."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in added.items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers


def answer_error(status: HTTPStatus, message: str, **extra: object) -> Response:
    """Return an error as JSON."""
    return Response(json.dumps({"error": message, **extra}), status, media_type="application/json")


def bind_listener(host: str, port: int) -> socket.socket:
    """Return a socket that is bound to an address of TCP, not listening yet.

    Raises:
        InputError: the port is taken, or not ours.
    """
    # Named TCP, or asyncio leaves Nagle's algorithm on: every answer would wait 40 ms for its body.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise InputError(
            f"Port {port} of {host} cannot be used: {error.strerror}. "
            "Stop what runs there, or choose another."
        ) from error
    return bound
