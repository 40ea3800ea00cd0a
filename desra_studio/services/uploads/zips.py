"""Unpacking zips that come from elsewhere: what is wrong in one is told, the rest is unpacked."""

import lzma
import stat
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from desra_studio.errors import InputError
from desra_studio.services.studio import Report, ignore_progress
from desra_studio.services.uploads.names import find_fault, is_hidden, show_path, tell_hidden
from desra_studio.services.uploads.space import (
    FULL,
    check_space,
    format_bytes,
    tell_full_disk,
)
from desra_studio.services.uploads.zip_names import SPOKEN, find_encoding, read_name

MAX_ENTRIES = 200_000
MAX_LIST_BYTES = 40_000_000
"""Of the list of entries, which is read whole, before it is known how many there are."""
MAX_FILE_BYTES = 1_000_000_000
"""Larger images are not read either."""
MAX_RATIO, PLAIN_BYTES = 100, 1_000_000_000
"""How many times its own size a zip may hold, once that is more than these bytes."""
CHUNK_BYTES = 2**20
ENCRYPTED = 0x1
LONGEST_END = 2**16 + 22 + 20 + 56
"""Of a zip: a comment, and the records before it that tell where the list of entries is."""
IN_ZIP64 = 2**32 - 1
"""Stands for a number that only the larger record has room for."""
# What Python's decoders raise on damaged entries of one kind or another.
DAMAGE = (BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, struct.error)


def unpack_zip(path: Path, into: Path, report: Report = ignore_progress) -> list[str]:
    """Unpack a zip into an empty folder, and return one line per entry that was left out.

    Links, encrypted entries, zips within, names that would lie elsewhere or twice, and damaged
    entries are left out. Takes one entry after the other, a piece at a time.

    Raises:
        InputError: it is no zip or cut off, has too many entries, would take more than there is
            room for or far more than its own size, or the disk is full.
        CancelledError: from `report`.
    """
    with _open(path) as packed:
        return _unpack(packed, path, into, report)


def list_names(path: Path) -> list[str]:
    """Return the names of a zip's files, as they would be unpacked; InputError as `unpack_zip`."""
    with _open(path) as packed:
        entries = packed.infolist()
        encoding = find_encoding(entries)
        return [read_name(entry, encoding)[0] for entry in entries if not entry.is_dir()]


@contextmanager
def _open(path: Path) -> Iterator[ZipFile]:
    try:
        if _measure_list(path) > MAX_LIST_BYTES:
            raise InputError(
                f"{path.name} lists more than {MAX_ENTRIES:,} entries, or very long names. Pack it "
                "in parts."
            )
        with ZipFile(path) as packed:
            yield packed
    except (BadZipFile, struct.error) as error:
        raise InputError(
            f"{path.name} is no zip, or it is cut off: the list of its files, which is at its end, "
            "cannot be read. Copy it again."
        ) from error


def _unpack(packed: ZipFile, path: Path, into: Path, report: Report) -> list[str]:
    entries = packed.infolist()
    _check_amount(entries, path, into)
    notes: list[str] = []
    counts: Counter[str] = Counter()
    taken: set[str] = set()
    encoding = find_encoding(entries)
    for index, entry in enumerate(entries):
        name, is_guessed = read_name(entry, encoding)
        report(index, len(entries), f"Unpacking {show_path(name)}")
        if entry.is_dir() or name.endswith("/"):
            continue
        if is_hidden(name):
            counts["hidden"] += 1
            continue
        counts["guessed"] += is_guessed
        fault = find_fault(name) or _find_entry_fault(entry)
        if not fault and name in taken:
            fault = "the zip has it twice, the first is used"
        taken.add(name)
        fault = fault or _write_entry(packed, entry, into / name)
        if fault:
            notes.append(f"{show_path(name)}: left out, {fault}")
    if counts["guessed"]:
        notes.append(
            f"{path.name}: {counts['guessed']} names are in an encoding that it does not tell; "
            f"they were read as {SPOKEN[encoding]}, and look odd if that is wrong"
        )
    return notes + tell_hidden(counts["hidden"])


def _measure_list(path: Path) -> int:
    """Return how many bytes a zip says that its list of entries has; 0 where it says nothing."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LONGEST_END))
        tail = file.read()
    at, at_large = tail.rfind(b"PK\x05\x06"), tail.rfind(b"PK\x06\x06")
    size = int(struct.unpack_from("<L", tail, at + 12)[0]) if at >= 0 else 0
    if size == IN_ZIP64 and at_large >= 0:
        return int(struct.unpack_from("<Q", tail, at_large + 40)[0])
    return size


def _check_amount(entries: list[ZipInfo], path: Path, into: Path) -> None:
    if len(entries) > MAX_ENTRIES:
        raise InputError(
            f"{path.name} has {len(entries):,} entries; up to {MAX_ENTRIES:,} are read. Pack it in "
            "parts."
        )
    size = sum(entry.file_size for entry in entries)
    packed_size = path.stat().st_size
    if size > PLAIN_BYTES and size > MAX_RATIO * packed_size:
        raise InputError(
            f"{path.name} has {format_bytes(packed_size)}, and would unpack to "
            f"{format_bytes(size)}: no images shrink that far. If it is right, unpack it yourself "
            "and give the folder."
        )
    check_space(into, size, f"{path.name}, unpacked,")


def _find_entry_fault(entry: ZipInfo) -> str:
    """Return why what an entry holds is not unpacked, or ""."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "links are not followed"
    if kind not in (0, stat.S_IFREG):
        return "it is no plain file"
    if entry.flag_bits & ENCRYPTED:
        return "it is encrypted"
    if entry.filename.lower().endswith(".zip"):
        return "zips in a zip are not unpacked"
    if entry.file_size > MAX_FILE_BYTES:
        return f"it takes more than {format_bytes(MAX_FILE_BYTES)}"
    return ""


def _write_entry(packed: ZipFile, entry: ZipInfo, target: Path) -> str:
    """Write one entry, and return why it could not be, or ""."""
    with tell_full_disk(f"What {Path(packed.filename or '').name} holds"):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                for chunk in _inflate(packed, entry):
                    file.write(chunk)
        except FileExistsError:
            return "another file or folder has its place"
        except NotADirectoryError:
            return "its folder is a file of the same zip"
        except (NotImplementedError, RuntimeError):
            target.unlink(missing_ok=True)
            return "it is packed in a way that is not read"
        except DAMAGE as error:
            target.unlink(missing_ok=True)
            if isinstance(error, OSError) and error.errno in FULL:
                raise
            # Decoders have OSErrors of their own, without a number.
            if isinstance(error, OSError) and error.errno is not None:
                return f"it cannot be written ({error.strerror})"
            return "it is damaged"
    return ""


def _inflate(packed: ZipFile, entry: ZipInfo) -> Iterator[bytes]:
    """Yield what an entry holds; BadZipFile where that is not what the zip announces."""
    left = entry.file_size
    with packed.open(entry) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            left -= len(chunk)
            if left < 0:
                raise BadZipFile(f"{entry.filename} holds more than announced")
            yield chunk
    if left:
        raise BadZipFile(f"{entry.filename} holds less than announced")
