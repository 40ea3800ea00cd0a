"""Backing an installation up while it is at work, into a folder that grows by what is new."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from desra_studio import __version__
from desra_studio.errors import InputError, NotFoundError
from desra_studio.services.backup_folder import (
    FORMAT,
    RUNS,
    VERSION,
    BackupFolder,
    Manifest,
    RunFile,
    begin_moment,
    describe_copy,
    write_manifest,
)
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.services.uploads.space import FULL, format_bytes, measure_free
from desra_studio.storage.base import now
from desra_studio.storage.migrate import ensure_schema
from desra_studio.storage.snapshots import Snapshot, get_kind, measure_database, take_snapshot

PASSING = (".lock", ".part")
"""Endings of what lies in a job's folder for the moment only."""


@dataclass(frozen=True)
class Backup:
    """What a backup came to.

    Attributes:
        name: of its moment.
        folder: of its moment.
        schema: of its database.
        blobs: how many stored files it has in all.
        copied, copied_bytes: how many of them were not in the folder yet, and their size.
        files: how many files of jobs it has.
        problems: one line for each stored file that is missing or damaged, and whose it is, and
            for what is wrong in the database itself. All else is in the backup.
    """

    name: str
    folder: Path
    schema: str
    blobs: int
    copied: int
    copied_bytes: int
    files: int
    problems: list[str]


def back_up_studio(studio: Studio, out: Path, report: Report = ignore_progress) -> Backup:
    """Back everything up that people and jobs made, as it is at this moment.

    The database is copied first, then the files that this copy names: they were on disk before the
    rows that name them, are never changed, and no command of the studio removes one while a backup
    or a server is at work. Nobody has to stop. What is in the folder already is not copied again;
    a backup that was ended is none, and the next one goes on with the files that it has copied.

    Args:
        studio: connected; of this version's schema.
        out: the folder of backups, outside the data directory.
        report: is told how far it is.

    Raises:
        InputError: there is nothing to back up, the folder cannot be written to, lies in the data
            directory, or has no room.
        SchemaError: the database is of another version.
    """
    _refuse_wrong_place(studio, out)
    ensure_schema(studio.database)
    with _telling_full_disk(out), begin_moment(out) as (kept, folder):
        _check_space(out, measure_database(studio.database))
        made_at = now()
        snapshot = take_snapshot(
            studio.database,
            folder,
            lambda done, total: report(done, total, "database pages"),
        )
        copies = _copy_blobs(studio, kept, snapshot, report)
        files = _keep_files(studio, kept, report)
        write_manifest(
            folder,
            Manifest(
                format=FORMAT,
                version=VERSION,
                made_at=made_at,
                app_version=__version__,
                database=describe_copy(snapshot),
                blobs=copies.blobs,
                files=files,
                left_out=copies.problems,
            ),
        )
    return Backup(
        name=folder.name,
        folder=folder,
        schema=snapshot.schema,
        blobs=len(copies.blobs),
        copied=len(copies.fresh),
        copied_bytes=sum(copies.fresh.values()),
        files=len(files),
        problems=copies.problems,
    )


@dataclass(frozen=True)
class _Copies:
    """What the folder has of the files that a moment needs.

    Attributes:
        blobs: size by SHA-256 of all that it has.
        fresh: of those that were copied just now.
        problems: one line for each that is missing or damaged in the studio.
    """

    blobs: dict[str, int]
    fresh: dict[str, int]
    problems: list[str]


def _copy_blobs(studio: Studio, kept: BackupFolder, snapshot: Snapshot, report: Report) -> _Copies:
    copies = _Copies({}, {}, list(snapshot.problems))
    wanted: dict[str, str] = {}
    size = 0
    for sha, owner in _list_named(studio, snapshot).items():
        here, there = studio.blobs.measure(sha), kept.blobs.measure(sha)
        if there is not None and there == here:
            copies.blobs[sha] = there
        else:
            wanted[sha] = owner
            size += here or 0
    _check_space(kept.root, size)
    for index, (sha, owner) in enumerate(wanted.items()):
        report(index, len(wanted), "files copied")
        try:
            copies.fresh[sha] = kept.blobs.take(sha, studio.blobs)
        except NotFoundError as error:
            copies.problems.append(f"{owner}: {error}")
            with suppress(NotFoundError):
                # An earlier backup may have it, undamaged.
                copies.blobs[sha] = kept.blobs.find(sha).stat().st_size
    report(len(wanted), len(wanted), "files copied")
    copies.blobs.update(copies.fresh)
    return copies


def _list_named(studio: Studio, snapshot: Snapshot) -> dict[str, str]:
    """Return who names each blob that the moment needs."""
    mentioned = sorted(snapshot.mentions - snapshot.blobs.keys())
    stored = {sha: "a setting" for sha in mentioned if studio.blobs.measure(sha) is not None}
    return snapshot.blobs | stored


def _keep_files(studio: Studio, kept: BackupFolder, report: Report) -> dict[str, RunFile]:
    """Keep what lies in the folders of jobs as it is; some may be written to meanwhile."""
    files: dict[str, RunFile] = {}
    paths = _list_run_files(studio)
    for index, path in enumerate(paths):
        report(index, len(paths), "files of jobs")
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            continue  # a checkpoint, of a job that has ended meanwhile
        name = path.relative_to(studio.settings.data_dir).as_posix()
        files[name] = RunFile(kept.blobs.put(data), len(data))
    return files


def _list_run_files(studio: Studio) -> list[Path]:
    """Return the files in the folders of jobs: logs, previews, weights, checkpoints."""
    jobs = [path for path in (studio.settings.data_dir / RUNS).glob("*") if path.name.isdecimal()]
    found = (path for folder in jobs for path in folder.rglob("*") if path.is_file())
    return sorted(
        path for path in found if not path.name.startswith(".") and path.suffix not in PASSING
    )


def _refuse_wrong_place(studio: Studio, out: Path) -> None:
    get_kind(studio.database)
    path = studio.database.sqlite_path
    if path and not path.is_file():
        raise InputError(f"There is no database {path}, so nothing to back up. Give --data-dir.")
    if out.resolve().is_relative_to(studio.settings.data_dir.resolve()):
        raise InputError(
            f"{out} lies in the data directory, and would be lost with it. Give a folder elsewhere."
        )


def _check_space(out: Path, size: int) -> None:
    free = measure_free(out)
    if size > free:
        raise InputError(
            f"The backup needs {format_bytes(size)} more in {out}, {format_bytes(free)} is free "
            "there. Free some space, or give another folder with --out."
        )


@contextmanager
def _telling_full_disk(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise InputError(
            f"The disk of {out} is full, so there is no backup of this moment. Free some space and "
            "run it again: it goes on with what was copied."
        ) from error
