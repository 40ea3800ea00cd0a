"""Uploads that go on where they stopped, and what they refuse."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desra_studio.errors import InputError, NotFoundError
from desra_studio.services.uploads import space, staging
from desra_studio.services.uploads.staging import (
    OfferedFile,
    OffsetError,
    append_bytes,
    begin_upload,
    discard_upload,
    finish_upload,
    list_uploads,
    measure_files,
    open_upload,
    sweep_uploads,
)


def offer(**files):
    return [OfferedFile(name, len(data), 1.5) for name, data in files.items()]


def test_an_upload_arrives_in_pieces(studio):
    upload = begin_upload(studio, "RESULTS", [OfferedFile("RESULTS/LR/a.png", 6, 1.0)])
    assert measure_files(upload) == {}
    assert append_bytes(upload, "RESULTS/LR/a.png", 0, b"abcd") == 4
    again = open_upload(studio, upload.id)
    assert measure_files(again) == {"RESULTS/LR/a.png": 4}
    with pytest.raises(InputError, match=r"1 of 1 files .* have not arrived whole"):
        finish_upload(again)
    assert append_bytes(again, "RESULTS/LR/a.png", 4, b"ef") == 6
    folder = finish_upload(again)
    assert folder.name == "RESULTS"
    assert (folder / "LR" / "a.png").read_bytes() == b"abcdef"


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
@given(
    content=st.binary(min_size=1, max_size=64),
    tries=st.lists(st.tuples(st.integers(-1, 70), st.integers(0, 70)), max_size=30),
)
def test_whatever_pieces_are_sent_the_file_is_a_beginning_of_what_it_is(studio, content, tries):
    upload = begin_upload(studio, "set", offer(a=content))
    length = 0
    for offset, size in tries:
        piece = content[offset : offset + size] if offset >= 0 else b"x"
        if offset == length:
            length = append_bytes(upload, "a", offset, piece)
        else:
            with pytest.raises(OffsetError) as refused:
                append_bytes(upload, "a", offset, piece)
            assert refused.value.length == length
        if upload.find_file("a").exists():
            assert upload.find_file("a").read_bytes() == content[:length]
    discard_upload(studio, upload.id)


def test_more_than_announced_is_refused(studio):
    upload = begin_upload(studio, "set", offer(a=b"abc"))
    with pytest.raises(InputError, match="longer than the 3 bytes announced"):
        append_bytes(upload, "a", 0, b"abcd")
    with pytest.raises(NotFoundError, match=r"has no file \.\./b"):
        append_bytes(upload, "../b", 0, b"abcd")
    assert finish_size(upload) == {}


def finish_size(upload):
    return {path: length for path, length in measure_files(upload).items() if length}


def test_the_same_files_go_on_and_changed_ones_do_not(studio):
    first = begin_upload(studio, "set", offer(a=b"abc", b=b"d"))
    append_bytes(first, "a", 0, b"ab")
    again = begin_upload(studio, "set", list(reversed(offer(a=b"abc", b=b"d"))))
    assert (again.id, measure_files(again)) == (first.id, {"a": 2})
    changed = [OfferedFile("a", 3, 2.5), OfferedFile("b", 1, 1.5)]
    assert begin_upload(studio, "set", changed).id != first.id
    assert {upload.id for upload in list_uploads(studio)} > {first.id}


def test_files_that_cannot_be_kept_are_named(studio):
    names = ["../up.png", "C:/a.png", "a/.DS_Store", "a", "a/b.png", "c", "c", "aux.png"]
    upload = begin_upload(studio, "set", [OfferedFile(name, 1, 0) for name in names])
    assert upload.files == {"a/b.png": 1}
    assert upload.notes == [
        "../up.png: left out, its path climbs out of its folder",
        "C:/a.png: left out, its path begins at a root or a drive",
        "a: left out, a folder has the same name",
        "c: left out, two files have this path",
        "aux.png: left out, its name is one that Windows keeps for a device",
        "Hidden files: 1 of the system's left alone, such as .DS_Store and Thumbs.db",
    ]
    assert open_upload(studio, upload.id) == upload


@pytest.mark.parametrize(
    ("offered", "says"),
    [
        ([], "no file that can be sent"),
        ([OfferedFile("../a", 1, 0)], r"\.\./a: left out, its path climbs"),
        ([OfferedFile("a", -1, 0)], "cannot have -1 bytes"),
        ([OfferedFile("a", 10**18, 0)], "set needs 1000000 TB, "),
    ],
)
def test_an_upload_that_cannot_begin_says_why(studio, offered, says):
    with pytest.raises(InputError, match=says):
        begin_upload(studio, "set", offered)
    assert list_uploads(studio) == []


def test_too_many_files_are_refused(studio, monkeypatch):
    monkeypatch.setattr(staging, "MAX_FILES", 2)
    with pytest.raises(InputError, match="set has 3 files; an upload has up to 2"):
        begin_upload(studio, "set", offer(a=b"", b=b"", c=b""))


def test_what_is_there_needs_no_room_again(studio, monkeypatch):
    upload = begin_upload(studio, "set", offer(a=b"abcd"))
    append_bytes(upload, "a", 0, b"abc")
    monkeypatch.setattr(space, "measure_free", lambda _folder: 1)
    assert begin_upload(studio, "set", offer(a=b"abcd")).id == upload.id
    with pytest.raises(InputError, match="other needs 4 bytes, 1 bytes is free"):
        begin_upload(studio, "other", offer(a=b"abcd"))


def test_an_empty_file_is_one(studio):
    upload = begin_upload(studio, "set", offer(a=b"", b=b""))
    append_bytes(upload, "a", 0, b"")
    append_bytes(upload, "b", 0, b"")
    assert finish_upload(upload) == upload.folder / "files"


def test_a_zip_alone_is_the_zip(studio):
    upload = begin_upload(studio, "RESULTS.ZIP", [OfferedFile("RESULTS.ZIP", 1, 0)])
    append_bytes(upload, "RESULTS.ZIP", 0, b"x")
    assert finish_upload(upload).name == "RESULTS.ZIP"


def test_what_is_discarded_is_gone(studio):
    upload = begin_upload(studio, "set", offer(a=b"ab"))
    append_bytes(upload, "a", 0, b"a")
    discard_upload(studio, upload.id)
    with pytest.raises(NotFoundError, match="not here any more"):
        append_bytes(upload, "a", 1, b"b")
    with pytest.raises(NotFoundError, match="Choose the files again"):
        open_upload(studio, upload.id)
    assert list((studio.settings.data_dir / "uploads").iterdir()) == []
    discard_upload(studio, upload.id)
    discard_upload(studio, "../runs")


def test_abandoned_uploads_are_swept_and_nothing_else(studio):
    old, busy, young = (begin_upload(studio, name, offer(a=b"ab")) for name in ("o", "b", "y"))
    uploads = old.folder.parent
    (uploads / "somebody's").mkdir()
    (uploads / "source-x").mkdir()
    for folder in (uploads / "somebody's", uploads / "source-x"):
        os.utime(folder, (0, 0))
    for upload in (old, busy):
        os.utime(upload.folder / "upload.json", (0, 0))
    assert sweep_uploads(studio, before=10, but=[busy.id]) == 2
    left = {path.name for path in uploads.iterdir()}
    assert left == {busy.id, young.id, "somebody's"}
