"""One server for a data directory: two would each hold what the other does not know of."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from desra_studio.config import Settings
from desra_studio.errors import InputError

LOCK, HOLDER = "server.lock", "server.json"


@contextmanager
def occupy(settings: Settings, what: str) -> Iterator[None]:
    """Hold the data directory while the block runs; the system lets go where the process dies.

    Args:
        settings: of the installation.
        what: what the next one is told holds it, such as the server's address.

    Raises:
        InputError: another process holds it; with what, its number and since when.
    """
    lock = FileLock(settings.data_dir / LOCK)
    holder = settings.data_dir / HOLDER
    try:
        held = lock.acquire(timeout=0)
    except Timeout as error:
        raise InputError(
            f"The data directory {settings.data_dir} is in use{_describe(holder)}. "
            "Stop that first, or give another with --data-dir."
        ) from error
    with held:
        since = f"{datetime.now():%Y-%m-%d %H:%M}"
        holder.write_text(json.dumps({"what": what, "process": os.getpid(), "since": since}))
        try:
            yield
        finally:
            holder.unlink(missing_ok=True)


def _describe(holder: Path) -> str:
    """Return by whom, or nothing where it says so only in a moment, or did not come to it."""
    try:
        told = json.loads(holder.read_text())
        return f" by {told['what']} (process {told['process']}, since {told['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
