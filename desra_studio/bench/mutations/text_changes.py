"""Changes of JSON that leave it JSON, or nearly."""

import copy
import json
import random
from typing import TypeAlias

Value: TypeAlias = "bool | int | float | str | list[Value] | dict[str, Value] | None"
Place: TypeAlias = "tuple[list[Value] | dict[str, Value], int | str]"
"""A container and the key, or index, in it."""

DEEP = 100_000
ODD_VALUES: tuple[Value, ...] = (
    None, True, 0, -1, 1.5, 1e308, -1e-320, 2**31, 2**63, -(2**63) - 1, 10**400, "", "0", "1e400",
    "\0", "\ud800", "\u202e", "a" * 100_000, "../../etc/passwd", "2026-13-45", [], {}, [[]],
    [None], {"": None}, ["a"] * 10_000, float("nan"), float("inf"), float("-inf"),
)  # fmt: skip
"""What nobody expects in a place."""


def change_json(data: bytes, chance: random.Random) -> bytes:
    """Swap types, leave out, repeat or nest values, in up to three places.

    Args:
        data: JSON.
        chance: decides.
    """
    holder: list[Value] = [json.loads(data)]
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        if places := _list_places(holder):
            _change_place(*chance.choice(places), chance)
    return json.dumps(holder[0] if holder else None).encode()


def nest_deeply(data: bytes, chance: random.Random) -> bytes:
    """Put a hundred thousand lists or objects in place of one value, or around everything."""
    opening, closing = chance.choice(((b"[", b"]"), (b'{"a":', b"}")))
    nested = opening * DEEP + (b"0" if chance.random() < 0.5 else b"") + closing * DEEP
    parts = data.split(b":")
    if len(parts) == 1 or chance.random() < 0.3:
        return nested
    at = chance.randrange(1, len(parts))
    comma = min((i for i in map(parts[at].find, (b",", b"}")) if i >= 0), default=0)
    parts[at] = nested + parts[at][comma:]
    return b":".join(parts)


def write_number(data: bytes, chance: random.Random) -> bytes:
    """Write a number that is no number of JSON, or more digits than a program may want."""
    digits = [at for at, byte in enumerate(data) if chr(byte).isdigit()]
    if not digits:
        return data + b"1"
    at = chance.choice(digits)
    odd = chance.choice((b"NaN", b"-Infinity", b"9" * 5000, b"1e99999", b"-0", b"0x10", b"01"))
    return data[:at] + odd + data[at + 1 :]


def _list_places(value: Value) -> "list[Place]":
    places: list[Place] = []
    waiting: list[Value] = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, list):
            places += [(found, index) for index in range(len(found))]
            waiting += found
        elif isinstance(found, dict):
            places += [(found, key) for key in found]
            waiting += found.values()
    return places


def _change_place(
    container: "list[Value] | dict[str, Value]", key: int | str, chance: random.Random
) -> None:
    kind = chance.choice(("odd", "odd", "odd", "remove", "wrap", "repeat", "swap"))
    if isinstance(container, dict):
        _change_entry(container, str(key), kind, chance)
    else:
        _change_item(container, int(key), kind, chance)


def _change_entry(entries: dict[str, Value], key: str, kind: str, chance: random.Random) -> None:
    if kind == "remove":
        del entries[key]
    elif kind == "repeat":
        entries[key + chance.choice(("2", " ", "\0"))] = copy.deepcopy(entries[key])
    elif kind == "swap":
        other = chance.choice(list(entries))
        entries[key], entries[other] = entries[other], entries[key]
    else:
        entries[key] = [entries[key]] if kind == "wrap" else _choose_odd(chance)


def _change_item(items: list[Value], index: int, kind: str, chance: random.Random) -> None:
    if kind == "remove":
        del items[index]
    elif kind == "repeat":
        items.extend(copy.deepcopy(items[index]) for _ in range(100))
    elif kind == "swap":
        other = chance.randrange(len(items))
        items[index], items[other] = items[other], items[index]
    else:
        items[index] = {"a": items[index]} if kind == "wrap" else _choose_odd(chance)


def _choose_odd(chance: random.Random) -> Value:
    """Return one of ODD_VALUES that can be changed again without changing these."""
    return copy.deepcopy(chance.choice(ODD_VALUES))
