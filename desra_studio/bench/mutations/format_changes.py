"""Changes that keep a file's frame whole, so that what is wrong lies deeper in it."""

import random
import struct
import zipfile
import zlib
from io import BytesIO

from desra_studio.bench.mutations.changes import CHANGES
from desra_studio.bench.mutations.text_changes import change_json

SIDES = (0, 1, 2, 65_535, 65_536, 100_000, 2**31 - 1, 2**31, 2**32 - 1)
PNG_BEGIN = 8
"""Bytes before a PNG's first chunk."""
BOMB_BYTES = 300_000_000
ENTRY_NAMES = (
    "../../outside.png",
    "/etc/passwd",
    "a\0b.png",
    "x" * 300 + ".png",
    "CON.png",
    "a/" * 200,
)


def change_png(data: bytes, chance: random.Random) -> bytes:
    """Change a PNG's size, depth or chunks, with the checksums that belong to them."""
    chunks = _split_png(data)
    at = chance.randrange(len(chunks))
    kind = chance.choice(("size", "size", "depth", "swap", "repeat", "remove", "content"))
    if kind == "size":
        header = struct.pack(">II", chance.choice(SIDES), chance.choice(SIDES))
        chunks[0] = (b"IHDR", header + chunks[0][1][8:])
    elif kind == "depth":
        odd = bytes(chance.choice((0, 1, 2, 3, 4, 6, 8, 16, 255)) for _ in range(5))
        chunks[0] = (b"IHDR", chunks[0][1][:8] + odd)
    elif kind == "swap":
        chance.shuffle(chunks)
    elif kind == "repeat":
        chunks[at:at] = [chunks[at]] * chance.choice((1, 3, 1000))
    elif kind == "remove":
        del chunks[at]
    else:
        name, content = chunks[at]
        chunks[at] = (name, chance.choice(CHANGES)(content or b"\0", chance))
    return data[:PNG_BEGIN] + b"".join(map(_pack_chunk, chunks))


def change_jpeg(data: bytes, chance: random.Random) -> bytes:
    """Give a JPEG's frame another height and width."""
    at = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
    size = struct.pack(">HH", *(min(chance.choice(SIDES), 65_535) for _ in range(2)))
    return data if at < 0 else data[: at + 5] + size + data[at + 9 :]


def change_tiff(data: bytes, chance: random.Random) -> bytes:
    """Give entries of a little-endian TIFF's directory another type, count or value."""
    changed = bytearray(data)
    (directory,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, directory)
    for _ in range(chance.choice((1, 1, 2))):
        entry = directory + 2 + 12 * chance.randrange(count)
        at, form = chance.choice(((2, "<H"), (4, "<I"), (8, "<I")))
        value = chance.choice(SIDES) & (0xFFFF if form == "<H" else 0xFFFFFFFF)
        struct.pack_into(form, changed, entry + at, value)
    return bytes(changed)


def change_safetensors(data: bytes, chance: random.Random) -> bytes:
    """Change what a safetensors file says of its tensors, or how long that is."""
    (length,) = struct.unpack_from("<Q", data)
    header, rest = data[8 : 8 + length], data[8 + length :]
    if chance.random() < 0.2:
        return struct.pack("<Q", chance.choice((0, 1, 2**27, 2**63, 2**64 - 1))) + data[8:]
    changed = change_json(header, chance)
    return struct.pack("<Q", len(changed)) + changed + rest


def change_zip(data: bytes, chance: random.Random) -> bytes:
    """Pack a zip anew with entries that are damaged, missing, twice, named oddly or huge."""
    with zipfile.ZipFile(BytesIO(data)) as packed:
        entries = [(entry.filename, packed.read(entry)) for entry in packed.infolist()]
    at = chance.randrange(len(entries))
    name, content = entries[at]
    kind = chance.choice(
        ("content", "content", "content", "remove", "repeat", "name", "nest", "bomb", "swap")
    )
    if kind == "content":
        change = change_json if name.endswith(".json") else chance.choice(CHANGES)
        entries[at] = (name, change(content or b"\0", chance))
    elif kind == "remove":
        del entries[at]
    elif kind == "repeat":
        entries.append((name, chance.choice(entries)[1]))
    elif kind == "name":
        entries[at] = (chance.choice(ENTRY_NAMES), content)
    elif kind == "nest":
        entries[at] = (f"{name}.zip" if chance.random() < 0.5 else name, data)
    elif kind == "bomb":
        entries[at] = (name, bytes(BOMB_BYTES))
    else:
        other = chance.randrange(len(entries))
        entries[at], entries[other] = (name, entries[other][1]), (entries[other][0], content)
    return _pack_zip(entries)


def change_entry_list(data: bytes, chance: random.Random) -> bytes:
    """Change fields of a zip's list of entries: sizes, methods, flags and where they lie."""
    changed = bytearray(data)
    begin = data.find(b"PK\x01\x02")
    places = range(begin, len(data)) if begin >= 0 else range(len(data))
    for _ in range(chance.choice((1, 2, 4))):
        at = min(chance.choice(places), len(data) - 4)
        changed[at : at + 2] = chance.choice(
            (b"\0\0", b"\xff\xff", b"\x09\0", b"\x0e\0", b"\x01\0")
        )
    return bytes(changed)


def _split_png(data: bytes) -> list[tuple[bytes, bytes]]:
    chunks, at = [], PNG_BEGIN
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    return chunks


def _pack_chunk(chunk: tuple[bytes, bytes]) -> bytes:
    name, content = chunk
    return (
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
    )


def _pack_zip(entries: list[tuple[str, bytes]]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name, content in entries:
            # Not by name: that would warn of one that is there already.
            target.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
