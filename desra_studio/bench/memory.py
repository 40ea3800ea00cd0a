"""How much memory a process has, and had at most."""

from pathlib import Path
from typing import NamedTuple

from desra_studio.errors import StudioError


class Memory(NamedTuple):
    """Resident memory of a process in MB (10^6 bytes): as it is, and the most since it began."""

    resident_mb: float
    peak_mb: float


def read_memory(process_id: int) -> Memory:
    """Read the memory of a process of this machine from /proc.

    Raises:
        StudioError: there is no such process, or this system has no /proc.
    """
    try:
        text = Path(f"/proc/{process_id}/status").read_text()
        fields = dict(line.split(":", 1) for line in text.splitlines())
        # Not getrusage: a child inherits the peak of what began it.
        resident, peak = (1024 * int(fields[name].split()[0]) for name in ("VmRSS", "VmHWM"))
    except (OSError, KeyError) as error:
        raise StudioError(
            f"The memory of process {process_id} cannot be read from /proc: run this on Linux, and "
            "look whether the process ended."
        ) from error
    return Memory(round(resident / 1e6, 1), round(peak / 1e6, 1))
