"""What the kinds of jobs that are killed have in common."""

import subprocess
from abc import abstractmethod
from typing import Any

import numpy as np

from desra_studio.bench.kills.ledger import Ledger
from desra_studio.bench.kills.rounds import Findings, KilledWork, measure_from_sign
from desra_studio.config import Settings
from desra_studio.errors import StudioError
from desra_studio.services import jobs
from desra_studio.services.jobs import JobView
from desra_studio.services.studio import Studio, open_studio
from desra_studio.services.worker import run_job
from desra_studio.vocabulary import RunStatus

KILLED = "ended with status -9"
"""What the server tells of a job whose process was killed."""


class KilledJob(KilledWork):
    """A job as the pages start it; this process is the server that sees it die."""

    kind: str

    def __init__(self, settings: Settings, ledger: Ledger, chance: np.random.Generator) -> None:
        super().__init__(settings, ledger, chance)
        self.studio = open_studio(settings)
        self.config = self.order()
        self.run_id = jobs.queue_job(self.studio, self.kind, self.config)

    @abstractmethod
    def order(self) -> dict[str, Any]:
        """Return the job's configuration, as the page orders it."""

    @abstractmethod
    def look_for_told(self, studio: Studio, job: JobView, found: Findings) -> None:
        """Look for what the job told as done while it ran; it may have reached its end."""

    @abstractmethod
    def look_for_whole(self, studio: Studio, job: JobView, found: Findings) -> None:
        """Look whether all that a job is to make is there, once it is done."""

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the job's process, as the server does."""
        return jobs.start_process(self.studio, self.run_id)

    def measure(self) -> float:
        """Carry the job out in this process, and return how long its work takes, in s."""
        return measure_from_sign(self.has_begun, lambda: self.carry_out(self.studio, self.run_id))

    def carry_out(self, studio: Studio, run_id: int) -> None:
        """Carry a job that waits out in this process."""
        studio.run_folder(run_id).mkdir(parents=True, exist_ok=True)
        run_job(studio, run_id)

    def has_begun(self) -> bool:
        """Tell whether the job has had its turn."""
        return self._view().status is not RunStatus.QUEUED

    def has_ended(self) -> bool:
        """Tell whether the job's row says so."""
        return self._view().succeeded

    def let_go(self) -> None:
        """Close the connections of the server that started it."""
        self.studio.database.close()

    def bury(self) -> None:
        """Wait until the server has seen it die, and closed it."""
        jobs.join_watcher(self.run_id)

    def look(self, studio: Studio, found: Findings) -> None:
        """Look for what the job told and made; then begin it again, and look for the whole."""
        job = jobs.view_job(studio, self.run_id)
        if not job.succeeded and KILLED not in job.message:
            found.faults.append(f"The {self.kind} is {job.status.value}: {job.message}")
        self.look_for_told(studio, job, found)
        if job.succeeded:
            self.look_for_whole(studio, job, found)
            return
        run_id = self.begin_again(studio)
        if run_id is None:
            return
        self.carry_out(studio, run_id)
        again = jobs.view_job(studio, run_id)
        if not again.succeeded:
            raise StudioError(f"The {self.kind} cannot be done again: {again.message}")
        self.look_for_whole(studio, again, found)

    def begin_again(self, studio: Studio) -> int | None:
        """Queue the job anew and return its id; None where there is nothing left to do."""
        return jobs.queue_job(studio, self.kind, self.order())

    def _view(self) -> JobView:
        return jobs.view_job(self.studio, self.run_id)
