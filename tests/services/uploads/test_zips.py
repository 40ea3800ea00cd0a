"""Zips from elsewhere: what is wrong in one is told, the rest is unpacked."""

import stat
import struct
import warnings
import zlib
from zipfile import ZIP_STORED, ZipFile

import pytest

from desra_studio.errors import CancelledError, InputError
from desra_studio.services.uploads import space, zips
from desra_studio.services.uploads.zips import unpack_zip
from tests.factories.zips import add_entry, write_zip


@pytest.fixture
def into(tmp_path):
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


def list_files(folder):
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def test_names_of_any_script(tmp_path, into):
    names = ["GAN-SR/a.png", "结果/图 1.png", "Straße/ü.png", "./LR/b.png"]
    notes = unpack_zip(write_zip(tmp_path / "a.zip", dict.fromkeys(names, b"x")), into)
    assert notes == []
    assert list_files(into) == sorted(name.removeprefix("./") for name in names)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("../up.png", "climbs"),
        ("a/../../up.png", "climbs"),
        ("/abs.png", "root or a drive"),
        ("C:/a.png", "root or a drive"),
        ("a\\b.png", "not plain"),
        ("NUL.png", "a device"),
        ("inner.zip", "zips in a zip"),
    ],
)
def test_an_entry_that_is_not_unpacked_is_named(tmp_path, into, name, says):
    notes = unpack_zip(write_zip(tmp_path / "a.zip", {name: b"x", "good.png": b"y"}), into)
    assert len(notes) == 1
    assert says in notes[0]
    assert notes[0].startswith(f"{name}: left out, ")
    assert list_files(tmp_path) == ["a.zip", "into/good.png"]


def test_a_name_with_a_nul_is_named(tmp_path, into):
    path = write_zip(tmp_path / "a.zip", {"a?b.png": b"x", "c.png": b"y"})
    path.write_bytes(path.read_bytes().replace(b"a?b.png", b"a\0b.png"))
    assert unpack_zip(path, into) == ["a\\x00b.png: left out, its name has control characters"]
    assert list_files(into) == ["c.png"]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"mode": stat.S_IFLNK}, "links are not followed"),
        ({"mode": stat.S_IFIFO}, "no plain file"),
        ({"mode": stat.S_IFCHR}, "no plain file"),
    ],
)
def test_what_is_no_plain_file_is_left_out(tmp_path, into, values, says):
    path = tmp_path / "a.zip"
    with ZipFile(path, "w") as packed:
        add_entry(packed, "way out", b"/etc", **values)
        add_entry(packed, "way out/passwd", b"x")
    (note,) = unpack_zip(path, into)
    assert says in note
    assert list_files(into) == ["way out/passwd"]
    assert not (into / "way out").is_symlink()


def test_encrypted_entries_are_left_out(tmp_path, into):
    path = write_zip(tmp_path / "a.zip", {"secret.png": b"x", "b.png": b"y"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert unpack_zip(path, into) == ["secret.png: left out, it is encrypted"]


def test_a_name_twice_and_a_folder_that_is_a_file(tmp_path, into):
    path = tmp_path / "a.zip"
    with warnings.catch_warnings(), ZipFile(path, "w") as packed:
        warnings.simplefilter("ignore", UserWarning)
        for name, data in (("a", b"1"), ("a", b"2"), ("a/b.png", b"3"), ("c/d", b"4"), ("c", b"5")):
            add_entry(packed, name, data)
    assert unpack_zip(path, into) == [
        "a: left out, the zip has it twice, the first is used",
        "a/b.png: left out, another file or folder has its place",
        "c: left out, another file or folder has its place",
    ]
    assert (into / "a").read_bytes() == b"1"


def test_litter_is_told_in_one_line(tmp_path, into):
    names = ["RESULTS/a.png", "__MACOSX/RESULTS/._a.png", ".DS_Store", "RESULTS/Thumbs.db"]
    notes = unpack_zip(write_zip(tmp_path / "a.zip", dict.fromkeys(names, b"x")), into)
    assert notes == ["Hidden files: 3 of the system's left alone, such as .DS_Store and Thumbs.db"]
    assert list_files(into) == ["RESULTS/a.png"]


def set_flags(path, wanted):
    """Take the flag of UTF-8 names out of every header, or put others in."""
    data = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(mark)
        while start >= 0:
            data[start + at : start + at + 2] = wanted.to_bytes(2, "little")
            start = data.find(mark, start + 1)
    path.write_bytes(data)
    return path


def test_utf8_names_that_are_not_marked_as_such(tmp_path, into):
    path = set_flags(write_zip(tmp_path / "a.zip", {"Übung/图.png": b"x"}), 0)
    assert unpack_zip(path, into) == []
    assert list_files(into) == ["Übung/图.png"]


def test_names_in_the_code_page_of_dos(tmp_path, into):
    path = write_zip(tmp_path / "a.zip", {"UE?bung.png": b"x"})
    path.write_bytes(path.read_bytes().replace(b"UE?bung", "Übungen".encode("cp437")))
    (note,) = unpack_zip(path, into)
    assert note.startswith("a.zip: 1 names are in an encoding that it does not tell")
    assert list_files(into) == ["Übungen.png"]


def write_raw_zip(path, encoding, names):
    """A zip whose names are in an encoding that it does not tell."""
    raw = {f"?{index}?".ljust(len(name.encode(encoding)), "?"): name for index, name in names}
    write_zip(path, dict.fromkeys(raw, b"x"))
    data = path.read_bytes()
    for placeholder, name in raw.items():
        data = data.replace(placeholder.encode(), name.encode(encoding))
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("encoding", "names", "told"),
    [
        (
            "cp932",
            ["GAN-SR/画像001.png", "表示ソ/写真 a.png", "テスト.png"],
            "Shift-JIS (Japanese)",
        ),
        # The first of these two words alone would be UTF-8.
        ("gb18030", ["GAN-SR/图片001.png", "照片/风景.png"], "GB 18030 (Chinese)"),
        # Each pair of letters is one of Shift-JIS, too.
        ("cp437", ["Köln.png", "Größe/für.png", "España.png"], "code page 437 (DOS)"),
        ("cp437", ["ÄÖ.png", "Köln.png"], "code page 437 (DOS)"),
    ],
)
def test_names_are_read_by_the_encoding_that_fits_all(tmp_path, into, encoding, names, told):
    path = write_raw_zip(tmp_path / "a.zip", encoding, list(enumerate(names)))
    assert zips.list_names(path) == names
    (note,) = unpack_zip(path, into)
    assert f"{len(names)} names are in an encoding that it does not tell" in note
    assert f"they were read as {told}," in note
    assert list_files(into) == sorted(names)


def test_the_name_that_info_zip_keeps_beside(tmp_path, into):
    raw, right = b"\x81bung.png", "übung 图.png".encode()
    extra = struct.pack("<HHBL", 0x7075, 5 + len(right), 1, zlib.crc32(raw)) + right
    path = write_zip(tmp_path / "a.zip", {"?bung.png": b"x"}, extra=extra)
    path.write_bytes(path.read_bytes().replace(b"?bung.png", raw))
    assert unpack_zip(path, into) == []
    assert list_files(into) == [right.decode()]


def test_backslashes_of_windows_are_folders(tmp_path, into):
    path = write_zip(tmp_path / "a.zip", {"LR\\a.png": b"x", "..\\b.png": b"y"}, create_system=0)
    assert unpack_zip(path, into) == ["../b.png: left out, its path climbs out of its folder"]
    assert list_files(into) == ["LR/a.png"]


def test_one_damaged_entry_is_left_out(tmp_path, into):
    content = bytes(range(256)) * 40
    path = write_zip(
        tmp_path / "a.zip", {"a.png": b"fine", "b.png": content, "c.png": b"fine, too"}
    )
    data = bytearray(path.read_bytes())
    at = data.index(b"b.png") + 60
    data[at : at + 8] = b"\xff" * 8
    path.write_bytes(data)
    assert unpack_zip(path, into) == ["b.png: left out, it is damaged"]
    assert list_files(into) == ["a.png", "c.png"]


@pytest.mark.parametrize("cut", [0.0, 0.5, 0.99])
def test_a_zip_that_is_cut_off(tmp_path, into, cut):
    path = write_zip(tmp_path / "a.zip", {f"{number}.png": b"x" * 100 for number in range(9)})
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * cut)])
    with pytest.raises(InputError, match=r"a\.zip is no zip, or it is cut off"):
        unpack_zip(path, into)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, into, monkeypatch):
    monkeypatch.setattr(zips, "PLAIN_BYTES", 10**6)
    path = write_zip(tmp_path / "a.zip", {f"{number}": bytes(10**6) for number in range(3)})
    with pytest.raises(InputError, match=r"would unpack to 3\.0 MB: no images shrink that far"):
        unpack_zip(path, into)
    assert list_files(into) == []


def test_an_entry_that_holds_more_than_it_says_is_left_out(tmp_path, into):
    path = write_zip(tmp_path / "a.zip", {"bomb": bytes(10**6), "b.png": b"x"})
    data = bytearray(path.read_bytes())
    # The size that the list at the end tells, by which room is looked for.
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (1000).to_bytes(4, "little")
    path.write_bytes(data)
    assert unpack_zip(path, into) == ["bomb: left out, it is damaged"]
    assert list_files(into) == ["b.png"]


def test_an_entry_too_large_for_an_image(tmp_path, into, monkeypatch):
    monkeypatch.setattr(zips, "MAX_FILE_BYTES", 10)
    path = write_zip(tmp_path / "a.zip", {"a.png": bytes(11), "b.png": bytes(10)})
    assert unpack_zip(path, into) == ["a.png: left out, it takes more than 10 bytes"]


def test_too_little_room_is_told_first(tmp_path, into, monkeypatch):
    monkeypatch.setattr(space, "measure_free", lambda _folder: 1_000_000)
    path = write_zip(tmp_path / "a.zip", {"a.png": bytes(2_100_000)})
    with pytest.raises(InputError, match=r"unpacked, needs 2\.1 MB, 1\.0 MB is free"):
        unpack_zip(path, into)
    assert list_files(into) == []


def test_a_disk_that_fills_up_ends_it(tmp_path, into, monkeypatch):
    def fill_up(*_):
        raise OSError(28, "No space left on device")
        yield b""

    monkeypatch.setattr(zips, "_inflate", fill_up)
    with pytest.raises(InputError, match="the server's disk is full"):
        unpack_zip(write_zip(tmp_path / "a.zip", {"a.png": b"x"}), into)


def test_too_many_entries_are_refused(tmp_path, into, monkeypatch):
    monkeypatch.setattr(zips, "MAX_ENTRIES", 2)
    path = write_zip(tmp_path / "a.zip", dict.fromkeys("abc", b""))
    with pytest.raises(InputError, match="has 3 entries; up to 2 are read"):
        unpack_zip(path, into)


def test_a_list_that_is_too_long_is_not_read(tmp_path, into, monkeypatch):
    monkeypatch.setattr(zips, "MAX_LIST_BYTES", 100)
    assert unpack_zip(write_zip(tmp_path / "a.zip", {"a": b"", "b": b""}), into) == []
    with pytest.raises(InputError, match="lists more than 200,000 entries, or very long names"):
        unpack_zip(write_zip(tmp_path / "b.zip", dict.fromkeys("abc", b"")), into)


def test_a_list_that_only_the_larger_record_measures(tmp_path, into):
    path = write_zip(tmp_path / "a.zip", {"a": b""})
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x05\x06")
    large = b"PK\x06\x06" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, 1, 1, 10**9, 0)
    data[at + 12 : at + 16] = b"\xff" * 4
    path.write_bytes(data[:at] + large + data[at:])
    with pytest.raises(InputError, match="lists more than 200,000 entries"):
        unpack_zip(path, into)


def test_unpacking_is_told_and_can_be_cancelled(tmp_path, into):
    told = []

    def report(done, total, message):
        told.append((done, total, message))
        if done == 1:
            raise CancelledError("Cancelled")

    path = write_zip(tmp_path / "a.zip", dict.fromkeys(("a.png", "b.png"), b"x"))
    with pytest.raises(CancelledError):
        unpack_zip(path, into, report)
    assert told == [(0, 2, "Unpacking a.png"), (1, 2, "Unpacking b.png")]


@pytest.mark.slow
def test_fifty_thousand_files(tmp_path, into):
    path = tmp_path / "a.zip"
    with ZipFile(path, "w", ZIP_STORED) as packed:
        for number in range(50_000):
            packed.writestr(f"LR/{number:05}.png", b"x")
    assert unpack_zip(path, into) == []
    assert len(list((into / "LR").iterdir())) == 50_000
