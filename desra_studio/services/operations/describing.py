"""An installation as admins see it: versions, disk, and its latest jobs."""

import os
import platform
import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from desra_studio.services.lost_jobs import sweep_lost_jobs
from desra_studio.services.studio import Studio
from desra_studio.storage.migrate import get_head
from desra_studio.storage.run_counts import list_latest_runs
from desra_studio.storage.tables import Run
from desra_studio.vocabulary import RunStatus

JOBS = 20
"""So many of the newest are told."""
PARTS = ("blobs", "runs", "uploads")
REST = "database and the rest"
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True)
class DiskUse:
    """The disk of the data directory.

    Attributes:
        free, total: bytes of the whole disk.
        parts: bytes of each part of the data directory.
    """

    free: int
    total: int
    parts: dict[str, int]


@dataclass(frozen=True)
class LatestJob:
    """A job of any kind, and whether it has written a log; times are UTC."""

    id: int
    kind: str
    status: RunStatus
    message: str
    created_at: datetime
    finished_at: datetime | None
    has_log: bool


@dataclass(frozen=True)
class ServerView:
    """What runs, where it keeps what, and what it does.

    Attributes:
        versions: by name.
        database: what kind it is.
        disk: how full it is.
        jobs: the newest of every kind, newest first.
    """

    versions: dict[str, str]
    database: str
    disk: DiskUse
    jobs: list[LatestJob]


def describe_server(studio: Studio) -> ServerView:
    """Return it as it is at this moment; every file of the data directory is looked at."""
    sweep_lost_jobs(studio)
    with studio.database.read() as session:
        jobs = [_describe_job(studio, run) for run in list_latest_runs(session, JOBS)]
    versions = {
        "DeSRA Studio": version("desra-studio"),
        "schema": get_head(),
        "Python": platform.python_version(),
        "Gradio": version("gradio"),
        "PyTorch": version("torch"),
    }
    kind = studio.database.engine.dialect.name
    return ServerView(versions, DATABASES.get(kind, kind), _measure_disk(studio), jobs)


def find_log(studio: Studio, run_id: int) -> Path:
    """Return where a job writes what it prints."""
    return studio.run_folder(run_id) / "log.txt"


def _describe_job(studio: Studio, run: Run) -> LatestJob:
    path = find_log(studio, run.id)
    has_log = path.is_file() and path.stat().st_size > 0
    return LatestJob(
        run.id, run.kind, run.status, run.message, run.created_at, run.finished_at, has_log
    )


def _measure_disk(studio: Studio) -> DiskUse:
    folder = studio.settings.data_dir
    parts = Counter(dict.fromkeys((*PARTS, REST), 0))
    for entry in folder.iterdir():
        parts[entry.name if entry.name in PARTS else REST] += _measure(entry)
    disk = shutil.disk_usage(folder)
    return DiskUse(disk.free, disk.total, dict(parts))


def _measure(path: Path) -> int:
    """Return the bytes of a file, or of all files below a folder; what is gone by then counts 0."""
    if not path.is_dir() or path.is_symlink():
        return _measure_file(path)
    return sum(
        _measure_file(Path(folder, name)) for folder, _, files in os.walk(path) for name in files
    )


def _measure_file(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0
