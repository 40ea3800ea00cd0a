"""The process that reads bad inputs, and the watch over it."""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from desra_studio.bench.memory import read_memory
from desra_studio.bench.mutations import doors
from desra_studio.bench.mutations.seeds import Seed
from desra_studio.bench.server import PATIENCE_SECONDS
from desra_studio.errors import StudioError

MAX_SECONDS = 5.0
"""Processor time of an input; others on the machine would make wall time unfair."""
TICK_S = 0.2
HUNG, DIED = "hung", "died"


@dataclass(frozen=True)
class Outcome:
    """What came of an input.

    Attributes:
        outcome: accepted, refused, failed, hung or died.
        told: what was said; a trace of what failed.
        seconds: processor time that it took.
        peak_mb: the most memory that the process had meanwhile, 0 where it died.
    """

    outcome: str
    told: str
    seconds: float
    peak_mb: float


class Worker:
    """A process that puts inputs through the doors; another one is begun where it hung or died.

    Args:
        data_dir: of the studio, which it writes to.
        database: see `doors.Doors`.
        log: file for what the process prints.
        unharmed: seeds and their files that a process begins with: what it imports for a kind is
            no fault of the first input.
    """

    def __init__(
        self, data_dir: Path, database: Path, log: Path, unharmed: Sequence[tuple[Seed, Path]] = ()
    ) -> None:
        self._command = [sys.executable, "-m", doors.__name__, str(data_dir), str(database)]
        self._log, self._unharmed = log, unharmed
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Worker":
        """Return itself; the process begins with the first input."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """End the process."""
        self._end()

    def try_input(self, seed: Seed, path: Path) -> Outcome:
        """Put a file through the door of its seed, and watch.

        Raises:
            StudioError: the process does not begin.
        """
        process = self._process or self._begin()
        return self._put_through(process, seed, path, MAX_SECONDS)

    def _put_through(
        self, process: "subprocess.Popen[str]", seed: Seed, path: Path, most: float
    ) -> Outcome:
        begun = _read_cpu_seconds(process.pid)
        order = {"kind": seed.kind, "path": str(path), "method": seed.method, "route": seed.path}
        _write(process, json.dumps(order))
        line, seconds = _wait_for_line(process, begun, most)
        if line:
            answer = json.loads(line)
            taken = _read_cpu_seconds(process.pid) - begun
            peak = read_memory(process.pid).peak_mb
            return Outcome(answer["outcome"], answer["told"], taken, peak)
        has_died = process.poll() is not None
        self._end()
        told = f"status {process.returncode}" if has_died else f"{seconds:.1f} s and no end"
        return Outcome(DIED if has_died else HUNG, told, seconds, 0.0)

    def _begin(self) -> "subprocess.Popen[str]":
        with self._log.open("a") as log:
            process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                text=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
            )  # fmt: skip
        self._process = process
        line, _ = _wait_for_line(process, 0.0, PATIENCE_SECONDS)
        came = [self._put_through(process, *each, PATIENCE_SECONDS) for each in self._unharmed]
        broken = [each.told for each in came if each.outcome not in (doors.ACCEPTED, doors.REFUSED)]
        if not line or broken:
            self._end()
            told = f"{broken} {self._log.read_text()[-500:]}"
            raise StudioError(f"The process that reads inputs does not begin: {told}")
        return process

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _write(process: "subprocess.Popen[str]", line: str) -> None:
    if process.stdin is not None:
        process.stdin.write(f"{line}\n")
        process.stdin.flush()


def _wait_for_line(
    process: "subprocess.Popen[str]", begun: float, most: float
) -> tuple[str, float]:
    """Return a line, or "" where the process ended or took too long, and the seconds it took."""
    if process.stdout is None:
        return "", 0.0
    deadline, seconds = time.monotonic() + PATIENCE_SECONDS, 0.0
    while seconds <= most and time.monotonic() < deadline:
        if select.select([process.stdout], [], [], TICK_S)[0]:
            line = process.stdout.readline()
            if not line:
                process.wait()
            return line, seconds
        seconds = _read_cpu_seconds(process.pid) - begun
    return "", seconds


def _read_cpu_seconds(process_id: int) -> float:
    """Return the processor time of a process of this machine, its own and the system's for it."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
