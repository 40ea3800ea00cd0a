"""The routes of signing in by a provider of OpenID Connect: there, and back with who it is."""

import logging
from http import HTTPStatus
from typing import Any, Protocol

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool
from starlette.middleware.sessions import SessionMiddleware

from desra_studio.errors import InputError, StudioError
from desra_studio.services.accounts.audit import record_event
from desra_studio.services.accounts.single_sign_on import Voucher, sign_in_vouched
from desra_studio.services.accounts.tokens import make_token
from desra_studio.services.studio import Studio
from desra_studio.ui.access.pages import render_login
from desra_studio.ui.access.routes import answer_begun, check_address
from desra_studio.ui.shared.answers import NEVER

LOG = logging.getLogger(__name__)
ON_THE_WAY_SECONDS = 600
"""How long somebody may be at the provider's."""
FAILED = "Signing in at your provider did not work. Try again."
PLACE = "sso"


class _Provider(Protocol):
    """What Authlib's client of a provider is asked for here."""

    async def authorize_redirect(self, request: Request, redirect_uri: str) -> Response:
        """Return the way to the provider, and keep state, nonce and verifier."""

    async def authorize_access_token(self, request: Request) -> dict[str, Any]:
        """Return what the provider gives for the code; `userinfo` are the checked claims."""


def add_single_sign_on(app: FastAPI, studio: Studio) -> None:
    """Add the routes, where the settings name a provider.

    Raises:
        InputError: Authlib is not installed, or the provider's client is not named.
    """
    settings = studio.settings
    if not settings.oidc_issuer:
        return
    provider = _make_client(studio)
    # State, nonce and PKCE's verifier, while somebody is at the provider's. The key is this
    # process's own: whoever is on the way as the server restarts begins again.
    app.add_middleware(
        SessionMiddleware,
        secret_key=make_token(),
        session_cookie="desra_sso",
        max_age=ON_THE_WAY_SECONDS,
        same_site="lax",
    )
    app.include_router(_make_router(studio, provider))


def _make_router(studio: Studio, provider: _Provider) -> APIRouter:
    router = APIRouter()

    @router.get("/login/sso")
    async def go_there(request: Request, next: str = "/") -> Response:  # noqa: A002
        request.session[PLACE] = check_address(next)
        back = f"{request.base_url}login/sso/callback"
        try:
            return await provider.authorize_redirect(request, back)
        except Exception:  # noqa: BLE001 (a network and a provider fail in any way)
            return _answer_failure("The provider cannot be reached")

    @router.get("/login/sso/callback")
    async def come_back(request: Request) -> Response:
        wanted = check_address(str(request.session.get(PLACE, "/")))
        try:
            token = await provider.authorize_access_token(request)
        except Exception:  # noqa: BLE001
            return _answer_failure("The provider's answer cannot be believed")
        request.session.clear()
        claims = token.get("userinfo") or {}
        try:
            voucher = read_voucher(claims, studio.settings.oidc_claim)
            role = studio.settings.oidc_role
            begun = await run_in_threadpool(sign_in_vouched, studio, voucher, role)
        except StudioError as error:
            page = render_login(problem=str(error), provider=studio.settings.oidc_name)
            return HTMLResponse(page, HTTPStatus.FORBIDDEN, headers=NEVER)
        name = begun.account.name or ""
        route = "GET /login/sso/callback"
        await run_in_threadpool(record_event, studio, name, route, "/login/sso", HTTPStatus.OK)
        return answer_begun(studio, request, begun, wanted)

    def _answer_failure(what: str) -> Response:
        # Whatever a provider, its network or somebody's forged answer does: they sign in again.
        LOG.exception("%s, at a sign-in", what)
        page = render_login(problem=FAILED, provider=studio.settings.oidc_name)
        return HTMLResponse(page, HTTPStatus.BAD_GATEWAY, headers=NEVER)

    return router


def read_voucher(claims: dict[str, Any], claim: str) -> Voucher:
    """Return what a provider's claims say, once their signature was checked.

    Raises:
        InputError: a claim is missing, or is an address that the provider did not verify.
    """
    issuer, subject, name = (claims.get(key) for key in ("iss", "sub", claim))
    if not (isinstance(issuer, str) and isinstance(subject, str) and issuer and subject):
        raise InputError("Your provider does not tell who you are. Ask who runs this server.")
    if not isinstance(name, str) or not name.strip():
        raise InputError(
            f"Your provider tells no {claim!r} of you, which would be your name here. Ask who runs "
            "this server."
        )
    if claim == "email" and claims.get("email_verified") is not True:
        raise InputError(f"Your provider did not verify that {name} is your address.")
    return Voucher(issuer, subject, name)


def _make_client(studio: Studio) -> _Provider:
    settings = studio.settings
    if not (settings.oidc_client_id and settings.oidc_client_secret):
        raise InputError(
            "DESRA_STUDIO_OIDC_ISSUER needs DESRA_STUDIO_OIDC_CLIENT_ID and "
            "DESRA_STUDIO_OIDC_CLIENT_SECRET, which the provider gave you for this server."
        )
    try:
        from authlib.integrations.starlette_client import OAuth
    except ImportError as error:
        raise InputError(
            "Single sign-on needs Authlib. Install it: pip install 'desra-studio[sso]'"
        ) from error
    provider: _Provider = OAuth().register(
        name="provider",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
    )
    return provider
