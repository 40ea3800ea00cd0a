"""Names of files that come from elsewhere: which can be kept here."""

import re

MAX_NAME_BYTES, MAX_PATH_BYTES = 255, 1000
"""What file systems take for a name; and for a path, with room for the folder it is put in."""
ROOT = re.compile(r"/|[A-Za-z]:")
RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|COM\d|LPT\d)(?: *\..*)?", re.IGNORECASE | re.DOTALL)
"""What Windows takes for a device, whatever the ending."""
LITTER = frozenset({"__macosx", "thumbs.db", "desktop.ini"})


def is_hidden(path: str) -> bool:
    """Tell whether a path with slashes is none of people's files, but of their system's."""
    return any(
        part.lower() in LITTER or (part.startswith(".") and part not in (".", ".."))
        for part in path.split("/")
    )


def find_fault(path: str) -> str:
    """Return why a relative path with slashes cannot be a file of ours, or "" where it can.

    Names of any script are as they were given, composed or not.
    """
    parts = path.split("/")
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in path):
        return "its name has control characters"
    try:
        data = path.encode()
    except UnicodeEncodeError:
        return "its name is no text"
    if ROOT.match(path):
        return "its path begins at a root or a drive"
    if ".." in parts:
        return "its path climbs out of its folder"
    if "\\" in path or "" in parts or "." in parts:
        return "its path is not plain"
    if any(RESERVED.fullmatch(part) for part in parts):
        return "its name is one that Windows keeps for a device"
    if len(data) > MAX_PATH_BYTES or max(len(part.encode()) for part in parts) > MAX_NAME_BYTES:
        return f"its name has more than {MAX_NAME_BYTES} bytes, or its path {MAX_PATH_BYTES}"
    return ""


def show_path(path: str) -> str:
    """Return a path as it can stand in a line: what cannot be seen is spelled."""
    return path if path.isprintable() else path.encode("unicode_escape").decode()


def tell_hidden(count: int) -> list[str]:
    """Return the line on hidden files, if there were any."""
    if not count:
        return []
    return [f"Hidden files: {count} of the system's left alone, such as .DS_Store and Thumbs.db"]
