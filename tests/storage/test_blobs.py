"""Content-addressed files: the same bytes once, and damage is noticed."""

import pytest

from desra_studio.errors import NotFoundError
from desra_studio.storage.blobs import BlobStore


def test_round_trip(tmp_path):
    blobs = BlobStore(tmp_path)
    sha = blobs.put(b"mask")
    assert blobs.put(b"mask") == sha
    assert blobs.get(sha) == b"mask"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [sha[2:]]


def test_missing_and_damaged(tmp_path):
    blobs = BlobStore(tmp_path)
    sha = blobs.put(b"mask")
    blobs.path(sha).write_bytes(b"masc")
    with pytest.raises(NotFoundError, match="damaged"):
        blobs.get(sha)
    blobs.path(sha).unlink()
    with pytest.raises(NotFoundError, match="missing"):
        blobs.get(sha)
