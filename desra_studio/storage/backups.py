"""Copies of a SQLite database beside it, and putting one back."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from desra_studio.errors import InputError
from desra_studio.imaging.staging import sync_folder
from desra_studio.storage.database import Database

BEFORE, REPLACED = "before", "replaced"
"""What a copy was made ahead of: a migration, or another copy that was put in its place."""
MADE_AT = "-".join(("[0-9]" * 8, "[0-9]" * 6))
"""What the time of a copy looks like. More follows where a process died that made or read one."""
PAGES = 4096
"""Copied at a time, 16 MB: between two times it is told how far a copy is."""
LOGS = ("-wal", "-shm")
"""What SQLite keeps beside a database that is open, or was not closed."""


def back_up(database: Database, reason: str) -> Path | None:
    """Copy a SQLite database as it is now; None for one of another kind.

    The copy has its name only once it is whole.
    """
    if database.sqlite_path is None:
        return None
    backup = name_copy(database.sqlite_path, reason)
    copy_whole(database.sqlite_path, backup)
    return backup


def list_backups(path: Path) -> list[Path]:
    """Return the copies of a database that were made ahead of migrations, the newest first."""
    return sorted(path.parent.glob(f"{path.name}.{BEFORE}-{MADE_AT}"), reverse=True)


def restore_backup(path: Path, backup: Path) -> Path | None:
    """Put a copy in the place of a database that nobody has open.

    Args:
        path: the database.
        backup: the copy, which is kept.

    Returns:
        where the database that was there is now; None where there was none.

    Raises:
        InputError: the copy is no database, or damaged.
    """
    _refuse_damaged(backup)
    whole = path.with_name(f"{path.name}.restoring")
    copy_whole(backup, whole)
    replaced = _set_aside(path)
    for log in LOGS:
        _get_log(path, log).unlink(missing_ok=True)
    whole.replace(path)
    sync_folder(path.parent)
    return replaced


def copy_whole(
    origin: Path, destination: Path, report: Callable[[int, int], object] | None = None
) -> None:
    """Copy a database as a transaction: right even while a server has it open, whom it never stops.

    Args:
        origin: the database.
        destination: where to; has its name only once it is whole and on the disk.
        report: called with how many pages are copied, and how many there are.
    """
    part = destination.with_name(f"{destination.name}.part")
    part.unlink(missing_ok=True)
    with closing(sqlite3.connect(origin)) as source, closing(sqlite3.connect(part)) as target:
        # One reading transaction for all of it: without it, every write of somebody else between
        # two steps would begin the copy anew.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(
            target,
            pages=PAGES,
            progress=lambda _status, left, total: report and report(total - left, total),
        )
    part.replace(destination)
    sync_folder(destination.parent)


def name_copy(path: Path, reason: str) -> Path:
    """Return where a copy of a file or folder belongs, beside it: a place where nothing is."""
    moment = datetime.now()
    while True:
        copy = path.with_name(f"{path.name}.{reason}-{moment:%Y%m%d-%H%M%S}")
        if not copy.exists():
            return copy
        moment += timedelta(seconds=1)  # of two within one second, the later one


def _get_log(path: Path, log: str) -> Path:
    return path.with_name(path.name + log)


def _set_aside(path: Path) -> Path | None:
    """Copy the files of a database, which may be none that SQLite can read."""
    if not path.exists():
        return None
    replaced = name_copy(path, REPLACED)
    for log in ("", *LOGS):
        if _get_log(path, log).exists():
            shutil.copy2(_get_log(path, log), _get_log(replaced, log))
    return replaced


def _refuse_damaged(backup: Path) -> None:
    if not backup.is_file():
        raise InputError(f"There is no file {backup}. Give that of a backup.")
    try:
        with closing(sqlite3.connect(backup)) as connection:
            tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
            found = [line for (line,) in connection.execute("PRAGMA integrity_check")]
    except sqlite3.DatabaseError as error:
        raise InputError(f"{backup} cannot be read: {error}. Give another backup.") from error
    if ("alembic_version",) not in tables:
        raise InputError(f"{backup} is not a database of DeSRA Studio. Give another backup.")
    if found != ["ok"]:
        raise InputError(f"{backup} is damaged: {found[0]}. Give another backup.")
