"""Damages what is stored, as a failing disk does."""

from pathlib import Path

from desra_studio.storage.blobs import BlobStore


def flip_byte(blobs: BlobStore, sha: str) -> Path:
    """Change one byte in the middle of a blob, and return its file."""
    path = blobs.root / sha[:2] / sha[2:]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    return path
