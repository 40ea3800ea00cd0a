"""One kill: work begins in a process of its own, dies in its middle, and all is looked up."""

import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from desra_studio.bench.kills.ledger import Ledger, find_lost
from desra_studio.bench.server import PATIENCE_SECONDS
from desra_studio.config import Settings
from desra_studio.errors import StudioError
from desra_studio.services.maintenance import check_studio, restore_studio
from desra_studio.services.studio import Studio, connect_studio, open_studio
from desra_studio.storage.maintenance import find_broken_references

STEP_S = 0.005


@dataclass
class Findings:
    """What was found after a kill.

    Attributes:
        acknowledged: things that somebody was told are kept or done, before the kill.
        lost: one line for each of them that is gone or another one.
        restored: whether the database had to be brought back by `db restore`.
        faults: one line for each other thing that is wrong.
    """

    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    restored: bool = False
    faults: list[str] = field(default_factory=list)

    def expect(self, lost: list[str], acknowledged: int = 1) -> None:
        """Count what was acknowledged, and what of it is lost."""
        self.acknowledged += acknowledged
        self.lost += lost


class KilledWork(ABC):
    """Work in a data directory of its own, whose process is killed.

    Attributes:
        settings: of the data directory, a copy of one in which people have worked.
        ledger: what people were told is kept there, before this work begins.
        chance: what else is drawn for this round.
    """

    def __init__(self, settings: Settings, ledger: Ledger, chance: np.random.Generator) -> None:
        self.settings, self.ledger, self.chance = settings, ledger, chance

    @abstractmethod
    def start(self) -> "subprocess.Popen[bytes]":
        """Start it in a process of its own."""

    @abstractmethod
    def measure(self) -> float:
        """Do it in this process, and return how long it takes from its first sign on, in s."""

    @abstractmethod
    def has_begun(self) -> bool:
        """Tell whether there is a first sign of the work itself, or it has ended already."""

    @abstractmethod
    def has_ended(self) -> bool:
        """Tell whether somebody was told that it is done."""

    @abstractmethod
    def look(self, studio: Studio, found: Findings) -> None:
        """Look for what the work itself told before it died, then do it again.

        Raises:
            StudioError: it cannot be done again.
        """

    @abstractmethod
    def let_go(self) -> None:
        """Close the database: it is to be open in the process alone that is killed."""

    @abstractmethod
    def bury(self) -> None:
        """Do what is left to do once the process is dead."""

    def open(self) -> Studio:
        """Open what it left, as whoever comes next does; StudioError where that fails."""
        return open_studio(self.settings)


def measure_from_sign(has_begun: Callable[[], bool], do: Callable[[], object]) -> float:
    """Do work in this process, and return how long it takes from its first sign on, in s."""
    with ThreadPoolExecutor(1) as pool:
        doing = pool.submit(do)
        _wait_for(lambda: doing.done() or has_begun())
        begun = time.perf_counter()
        doing.result()
        return time.perf_counter() - begun


def kill_in_mid_work(work: KilledWork, wait_s: float) -> bool:
    """Kill the work's process a while after the first sign of the work.

    Returns:
        whether that was in mid-work; False where it was told as done before.

    Raises:
        StudioError: it ended without a sign.
    """
    process = work.start()
    try:
        _wait_for(lambda: work.has_begun() or process.poll() is not None)
        if not work.has_begun():
            raise StudioError(f"{type(work).__name__} ended with status {process.returncode}.")
        work.let_go()
        time.sleep(wait_s)
    finally:
        process.kill()
        process.wait()
        work.bury()
    return not work.has_ended()


def look_after(work: KilledWork) -> Findings:
    """Open what a kill left, look for all that was acknowledged, and do the work again."""
    found = Findings()
    studio = _open_or_restore(work, found)
    if studio is None:
        found.expect([f"lost: {table} {name}" for table, name in work.ledger], len(work.ledger))
        return found
    try:
        found.expect(find_lost(studio, work.ledger), len(work.ledger))
        found.faults += check_studio(studio)[1]
        work.look(studio, found)
        found.faults += check_studio(studio)[1]
    except StudioError as error:
        found.faults.append(str(error))
    finally:
        studio.database.close()
        work.let_go()
    return found


def _open_or_restore(work: KilledWork, found: Findings) -> Studio | None:
    try:
        return _open_whole(work)
    except StudioError as error:
        broken = str(error)
    try:
        restore_studio(connect_studio(work.settings))
        found.restored = True
        return _open_whole(work)
    except StudioError as error:
        found.faults += [broken, str(error)]
    try:
        return work.open()
    except StudioError:
        return None


def _open_whole(work: KilledWork) -> Studio:
    """Open it, having looked into each page of the file as the kill left it."""
    studio = connect_studio(work.settings)
    try:
        with studio.database.read() as session:
            broken = find_broken_references(session)
    finally:
        studio.database.close()
    if broken:
        raise StudioError(broken[0])
    return work.open()


def _wait_for(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happens():
        if time.monotonic() > deadline:
            raise StudioError(f"The work did not begin within {PATIENCE_SECONDS} s.")
        time.sleep(STEP_S)
