"""A server in its own process, for the browsers of the tests, and what it holds."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.factories.processes import list_job_processes
from tests.patience import PATIENCE_S, wait_for, wait_until_healthy


@dataclass
class Server:
    """`desra-studio serve` on a data directory of its own, and its database.

    All browser tests of a process share one: starting it takes seconds. What a test did is taken
    back by putting the database back as it was.

    Attributes:
        data_dir, port: where it is.
        process: it, once started.
        empty: its database before anything was done.
    """

    data_dir: Path
    port: int
    process: subprocess.Popen | None = None
    empty: sqlite3.Connection | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "desra_studio", "serve", "--port", str(self.port)]
        command += ["--data-dir", str(self.data_dir)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_until_healthy(self.port, self.process)
        self.empty = self.copy_database()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE_S)

    def copy_database(self) -> sqlite3.Connection:
        """Return the database as it is now, in memory."""
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(self._connect()) as live:
            live.backup(copy)
        return copy

    def put_back(self, copy: sqlite3.Connection) -> None:
        """Make the database what it was; what its pages read next is from then."""
        with closing(self._connect()) as live:
            copy.backup(live)

    def end_jobs(self) -> None:
        """Stop what runs, and wait until no process of a job is left to write anything."""
        with closing(self._connect()) as live, live:
            live.execute("UPDATE run SET cancel_requested = 1 WHERE finished_at IS NULL")
        wait_for(lambda: not list_job_processes(self.data_dir), "the end of all jobs")

    def list_run_folders(self) -> set[Path]:
        return set((self.data_dir / "runs").glob("*"))

    def remove_run_folders(self, but: set[Path]) -> None:
        """Remove what jobs left: their ids are given again."""
        for folder in self.list_run_folders() - but:
            shutil.rmtree(folder)

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.data_dir / "studio.sqlite", timeout=PATIENCE_S)
