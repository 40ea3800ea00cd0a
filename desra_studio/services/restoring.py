"""Putting a backup back: all of it is read and compared first, the database comes last."""

import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from desra_studio.errors import InputError, NotFoundError
from desra_studio.imaging.staging import stage_file, sync_folder
from desra_studio.services.backup_folder import RUNS, BackupFolder, Moment, hash_file
from desra_studio.services.lost_jobs import list_working_jobs
from desra_studio.services.occupation import occupy
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.services.uploads.space import format_bytes, measure_free
from desra_studio.storage.backups import REPLACED, name_copy
from desra_studio.storage.blobs import BlobStore
from desra_studio.storage.migrate import get_head, list_known_revisions
from desra_studio.storage.snapshots import get_kind, put_back

NAMED = 3
"""Damaged files that a refusal names."""


@dataclass(frozen=True)
class Restored:
    """What was put back.

    Attributes:
        backup: name of the backup.
        schema: of its database.
        is_old: whether that has to be upgraded.
        blobs: how many stored files belong to it.
        copied: how many of them were not here yet.
        replaced: where the database is that was there; None where there was none.
        problems: one line for each file that the backup lacks.
    """

    backup: str
    schema: str
    is_old: bool
    blobs: int
    copied: int
    replaced: Path | None
    problems: list[str]


def verify_backup(
    folder: Path, at: str | None = None, report: Report = ignore_progress
) -> tuple[Moment, list[str]]:
    """Read a backup through and compare each file with its hash.

    Args:
        folder: of backups.
        at: the name of one; the newest where it is None.
        report: is told how far it is.

    Returns:
        the backup, and the SHA-256 of each file that is missing or damaged.

    Raises:
        InputError: there is no such backup, or its database is damaged.
    """
    kept = BackupFolder(folder)
    moment = kept.open_moment(at)
    copy = moment.manifest.database
    if not moment.database.is_file() or hash_file(moment.database) != copy.sha256:
        raise InputError(
            f"The database in the backup {moment.name} is missing or damaged. Restore another "
            f"with --at: {', '.join(kept.list_moments())}. Nothing was changed."
        )
    files = moment.manifest.list_files()
    total, broken = len(files), []
    for index, sha in enumerate(files):
        report(index, total, "files of the backup read")
        if not _is_whole(kept.blobs, sha):
            broken.append(sha)
    report(total, total, "files of the backup read")
    return moment, broken


def restore_moment(
    studio: Studio,
    folder: Path,
    at: str | None = None,
    partial: bool = False,
    report: Report = ignore_progress,
) -> Restored:
    """Make an installation, which may be new, what one was when a backup was made.

    Stored files are put at their places, then those of jobs, then the database. What was there of
    the last two is kept beside it. If it is ended half-way, it is to be run again.

    Args:
        studio: connected, with no server and no job at work on it.
        folder: of backups.
        at: the name of one; the newest where it is None.
        partial: put back what there is, where files of the backup are missing or damaged.
        report: is told how far it is.

    Raises:
        InputError: there is no such backup, it is of another kind of database or a newer version,
            a file of it is damaged, there is no room, or a server or a job is at work.
    """
    with occupy(studio.settings, "desra-studio db restore"):
        refuse_working_jobs(studio)
        _refuse_foreign(studio, BackupFolder(folder).open_moment(at))
        moment, broken = verify_backup(folder, at, report)
        problems = _judge_broken(studio, moment, broken, partial)
        kept, manifest = BackupFolder(folder).blobs, moment.manifest
        there = manifest.list_files().keys() - set(broken)
        _check_space(studio, moment, there)
        copied = _put_blobs(studio, kept, [sha for sha in manifest.blobs if sha in there], report)
        files = {name: file.sha256 for name, file in manifest.files.items()}
        _put_run_files(studio, kept, {name: sha for name, sha in files.items() if sha in there})
        replaced = put_back(studio.database, moment.database, studio.settings.data_dir)
    schema = moment.manifest.database.schema
    return Restored(
        backup=moment.name,
        schema=schema,
        is_old=schema != get_head(),
        blobs=len(moment.manifest.blobs),
        copied=copied,
        replaced=replaced,
        problems=[*moment.manifest.left_out, *problems],
    )


def refuse_working_jobs(studio: Studio) -> None:
    """Raise InputError while the process of a job lives: it writes to what is to be changed."""
    working = list_working_jobs(studio)
    if working:
        raise InputError(
            f"Job {working[0]} is at work on {studio.settings.data_dir}. Cancel it, or wait for "
            "its end, then try again."
        )


def name_broken(folder: Path, broken: Sequence[str]) -> str:
    """Return which files of a backup are missing or damaged, as a sentence begins with it."""
    blobs = BackupFolder(folder).blobs
    named = ", ".join(blobs.name(sha) for sha in broken[:NAMED])
    more = f" and {len(broken) - NAMED} more" if len(broken) > NAMED else ""
    files = "1 file" if len(broken) == 1 else f"{len(broken)} files"
    return f"{files} in {folder} missing or damaged: {named}{more}"


def _refuse_foreign(studio: Studio, moment: Moment) -> None:
    copy, kind = moment.manifest.database, get_kind(studio.database)
    if copy.kind != kind:
        raise InputError(
            f"The backup {moment.name} is of {copy.kind}, but this installation has {kind}. Give "
            "a --database-url of the kind of the backup."
        )
    if copy.schema not in list_known_revisions():
        raise InputError(
            f"The backup {moment.name} is of schema {copy.schema}, which this version does not "
            "know: a newer one made it. Run: pip install --upgrade desra-studio"
        )


def _judge_broken(studio: Studio, moment: Moment, broken: list[str], partial: bool) -> list[str]:
    """Return a line for each file of a backup that cannot be had; refuse, unless that is wanted."""
    lost = [sha for sha in broken if not _is_whole(studio.blobs, sha)]
    if lost and not partial:
        raise InputError(
            f"{name_broken(moment.folder.parent.parent, lost)}. Nothing was changed. Give "
            "--partial to restore the rest."
        )
    return [f"{studio.blobs.name(sha)} is missing or damaged in the backup." for sha in lost]


def _check_space(studio: Studio, moment: Moment, there: Collection[str]) -> None:
    """See that there is room for what is lacking; a file that jobs have is written once more."""
    manifest, data_dir = moment.manifest, studio.settings.data_dir
    size = moment.manifest.database.bytes + sum(file.bytes for file in manifest.files.values())
    for sha, count in manifest.blobs.items():
        size += count if sha in there and studio.blobs.measure(sha) != count else 0
    free = measure_free(data_dir)
    if size > free:
        raise InputError(
            f"The backup {moment.name} needs {format_bytes(size)}, {format_bytes(free)} is free in "
            f"{data_dir}. Free some space there. Nothing was changed."
        )


def _put_blobs(studio: Studio, kept: BlobStore, shas: Sequence[str], report: Report) -> int:
    """Copy what the installation lacks, or has damaged, and return how many files that were."""
    copied = 0
    for index, sha in enumerate(shas):
        report(index, len(shas), "files put back")
        if not _is_whole(studio.blobs, sha):
            studio.blobs.take(sha, kept)
            copied += 1
    report(len(shas), len(shas), "files put back")
    return copied


def _put_run_files(studio: Studio, kept: BlobStore, files: dict[str, str]) -> None:
    """Put the files of jobs in the place of those that are there, which are set aside.

    A job of another history may have had the same number: its checkpoint must not be gone on with.
    """
    data_dir = studio.settings.data_dir
    runs, staged = data_dir / RUNS, data_dir / f"{RUNS}.restoring"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir()
    for name, sha in files.items():
        target = staged / PurePosixPath(name).relative_to(RUNS)
        with stage_file(target) as file:
            file.writelines(kept.read_chunks(sha))
    if runs.exists() and any(runs.iterdir()):
        runs.rename(name_copy(runs, REPLACED))
    elif runs.exists():
        runs.rmdir()
    staged.rename(runs)
    sync_folder(data_dir)


def _is_whole(blobs: BlobStore, sha: str) -> bool:
    try:
        blobs.find(sha)
    except NotFoundError:
        return False
    return True
