"""The benchmark of bad inputs: how many crash something, hang it, or take too much memory."""

import shutil
import tempfile
from collections import Counter
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from desra_studio.bench.kills.home import make_home
from desra_studio.bench.mutations.doors import ACCEPTED, DATABASE, FAILED, REFUSED
from desra_studio.bench.mutations.inputs import make_input
from desra_studio.bench.mutations.seeds import KINDS, Seed, make_seeds
from desra_studio.bench.mutations.worker import DIED, HUNG, MAX_SECONDS, Outcome, Worker
from desra_studio.errors import InputError
from desra_studio.services.studio import Report, ignore_progress

COUNT, SEED = 500, 0
MAX_MB = 2000


class Inputs:
    """A scratch folder with a home, its seeds, and a worker.

    Args:
        folder: empty; all of it is written there.
    """

    def __init__(self, folder: Path) -> None:
        data_dir, source, scratch = (folder / name for name in ("data", "source", "seeds"))
        scratch.mkdir(parents=True)
        make_home(data_dir, source)
        self.seeds: list[Seed] = make_seeds(data_dir, source, scratch)
        database = shutil.copyfile(data_dir / DATABASE, scratch / DATABASE)
        self._folder = scratch
        unharmed = {each.kind: (each, self._write(each, each.data)) for each in self.seeds}
        self.worker = Worker(data_dir, database, folder / "log.txt", list(unharmed.values()))

    def try_number(self, seed: int, number: int) -> tuple[Seed, str, Outcome]:
        """Put the bad input of a number through its door: its seed, what was done, what came."""
        chosen, data, changed = make_input(self.seeds, seed, number)
        return chosen, changed, self.try_bytes(chosen, data)

    def try_bytes(self, seed: Seed, data: bytes) -> Outcome:
        """Put other bytes through the door of a seed."""
        path = self._write(seed, data)
        try:
            return self.worker.try_input(seed, path)
        finally:
            path.unlink()

    def _write(self, seed: Seed, data: bytes) -> Path:
        """Return the path of bytes under the name of a seed, each in a folder of its own."""
        path = Path(mkdtemp(dir=self._folder)) / seed.name
        path.write_bytes(data)
        return path


def count_mutations(
    count: int = COUNT, seed: int = SEED, only: int | None = None, report: Report = ignore_progress
) -> dict[str, Any]:
    """Damage small real files and requests, and put each through the door that it comes through.

    Every one is to be accepted, or refused in one line, within five seconds of processor time and
    2000 MB. A process that is used again reads them, in a studio that is as it was before each.

    Args:
        count: of inputs.
        seed: of the damage; the input of a number is the same each time.
        only: number of the one input that is tried.
        report: told how far it is.

    Returns:
        {"inputs", "kinds": {kind: how many}, "refused", "accepted", "failures": [{"number", "kind",
        "name", "changed": what was done to it, "outcome": failed, hung, died or large, "told"}],
        "slowest_seconds", "peak_mb", "seed"}.

    Raises:
        InputError: less than one input.
    """
    if count < 1:
        raise InputError(f"bench mutations takes at least one input, got {count}.")
    numbers = range(count) if only is None else [only]
    kinds, outcomes = Counter(dict.fromkeys(KINDS, 0)), Counter[str]()
    failures: list[dict[str, object]] = []
    slowest = peak = 0.0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        inputs = Inputs(Path(folder))
        with inputs.worker:
            for done, number in enumerate(numbers):
                report(done, len(numbers), f"{len(failures)} failures")
                chosen, changed, came = inputs.try_number(seed, number)
                kinds[chosen.kind] += 1
                slowest, peak = max(slowest, came.seconds), max(peak, came.peak_mb)
                outcome = judge(came)
                outcomes[outcome] += 1
                if outcome not in (ACCEPTED, REFUSED):
                    failures.append(
                        {
                            "number": number,
                            "kind": chosen.kind,
                            "name": chosen.path or chosen.name,
                            "changed": changed,
                            "outcome": outcome,
                            "told": came.told,
                        }
                    )
    return {
        "inputs": len(numbers),
        "kinds": dict(kinds),
        "refused": outcomes[REFUSED],
        "accepted": outcomes[ACCEPTED],
        "failures": failures,
        "slowest_seconds": round(slowest, 2),
        "peak_mb": peak,
        "seed": seed,
    }


def judge(came: Outcome) -> str:
    """Return what came of an input: as it is told, or hung or large where it took too much."""
    if came.outcome in (FAILED, HUNG, DIED):
        return came.outcome
    if came.seconds > MAX_SECONDS:
        return HUNG
    return "large" if came.peak_mb > MAX_MB else came.outcome
