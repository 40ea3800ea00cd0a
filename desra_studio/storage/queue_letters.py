"""Kinds and classes as the queue's entries hold them: a letter each.

A filter then walks along short rows, and a plain LIKE finds a letter in them.
"""

from collections.abc import Iterable

from sqlalchemy import select

from desra_studio.storage.database import Session
from desra_studio.storage.label_tables import RegionKind

_FIRST = 0x100
"""The first letter: beyond ASCII, where LIKE would not tell cases apart."""


def write_class(index: int) -> str:
    """Return the letter of an ADE20K class, 0 to 149."""
    return chr(_FIRST + index)


def read_class(letter: str) -> int:
    """Return the class whose letter this is."""
    return ord(letter) - _FIRST


def join_letters(letters: Iterable[str]) -> str:
    """Return the letters as an entry holds them: each once, in ascending order."""
    return "".join(sorted(set(letters)))


def list_kinds(session: Session) -> dict[str, str]:
    """Return the kind of each letter."""
    return {kind.letter: kind.name for kind in session.scalars(select(RegionKind))}


def find_letter(session: Session, name: str) -> str | None:
    """Return the letter of a kind; None where no region ever had it."""
    return session.scalar(select(RegionKind.letter).where(RegionKind.name == name))


def write_kinds(session: Session, names: Iterable[str]) -> dict[str, str]:
    """Return the letter of each kind; one that no region had before gets the next."""
    wanted = set(names)
    if not wanted:
        return {}
    known = list_kinds(session)
    letters = {name: letter for letter, name in known.items() if name in wanted}
    following = max(map(ord, known), default=_FIRST - 1) + 1
    added = {name: chr(following + i) for i, name in enumerate(sorted(wanted - letters.keys()))}
    session.add_all(RegionKind(name=name, letter=letter) for name, letter in added.items())
    return letters | added
