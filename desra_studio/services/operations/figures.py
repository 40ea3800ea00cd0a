"""Figures of an installation that a monitor asks for every few seconds: they cost little."""

import shutil
from dataclasses import dataclass
from importlib.metadata import version

from desra_studio.services.lost_jobs import sweep_lost_jobs
from desra_studio.services.studio import Studio
from desra_studio.storage.migrate import get_head
from desra_studio.storage.run_counts import count_runs
from desra_studio.vocabulary import RunStatus


@dataclass(frozen=True)
class Figures:
    """What stands in no request.

    Attributes:
        version: of the studio.
        schema: of the database.
        jobs: how many there are, by kind and status.
        disk_free, disk_total: bytes of the disk of the data directory.
    """

    version: str
    schema: str
    jobs: dict[tuple[str, RunStatus], int]
    disk_free: int
    disk_total: int


def read_figures(studio: Studio) -> Figures:
    """Return them as they are; a job whose process is gone counts as failed."""
    sweep_lost_jobs(studio)
    with studio.database.read() as session:
        jobs = count_runs(session)
    disk = shutil.disk_usage(studio.settings.data_dir)
    return Figures(version("desra-studio"), get_head(), jobs, disk.free, disk.total)
