"""What is lost of acknowledged work after processes were killed in the middle of other work."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from desra_studio.bench.kills.backups import KilledBackup
from desra_studio.bench.kills.finetunes import KilledFinetune
from desra_studio.bench.kills.home import make_home, make_settings
from desra_studio.bench.kills.imports import KilledImport
from desra_studio.bench.kills.ledger import Ledger, read_ledger
from desra_studio.bench.kills.migrations import KilledUpgrade
from desra_studio.bench.kills.rounds import KilledWork, kill_in_mid_work, look_after
from desra_studio.bench.kills.saves import KilledSaves
from desra_studio.bench.kills.studies import KilledStudy
from desra_studio.errors import InputError
from desra_studio.services.studio import Report, ignore_progress, open_studio

KINDS: dict[str, type[KilledWork]] = {
    "import": KilledImport,
    "saves": KilledSaves,
    "finetune": KilledFinetune,
    "study": KilledStudy,
    "migrations": KilledUpgrade,
    "backup": KilledBackup,
}
SHARES = {
    "import": 22, "saves": 28, "finetune": 12, "study": 12, "migrations": 16, "backup": 10,
}  # fmt: skip
"""Of each hundred kills: fewer where one takes long."""
LATE_AT_MOST = 10
"""And as many as are wanted in mid-work; then the kind is given up."""
SHORTER, LONGER = 0.7, 1.05
"""What the time that kills are drawn from is changed by: after one that came too late, and after
one that did not. About one in ten comes too late then, however busy the machine is."""


@dataclass
class Tally:
    """What the kills of one kind came to.

    Attributes:
        kills: in mid-work.
        late: kills after the work was told as done; what was told is looked up all the same.
        acknowledged: things that somebody had been told are kept or done, counted at each kill.
        lost: how many of them were gone or other ones.
        restored: kills after which `db restore` was needed.
        faults: one line for everything that was wrong, losses too.
    """

    kills: int = 0
    late: int = 0
    acknowledged: int = 0
    lost: int = 0
    restored: int = 0
    faults: list[str] = field(default_factory=list)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            **{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)}
        )


@dataclass(frozen=True)
class Home:
    """A data directory in which people have worked, and what they were told is kept there."""

    data_dir: Path
    ledger: Ledger


def count_kills(
    kills: int = 100, seed: int = 1, report: Report = ignore_progress
) -> dict[str, Any]:
    """Kill processes in mid-work, each at a random point, and look for all acknowledged work.

    Args:
        kills: in mid-work, of all kinds together; each kind has one at least.
        seed: of the points.
        report: told how many of the kills are done.

    Returns:
        {"seed", "seconds", and by kind, and as "total": see `Tally`}.

    Raises:
        InputError: fewer kills than there are kinds.
    """
    begun, total, tallies = time.perf_counter(), Tally(), dict[str, Tally]()
    with tempfile.TemporaryDirectory() as folder:
        home = prepare_home(Path(folder))
        for number, (kind, wanted) in enumerate(share_out(kills).items()):
            chance = np.random.default_rng([seed, number])
            before = total.kills

            def tell(done: int, kind: str = kind, before: int = before) -> None:
                report(before + done, kills, kind)

            tallies[kind] = kill_often(KINDS[kind], wanted, home, chance, tell)
            total += tallies[kind]
    tallies["total"] = total
    figures = {kind: asdict(tally) for kind, tally in tallies.items()}
    return {"seed": seed, "seconds": round(time.perf_counter() - begun, 1), **figures}


def share_out(kills: int) -> dict[str, int]:
    """Return how many kills of each kind make so many, by `SHARES`.

    Raises:
        InputError: fewer than there are kinds.
    """
    if kills < len(KINDS):
        raise InputError(f"Give at least {len(KINDS)} kills, one of each kind, got {kills}.")
    shares = {kind: max(1, kills * share // 100) for kind, share in SHARES.items()}
    # What rounding left goes to the kind that is cheapest, and is there most often.
    shares["saves"] += kills - sum(shares.values())
    return shares


def prepare_home(folder: Path) -> Home:
    """Make the data directory that each kill has a copy of."""
    data_dir = folder / "home"
    make_home(data_dir, folder / "source")
    studio = open_studio(make_settings(data_dir))
    ledger = read_ledger(studio)
    studio.database.close()
    return Home(data_dir, ledger)


@contextmanager
def begin_work(
    work_class: type[KilledWork], home: Home, chance: np.random.Generator
) -> Iterator[KilledWork]:
    """Yield work in a copy of the home, which is removed afterwards."""
    with tempfile.TemporaryDirectory(dir=home.data_dir.parent) as folder:
        data_dir = shutil.copytree(home.data_dir, Path(folder) / "data")
        work = work_class(make_settings(data_dir), home.ledger, chance)
        try:
            yield work
        finally:
            work.let_go()


def kill_often(
    work_class: type[KilledWork],
    kills: int,
    home: Home,
    chance: np.random.Generator,
    tell: Callable[[int], None],
) -> Tally:
    """Kill one kind of work in its middle so many times; see `count_kills`."""
    with begin_work(work_class, home, chance) as work:
        length_s = work.measure()
    tally = Tally()
    while tally.kills < kills and tally.late < LATE_AT_MOST + kills:
        tell(tally.kills)
        with begin_work(work_class, home, chance) as work:
            in_time = kill_in_mid_work(work, chance.uniform(0, length_s))
            found = look_after(work)
        tally += Tally(
            kills=int(in_time),
            late=int(not in_time),
            acknowledged=found.acknowledged,
            lost=len(found.lost),
            restored=int(found.restored),
            faults=found.lost + found.faults,
        )
        length_s *= LONGER if in_time else SHORTER
    if tally.kills < kills:
        tally.faults.append(f"{tally.late} kills came too late, {tally.kills} in mid-work")
    return tally
