"""The server: our routes, the static files, and the Gradio pages, as one application."""

import json
import os
import socket
from http import HTTPStatus
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from desra_studio import __version__
from desra_studio.errors import (
    ClaimedError,
    InputError,
    ModelError,
    NotFoundError,
    StaleRevisionError,
    StudioError,
)
from desra_studio.services.studio import Studio
from desra_studio.ui.answers import FOREVER
from desra_studio.ui.routes import make_router
from desra_studio.ui.static_files import STATIC, STATIC_URL
from desra_studio.ui.vote_routes import make_vote_router

# Before Gradio is imported, which reads it then: nothing of a user leaves the machine.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

LOCAL_NAMES = ["127.0.0.1", "localhost"]
SHUTDOWN_SECONDS = 3


class _ForeverStaticFiles(StaticFiles):
    """Static files that browsers may keep: their address has a hash of the content."""

    def file_response(self, *args: object, **values: object) -> Response:
        response = super().file_response(*args, **values)  # type: ignore[arg-type]
        response.headers.update(FOREVER)
        return response


def create_api(studio: Studio) -> FastAPI:
    """Return the application without its pages: routes, static files, guards and errors."""
    app = FastAPI(title="DeSRA Studio", version=__version__, docs_url=None, redoc_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=LOCAL_NAMES)
    app.add_middleware(_ForeignWriteGuard)
    app.exception_handler(StudioError)(_answer_error)
    app.exception_handler(RequestValidationError)(_answer_invalid)
    app.include_router(make_router(studio))
    app.include_router(make_vote_router(studio))
    app.mount(STATIC_URL, _ForeverStaticFiles(directory=STATIC))

    @app.get("/healthz")
    def check_health() -> dict[str, str]:
        return {"status": "ok"}

    return app


def create_app(studio: Studio) -> FastAPI:
    """Return the whole application; `/healthz` answers once the pages can be served."""
    os.environ.setdefault("GRADIO_TEMP_DIR", str(studio.settings.data_dir / "uploads"))
    from desra_studio.ui.app import mount_pages

    app = create_api(studio)
    mount_pages(app, studio)
    return app


def run_server(studio: Studio) -> None:
    """Serve until the process is told to stop.

    Raises:
        InputError: the port is taken.
    """
    settings = studio.settings
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(studio),
            host=settings.host,
            port=settings.port,
            log_level="warning",
            # Without a limit an open tab keeps the process from ending.
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )
    )
    listener = bind_listener(settings.host, settings.port)
    print(f"DeSRA Studio is at http://{settings.host}:{settings.port}", flush=True)  # noqa: T201
    server.run(sockets=[listener])


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
        raise InputError(
            f"Port {port} of {host} cannot be used: {error.strerror}. "
            "Stop what runs there, or choose another with --port."
        ) from error
    return bound


class _ForeignWriteGuard:
    """Refuses writes that another site's page sends through the user's browser.

    Plain ASGI: a middleware of Starlette's own kind would pass every picture on piece by piece.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            headers = Headers(scope=scope)
            origin = headers.get("origin")
            if origin and urlsplit(origin).netloc != headers.get("host"):
                answer = _answer(HTTPStatus.FORBIDDEN, f"A page of {origin} may not write here.")
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _answer_error(_request: Request, error: Exception) -> Response:
    extra: dict[str, object] = {}
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if isinstance(error, NotFoundError):
        status = HTTPStatus.NOT_FOUND
    elif isinstance(error, StaleRevisionError):
        status = HTTPStatus.CONFLICT
        extra = {"version": error.version, "kept": error.kept}
    elif isinstance(error, ClaimedError):
        status = HTTPStatus.CONFLICT
        extra = {"claimed_by": error.claimed_by, "until": error.until.isoformat(), "mine": False}
    elif not isinstance(error, (InputError, ModelError)):
        status = HTTPStatus.INTERNAL_SERVER_ERROR
    return _answer(status, str(error), **extra)


def _answer_invalid(_request: Request, error: Exception) -> Response:
    problems = error.errors() if isinstance(error, RequestValidationError) else []
    lines = [f"{'.'.join(map(str, line['loc']))}: {line['msg']}" for line in problems]
    return _answer(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(lines))


def _answer(status: HTTPStatus, message: str, **extra: object) -> Response:
    return Response(json.dumps({"error": message, **extra}), status, media_type="application/json")
