"""kill -9 of the server while saves are being answered: every acknowledged save is there."""

import gzip
import threading
import time

import httpx
import numpy as np
import pytest

from desra_studio.imaging.arrays import Size
from desra_studio.imaging.masks import decode_mask_runs, encode_mask_runs
from desra_studio.services.benchmarks import find_free_port
from tests.browser.server import Server
from tests.commands import run_command
from tests.factories.images import write_dataset
from tests.patience import PATIENCE_S, join_thread

pytestmark = pytest.mark.slow

KILLS = 20
SIZE = Size(96, 96)


def make_random_mask(seed):
    """Half of the values marked, (96, 96) bool."""
    return np.random.default_rng(seed).random((SIZE.height, SIZE.width)) < 0.5


def save_until_killed(url, seed, acknowledged, first_saved):
    """Save random masks as fast as the server answers; note each answer that came whole."""
    with httpx.Client(base_url=url, timeout=PATIENCE_S) as client:
        version = client.get("/studio/api/images/1").json()["version"]
        while True:
            body = gzip.compress(encode_mask_runs(make_random_mask(seed)))
            try:
                answer = client.post(
                    "/studio/api/images/1/mask", content=body, headers={"If-Match": str(version)}
                )
            except httpx.TransportError:
                return
            assert answer.status_code == 201, answer.text
            version = answer.json()["version"]
            acknowledged[answer.json()["revision"]["id"]] = seed
            first_saved.set()
            seed += 1


def test_acknowledged_saves_survive_twenty_kills(tmp_path):
    data_dir = tmp_path / "data"
    folder = write_dataset(tmp_path / "source", names="a")
    run_command("import", folder, "--name", "set", "--data-dir", data_dir)
    server = Server(data_dir, find_free_port())
    acknowledged = {}
    random = np.random.default_rng(1)
    for kill in range(KILLS):
        server.start()
        first_saved = threading.Event()
        saver = threading.Thread(
            target=save_until_killed, args=(server.url, kill * 10_000, acknowledged, first_saved)
        )
        saver.start()
        assert first_saved.wait(PATIENCE_S)
        time.sleep(random.uniform(0, 0.15))
        server.kill()
        join_thread(saver)
    assert len(acknowledged) >= KILLS

    server.start()
    try:
        with httpx.Client(base_url=server.url, timeout=PATIENCE_S) as client:
            for revision, seed in acknowledged.items():
                answer = client.get(f"/studio/revisions/{revision}.mask")
                assert answer.status_code == 200, f"revision {revision} is lost"
                assert np.array_equal(
                    decode_mask_runs(answer.content, SIZE), make_random_mask(seed)
                )
            current = client.get("/studio/api/images/1").json()["revision"]["id"]
    finally:
        server.stop()
    assert current >= max(acknowledged)
    assert "undamaged" in run_command("db", "check", "--data-dir", data_dir)
    print(f"{KILLS} kills, {len(acknowledged)} acknowledged saves, all of them there")  # noqa: T201
