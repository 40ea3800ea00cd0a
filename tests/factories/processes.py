"""Finds the processes of jobs, where the system lists processes as files."""

from pathlib import Path

import pytest

needs_proc = pytest.mark.skipif(
    not Path("/proc").is_dir(), reason="finds the job's process under /proc"
)


def list_job_processes(data_dir: Path) -> dict[int, int]:
    """Process by id of the job, of one installation: others may run jobs of the same ids."""
    ours = f"DESRA_STUDIO_DATA_DIR={data_dir.resolve()}".encode()
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            if words[-4:-2] != [b"jobs", b"run"]:
                continue
            if ours in (process / "environ").read_bytes().split(b"\0"):
                found[int(words[-2])] = int(process.name)
        except OSError:  # it has ended meanwhile
            continue
    return found
