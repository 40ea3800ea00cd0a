"""Changes of bytes that know nothing of what these mean."""

import random
from collections.abc import Callable

Change = Callable[[bytes, random.Random], bytes]
"""Returns other bytes; the same for the same state of chance."""

EDGE_BYTES = 128
"""Of a file's begin and end, where most formats say what follows."""
EXTREMES = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f")


def flip_bits(data: bytes, chance: random.Random) -> bytes:
    """Flip one to thirty-two bits anywhere."""
    changed = bytearray(data)
    for _ in range(2 ** chance.randrange(6)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def truncate(data: bytes, chance: random.Random) -> bytes:
    """Cut the end off, at least one byte."""
    return data[: chance.randrange(len(data))]


def repeat_block(data: bytes, chance: random.Random) -> bytes:
    """Put a block in twice, or many times."""
    begin, end = _choose_block(data, chance)
    return data[:end] + data[begin:end] * chance.choice((1, 2, 50)) + data[end:]


def remove_block(data: bytes, chance: random.Random) -> bytes:
    """Leave a block out."""
    begin, end = _choose_block(data, chance)
    return data[:begin] + data[end:]


def swap_blocks(data: bytes, chance: random.Random) -> bytes:
    """Let two neighbouring blocks change places."""
    begin, end = _choose_block(data, chance)
    middle = chance.randint(begin, end)
    return data[:begin] + data[middle:end] + data[begin:middle] + data[end:]


def blank_block(data: bytes, chance: random.Random) -> bytes:
    """Fill a block with zeros, as a file system does whose power was cut."""
    begin, end = _choose_block(data, chance)
    return data[:begin] + bytes(end - begin) + data[end:]


def set_extreme(data: bytes, chance: random.Random) -> bytes:
    """Set four bytes, mostly near the begin or the end, to the least or the most they can say."""
    place = chance.choice(
        (
            chance.randrange(min(EDGE_BYTES, len(data))),
            max(0, len(data) - 1 - chance.randrange(EDGE_BYTES)),
            chance.randrange(len(data)),
        )
    )
    value = chance.choice(EXTREMES)
    return data[:place] + value + data[place + len(value) :]


def append_noise(data: bytes, chance: random.Random) -> bytes:
    """Append random bytes."""
    return data + chance.randbytes(chance.choice((1, 1000, 100_000)))


def replace_all(data: bytes, chance: random.Random) -> bytes:
    """Return nothing, or noise, in place of everything."""
    return chance.choice((b"", b"\0", b"\n", chance.randbytes(len(data))))


CHANGES: tuple[Change, ...] = (
    flip_bits, truncate, repeat_block, remove_block, swap_blocks, blank_block, set_extreme,
    append_noise, replace_all,
)  # fmt: skip


def _choose_block(data: bytes, chance: random.Random) -> tuple[int, int]:
    begin = chance.randrange(len(data))
    return begin, min(len(data), begin + 2 ** chance.randrange(2, 13))
