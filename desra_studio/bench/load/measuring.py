"""The benchmark of a crowd: what people wait for, what is refused, and what is lost."""

import json
import math
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from desra_studio.bench.load.lost import find_lost
from desra_studio.bench.load.people import Deed, Order, Tally, name_person
from desra_studio.bench.load.sample import make_crowd_dataset
from desra_studio.bench.memory import read_memory
from desra_studio.bench.server import PATIENCE_SECONDS, run_server
from desra_studio.config import Settings
from desra_studio.errors import InputError, StudioError
from desra_studio.services.accounts.users import add_user
from desra_studio.services.studio import Report, ignore_progress, open_studio
from desra_studio.vocabulary import Role

PEOPLE, SECONDS, THINK = 50, 120, 1.0
RIVALS = 5
"""Images that people edit at the same time."""
SAMPLE_S = 10.0
"""Between two looks at the server's memory."""
TARGET_MS, TARGET_REFUSED = 500.0, 0.05
PASSWORD = "as long as a password is here"
LEAST_TURN_S = 0.2
"""Nobody labels an image faster, however short they think."""
WORST_SHOWN = 20


def measure_load(
    people: int = PEOPLE,
    seconds: int = SECONDS,
    think: float = THINK,
    database_url: str = "",
    users: bool = False,
    report: Report = ignore_progress,
) -> dict[str, Any]:
    """Let people label side by side on a server of its own, then look for all that they saved.

    Each claims the next image, reads it and its mask, saves a mask, judges it, and thinks. Every
    tenth image is one of five that others edit at the same time without claiming them: there saves
    have to be refused.

    Args:
        people: how many.
        seconds: for how long.
        think: seconds between two images.
        database_url: of an empty database; SQLite's in a scratch folder without it.
        users: whether they sign in.
        report: told how far it is.

    Returns:
        {"people", "seconds", "think", "database": its kind, "users", "operations": {what: {"count",
        "p50_ms", "p95_ms", "p99_ms"}}, "errors", "first_errors", "conflicts": saves and verdicts
        that somebody was faster than, "saves", "saves_per_second", "refused": share of claims,
        0..1, "lost": updates, "first_lost", "memory_mb": of the server, before and every ten
        seconds, "peak_mb", "save_p95_ms", "target_ms"}.

    Raises:
        InputError: nobody, no time, or a database with datasets.
        StudioError: the server or the crowd ended.
    """
    if people < 1 or seconds < 1 or think < 0:
        raise InputError("bench load takes at least one person and one second.")
    images = RIVALS + people * math.ceil(seconds / max(think, LEAST_TURN_S) + 1)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        settings = Settings(
            data_dir=Path(folder) / "data", database_url=database_url, device="cpu",
            segmentation="none", blind_share=0,
        )  # fmt: skip
        studio = open_studio(settings)
        opened.callback(studio.database.close)
        report(0, seconds, f"Making {images} images")
        dataset_id, ids = make_crowd_dataset(studio, images)
        for index in range(people if users else 0):
            add_user(studio, name_person(index), Role.REVIEWER, PASSWORD)
        options = ("--database-url", database_url) if database_url else ()
        server = run_server(settings.data_dir, "--no-pages", *options)
        port, process = opened.enter_context(server)
        order = Order(
            port, dataset_id, ids[-RIVALS:], people, seconds, think, PASSWORD if users else ""
        )
        tally, memory = _watch_crowd(order, process.pid, report)
        peak = read_memory(process.pid).peak_mb
        report(seconds, seconds, "Looking for what was saved")
        lost = find_lost(studio, tally.deeds)
        database = studio.database.engine.dialect.name
    saves = sum(deed.revision is not None for deed in tally.deeds)
    operations = {kind: _describe(times) for kind, times in tally.seconds.items()}
    return {
        "people": people,
        "seconds": seconds,
        "think": think,
        "database": database,
        "users": users,
        "operations": operations,
        "errors": len(tally.errors),
        "first_errors": tally.errors[:WORST_SHOWN],
        "conflicts": len(tally.conflicts),
        "saves": saves,
        "saves_per_second": round(saves / seconds, 1),
        "refused": round(len(tally.refused) / max(1, len(tally.seconds.get("claim", ()))), 3),
        "target_refused": TARGET_REFUSED,
        "lost": len(lost),
        "first_lost": lost[:WORST_SHOWN],
        "memory_mb": memory,
        "peak_mb": peak,
        "save_p95_ms": operations.get("save", {}).get("p95_ms"),
        "target_ms": TARGET_MS,
    }


def _watch_crowd(order: Order, server_id: int, report: Report) -> tuple[Tally, list[float]]:
    """Let a crowd work in a process of its own; also the server's memory in MB, now and then."""
    command = [sys.executable, "-m", "desra_studio.bench.load.people"]
    memory = [read_memory(server_id).resident_mb]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as crowd:
        sent: str | None = json.dumps(asdict(order))
        waited, told = 0.0, ""
        while not told:
            try:
                told, _ = crowd.communicate(sent, timeout=SAMPLE_S)
            except subprocess.TimeoutExpired:
                sent, waited = None, waited + SAMPLE_S
                memory.append(read_memory(server_id).resident_mb)
                report(min(int(waited), int(order.seconds)), int(order.seconds), "Labelling")
                if waited > order.seconds + PATIENCE_SECONDS:
                    crowd.kill()
            if crowd.poll() is not None and not told:
                raise StudioError(f"The crowd ended with status {crowd.returncode}.")
    memory.append(read_memory(server_id).resident_mb)
    values = json.loads(told)
    deeds = [Deed(**deed) for deed in values.pop("deeds")]
    return Tally(**values, deeds=deeds), memory


def _describe(times: list[float]) -> dict[str, float]:
    half, most, nearly_all = np.percentile(times, (50, 95, 99)) * 1000
    return {
        "count": len(times),
        "p50_ms": round(float(half), 1),
        "p95_ms": round(float(most), 1),
        "p99_ms": round(float(nearly_all), 1),
    }
