"""Mending what can be mended, with what it was kept beside; and what belongs to nothing."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from desra_studio.imaging.staging import sync_folder
from desra_studio.services.occupation import occupy
from desra_studio.services.restoring import refuse_working_jobs
from desra_studio.services.studio import Studio
from desra_studio.services.uploads.space import format_bytes
from desra_studio.storage.backups import BEFORE
from desra_studio.storage.faults import find_faults
from desra_studio.storage.maintenance import list_blobs, list_mentions
from desra_studio.storage.snapshots import copy_aside

ORPHANS = "orphans"


@dataclass(frozen=True)
class Orphan:
    """A stored file that no row names, such as an import leaves that was ended.

    Attributes:
        path: where it lies.
        name: where that is in the data directory.
        sha: what its place stands for.
        size: in bytes.
    """

    path: Path
    name: str
    sha: str
    size: int

    @property
    def line(self) -> str:
        """What is said of it."""
        return f"{self.name} ({format_bytes(self.size)})"


@dataclass(frozen=True)
class Repair:
    """What a repair did.

    Attributes:
        backup: the copy of the database that was made first; None where nothing in it was wrong.
        done: one line for each thing that was mended or set aside.
    """

    backup: Path | None
    done: list[str]


def repair_studio(studio: Studio) -> Repair:
    """Mend what is wrong in the database, and set files aside that belong to nothing.

    Files that are missing or damaged are not made again: a backup has them.

    Args:
        studio: open, with no server and no job at work on it.

    Raises:
        InputError: a server or a job is at work.
    """
    with occupy(studio.settings, "desra-studio db check --repair"):
        refuse_working_jobs(studio)
        with studio.database.read() as session:
            is_wrong = bool(find_faults(session))
        backup, done = None, list[str]()
        if is_wrong:
            backup = copy_aside(studio.database, BEFORE, studio.settings.data_dir)
            with studio.database.write() as session:
                for fault in find_faults(session):
                    fault.mend(session)
                    done.append(f"{fault.line}: {fault.remedy}.")
        done += _set_aside(studio, find_orphans(studio))
    return Repair(backup, done)


def _set_aside(studio: Studio, orphans: list[Orphan]) -> list[str]:
    """Move files out of the store, and return a line for each."""
    aside = studio.settings.data_dir / ORPHANS / f"{datetime.now():%Y%m%d-%H%M%S}"
    places = {orphan: aside / orphan.path.relative_to(studio.blobs.root) for orphan in orphans}
    for orphan, place in places.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        orphan.path.rename(place)
    named = _list_named(studio)
    for orphan in orphans:
        if orphan.sha in named:
            # Somebody's import has come to name it meanwhile.
            places.pop(orphan).rename(orphan.path)
    if places:
        sync_folder(aside.parent)
    return [f"{orphan.line} belonged to nothing: it is in {aside}." for orphan in places]


def find_orphans(studio: Studio) -> list[Orphan]:
    """Return the stored files that no row names.

    While a server or an import is at work, some are those of rows that are about to be written.
    """
    # Files first: what is stored after this is not looked at, however soon a row names it.
    stored = list(studio.blobs.list_files())
    named, home = _list_named(studio), studio.blobs.root.parent
    return [
        Orphan(path, path.relative_to(home).as_posix(), sha, path.stat().st_size)
        for path, sha in stored
        if sha not in named
    ]


def _list_named(studio: Studio) -> set[str]:
    with studio.database.read() as session:
        return list_blobs(session).keys() | list_mentions(session)
