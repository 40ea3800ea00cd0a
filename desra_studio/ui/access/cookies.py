"""The cookie that tells who is signed in."""

from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote

from fastapi import Response
from starlette.datastructures import Headers
from starlette.types import Scope

COOKIE = "desra_session"
NAME_COOKIE = "desra_user"
NAME_DAYS = 365
"""The name outlives its session, so that the password alone is asked for when that ends."""


def read_cookie(scope: Scope) -> str:
    """Return the value of the session's cookie; empty where a request has none."""
    try:
        cookies = SimpleCookie(Headers(scope=scope).get("cookie", ""))
    except CookieError:
        return ""
    return cookies[COOKIE].value if COOKIE in cookies else ""


def set_cookie(response: Response, value: str, name: str, hours: float, secure: bool) -> None:
    """Let a browser carry a session, which no script reads and no other site's post sends.

    Pages read the name beside it, percent-encoded: what they keep of somebody is kept under it.
    """
    response.set_cookie(
        COOKIE,
        value,
        max_age=round(hours * 3600),
        httponly=True,
        samesite="lax",
        secure=secure,
        path="/",
    )
    response.set_cookie(
        NAME_COOKIE,
        quote(name, safe=""),
        max_age=NAME_DAYS * 86400,
        samesite="lax",
        secure=secure,
        path="/",
    )


def drop_cookie(response: Response) -> None:
    """Let a browser forget its session, and whose it was."""
    response.delete_cookie(NAME_COOKIE, path="/", samesite="lax")
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
