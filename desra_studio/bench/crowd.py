"""How often people who label one queue at the same time are refused what they were sent to."""

import http.client
import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from desra_studio.config import LOCAL_HOST
from desra_studio.errors import StudioError

CROWDS = (30, 50)
TURNS = 5
"""Images that each person asks for, one after the other."""
TIMEOUT_S = 60


@dataclass
class Person:
    """Somebody with a connection of their own, who skips every image that they are given.

    Attributes:
        name: under which they claim.
        queue: path of the dataset's queue.
        connection: to the server.
        images: what they were given, in order.
        refused: how many of those somebody else had already.
        seconds: from each question until its image was theirs, or refused.
    """

    name: str
    queue: str
    connection: http.client.HTTPConnection
    images: list[int] = field(default_factory=list)
    refused: int = 0
    seconds: list[float] = field(default_factory=list)

    def ask_then_claim(self) -> bool:
        """Ask which image is next, then claim it; tell whether it was free."""
        _, found = self._send("GET", self._write_path("next"))
        self.images.append(found["id"])
        status, _ = self._send("POST", f"/studio/api/images/{found['id']}/claim")
        return status == HTTPStatus.OK

    def claim_next(self) -> bool:
        """Ask for the next image and have it, in one; tell whether there was one."""
        _, found = self._send("POST", self._write_path("claim-next"))
        self.images.append(found["id"])
        return found["id"] is not None

    def skip(self) -> None:
        """Judge the image that was given last, so that it waits for nobody any more."""
        path = f"/studio/api/images/{self.images[-1]}"
        version = self._send("GET", path)[1]["version"]
        self._send("POST", f"{path}/verdict", {"state": "skipped"}, {"If-Match": str(version)})

    def _write_path(self, last: str) -> str:
        return f"{self.queue}/{last}" + (f"?after={self.images[-1]}" if self.images else "")

    def _send(
        self, method: str, path: str, value: object = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        sent = {"X-Studio-User": self.name, "Content-Type": "application/json", **(headers or {})}
        body = None if value is None else json.dumps(value)
        self.connection.request(method, path, body, sent)
        answer = self.connection.getresponse()
        told = answer.read()
        if answer.status not in (HTTPStatus.OK, HTTPStatus.CONFLICT):
            raise StudioError(f"{path} answered {answer.status}: {told[:200]!r}")
        return answer.status, json.loads(told)


def count_refusals(port: int, dataset_id: int, people: int) -> dict[str, Any]:
    """Let people go through a queue side by side, once in each of two ways.

    Each asks for five images, all at the same moments. The naive way asks which image is next, and
    then claims it, as two requests.

    Args:
        port: of a server of this machine.
        dataset_id: with at least 10 open images for each of the people.
        people: how many.

    Returns:
        {"naive_refused", "refused": share of the claims, 0..1, "worst_ms": the longest that anybody
        waited for an image, in the second way}.

    Raises:
        StudioError: the server refused something else than a claim.
    """
    naive = _let_work(port, dataset_id, people, Person.ask_then_claim)
    found = _let_work(port, dataset_id, people, Person.claim_next)
    return {
        "naive_refused": _share_refused(naive),
        "refused": _share_refused(found),
        "worst_ms": round(1000 * max(max(person.seconds) for person in found), 1),
    }


def _let_work(
    port: int, dataset_id: int, people: int, take: Callable[[Person], bool]
) -> list[Person]:
    together = threading.Barrier(people, timeout=TIMEOUT_S)
    queue = f"/studio/api/datasets/{dataset_id}/queue"

    def work(number: int) -> Person:
        connection = http.client.HTTPConnection(LOCAL_HOST, port, timeout=TIMEOUT_S)
        person = Person(f"person {number}", queue, connection)
        try:
            for _ in range(TURNS):
                together.wait()
                connection.close()  # the server hung up, too, if others took long
                begun = time.perf_counter()
                taken = take(person)
                person.seconds.append(time.perf_counter() - begun)
                person.refused += not taken
                if taken:
                    person.skip()
        except BaseException:
            together.abort()
            raise
        finally:
            connection.close()
        return person

    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(work, range(people)))


def _share_refused(crowd: list[Person]) -> float:
    return round(sum(person.refused for person in crowd) / (TURNS * len(crowd)), 3)
