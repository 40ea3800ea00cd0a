"""How often one address may ask the voting page: open links are for everybody, guessing is not."""

from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desra_studio.ui.shared.serving import answer_error
from desra_studio.ui.shared.throttle import Throttle

WRONG_LINKS = "60 per 5 minutes"
"""Answers of 404 to one address: who guesses gets nowhere, who mistypes does not notice."""
REQUESTS = "3000 per minute"
"""Of one address: a room of fifty voters behind it asks for some 500 a minute."""
PREFIX = "/vote/"


class VoteLimits:
    """Lets an address wait that asks too often, or for too many links that there are not."""

    def __init__(
        self, app: ASGIApp, wrong_links: str = WRONG_LINKS, requests: str = REQUESTS
    ) -> None:
        self.app = app
        self._wrong, self._asked = Throttle(wrong_links), Throttle(requests)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 429 with how long to wait, or pass a request on."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self.app(scope, receive, send)
            return
        address = scope["client"][0] if scope.get("client") else ""
        wait = max(self._wrong.get_wait(address), self._asked.get_wait(address))
        if wait:
            answer = answer_error(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"Too many requests come from your network. Wait {wait} s, then go on: your votes "
                "are kept.",
            )
            answer.headers["Retry-After"] = str(wait)
            await answer(scope, receive, send)
            return
        self._asked.count(address)

        async def send_watched(message: Message) -> None:
            missed = message["type"] == "http.response.start" and message["status"] == 404
            if missed:
                self._wrong.count(address)
            await send(message)

        await self.app(scope, receive, send_watched)
