"""What is left of acknowledged saves after the server was killed in the middle of others."""

import gzip
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from desra_studio.config import LOCAL_HOST, Settings
from desra_studio.errors import StudioError
from desra_studio.imaging.arrays import Mask, Size
from desra_studio.imaging.io import encode_png
from desra_studio.imaging.masks import decode_mask_runs, encode_mask_runs
from desra_studio.services.benchmarks import PATIENCE_SECONDS, run_server
from desra_studio.services.datasets import import_dataset
from desra_studio.services.detections import DetectorParams, detect_dataset
from desra_studio.services.maintenance import check_studio
from desra_studio.services.studio import open_studio

KILLS = 20
SIZE = Size(96, 96)
LONGEST_WAIT_S = 0.15
"""From the first answer to the kill: some saves later, in the middle of one."""
IMAGE = "/studio/api/images/1"


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


def count_kills(kills: int = KILLS) -> dict[str, Any]:
    """Kill the server while it answers saves, then ask it for every one that it acknowledged.

    Returns:
        {"kills", "acknowledged": saves that were answered, "lost": those whose mask is gone or is
        another one, "refused": what was said to others, "faults": what `db check` finds in the
        end, "seconds"}.

    Raises:
        StudioError: a server did not start.
    """
    begun, random, saver = time.perf_counter(), np.random.default_rng(1), Saver()
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        _import_image(data_dir, Path(folder) / "source")
        for kill in range(kills):
            _kill_in_mid_save(data_dir, saver, kill * 10_000, random.uniform(0, LONGEST_WAIT_S))
        with run_server(data_dir, "--no-pages") as (port, _), _connect(port) as client:
            lost = [save for save in saver.acknowledged.items() if not _is_there(client, *save)]
        studio = open_studio(Settings(data_dir=data_dir, database_url=""))
        _, faults = check_studio(studio)
        studio.database.close()
    return {
        "kills": kills,
        "acknowledged": len(saver.acknowledged),
        "lost": len(lost),
        "refused": saver.refused,
        "faults": faults,
        "seconds": round(time.perf_counter() - begun, 1),
    }


def make_mask(seed: int) -> Mask:
    """Return a mask that no other seed has: (96, 96) bool, half of it marked."""
    return np.random.default_rng(seed).random((SIZE.height, SIZE.width)) < 0.5


def _import_image(data_dir: Path, source: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (SIZE.height, SIZE.width, 3), np.uint8)
    for name in ("GAN-SR", "MSE-SR"):
        (source / name).mkdir(parents=True)
        (source / name / "a.png").write_bytes(encode_png(pixels))
    studio = open_studio(Settings(data_dir=data_dir, database_url=""))
    detect_dataset(studio, import_dataset(studio, source, "set").dataset_id, DetectorParams())
    studio.database.close()


def _kill_in_mid_save(data_dir: Path, saver: Saver, seed: int, wait_s: float) -> None:
    saver.first_saved.clear()
    with run_server(data_dir, "--no-pages") as (port, process):
        thread = threading.Thread(target=saver.save_until_killed, args=(port, seed))
        thread.start()
        if not saver.first_saved.wait(PATIENCE_SECONDS):
            raise StudioError(f"The server answered no save within {PATIENCE_SECONDS} s.")
        time.sleep(wait_s)
        process.kill()
        thread.join()


def _is_there(client: httpx.Client, revision: int, seed: int) -> bool:
    answer = client.get(f"/studio/revisions/{revision}.mask")
    return answer.status_code == httpx.codes.OK and np.array_equal(
        decode_mask_runs(answer.content, SIZE), make_mask(seed)
    )


def _connect(port: int) -> httpx.Client:
    return httpx.Client(base_url=f"http://{LOCAL_HOST}:{port}", timeout=PATIENCE_SECONDS)
