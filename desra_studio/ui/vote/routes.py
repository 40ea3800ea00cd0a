"""The routes of voters, apart from the team's: nothing here names what made a picture.

The page, its answers and its pictures are kept by no cache, and send no referrer.
"""

import html
import json
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from desra_studio.errors import StudioError, VoteError
from desra_studio.services.studies import voting
from desra_studio.services.studies.links import join_study
from desra_studio.services.studies.trials import NextTrial
from desra_studio.services.studio import Studio
from desra_studio.ui.shared.answers import NEVER
from desra_studio.ui.shared.serving import LimitedRoute
from desra_studio.ui.shared.static_files import STATIC_URL

PRIVATE = {
    **NEVER,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
STATUS = {
    "forged": HTTPStatus.NOT_FOUND,
    "missing": HTTPStatus.NOT_FOUND,
    "not_yours": HTTPStatus.NOT_FOUND,
    "expired": HTTPStatus.GONE,
    "closed": HTTPStatus.GONE,
    "already": HTTPStatus.CONFLICT,
    "too_soon": HTTPStatus.TOO_EARLY,
    "too_many": HTTPStatus.TOO_MANY_REQUESTS,
}
BUSY = "The server cannot answer just now. Your votes are kept; try again in a moment."
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>Study</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{static}/vote/vote.css">
</head>
<body>
<main id="vote" data-link="{link}"></main>
<noscript>This page needs JavaScript to show the pictures.</noscript>
<script type="module" src="{static}/vote/vote.js"></script>
</body>
</html>
"""


class Beginning(BaseModel):
    """What a page sends once its voter agreed."""

    consent: bool
    display: dict[str, Any] = {}


class Answer(BaseModel):
    """An answer to a trial."""

    answer: str
    nonce: str = ""


class _VoterRoute(LimitedRoute):
    """Answers every error in a voter's words, never in the team's: those name files and models."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_quietly(request: Request) -> Response:
            try:
                response = await handle(request)
            except VoteError as error:
                response = _answer_error(error)
            except RequestValidationError:
                response = _answer_error(VoteError("missing", "This was not sent by the page."))
            except StudioError:
                response = _answer(HTTPStatus.SERVICE_UNAVAILABLE, {"error": BUSY, "code": "busy"})
            response.headers.update(PRIVATE)
            return response

        return handle_quietly


def make_vote_router(studio: Studio) -> APIRouter:
    """Return the voters' routes."""
    router = APIRouter(prefix="/vote", route_class=_VoterRoute)

    @router.get("/image/{code}/{side}.png")
    def read_picture(code: str, side: str) -> Response:
        return Response(voting.load_picture(studio, code, side), media_type="image/png")

    @router.post("/api/{link}/join")
    def join(link: str) -> dict[str, str]:
        return {"link": join_study(studio, link)}

    @router.get("/api/{link}")
    def read_session(link: str) -> voting.VotingSession:
        return voting.describe_session(studio, link)

    @router.post("/api/{link}/begin")
    def begin(link: str, beginning: Beginning) -> dict[str, NextTrial]:
        if not beginning.consent:
            raise VoteError("missing", "Nobody votes without agreeing first.")
        return {"next": voting.begin_session(studio, link, beginning.display)}

    @router.get("/api/{link}/next")
    def read_next(link: str) -> NextTrial:
        return voting.find_next(studio, link)

    @router.post("/api/{link}/trials/{code}/shown")
    def mark_shown(link: str, code: str) -> voting.ShownMark:
        return voting.mark_shown(studio, link, code)

    @router.post("/api/{link}/trials/{code}")
    def vote(link: str, code: str, answer: Answer) -> voting.VoteOutcome:
        return voting.cast_vote(studio, link, code, answer.answer, answer.nonce)

    @router.get("/{link}")
    def read_page(link: str) -> HTMLResponse:
        return HTMLResponse(PAGE.format(static=STATIC_URL, link=html.escape(link, quote=True)))

    return router


def _answer_error(error: VoteError) -> Response:
    told: dict[str, Any] = {"error": str(error), "code": error.code}
    if error.wait is not None:
        told["wait"] = error.wait
    return _answer(STATUS[error.code], told)


def _answer(status: HTTPStatus, told: dict[str, Any]) -> Response:
    return Response(json.dumps(told), status, media_type="application/json")
