"""Room on the disk: looked for before something large is written."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desra_studio.errors import InputError

RESERVE_BYTES = 200 * 10**6
"""Kept free: the database has to go on writing."""
UNITS = ("kB", "MB", "GB", "TB")
FULL = (errno.ENOSPC, errno.EDQUOT)


def measure_free(folder: Path) -> int:
    """Return how many bytes may be written in a folder."""
    return max(0, shutil.disk_usage(folder).free - RESERVE_BYTES)


def check_space(folder: Path, size: int, what: str) -> None:
    """See that there is room for so many bytes.

    Raises:
        InputError: there is not; says what needs how much, and how much there is.
    """
    free = measure_free(folder)
    if size > free:
        raise InputError(
            f"{what} needs {format_bytes(size)}, {format_bytes(free)} is free on the server's "
            "disk. Free some space there, or take fewer files."
        )


@contextmanager
def tell_full_disk(what: str) -> Iterator[None]:
    """Tell of a disk that fills up while the block writes.

    Raises:
        InputError: no space is left.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise InputError(
            f"{what} cannot be written: the server's disk is full. Free some space there, then "
            "try again."
        ) from error


def format_bytes(size: int) -> str:
    """Return a size in words: 6.1 kB, 2.1 GB."""
    if size < 1000:
        return f"{size} bytes"
    power = next((at for at in (1, 2, 3) if size < 999.5 * 1000**at), 4)
    value = size / 1000**power
    digits = 1 if value < 99.95 else 0
    return f"{value:.{digits}f} {UNITS[power - 1]}"
