"""The routes of signing in and out, and of invitations."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from desra_studio.errors import InputError
from desra_studio.services.accounts import sessions
from desra_studio.services.accounts.audit import record_event
from desra_studio.services.studio import Studio
from desra_studio.ui.access.cookies import drop_cookie, read_cookie, set_cookie
from desra_studio.ui.access.pages import render_invitation, render_login, render_over
from desra_studio.ui.shared.answers import NEVER
from desra_studio.ui.shared.serving import answer_error
from desra_studio.ui.shared.throttle import Throttle

FAILURES_OF_NAME = "10 per 5 minutes"
"""Of one name from one address: who forgot a password tries less, who guesses gets nowhere."""
FAILURES_OF_ADDRESS = "50 per 5 minutes"
WRONG = "Name and password do not belong together. Try again."


Field = Annotated[str, Form()]


def make_access_router(studio: Studio) -> APIRouter:
    """Return the routes that anybody may ask, to become somebody."""
    router = APIRouter()
    _add_login_routes(router, studio)
    _add_invitation_routes(router, studio)
    return router


def _add_login_routes(router: APIRouter, studio: Studio) -> None:
    names, addresses = Throttle(FAILURES_OF_NAME), Throttle(FAILURES_OF_ADDRESS)

    @router.get("/login")
    def show_login(next: str = "/") -> HTMLResponse:  # noqa: A002 (as the address has it)
        page = render_login(wanted=check_address(next), provider=name_provider(studio))
        return HTMLResponse(page, headers=NEVER)

    @router.post("/login")
    def log_in(
        request: Request,
        name: Field = "",
        password: Field = "",
        next: Field = "/",  # noqa: A002
    ) -> Response:
        address = request.client.host if request.client else ""
        wanted = check_address(next)
        wait = max(names.get_wait(name, address), addresses.get_wait(address))
        if wait:
            problem = f"Too many wrong passwords. Wait {_tell_wait(wait)}, then try again."
            answer = _answer_failure(
                studio, request, HTTPStatus.TOO_MANY_REQUESTS, name, wanted, problem
            )
            answer.headers["Retry-After"] = str(wait)
            return answer
        begun = sessions.sign_in(studio, name, password)
        if begun is None:
            names.count(name, address)
            addresses.count(address)
            record_event(studio, name, "POST /login", "/login", HTTPStatus.UNAUTHORIZED)
            return _answer_failure(studio, request, HTTPStatus.UNAUTHORIZED, name, wanted, WRONG)
        record_event(studio, begun.account.name or "", "POST /login", "/login", HTTPStatus.OK)
        return answer_begun(studio, request, begun, wanted)

    @router.post("/logout")
    def log_out(request: Request) -> Response:
        cookie = read_cookie(request.scope)
        account = sessions.find_account(studio, cookie)
        if account is not None and account.name:
            record_event(studio, account.name, "POST /logout", "/logout", HTTPStatus.OK)
        sessions.sign_out(studio, cookie)
        answer: Response = RedirectResponse("/login", HTTPStatus.SEE_OTHER)
        drop_cookie(answer)
        return answer


def _add_invitation_routes(router: APIRouter, studio: Studio) -> None:
    @router.get("/invite/{token}")
    def show_invitation(token: str) -> HTMLResponse:
        try:
            page, status = render_invitation(sessions.read_invitation(studio, token)), HTTPStatus.OK
        except InputError as error:
            page, status = render_over(str(error)), HTTPStatus.GONE
        return HTMLResponse(page, status, headers=NEVER)

    @router.post("/invite/{token}")
    def accept_invitation(request: Request, token: str, password: Field = "") -> Response:
        try:
            name = sessions.read_invitation(studio, token)
        except InputError as error:
            return HTMLResponse(render_over(str(error)), HTTPStatus.GONE, headers=NEVER)
        try:
            begun = sessions.accept_invitation(studio, token, password)
        except InputError as error:
            page = render_invitation(name, str(error))
            return HTMLResponse(page, HTTPStatus.UNPROCESSABLE_ENTITY, headers=NEVER)
        record_event(studio, name, "POST /invite/{token}", "/invite", HTTPStatus.OK)
        return answer_begun(studio, request, begun, "/")


def name_provider(studio: Studio) -> str:
    """Return what leads to the provider of single sign-on; empty where there is none."""
    return studio.settings.oidc_name if studio.settings.oidc_issuer else ""


def answer_begun(
    studio: Studio, request: Request, begun: sessions.SignedIn, wanted: str
) -> Response:
    """Return the answer that gives a browser its session, and leads on."""
    answer: Response
    if _wants_json(request):
        account = begun.account
        answer = JSONResponse({"name": account.name, "role": account.role}, headers=NEVER)
    else:
        answer = RedirectResponse(wanted, HTTPStatus.SEE_OTHER)
    secure = request.url.scheme == "https"
    name, hours = begun.account.name or "", studio.settings.session_hours
    set_cookie(answer, begun.cookie, name, hours, secure)
    return answer


def _answer_failure(
    studio: Studio, request: Request, status: HTTPStatus, name: str, wanted: str, problem: str
) -> Response:
    if _wants_json(request):
        return answer_error(status, problem)
    return HTMLResponse(
        render_login(name, wanted, problem, name_provider(studio)), status, headers=NEVER
    )


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")


def check_address(wanted: str) -> str:
    """Return where to go on: a path of this server, never another one's address."""
    inside = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if inside and wanted.isprintable() else "/"


def _tell_wait(seconds: int) -> str:
    return f"{seconds} s" if seconds < 60 else f"{-(-seconds // 60)} min"
