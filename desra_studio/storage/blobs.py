"""Content-addressed files: images, masks, maps and weights, named by their SHA-256."""

import hashlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from desra_studio.errors import DamagedError, NotFoundError
from desra_studio.imaging.staging import stage_file, write_atomically

REMEMBERED = 100_000
"""Files whose check is remembered, some 30 MB: a queue of so many images."""
CHUNK_BYTES = 2**20
SETTLED_NS = 2 * 10**9
"""No file system tells times more coarsely."""


class _FileVersion(NamedTuple):
    """What a change of a file changes, too."""

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int


class BlobStore:
    """Files under `root`, written once and never changed.

    A blob is on disk, flushed, before the row that names it is written. Whatever comes out of here
    was compared with its name: bytes at each reading, files once for each version of them.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._checked: OrderedDict[str, _FileVersion] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, data: bytes) -> str:
        """Store bytes and return their SHA-256 in hex; the same bytes are stored once.

        Where the file is there and damaged, these bytes mend it.
        """
        sha = hashlib.sha256(data).hexdigest()
        try:
            self.find(sha)
        except NotFoundError:
            write_atomically(self._locate(sha), data)
        return sha

    def get(self, sha: str) -> bytes:
        """Return a blob's bytes.

        Raises:
            NotFoundError: the file is gone.
            DamagedError: it is no longer what it was.
        """
        try:
            data = self._locate(sha).read_bytes()
        except OSError as error:
            raise self._miss(sha, error) from error
        if hashlib.sha256(data).hexdigest() != sha:
            raise self._refuse(sha)
        return data

    def find(self, sha: str) -> Path:
        """Return where a blob lies, for what sends or loads files as they are.

        The file is read through and compared with its name, at some 500 MB/s; as long as the file
        system says that it is the same file, not again. So what a broken disk makes of it without
        a write is found when the server starts anew, or by `db check`, which reads everything; and
        nobody keeps a file from being changed between this and its use.

        Raises:
            NotFoundError: the file is gone.
            DamagedError: it is no longer what it was.
        """
        path = self._locate(sha)
        try:
            with path.open("rb") as file:
                version = _read_version(file.fileno())
                if self._recall(sha) == version:
                    return path
                found = hashlib.file_digest(file, "sha256").hexdigest()
                unchanged = _read_version(file.fileno()) == version
        except OSError as error:
            raise self._miss(sha, error) from error
        if found != sha:
            raise self._refuse(sha)
        # Two writes within a tick of the file system's clock look like one: only what has lain
        # there for a while is known again for certain.
        if unchanged and time.time_ns() - version.changed_ns > SETTLED_NS:
            self._remember(sha, version)
        return path

    def measure(self, sha: str) -> int | None:
        """Return how many bytes lie under a name, unread; None where there is no such file."""
        try:
            return self._locate(sha).stat().st_size
        except OSError:
            return None

    def take(self, sha: str, other: "BlobStore") -> int:
        """Copy a blob of another store into this one, and return how many bytes it has.

        Raises:
            NotFoundError: the file is gone there.
            DamagedError: it is no longer what it was; nothing is kept of it.
            OSError: it cannot be written here.
        """
        digest, size = hashlib.sha256(), 0
        with stage_file(self._locate(sha)) as file:
            for chunk in other.read_chunks(sha):
                digest.update(chunk)
                size += file.write(chunk)
            if digest.hexdigest() != sha:
                raise other._refuse(sha)
        return size

    def read_chunks(self, sha: str) -> Iterator[bytes]:
        """Yield what lies under a name, piece by piece and unchecked.

        Raises:
            NotFoundError: the file is gone, or cannot be read.
        """
        try:
            with self._locate(sha).open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    yield chunk
        except OSError as error:
            raise self._miss(sha, error) from error

    def list_files(self) -> Iterator[tuple[Path, str]]:
        """Yield every file below `root` with the SHA-256 that its place stands for, if any."""
        for folder in sorted(path for path in self.root.glob("*") if path.is_dir()):
            for path in sorted(folder.iterdir()):
                if path.is_file():
                    yield path, folder.name + path.name

    def name(self, sha: str) -> str:
        """Return what people find a blob by; where the data directory is, is nobody's business."""
        return f"{self.root.name}/{sha[:2]}/{sha[2:]}"

    def _locate(self, sha: str) -> Path:
        """Return where the blob of this SHA-256 lies, or would lie."""
        return self.root / sha[:2] / sha[2:]

    def _recall(self, sha: str) -> _FileVersion | None:
        with self._lock:
            if sha in self._checked:
                self._checked.move_to_end(sha)
            return self._checked.get(sha)

    def _remember(self, sha: str, version: _FileVersion) -> None:
        with self._lock:
            self._checked[sha] = version
            while len(self._checked) > REMEMBERED:
                self._checked.popitem(last=False)

    def _miss(self, sha: str, error: OSError) -> NotFoundError:
        return NotFoundError(
            f"The stored file {self.name(sha)} is missing ({error.strerror}). "
            "Restore it from a backup: desra-studio db restore DIR"
        )

    def _refuse(self, sha: str) -> DamagedError:
        return DamagedError(
            f"The stored file {self.name(sha)} is damaged: its content does not match its name. "
            "Run desra-studio db check, which names all such files and whose they are; restore "
            "them from a backup: desra-studio db restore DIR"
        )


def _read_version(handle: int) -> _FileVersion:
    stat = os.fstat(handle)
    return _FileVersion(stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
