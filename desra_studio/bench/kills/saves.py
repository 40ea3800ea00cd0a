"""Saves of masks that are killed: the server dies while it answers them."""

import gzip
import subprocess
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field

import httpx
import numpy as np

from desra_studio.bench.kills.home import SIDE_PX
from desra_studio.bench.kills.ledger import Ledger
from desra_studio.bench.kills.rounds import Findings, KilledWork
from desra_studio.bench.server import PATIENCE_SECONDS, run_server
from desra_studio.config import LOCAL_HOST, Settings
from desra_studio.errors import NotFoundError
from desra_studio.imaging.arrays import Mask
from desra_studio.imaging.masks import encode_mask_runs
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import load_revision_mask, save_mask
from desra_studio.services.studio import Studio

LONGEST_WAIT_S = 0.3
"""From the first answer to the kill: some saves later, in the middle of one."""
IMAGE_ID = 1
IMAGE = f"/studio/api/images/{IMAGE_ID}"


@dataclass
class Saver:
    """Saves random masks as fast as the server answers, until it is killed.

    Attributes:
        acknowledged: seed of the mask by id of the revision, for each answer that came whole.
        refused: what the server said where it did not save.
        first_saved: set once something was acknowledged, or refused.
    """

    acknowledged: dict[int, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    first_saved: threading.Event = field(default_factory=threading.Event)

    def save_until_killed(self, port: int, seed: int) -> None:
        """Save masks of the seeds from this one on; returns when the connection breaks."""
        try:
            with _connect(port) as client:
                version = client.get(IMAGE).json()["version"]
                while not self.refused:
                    version = self._save(client, seed, version)
                    seed += 1
        except httpx.TransportError:
            return
        finally:
            self.first_saved.set()

    def _save(self, client: httpx.Client, seed: int, version: int) -> int:
        body = gzip.compress(encode_mask_runs(make_mask(seed)))
        answer = client.post(f"{IMAGE}/mask", content=body, headers={"If-Match": str(version)})
        if answer.status_code != httpx.codes.CREATED:
            self.refused.append(answer.text)
            return version
        saved = answer.json()
        self.acknowledged[saved["revision"]["id"]] = seed
        self.first_saved.set()
        return int(saved["version"])


class KilledSaves(KilledWork):
    """A server, and somebody who saves one mask after the other until it is gone."""

    def __init__(self, settings: Settings, ledger: Ledger, chance: np.random.Generator) -> None:
        # The review of the image that is saved begins anew with each save.
        kept = {name: kept for name, kept in ledger.items() if name != ("image", IMAGE_ID)}
        super().__init__(settings, kept, chance)
        self.saver = Saver()
        self._running = ExitStack()

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the server, and the saver."""
        server = run_server(self.settings.data_dir, "--no-pages")
        port, process = self._running.enter_context(server)
        seed = int(self.chance.integers(2**31))
        thread = threading.Thread(target=self.saver.save_until_killed, args=(port, seed))
        self._running.callback(thread.join)
        thread.start()
        return process

    def measure(self) -> float:
        """Return how long to let it save: it would never end."""
        return LONGEST_WAIT_S

    def has_begun(self) -> bool:
        """Tell whether a save was answered."""
        return self.saver.first_saved.is_set()

    def has_ended(self) -> bool:
        """Tell that it never ends."""
        return False

    def let_go(self) -> None:
        """Do nothing: the database is open in the server alone."""

    def bury(self) -> None:
        """Wait until the saver has seen its connection break."""
        self._running.close()

    def look(self, studio: Studio, found: Findings) -> None:
        """Look for each mask whose save was answered, and save another one."""
        found.faults += [f"A save was refused: {text}" for text in self.saver.refused]
        for revision, seed in self.saver.acknowledged.items():
            found.expect([] if _is_there(studio, revision, seed) else [f"lost: save {revision}"])
        version = describe_image(studio, IMAGE_ID).version
        save_mask(studio, IMAGE_ID, make_mask(0), version)


def make_mask(seed: int) -> Mask:
    """Return a mask that no other seed has: (H, W) bool, half of it marked."""
    return np.random.default_rng(seed).random((SIDE_PX, SIDE_PX)) < 0.5


def _is_there(studio: Studio, revision: int, seed: int) -> bool:
    try:
        return np.array_equal(load_revision_mask(studio, revision), make_mask(seed))
    except NotFoundError:
        return False


def _connect(port: int) -> httpx.Client:
    return httpx.Client(base_url=f"http://{LOCAL_HOST}:{port}", timeout=PATIENCE_SECONDS)
