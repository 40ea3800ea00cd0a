"""Fifty voters at once on SQLite: no vote lost, none doubled, and how long answers take."""

import json
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import numpy as np

from desra_studio.bench.server import run_server
from desra_studio.config import LOCAL_HOST, Settings
from desra_studio.imaging.io import encode_png
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.studies.lifecycle import create_study, describe_choices, open_study
from desra_studio.services.studies.links import make_links
from desra_studio.services.studies.votes import read_ballots
from desra_studio.services.studio import Studio, open_studio
from desra_studio.study.order import WHOLE, StudyOrder

VOTERS = 50
VOTES = 40
"""Of each voter: 2000 in all."""
IMAGES = 20
SIDE_PX = 256
REPLAY_EVERY = 4
"""Each fourth vote is sent twice at the same moment, and once more with another answer."""
TIMEOUT_SECONDS = 300.0


@dataclass(frozen=True)
class Answer:
    """What the server answered."""

    status: int
    body: bytes

    def read(self) -> dict[str, Any]:
        """Return the JSON."""
        read: dict[str, Any] = json.loads(self.body)
        return read


class Client:
    """A connection that stays open. An HTTP library would cost the two cores more than we do."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection(LOCAL_HOST, port, timeout=TIMEOUT_SECONDS)

    def get(self, path: str) -> Answer:
        """Get a path."""
        return self._send("GET", path)

    def post(self, path: str, value: object = None) -> Answer:
        """Post JSON to a path."""
        return self._send("POST", path, json.dumps(value).encode())

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _send(self, method: str, path: str, body: bytes | None = None) -> Answer:
        headers = {"Content-Type": "application/json"} if body else {}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        return Answer(answer.status, answer.read())


@dataclass
class Tally:
    """What the voters' threads saw; each appends to the lists, which threads may do."""

    times: dict[str, list[float]] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def measure(self, kind: str, ask: "Callable[[], Answer]") -> "Answer":
        """Time a request under a name."""
        begun = time.perf_counter()
        answer = ask()
        self.times.setdefault(kind, []).append(time.perf_counter() - begun)
        return answer


def time_study(voters: int = VOTERS, votes: int = VOTES, pages: bool = True) -> dict[str, Any]:
    """Let voters vote at once over HTTP, with replays: as fast as a page lets them, and faster.

    Each votes as soon as the minimum time of a study as it is by default has passed, 1 s after
    the pictures came; then, in a second study, without any time to look, which nobody can.

    Args:
        voters: how many at once.
        votes: of each.
        pages: whether the server has the team's pages, too, which take seconds to load.

    Returns:
        {"voters", "votes": sent, "counted": in the database, "lost", "doubled", "lock_errors",
        "failures": what they said, "replays_refused": other answers to what was answered,
        "median_ms", "p95_ms": of the answer to a vote, "shown_ms", "picture_ms": medians,
        "votes_per_second"}, and the same under "without_looking".
    """
    return {
        **_measure(voters, votes, StudyOrder.min_seconds, pages),
        "without_looking": _measure(voters, votes, 0.0, pages),
    }


def _measure(voters: int, votes: int, min_seconds: float, pages: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        studio = open_studio(
            Settings(data_dir=Path(folder) / "data", database_url="", blind_share=0)
        )
        study_id, links = _make_study(studio, Path(folder) / "source", voters, votes, min_seconds)
        options = () if pages else ("--no-pages",)
        with run_server(studio.settings.data_dir, *options) as (port, _):
            tally, seconds = _let_vote(port, links)
        kept = [ballot.trial for ballot in read_ballots(studio, study_id)]
        studio.database.close()
    sent = set(tally.sent)
    milliseconds = {kind: np.array(times) * 1000 for kind, times in tally.times.items()}
    return {
        "voters": voters,
        "votes": len(sent),
        "counted": len(kept),
        "lost": len(sent) - len(set(kept)),
        "doubled": len(kept) - len(set(kept)),
        "lock_errors": sum("busy" in text or "locked" in text for text in tally.failures),
        "failures": sorted(set(tally.failures)),
        "replays_refused": len(tally.refused),
        "median_ms": round(float(np.median(milliseconds["vote"])), 1),
        "p95_ms": round(float(np.quantile(milliseconds["vote"], 0.95)), 1),
        "shown_ms": round(float(np.median(milliseconds["shown"])), 1),
        "picture_ms": round(float(np.median(milliseconds["picture"])), 1),
        "votes_per_second": round(len(sent) / seconds, 1),
    }


def _make_study(
    studio: Studio, folder: Path, voters: int, votes: int, min_seconds: float
) -> tuple[int, list[str]]:
    random = np.random.default_rng(0)
    for sub in ("GAN-SR", "MSE-SR"):
        (folder / sub).mkdir(parents=True)
        for number in range(IMAGES):
            pixels = random.integers(0, 256, (SIDE_PX, SIDE_PX, 3), dtype=np.uint8)
            (folder / sub / f"{number}.png").write_bytes(encode_png(pixels))
    dataset_id = import_dataset(studio, folder, "votes").dataset_id
    systems = [one.id for one in describe_choices(studio, dataset_id).systems]
    order = StudyOrder(
        name="load",
        systems=tuple(systems),
        crops=WHOLE,
        votes_per_pair=2 * voters,
        trials_per_voter=votes,
        check_share=0.0,
        training=0,
        min_seconds=min_seconds,
    )
    study_id = create_study(studio, dataset_id, order)
    links = make_links(studio, study_id, [f"voter {number}" for number in range(voters)])
    open_study(studio, study_id)
    return study_id, links


def _let_vote(port: int, links: list[str]) -> tuple[Tally, float]:
    tally = Tally()
    start = threading.Barrier(len(links) + 1)
    threads = [
        threading.Thread(target=_vote_through, args=(port, link, tally, start)) for link in links
    ]
    for thread in threads:
        thread.start()
    start.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    return tally, time.perf_counter() - begun


def _vote_through(port: int, link: str, tally: Tally, start: threading.Barrier) -> None:
    client = Client(port)
    root = f"/vote/api/{link}"
    start.wait()
    agreed = {"consent": True, "display": {"zoom": 1, "ratio": 1}}
    answer = client.post(f"{root}/begin", agreed)
    while answer.status == HTTPStatus.OK and (trial := answer.read()["next"]["trial"]):
        for picture in trial["images"]:
            tally.measure("picture", partial(client.get, picture["url"]))
        path = f"{root}/trials/{trial['code']}"
        answer = tally.measure("shown", partial(client.post, f"{path}/shown"))
        if answer.status != HTTPStatus.OK:
            break
        side = ("left", "right")[len(tally.sent) % 2]
        tally.sent.append(trial["code"])
        shown = answer.read()
        time.sleep(shown["wait"])
        sent = {"answer": side, "nonce": shown["nonce"]}
        replays = len(tally.sent) % REPLAY_EVERY == 0
        # A new connection for each: the server closes those that are idle.
        answer = _vote(client, path, sent, tally, Client(port) if replays else None)
    if answer.status != HTTPStatus.OK:
        tally.failures.append(answer.body.decode())
    client.close()


def _vote(
    client: Client, path: str, sent: dict[str, str], tally: Tally, twin: Client | None
) -> Answer:
    vote = partial(tally.measure, "vote")
    if twin is None:
        return vote(partial(client.post, path, sent))
    same = threading.Thread(target=vote, args=(partial(twin.post, path, sent),))
    same.start()
    answer = vote(partial(client.post, path, sent))
    same.join()
    twin.close()
    again = client.post(path, {**sent, "answer": "unsure"})
    refused = again.status == HTTPStatus.CONFLICT
    (tally.refused if refused else tally.failures).append(again.body.decode())
    return answer
