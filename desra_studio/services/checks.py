"""What people write: names, and notes beside masks and regions."""

import re

from desra_studio.errors import InputError

MAX_NOTE, MAX_PERSON = 500, 100
SPACES = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
"""Those of every width, but no tab and no line break."""
SHOWN = 60
"""Letters of a wrong name that are quoted."""


def check_name(text: str, what: str, most: int) -> str:
    """Return a name without space around it.

    Args:
        text: what somebody wrote.
        what: whose name it is, as a sentence begins with it: "The model's name".
        most: letters that it may have.

    Raises:
        InputError: it is empty or longer, or has letters that cannot be seen: line breaks and
            other control characters, and what hides letters or turns them round.
    """
    name = text.strip()
    shown = repr(name) if len(name) <= SHOWN else f"{name[:SHOWN]!r}..."
    unseen = next((letter for letter in name if not letter.isprintable()), None)
    if name and unseen is None and len(name) <= most:
        return name
    if unseen is not None:
        shown = f"{unseen!r} in {shown}"
    elif name:
        shown = f"{len(name)}: {shown}"
    raise InputError(f"{what} must have 1 to {most} printable letters, got {shown}.")


def check_person(text: str) -> str:
    """Return somebody's name with single spaces, empty where nobody is named.

    Raises:
        InputError: see `check_name`.
    """
    name = join_words(text)
    return check_name(name, "A person's name", MAX_PERSON) if name else ""


def join_words(text: str) -> str:
    """Return a text with a plain space between its words, and none around them."""
    return SPACES.sub(" ", text).strip()


def check_note(text: str) -> str:
    """Return a note without space around it.

    Raises:
        InputError: longer than 500 characters, or with characters that cannot be seen.
    """
    note = text.strip()
    if len(note) > MAX_NOTE:
        raise InputError(f"A note has up to {MAX_NOTE} characters, got {len(note)}. Shorten it.")
    if not "".join(note.split()).isprintable():
        raise InputError(f"A note has printable characters only, got {note[:60]!r}.")
    return note
