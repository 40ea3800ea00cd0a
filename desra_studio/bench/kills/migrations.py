"""Upgrades of an older version's database that are killed."""

import subprocess
import sys

import numpy as np

from desra_studio.bench.kills.ledger import Ledger, find_lost
from desra_studio.bench.kills.rounds import Findings, KilledWork, measure_from_sign
from desra_studio.config import Settings
from desra_studio.services.maintenance import restore_studio, upgrade_studio
from desra_studio.services.studio import Studio, connect_studio
from desra_studio.storage.backups import LOGS
from desra_studio.storage.datasets import list_unmeasured
from desra_studio.storage.old_schemas import list_old_schemas, write_old

DONE = "The database is at schema"
"""What the command says in the end."""


class KilledUpgrade(KilledWork):
    """`db upgrade` of a database of one of the older schemas."""

    def __init__(self, settings: Settings, ledger: Ledger, chance: np.random.Generator) -> None:
        self.path = settings.data_dir / "studio.sqlite"
        self.said = settings.data_dir / "upgrade.txt"
        old = self.path.with_name("old.sqlite")
        tables = write_old(self.path, str(chance.choice(list_old_schemas())), old)
        for log in LOGS:
            self.path.with_name(self.path.name + log).unlink(missing_ok=True)
        old.replace(self.path)
        kept = {name: kept for name, kept in ledger.items() if name[0] in tables}
        super().__init__(settings, kept, chance)

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the command."""
        command = [sys.executable, "-m", "desra_studio", "db", "upgrade"]
        with self.said.open("wb") as said:
            return subprocess.Popen(
                [*command, "--data-dir", str(self.settings.data_dir)], stdout=said, stderr=said
            )

    def measure(self) -> float:
        """Upgrade in a process of its own: in this one all that it imports is there already."""
        return measure_from_sign(self.has_begun, lambda: self.start().wait())

    def has_begun(self) -> bool:
        """Tell whether the backup that it begins with is being written."""
        return any(self.path.parent.glob(f"{self.path.name}.before-*"))

    def has_ended(self) -> bool:
        """Tell whether the command said so."""
        return DONE in self.said.read_text()

    def let_go(self) -> None:
        """Do nothing: the database is open in the command alone."""

    def bury(self) -> None:
        """Do nothing: nobody watched it."""

    def open(self) -> Studio:
        """Upgrade it, as whoever starts this version is told to."""
        studio = connect_studio(self.settings)
        upgrade_studio(studio)
        studio.database.close()
        return super().open()

    def look(self, studio: Studio, found: Findings) -> None:
        """Look whether all is measured; then put the backup back, and upgrade that."""
        with studio.database.read() as session:
            unmeasured = list_unmeasured(session)
        if unmeasured:
            found.faults.append(f"The upgrade is done, but datasets are unmeasured: {unmeasured}")
        restore_studio(studio)
        restored = self.open()
        found.expect(find_lost(restored, self.ledger), acknowledged=0)
        restored.database.close()
