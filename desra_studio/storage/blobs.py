"""Content-addressed files: images, masks, maps and weights, named by their SHA-256."""

import hashlib
from pathlib import Path

from desra_studio.errors import NotFoundError
from desra_studio.imaging.staging import write_atomically


class BlobStore:
    """Files under `root`, written once and never changed.

    A blob is on disk, flushed, before the row that names it is written.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes) -> str:
        """Store bytes and return their SHA-256 in hex; the same bytes are stored once."""
        sha = hashlib.sha256(data).hexdigest()
        path = self.path(sha)
        if not path.exists():
            write_atomically(path, data)
        return sha

    def get(self, sha: str) -> bytes:
        """Return a blob's bytes.

        Raises:
            NotFoundError: the file is gone, or no longer what it was.
        """
        try:
            data = self.path(sha).read_bytes()
        except OSError as error:
            raise NotFoundError(
                f"The stored file {self.name(sha)} is missing ({error.strerror}). "
                "Restore it from a backup of the data directory."
            ) from error
        if hashlib.sha256(data).hexdigest() != sha:
            raise NotFoundError(
                f"The stored file {self.name(sha)} is damaged: its content does not match its "
                "name. Restore it from a backup of the data directory."
            )
        return data

    def find(self, sha: str) -> Path:
        """Return where a blob lies, for what sends files as they are.

        Raises:
            NotFoundError: the file is gone.
        """
        path = self.path(sha)
        if not path.is_file():
            raise NotFoundError(
                f"The stored file {self.name(sha)} is missing. "
                "Restore it from a backup of the data directory."
            )
        return path

    def name(self, sha: str) -> str:
        """Return what people find a blob by; where the data directory is, is nobody's business."""
        return f"{self.root.name}/{sha[:2]}/{sha[2:]}"

    def path(self, sha: str) -> Path:
        """Return where the blob of this SHA-256 lies, or would lie."""
        return self.root / sha[:2] / sha[2:]
