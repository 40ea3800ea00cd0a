"""A server for voters alone: colleagues vote from their own machines, and see nothing else."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.responses import FileResponse
from starlette.middleware.trustedhost import TrustedHostMiddleware

from desra_studio.errors import InputError
from desra_studio.services.studio import Studio
from desra_studio.ui.operations.logs import log_answered
from desra_studio.ui.operations.request_watch import RequestWatch
from desra_studio.ui.shared.answers import FOREVER
from desra_studio.ui.shared.serving import (
    ForeignWriteGuard,
    ForeverStaticFiles,
    SafeHeaders,
    bind_listener,
)
from desra_studio.ui.shared.static_files import STATIC, STATIC_URL
from desra_studio.ui.vote.limits import VoteLimits
from desra_studio.ui.vote.routes import make_vote_router

SHARED_SCRIPTS = (
    "shared/dom.js",
    "shared/frame.js",
    "viewer/canvas_pane.js",
    "viewer/geometry.js",
    "viewer/gestures.js",
    "viewer/image_panes.js",
    "viewer/pixels.js",
    "viewer/pyramid.js",
    "viewer/tile_plan.js",
    "viewer/view_keys.js",
    "viewer/viewer.js",
)
SHUTDOWN_SECONDS = 1


def create_vote_api(studio: Studio) -> FastAPI:
    """Return the application of voters: their page, their answers, their pictures."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    if studio.settings.voters:
        host, _ = parse_address(studio.settings.voters)
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=[host])
    app.add_middleware(VoteLimits)
    app.add_middleware(ForeignWriteGuard)
    app.add_middleware(SafeHeaders)
    app.add_middleware(RequestWatch, studio=studio, tell=[log_answered])
    app.include_router(make_vote_router(studio))
    app.mount(f"{STATIC_URL}/vote", ForeverStaticFiles(directory=STATIC / "vote"))

    for name in SHARED_SCRIPTS:
        _add_script(app, name)
    return app


def _add_script(app: FastAPI, name: str) -> None:
    @app.get(f"{STATIC_URL}/{name}")
    def read_script() -> FileResponse:
        return FileResponse(STATIC / name, headers=FOREVER)


@contextmanager
def serve_voters(studio: Studio, log_config: dict[str, Any] | None = None) -> Iterator[None]:
    """Serve the voters' page at the address of the settings meanwhile; without one, do nothing.

    Args:
        studio: the installation.
        log_config: uvicorn's, for its log; None leaves logging as it is.

    Raises:
        InputError: the address cannot be meant, is taken, or is not of this machine.
    """
    if not studio.settings.voters:
        yield
        return
    listener = bind_listener(*parse_address(studio.settings.voters))
    server = uvicorn.Server(
        uvicorn.Config(
            create_vote_api(studio),
            log_config=log_config,
            log_level="warning",
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )
    )
    thread = threading.Thread(target=server.run, args=([listener],), name="voters")
    thread.start()
    print(f"Voters reach it at http://{studio.settings.voters}", flush=True)  # noqa: T201
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def parse_address(text: str) -> tuple[str, int]:
    """Return host and port of HOST:PORT.

    Raises:
        InputError: another form, a port that there is not, or 0.0.0.0, which is nobody's address.
    """
    host, _, port = text.rpartition(":")
    if not (host and port.isascii() and port.isdecimal() and 0 < int(port[:6]) < 65536):
        raise InputError(f"The voters' address must be HOST:PORT, got {text!r}.")
    if host == "0.0.0.0":
        raise InputError(
            "Voters cannot go to 0.0.0.0. Give the name or address of this machine in your network."
        )
    return host, int(port)
