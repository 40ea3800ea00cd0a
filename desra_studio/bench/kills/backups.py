"""Backups that are killed."""

import subprocess
import sys

import numpy as np

from desra_studio.bench.kills.home import make_settings
from desra_studio.bench.kills.ledger import Ledger, find_lost
from desra_studio.bench.kills.rounds import Findings, KilledWork, measure_from_sign
from desra_studio.config import Settings
from desra_studio.services.backing_up import back_up_studio
from desra_studio.services.backup_folder import BackupFolder
from desra_studio.services.maintenance import check_studio
from desra_studio.services.restoring import restore_moment, verify_backup
from desra_studio.services.studio import Studio, connect_studio, open_studio

DONE = "Backup "
"""What the command says in the end."""


class KilledBackup(KilledWork):
    """`db backup` into a new folder."""

    def __init__(self, settings: Settings, ledger: Ledger, chance: np.random.Generator) -> None:
        super().__init__(settings, ledger, chance)
        self.folder = settings.data_dir.parent
        self.out, self.said = self.folder / "backups", self.folder / "backup.txt"

    def start(self) -> "subprocess.Popen[bytes]":
        """Start the command."""
        command = [sys.executable, "-m", "desra_studio", "db", "backup", "--out", str(self.out)]
        with self.said.open("wb") as said:
            return subprocess.Popen(
                [*command, "--data-dir", str(self.settings.data_dir)], stdout=said, stderr=said
            )

    def measure(self) -> float:
        """Back up in a process of its own: in this one all that it imports is there already."""
        return measure_from_sign(self.has_begun, lambda: self.start().wait())

    def has_begun(self) -> bool:
        """Tell whether the copy of the database is being written."""
        return any(self.out.glob("backups/*/*"))

    def has_ended(self) -> bool:
        """Tell whether the command said so."""
        return DONE in self.said.read_text()

    def let_go(self) -> None:
        """Do nothing: the database is open in the command alone."""

    def bury(self) -> None:
        """Do nothing: nobody watched it."""

    def look(self, studio: Studio, found: Findings) -> None:
        """Look whether what there is of it is whole; then back up again, and restore that."""
        whole = BackupFolder(self.out).list_moments()
        if self.has_ended():
            found.expect([] if whole else ["lost: the backup"])
        if whole:
            found.faults += [
                f"{sha} of the backup is damaged" for sha in verify_backup(self.out)[1]
            ]
        found.faults += back_up_studio(studio, self.out).problems
        settings = make_settings(self.folder / "restored")
        restore_moment(connect_studio(settings), self.out)
        restored = open_studio(settings)
        found.expect(find_lost(restored, self.ledger), len(self.ledger))
        found.faults += check_studio(restored)[1]
        restored.database.close()
