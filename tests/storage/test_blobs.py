"""Content-addressed files: the same bytes once, and damage is noticed."""

import hashlib
import os

import pytest

from desra_studio.errors import DamagedError, NotFoundError
from desra_studio.storage import blobs as blobs_module
from desra_studio.storage.blobs import BlobStore
from tests.factories.damage import flip_byte


@pytest.fixture
def blobs(tmp_path):
    return BlobStore(tmp_path / "blobs")


@pytest.fixture
def reads(monkeypatch):
    """The files that were read through, in order; what has just been written counts as settled."""
    done = []
    digest = hashlib.file_digest

    def note(file, name):
        done.append(file.name)
        return digest(file, name)

    monkeypatch.setattr(hashlib, "file_digest", note)
    monkeypatch.setattr(blobs_module, "SETTLED_NS", -(10**12))
    return done


def test_round_trip(blobs):
    sha = blobs.put(b"mask")
    assert blobs.put(b"mask") == sha
    assert blobs.get(sha) == b"mask"
    assert blobs.find(sha).read_bytes() == b"mask"
    assert [path for path in blobs.root.rglob("*") if path.is_file()] == [blobs.find(sha)]


@pytest.mark.parametrize("read", [BlobStore.get, BlobStore.find])
def test_missing_and_damaged(blobs, read):
    sha = blobs.put(b"mask")
    path = flip_byte(blobs, sha)
    with pytest.raises(DamagedError, match=f"{blobs.name(sha)} is damaged.*db check"):
        read(blobs, sha)
    path.unlink()
    with pytest.raises(NotFoundError, match="missing"):
        read(blobs, sha)


def test_a_file_is_read_through_once(blobs, reads):
    sha, other = blobs.put(b"mask"), blobs.put(b"image")
    reads.clear()
    paths = [blobs.find(sha) for _ in range(3)] + [blobs.find(other)]
    assert reads == [str(paths[0]), str(paths[-1])]


def test_what_is_damaged_after_it_was_read_is_found(blobs, reads):
    sha = blobs.put(b"mask")
    before = blobs.find(sha).stat()
    path = flip_byte(blobs, sha)
    # As what wrote it may do: the size is the same already.
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(DamagedError):
        blobs.find(sha)


def test_what_is_damaged_at_once_after_it_was_read_is_found(blobs):
    sha = blobs.put(b"mask")
    for _ in range(100):  # many within one tick of the file system's clock
        path = blobs.find(sha)
        flip_byte(blobs, sha)
        with pytest.raises(DamagedError):
            blobs.find(sha)
        path.write_bytes(b"mask")


def test_as_many_checks_are_remembered_as_there_is_room_for(blobs, reads, monkeypatch):
    monkeypatch.setattr(blobs_module, "REMEMBERED", 2)
    shas = [blobs.put(data) for data in (b"a", b"b", b"c")]
    reads.clear()
    for sha in (*shas, shas[2], shas[0]):
        blobs.find(sha)
    assert [path[-62:] for path in reads] == [sha[2:] for sha in (*shas, shas[0])]


def test_storing_the_same_again_mends_it(blobs):
    sha = blobs.put(b"mask")
    flip_byte(blobs, sha)
    assert blobs.put(b"mask") == sha
    assert blobs.get(sha) == b"mask"
