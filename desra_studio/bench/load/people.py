"""The people of a crowd, in a process of their own: it shares nothing with the server's.

What they are to do is one JSON object on standard input; what they saw is one on standard output.
"""

import gzip
import http.client
import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from desra_studio.bench.load.sample import make_numbered_mask
from desra_studio.config import LOCAL_HOST
from desra_studio.imaging.masks import encode_mask_runs

TIMEOUT_S = 120
RIVAL_TURNS = 10
"""Every so many turns somebody edits an image that others edit at the same time."""
LOCKED = (HTTPStatus.CONFLICT,)


@dataclass(frozen=True)
class Order:
    """What a crowd is to do.

    Attributes:
        port: of a server of this machine.
        dataset_id: with images to label.
        rivals: ids of images that several edit without claiming them.
        people: how many.
        seconds: until they go home.
        think: seconds between two images.
        password: with which each signs in under their name; empty where nobody does.
    """

    port: int
    dataset_id: int
    rivals: list[int]
    people: int
    seconds: float
    think: float
    password: str = ""


@dataclass(frozen=True)
class Deed:
    """A change that the server acknowledged.

    Attributes:
        image: id of the image.
        before, after: versions of its label: that it started from, and that it led to.
        revision: id, of a save; None of a verdict.
        number: of the mask, see `make_numbered_mask`.
    """

    image: int
    before: int
    after: int
    revision: int | None = None
    number: int | None = None


@dataclass
class Tally:
    """What people saw: lists that several threads append to.

    Attributes:
        seconds: of each request, by what it asks.
        errors: answers that are neither success nor conflict.
        conflicts: saves and verdicts that somebody was faster than.
        refused: claims that found nothing free.
        deeds: what was acknowledged.
    """

    seconds: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    conflicts: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)


class Person:
    """Somebody who labels one image after the other until it is time to go home."""

    def __init__(self, order: Order, index: int, tally: Tally) -> None:
        self._order, self._index, self._tally = order, index, tally
        self._name = name_person(index)
        self._headers = {"X-Studio-User": f"person%20{index}"}
        self._connection = http.client.HTTPConnection(LOCAL_HOST, order.port, timeout=TIMEOUT_S)
        self._last: int | None = None
        self._turn = 0

    def sign_in(self) -> None:
        """Sign in, where that is asked for."""
        if self._order.password:
            fields = urlencode({"name": self._name, "password": self._order.password})
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            self._connection.request("POST", "/login", fields, kind)
            answer = self._connection.getresponse()
            answer.read()
            cookie = answer.headers.get("Set-Cookie", "")
            if answer.status >= HTTPStatus.BAD_REQUEST or not cookie:
                self._tally.errors.append(f"/login answered {answer.status}")
            self._headers = {"Cookie": cookie.partition(";")[0]}

    def work(self, until: float) -> None:
        """Label until a moment of the monotonic clock."""
        # Nobody's first image comes at the same moment as everybody else's.
        time.sleep(self._order.think * self._index / self._order.people)
        while time.monotonic() < until:
            self._turn += 1
            image = self._choose_image()
            if image is not None:
                self._label(image)
            time.sleep(self._order.think)
        self._connection.close()

    def _choose_image(self) -> int | None:
        if self._turn % RIVAL_TURNS == 0 and self._order.rivals:
            return self._order.rivals[self._turn // RIVAL_TURNS % len(self._order.rivals)]
        path = f"/studio/api/datasets/{self._order.dataset_id}/queue/claim-next"
        after = "" if self._last is None else f"?after={self._last}"
        status, found = self._send("claim", "POST", path + after)
        if status != HTTPStatus.OK or found["id"] is None:
            self._tally.refused.append(self._index)
            return None
        self._last = int(found["id"])
        return self._last

    def _label(self, image: int) -> None:
        path = f"/studio/api/images/{image}"
        status, document = self._send("document", "GET", path)
        if status != HTTPStatus.OK:
            return
        if document["detection"]:
            self._send("mask", "GET", f"/studio/detections/{document['detection']['id']}.mask")
        number, before = self._turn * 1000 + self._index, int(document["version"])
        body = gzip.compress(encode_mask_runs(make_numbered_mask(number)), compresslevel=1)
        status, saved = self._send("save", "POST", f"{path}/mask", body, before)
        if status != HTTPStatus.CREATED:
            return
        after = int(saved["version"])
        self._tally.deeds.append(Deed(image, before, after, saved["revision"]["id"], number))
        verdict = json.dumps({"state": "accepted"}).encode()
        status, judged = self._send("verdict", "POST", f"{path}/verdict", verdict, after)
        if status == HTTPStatus.OK:
            self._tally.deeds.append(Deed(image, after, int(judged["version"])))

    def _send(
        self, kind: str, method: str, path: str, body: bytes = b"", version: int | None = None
    ) -> tuple[int, dict[str, Any]]:
        headers = {**self._headers, "Content-Type": "application/json"}
        if version is not None:
            headers["If-Match"] = str(version)
        begun = time.perf_counter()
        try:
            self._connection.request(method, path, body or None, headers)
            answer = self._connection.getresponse()
            told = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            self._tally.errors.append(f"{method} {path}: {error!r}")
            return 0, {}
        self._tally.seconds.setdefault(kind, []).append(time.perf_counter() - begun)
        if answer.status == HTTPStatus.CONFLICT:
            self._tally.conflicts.append(self._index)
        elif answer.status >= HTTPStatus.BAD_REQUEST:
            self._tally.errors.append(f"{method} {path} answered {answer.status}: {told[:200]!r}")
        is_json = answer.headers.get_content_type() == "application/json"
        return answer.status, json.loads(told) if is_json else {}


def name_person(index: int) -> str:
    """Return the name of somebody in a crowd."""
    return f"person {index}"


def let_people_work(order: Order) -> Tally:
    """Let a crowd label side by side, and return what they saw."""
    tally = Tally()
    together = threading.Barrier(order.people, timeout=TIMEOUT_S)

    def live(index: int) -> None:
        person = Person(order, index, tally)
        person.sign_in()
        together.wait()
        person.work(time.monotonic() + order.seconds)

    with ThreadPoolExecutor(order.people) as pool:
        list(pool.map(live, range(order.people)))
    return tally


if __name__ == "__main__":
    json.dump(asdict(let_people_work(Order(**json.load(sys.stdin)))), sys.stdout)
