"""Uploads of the browser: files that arrive piece by piece, and go on where they stopped.

An upload is a folder of `uploads/`, named by a hash of what it is to hold: whoever chooses the same
files again goes on with the same one. How much of a file is there is how long it is.
"""

import hashlib
import json
import os
import re
import shutil
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

from desra_studio.errors import InputError, NotFoundError, StudioError
from desra_studio.services.checks import check_name
from desra_studio.services.studio import Studio
from desra_studio.services.uploads.folders import descend, find_uploads
from desra_studio.services.uploads.names import find_fault, is_hidden, show_path, tell_hidden
from desra_studio.services.uploads.space import check_space

MAX_FILES = 200_000
MAX_NAME = 190
ORDER, FILES = "upload.json", "files"
KEPT = ("name", "files", "left_out", "hidden")
"""What `upload.json` has of an upload."""
ID = re.compile("[0-9a-f]{32}")

_WRITING = threading.Lock()
"""One piece is put at its place at a time: of two senders of a file, one is told to look again."""


class OfferedFile(NamedTuple):
    """A file that is to be sent: relative path with slashes, bytes, and when it was changed."""

    path: str
    size: int
    modified: float


class OffsetError(StudioError):
    """A piece that does not begin where the file ends.

    Attributes:
        length: how much of the file is there.
    """

    def __init__(self, path: str, offset: int, length: int) -> None:
        super().__init__(f"{path} has {length} bytes here, not {offset}. Go on from there.")
        self.length = length


@dataclass(frozen=True)
class Upload:
    """An upload that has begun.

    Attributes:
        id: a hash of its name and files.
        folder: where it is staged.
        name: of the folder or the zip that was chosen.
        files: relative path -> bytes, of all that are to be sent.
        left_out: relative path -> why it is not to be sent.
        hidden: how many files of the system's are not to be sent either.
    """

    id: str
    folder: Path
    name: str
    files: dict[str, int]
    left_out: dict[str, str]
    hidden: int

    @property
    def size(self) -> int:
        """How many bytes it has in all."""
        return sum(self.files.values())

    @property
    def notes(self) -> list[str]:
        """One line per file that is left out, and one on hidden ones."""
        lines = [f"{show_path(path)}: left out, {why}" for path, why in self.left_out.items()]
        return lines + tell_hidden(self.hidden)

    def find_file(self, path: str) -> Path:
        """Return where a file of it lies."""
        return self.folder / FILES / path


def begin_upload(studio: Studio, name: str, offered: Sequence[OfferedFile]) -> Upload:
    """Begin an upload, or go on with the one that has the same name and files.

    Raises:
        InputError: no file that can be sent, too many, a name that is not one, or too little room
            on the disk.
    """
    name = check_name(name, "The upload's name", MAX_NAME)
    if len(offered) > MAX_FILES:
        raise InputError(
            f"{name} has {len(offered):,} files; an upload has up to {MAX_FILES:,}. Send it in "
            "parts, or as a zip."
        )
    uploads = find_uploads(studio)
    listed = json.dumps([name, *sorted(map(list, offered))]).encode()
    upload_id = hashlib.sha256(listed).hexdigest()[:32]
    upload = _sort_offered(upload_id, uploads / upload_id, name, offered)
    if not upload.files:
        raise InputError(" ".join([f"{name} has no file that can be sent.", *upload.notes[:3]]))
    here = sum(measure_files(upload).values())
    check_space(uploads, upload.size - here, name)
    if not (upload.folder / ORDER).is_file():
        made = Path(mkdtemp(dir=uploads, prefix="new-"))
        (made / FILES).mkdir()
        order = {field: getattr(upload, field) for field in KEPT}
        (made / ORDER).write_text(json.dumps(order))
        try:
            made.rename(upload.folder)
        except OSError:  # somebody was faster
            shutil.rmtree(made, ignore_errors=True)
    return upload


def open_upload(studio: Studio, upload_id: str) -> Upload:
    """Return an upload by its id.

    Raises:
        NotFoundError: there is none: it was imported, or removed.
    """
    folder = find_uploads(studio) / upload_id
    if not ID.fullmatch(upload_id) or not (folder / ORDER).is_file():
        raise NotFoundError(
            "This upload is not here any more: it was imported or removed. Choose the files again."
        )
    return _read_order(folder)


def list_uploads(studio: Studio) -> list[Upload]:
    """Return all uploads, the last that something arrived for first."""
    orders = sorted(find_uploads(studio).glob(f"*/{ORDER}"), key=_read_time, reverse=True)
    return [_read_order(path.parent) for path in orders if ID.fullmatch(path.parent.name)]


def append_bytes(upload: Upload, path: str, offset: int, data: bytes) -> int:
    """Add a piece at the end of a file, and return how much of the file is there.

    A file that is whole is on the disk when this returns.

    Raises:
        NotFoundError: the upload is gone, or has no such file.
        OffsetError: the file does not end where the piece begins.
        InputError: more than the file was to have.
        OSError: the disk is full; what fitted stays.
    """
    size = upload.files.get(path)
    if size is None:
        raise NotFoundError(f"The upload {upload.name} has no file {show_path(path)}.")
    target = upload.find_file(path)
    with ExitStack() as opened:
        with _WRITING:
            if not (upload.folder / ORDER).is_file():
                raise NotFoundError(f"The upload {upload.name} is not here any more.")
            target.parent.mkdir(parents=True, exist_ok=True)
            file = opened.enter_context(target.open("ab", buffering=0))
            length = file.tell()
            if length != offset:
                raise OffsetError(path, offset, length)
            if length + len(data) > size:
                raise InputError(f"{show_path(path)} is longer than the {size} bytes announced.")
            rest = memoryview(data)
            while rest:
                rest = rest[file.write(rest) :]
        if offset + len(data) == size:
            # Takes milliseconds, in which others may write.
            os.fsync(file.fileno())
            (upload.folder / ORDER).touch()
    return offset + len(data)


def measure_files(upload: Upload) -> dict[str, int]:
    """Return how much is there of each file of which anything is."""
    root = upload.folder / FILES
    lengths = {path: _measure(root / path) for path in upload.files} if root.is_dir() else {}
    return {path: length for path, length in lengths.items() if length is not None}


def finish_upload(upload: Upload) -> Path:
    """Return what can be imported: the zip, where one was sent alone, or the folder.

    Raises:
        InputError: something has not arrived yet; says how much.
    """
    here = measure_files(upload)
    missing = [path for path, size in upload.files.items() if here.get(path) != size]
    if missing:
        raise InputError(
            f"{len(missing)} of {len(upload.files)} files of {upload.name} have not arrived whole, "
            f"such as {missing[0]}. Choose the same files again to go on."
        )
    first = next(iter(upload.files))
    if len(upload.files) == 1 and first.lower().endswith(".zip"):
        return upload.find_file(first)
    return descend(upload.folder / FILES)


def discard_upload(studio: Studio, upload_id: str) -> None:
    """Remove an upload with all that arrived of it; nothing where there is none."""
    if ID.fullmatch(upload_id):
        _remove(find_uploads(studio) / upload_id)


def sweep_uploads(studio: Studio, before: float, but: Iterable[str] = ()) -> int:
    """Remove what nothing arrived for since a time, and return how many that were.

    Args:
        studio: the installation.
        before: a time as `os.stat` has it.
        but: ids of those that stay whatever their age.
    """
    kept = set(but)
    old = [folder for folder in _list_staged(studio) if _read_age(folder) < before]
    removed = [folder for folder in old if folder.name not in kept]
    for folder in removed:
        _remove(folder)
    return len(removed)


def _sort_offered(
    upload_id: str, folder: Path, name: str, offered: Sequence[OfferedFile]
) -> Upload:
    """Return the upload that files would make, having told those that cannot be kept apart."""
    files: dict[str, int] = {}
    left_out: dict[str, str] = {}
    seen: set[str] = set()
    hidden = 0
    folders = {
        "/".join(parts[:depth])
        for parts in (file.path.split("/") for file in offered)
        for depth in range(1, len(parts))
    }
    for path, size, _modified in offered:
        if is_hidden(path):
            hidden += 1
            continue
        fault = find_fault(path)
        if not fault and path in seen:
            fault = "two files have this path"
        if not fault and path in folders:
            fault = "a folder has the same name"
        if not fault and size < 0:
            fault = f"it cannot have {size} bytes"
        seen.add(path)
        if fault:
            left_out[path] = fault
            files.pop(path, None)
        else:
            files[path] = size
    return Upload(upload_id, folder, name, files, left_out, hidden)


@lru_cache(maxsize=4)
def _read_order(folder: Path) -> Upload:
    """Return an upload; what it is to hold never changes under an id."""
    return Upload(folder.name, folder, **json.loads((folder / ORDER).read_text()))


def _list_staged(studio: Studio) -> Iterator[Path]:
    """Yield the folders of `uploads/` that were made here."""
    for folder in find_uploads(studio).iterdir():
        made = ID.fullmatch(folder.name) or folder.name.startswith(("new-", "gone-", "source-"))
        if made and folder.is_dir():
            yield folder


def _read_age(folder: Path) -> float:
    order = folder / ORDER
    return _read_time(order if order.is_file() else folder)


def _read_time(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _measure(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return None


def _remove(folder: Path) -> None:
    gone = folder
    if ID.fullmatch(folder.name):
        # Renamed first: a piece that is on its way finds nothing to add to.
        gone = Path(mkdtemp(dir=folder.parent, prefix="gone-"))
        with _WRITING, suppress(FileNotFoundError):
            folder.rename(gone / folder.name)
    shutil.rmtree(gone, ignore_errors=True)
