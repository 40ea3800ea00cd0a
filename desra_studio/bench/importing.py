"""The import's benchmark: many small triplets, and a large upload that is cut off."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from desra_studio.bench.memory import read_memory
from desra_studio.bench.triplets import time_copying, write_triplets
from desra_studio.bench.uploading import UPLOAD_MB, time_upload
from desra_studio.config import Settings
from desra_studio.errors import InputError, StudioError
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.studio import Report, ignore_progress, open_studio

COUNT = 10_000
PARTS = 10
"""Stretches of the import whose rates are compared."""
COPIED = 1000
"""Triplets that are copied the naive way: the rate of that is the same from first to last."""
TARGET_MB = 1000
NAME = "triplets"


@dataclass(frozen=True)
class Moment:
    """How an import stood at a moment of it.

    Attributes:
        done: images that were read.
        told: how often it had told of its progress.
        seconds: since it began.
        cpu_seconds: processor time of its process.
        resident_mb: memory of its process.
        peak_mb: the most memory that its process had up to here.
    """

    done: int
    told: int
    seconds: float
    cpu_seconds: float
    resident_mb: float
    peak_mb: float


def time_import(
    count: int = COUNT, upload_mb: int = UPLOAD_MB, report: Report = ignore_progress
) -> dict[str, Any]:
    """Import many small triplets with masks, then send a large file that is cut off on its way.

    The import runs in a process of its own. The naive way is to copy the same files one by one,
    each flushed to disk, without looking into them.

    Args:
        count: triplets, 10 at least.
        upload_mb: size of the file that is sent, in MB.
        report: told how far it is.

    Returns:
        {"images", "seconds", "rate": images per second, "rates": of each tenth, "slowest_rate",
        "steady": the last tenth's rate over the first one's, "cpu_steady": the same by processor
        time, which others on the machine change less, "listing_seconds": until the first image is
        read, "writing_seconds": of the rows, in which nobody else can write, "told": how often
        progress was told, "first_mb", "last_mb": resident memory after the first and the
        last tenth, "peak_mb", "target_mb", "copying_rate": triplets per second the naive way,
        "ratio": rate over that, "upload": see `time_upload`}.

    Raises:
        InputError: fewer triplets than tenths.
        StudioError: something was not imported, the server refused something, or this system
            does not tell how much memory a process has.
    """
    if count < PARTS:
        raise InputError(f"bench import takes at least {PARTS} triplets, got {count}.")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        write_triplets(source, count, report)
        moments = list(_run_import(source, Path(folder) / "data", count, report))
        report(count, count, "Copying the naive way")
        copying = time_copying(source, Path(folder) / "copied", min(count, COPIED))
        imported = _describe_import(moments, copying)
        return {**imported, "upload": time_upload(Path(folder) / "upload", upload_mb, report)}


def import_aloud(source: Path, data_dir: Path) -> None:
    """Import a folder, and write a line of JSON at each tenth of its images and at the end.

    Raises:
        StudioError: something was not imported.
    """
    studio = open_studio(Settings(data_dir=data_dir, database_url="", blind_share=0))
    begun, told, part = time.perf_counter(), 0, 0

    def tell_moment(done: int) -> None:
        seconds, memory = time.perf_counter() - begun, read_memory(os.getpid())
        moment = Moment(done, told, seconds, time.process_time(), *memory)
        sys.stdout.write(json.dumps(asdict(moment)) + "\n")
        sys.stdout.flush()

    def report(done: int, total: int, _message: str) -> None:
        nonlocal told, part
        told += 1
        if done * PARTS >= part * total:
            part += 1
            tell_moment(done)

    imported = import_dataset(studio, source, NAME, report)
    tell_moment(imported.images)
    if imported.lines or not imported.images == imported.labels == imported.with_lr:
        raise StudioError(f"Not all was imported: {imported.lines[:3]}")


def _run_import(source: Path, data_dir: Path, count: int, report: Report) -> Iterator[Moment]:
    """Import in a process of its own; yield its begin, its tenths, and the end with its rows."""
    child = (
        f"import sys; from pathlib import Path; from {__name__} import import_aloud; "
        "import_aloud(*map(Path, sys.argv[1:]))"
    )
    command = [sys.executable, "-c", child, str(source), str(data_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            moment = Moment(**json.loads(line))
            report(moment.done, count, "Importing")
            yield moment
    if process.returncode:
        raise StudioError(f"The import ended with status {process.returncode}.")


def _describe_import(moments: list[Moment], copying: float) -> dict[str, Any]:
    *tenths, read, written = moments
    rates = [
        (after.done - before.done) / (after.seconds - before.seconds)
        for before, after in pairwise([*tenths, read])
    ]
    rate = written.done / written.seconds
    cpu_rates = [
        (after.done - before.done) / (after.cpu_seconds - before.cpu_seconds)
        for before, after in (tenths[:2], (tenths[-1], read))
    ]
    return {
        "images": written.done,
        "seconds": round(written.seconds, 1),
        "rate": round(rate, 1),
        "rates": [round(each, 1) for each in rates],
        "slowest_rate": round(min(rates), 1),
        "steady": round(rates[-1] / rates[0], 2),
        "cpu_steady": round(cpu_rates[1] / cpu_rates[0], 2),
        "listing_seconds": round(tenths[0].seconds, 2),
        "writing_seconds": round(written.seconds - read.seconds, 2),
        "told": written.told,
        "first_mb": tenths[1].resident_mb,
        "last_mb": read.resident_mb,
        "peak_mb": written.peak_mb,
        "target_mb": TARGET_MB,
        "copying_rate": round(copying, 1),
        "ratio": round(rate / copying, 2),
    }
