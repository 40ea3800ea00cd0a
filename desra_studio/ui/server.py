"""The server: our routes, the static files, and the Gradio pages, as one application."""

import logging
import os
import signal
import uuid
from collections.abc import Sequence
from http import HTTPStatus
from types import FrameType
from typing import NoReturn

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.middleware.trustedhost import TrustedHostMiddleware

from desra_studio import __version__
from desra_studio.errors import (
    ClaimedError,
    DamagedError,
    ForbiddenError,
    InputError,
    MissingReferenceError,
    ModelError,
    NotFoundError,
    StaleRevisionError,
    StudioError,
    SuffixError,
)
from desra_studio.services.accounts.exposure import check_exposure, is_exposed, uses_https
from desra_studio.services.maintenance import sweep_abandoned
from desra_studio.services.occupation import occupy
from desra_studio.services.studio import Studio
from desra_studio.ui.access.guard import AccessGuard
from desra_studio.ui.access.routes import make_access_router
from desra_studio.ui.access.single_sign_on import add_single_sign_on
from desra_studio.ui.operations.logs import log_answered, set_up_logs
from desra_studio.ui.operations.meters import Meters
from desra_studio.ui.operations.request_watch import HEADER, REQUEST_ID, RequestWatch
from desra_studio.ui.routes import make_router
from desra_studio.ui.shared.answers import NEVER
from desra_studio.ui.shared.serving import (
    ForeignWriteGuard,
    ForeverStaticFiles,
    SafeHeaders,
    answer_error,
    bind_listener,
)
from desra_studio.ui.shared.static_files import STATIC, STATIC_URL
from desra_studio.ui.vote.limits import VoteLimits
from desra_studio.ui.vote.routes import make_vote_router
from desra_studio.ui.vote.server import serve_voters

# Before Gradio is imported, which reads it then: nothing of a user leaves the machine.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

LOG = logging.getLogger(__name__)
LOCAL_NAMES = ["127.0.0.1", "localhost"]
SHUTDOWN_SECONDS = 3


def create_api(studio: Studio, hosts: Sequence[str] = LOCAL_NAMES, sso: bool = False) -> FastAPI:
    """Return the application without its pages: routes, static files, guards and errors.

    Args:
        studio: the installation.
        hosts: names that browsers may reach the server by.
        sso: whether the settings may name a provider of single sign-on.
    """
    app = FastAPI(
        title="DeSRA Studio", version=__version__, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.add_middleware(VoteLimits)
    app.add_middleware(AccessGuard, studio=studio)
    app.add_middleware(ForeignWriteGuard)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts)
    # Added last, they are asked first: also what the others refuse has the headers, and an id.
    app.add_middleware(SafeHeaders)
    meters = Meters(studio)
    app.add_middleware(RequestWatch, studio=studio, tell=[log_answered, meters.count])
    app.exception_handler(StudioError)(_answer_error)
    app.exception_handler(RequestValidationError)(_answer_invalid)
    app.exception_handler(OSError)(_answer_disk)
    app.exception_handler(Exception)(_answer_unexpected)
    app.include_router(make_access_router(studio))
    if sso:
        add_single_sign_on(app, studio)
    app.include_router(make_router(studio))
    app.include_router(make_vote_router(studio))
    app.mount(STATIC_URL, ForeverStaticFiles(directory=STATIC))

    @app.get("/healthz")
    def check_health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/metrics")
    def read_metrics() -> Response:
        return Response(meters.render(), media_type=meters.content_type, headers=NEVER)

    return app


def create_app(studio: Studio) -> FastAPI:
    """Return the whole application; `/healthz` answers once the pages can be served."""
    os.environ.setdefault("GRADIO_TEMP_DIR", str(studio.settings.data_dir / "gradio"))
    from desra_studio.ui.app import mount_pages

    app = create_api(studio, _name_hosts(studio), sso=True)
    mount_pages(app, studio)
    return app


def run_server(studio: Studio, pages: bool = True) -> None:
    """Serve until the process is told to stop; SIGTERM ends it with status 0.

    What is being answered then has three seconds; jobs go on by themselves.

    Args:
        studio: the open installation.
        pages: also the pages, which take seconds to load; without them the routes answer alone.

    Raises:
        InputError: the port is taken, the voters' address cannot be used, another server is at
            work on the same data directory, or others would reach an open or a clear server.
    """
    settings = studio.settings
    check_exposure(studio)
    signal.signal(signal.SIGTERM, _end_as_asked)
    log_config = set_up_logs(studio)
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(studio) if pages else create_api(studio, _name_hosts(studio), sso=True),
            host=settings.host,
            port=settings.port,
            log_config=log_config,
            log_level="warning",
            ssl_certfile=settings.certificate,
            ssl_keyfile=settings.certificate_key,
            proxy_headers=settings.behind_proxy,
            forwarded_allow_ips=settings.proxies,
            # Without a limit an open tab keeps the process from ending.
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )
    )
    scheme = "https" if uses_https(settings) else "http"
    address = f"{scheme}://{settings.host}:{settings.port}"
    listener = bind_listener(settings.host, settings.port)
    with occupy(settings, address), serve_voters(studio, log_config):
        sweep_abandoned(studio)
        print(f"DeSRA Studio is at {address}", flush=True)  # noqa: T201
        server.run(sockets=[listener])


def _end_as_asked(_signal: int, _frame: FrameType | None) -> NoReturn:
    """End the process by way of every `finally`: uvicorn closes, then signals itself again."""
    raise SystemExit(0)


def _name_hosts(studio: Studio) -> Sequence[str]:
    """Return by which names browsers may come.

    Where nobody signs in, another site's name could be made to lead here, and its page would be
    ours to a browser. A session's cookie goes to the name that it came from alone.
    """
    return ["*"] if is_exposed(studio.settings) else LOCAL_NAMES


def _answer_error(_request: Request, error: Exception) -> Response:
    extra: dict[str, object] = {}
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if isinstance(error, DamagedError):
        status = HTTPStatus.INTERNAL_SERVER_ERROR
    elif isinstance(error, ForbiddenError):
        status = HTTPStatus.FORBIDDEN
    elif isinstance(error, NotFoundError):
        status = HTTPStatus.NOT_FOUND
    elif isinstance(error, StaleRevisionError):
        status = HTTPStatus.CONFLICT
        extra = {"version": error.version, "kept": error.kept}
    elif isinstance(error, SuffixError):
        status = HTTPStatus.CONFLICT
        extra = {"suffix": error.suffix, "pairs": error.pairs, "examples": error.examples}
    elif isinstance(error, MissingReferenceError):
        status = HTTPStatus.CONFLICT
        extra = {"references": error.references}
    elif isinstance(error, ClaimedError):
        status = HTTPStatus.CONFLICT
        extra = {"claimed_by": error.claimed_by, "until": error.until.isoformat(), "mine": False}
    elif not isinstance(error, (InputError, ModelError)):
        status = HTTPStatus.INTERNAL_SERVER_ERROR
    return answer_error(status, str(error), **extra)


def _answer_disk(_request: Request, error: Exception) -> Response:
    LOG.error("A file of the server failed it", exc_info=error)
    reason = (
        error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    )
    return answer_error(
        HTTPStatus.INSUFFICIENT_STORAGE,
        f"The server cannot read or write a file of its own ({reason}). Nothing was half-written. "
        "Look whether its disk is full or read-only, then try again.",
    )


def _answer_unexpected(request: Request, _error: Exception) -> Response:
    """Answer with a number under which the trace stands in the log, which uvicorn writes.

    This answer goes past all that is in between: the id of the request is added here.
    """
    number, request_id = uuid.uuid4().hex[:8], getattr(request.state, REQUEST_ID, "")
    LOG.error("Fault %s of request %s, whose trace follows", number, request_id)
    answer = answer_error(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        f"Something went wrong that should not: fault {number}. Nothing was half-written. Try "
        "again; if it comes back, report it with what the server printed under this number.",
    )
    answer.headers[HEADER] = request_id
    return answer


def _answer_invalid(_request: Request, error: Exception) -> Response:
    problems = error.errors() if isinstance(error, RequestValidationError) else []
    lines = [f"{'.'.join(map(str, line['loc']))}: {line['msg']}" for line in problems]
    return answer_error(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(lines))
