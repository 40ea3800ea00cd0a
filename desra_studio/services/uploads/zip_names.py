"""Names in zips, many of which do not tell their encoding."""

import re
import struct
import zlib
from collections.abc import Iterable
from zipfile import ZipInfo

UTF8_NAME = 0x800
UNICODE_PATH = 0x7075
"""The extra field in which Info-ZIP keeps a name in UTF-8."""
FROM_DOS = 0
UTF8, DOS = "utf-8", "cp437"
SPOKEN = {
    "cp932": "Shift-JIS (Japanese)",
    "gb18030": "GB 18030 (Chinese)",
    DOS: "code page 437 (DOS)",
}
"""The encodings that are guessed, in this order, and how people call them."""
# What is Chinese reads in Shift-JIS as half-width katakana, which hardly any name has. And what
# stands alone beside Latin letters was an accented one of them.
UNLIKELY = re.compile(
    r"[\uff61-\uff9f\ue000-\uf8ff]"
    r"|(?<![^\x00-\x7f])[^\x00-\x7f](?=[A-Za-z])"
    r"|(?<=[A-Za-z])[^\x00-\x7f](?![^\x00-\x7f])"
)


def find_encoding(entries: Iterable[ZipInfo]) -> str:
    """Return the encoding to read those names of a zip by that tell none.

    It is one for all of them: UTF-8 where every name is, else Shift-JIS or GB 18030 where every
    name reads as words in it, else the code page of DOS, as the format has it.
    """
    names = [entry.orig_filename.encode(DOS) for entry in entries if _find_told(entry) is None]
    return next(each for each in (UTF8, *SPOKEN) if all(_fits(name, each) for name in names))


def read_name(entry: ZipInfo, encoding: str) -> tuple[str, bool]:
    """Return the path of an entry with slashes, and whether its encoding was guessed.

    Where all are taken for DOS's, those that are UTF-8 still count as that.
    """
    name, is_guessed = _find_told(entry), False
    if name is None:
        raw = entry.orig_filename.encode(DOS)
        if encoding == DOS and _fits(raw, UTF8):
            encoding = UTF8
        name, is_guessed = raw.decode(encoding), encoding != UTF8
    if entry.create_system == FROM_DOS:
        name = name.replace("\\", "/")
    return name.removeprefix("./"), is_guessed


def _fits(name: bytes, encoding: str) -> bool:
    try:
        text = name.decode(encoding)
    except UnicodeDecodeError:
        return False
    return encoding in (UTF8, DOS) or not UNLIKELY.search(text)


def _find_told(entry: ZipInfo) -> str | None:
    """Return a name that tells its encoding, or needs none; None of one that may be in any."""
    name = entry.orig_filename
    if entry.flag_bits & UTF8_NAME or name.isascii():
        return name
    return _find_unicode_name(entry.extra, name.encode(DOS)) or None


def _find_unicode_name(extra: bytes, raw: bytes) -> str:
    """Return the name in an entry's extra field, or "" where it has none for this raw name."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        data, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == UNICODE_PATH and data.startswith(b"\x01" + struct.pack("<L", zlib.crc32(raw))):
            return data[5:].decode(errors="replace")
    return ""
