"""A folder of backups: files by their hash, kept once, and one folder for each moment.

    blobs/aa/...                       every file that any of the moments has
    backups/2026-11-30T181500Z/        one moment
        database.sqlite, or .dump      the database
        manifest.json                  what belongs to it; written last

A folder without a manifest is no backup: the process that made it was ended.
"""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Annotated

from filelock import FileLock, Timeout
from pydantic import Field, TypeAdapter, ValidationError

from desra_studio.errors import InputError
from desra_studio.imaging.staging import write_atomically
from desra_studio.storage.blobs import BlobStore
from desra_studio.storage.snapshots import Snapshot

BLOBS, MOMENTS, MANIFEST, LOCK = "blobs", "backups", "manifest.json", "backup.lock"
RUNS = "runs"
"""The folder of the data directory that jobs have their files in."""
FORMAT, VERSION = "desra-studio-backup", 1

Sha = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


@dataclass(frozen=True)
class DatabaseCopy:
    """The copy of the database in a backup.

    Attributes:
        kind: `sqlite` or `postgresql`.
        schema: the revision that it is of.
        file: its name in the folder of its moment.
        sha256, bytes: of that file.
    """

    kind: str
    schema: str
    file: str
    sha256: Sha
    bytes: int


@dataclass(frozen=True)
class RunFile:
    """A file of a job; it lies in `blobs/` by its hash."""

    sha256: Sha
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """What belongs to the backup of one moment.

    Attributes:
        format, version: of this file.
        made_at: when its database was copied, aware.
        app_version: of the program that made it.
        database: the copy of the database.
        blobs: the size in bytes of each stored file that the database names, by SHA-256.
        files: those of jobs, by path in the data directory.
        left_out: one line for each file that was missing or damaged when it was made.
    """

    format: str
    version: int
    made_at: datetime
    app_version: str
    database: DatabaseCopy
    blobs: dict[Sha, int]
    files: dict[str, RunFile]
    left_out: list[str]

    def list_files(self) -> dict[str, int]:
        """Return the size in bytes of each file of `blobs/` that belongs to it, by SHA-256."""
        return self.blobs | {file.sha256: file.bytes for file in self.files.values()}


_MANIFEST = TypeAdapter(Manifest)


@dataclass(frozen=True)
class Moment:
    """A backup that is whole."""

    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """What it is named by: when it was made, in UTC."""
        return self.folder.name

    @property
    def database(self) -> Path:
        """Where the copy of the database lies."""
        return self.folder / self.manifest.database.file


@dataclass(frozen=True)
class BackupFolder:
    """A folder that backups are kept in; see the module."""

    root: Path

    @property
    def blobs(self) -> BlobStore:
        """The files of all backups."""
        return BlobStore(self.root / BLOBS)

    @property
    def moments(self) -> Path:
        """The folder of the moments."""
        return self.root / MOMENTS

    def list_moments(self) -> list[str]:
        """Return the names of the whole backups, the newest first."""
        found = self.moments.glob(f"*/{MANIFEST}")
        return sorted((path.parent.name for path in found), reverse=True)

    def open_moment(self, name: str | None = None) -> Moment:
        """Return a backup by its name, or the newest.

        Raises:
            InputError: there is none, or its manifest cannot be read.
        """
        names = self.list_moments()
        if not names:
            raise InputError(
                f"{self.root} holds no backup that is whole. Name a folder that "
                "desra-studio db backup --out wrote into."
            )
        if name is not None and name not in names:
            raise InputError(
                f"{self.root} holds no backup {name!r}. There are: {', '.join(names)}."
            )
        folder = self.moments / (name or names[0])
        return Moment(folder, _read_manifest(folder / MANIFEST))


@contextmanager
def begin_moment(out: Path) -> Iterator[tuple[BackupFolder, Path]]:
    """Yield a folder of backups, and the folder of a moment that begins; one process at a time.

    What a process that was ended left of a moment is removed.

    Raises:
        InputError: the folder cannot be written to, or another process makes a backup there.
    """
    kept = BackupFolder(out)
    try:
        kept.moments.mkdir(parents=True, exist_ok=True)
        held = FileLock(out / LOCK).acquire(timeout=0)
    except Timeout as error:
        raise InputError(
            f"Another process makes a backup in {out}. Wait for it, or give another folder."
        ) from error
    except OSError as error:
        raise InputError(
            f"{out} cannot be written to: {error.strerror}. Give another folder with --out."
        ) from error
    with held:
        whole = set(kept.list_moments())
        for left in kept.moments.iterdir():
            if left.is_dir() and left.name not in whole:
                shutil.rmtree(left)
        for half in (out / BLOBS).glob("*/.writing-*"):
            half.unlink()
        folder = _make_folder(kept.moments)
        try:
            yield kept, folder
        finally:
            if not (folder / MANIFEST).exists():
                shutil.rmtree(folder, ignore_errors=True)


def describe_copy(snapshot: Snapshot) -> DatabaseCopy:
    """Return what a manifest says of the copy of a database."""
    return DatabaseCopy(
        kind=snapshot.kind,
        schema=snapshot.schema,
        file=snapshot.file.name,
        sha256=hash_file(snapshot.file),
        bytes=snapshot.file.stat().st_size,
    )


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Make a folder the backup of a moment: the last thing that is written of it."""
    write_atomically(folder / MANIFEST, _MANIFEST.dump_json(manifest, indent=1))


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _make_folder(moments: Path) -> Path:
    name, number = f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}", 2
    folder = moments / name
    while folder.exists():
        folder, number = moments / f"{name}-{number}", number + 1
    folder.mkdir()
    return folder


def _read_manifest(path: Path) -> Manifest:
    try:
        manifest = _MANIFEST.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise InputError(
            f"{path} cannot be read, or is none of desra-studio db backup. Name another backup "
            "with --at."
        ) from error
    if manifest.format != FORMAT or manifest.version != VERSION:
        raise InputError(
            f"{path} is of format {manifest.format} {manifest.version}, this version reads "
            f"{FORMAT} {VERSION}. Run: pip install --upgrade desra-studio"
        )
    inside = [*manifest.files, manifest.database.file]
    if any(
        PurePosixPath(name).is_absolute() or ".." in name.split("/") for name in inside
    ) or not all(name.startswith(f"{RUNS}/") for name in manifest.files):
        raise InputError(f"{path} names a file outside its folder. Name another backup with --at.")
    return manifest
