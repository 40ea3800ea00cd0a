"""Writing files so that a reader sees all of them or none."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from desra_studio.errors import InputError


def write_atomically(path: Path, data: bytes) -> None:
    """Write `data` beside `path`, flush it to disk, then rename it into place."""
    with stage_file(path) as file:
        file.write(data)


@contextmanager
def stage_file(path: Path) -> Iterator[BinaryIO]:
    """Yield a file beside `path` that takes its place, flushed, only when the block succeeds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not tempfile's: those are for the owner alone, and an export is to be read by others.
    temporary = path.with_name(f".writing-{uuid.uuid4().hex}")
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to disk, so that a rename in it survives a power cut."""
    if os.name == "nt":
        return  # Windows cannot open folders; NTFS journals its entries itself.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def stage_folder(out: Path) -> Iterator[Path]:
    """Yield a temporary folder whose files move into `out` only when the block succeeds.

    Files of the same name in `out` are replaced, others are left alone.

    Raises:
        InputError: `out` is a file, or its parent cannot be written to.
    """
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is a file. Give a folder to write into.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}-"))
    except OSError as error:
        raise InputError(f"{out} cannot be written to: {error}. Give another folder.") from error
    try:
        yield staged
        for path in sorted(staged.rglob("*")):
            if path.is_file():
                target = out / path.relative_to(staged)
                target.parent.mkdir(parents=True, exist_ok=True)
                path.replace(target)
        out.mkdir(exist_ok=True)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
