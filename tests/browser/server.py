"""A server in its own process, for the browsers of the tests."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.patience import PATIENCE_S, wait_until_healthy


@dataclass
class Server:
    """`desra-studio serve` on a data directory of its own; `kill` and `start` again at will."""

    data_dir: Path
    port: int
    process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "desra_studio", "serve", "--port", str(self.port)]
        command += ["--data-dir", str(self.data_dir)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_until_healthy(self.port, self.process)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE_S)


def forget_others(server: Server) -> None:
    """Begin without what the test before left: unsaved masks, and claims of other names.

    The page would take up the ones again, and be kept off by the others for three minutes.
    """
    with closing(sqlite3.connect(server.data_dir / "studio.sqlite")) as database, database:
        database.execute("DELETE FROM draft")
        database.execute("UPDATE review_state SET claimed_by = NULL, claimed_until = NULL")
