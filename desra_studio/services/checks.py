"""What people write beside masks and regions."""

from desra_studio.errors import InputError

MAX_NOTE = 500


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
