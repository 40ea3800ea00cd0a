"""Which jobs are lost: those whose process is gone, whatever any clock says."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from desra_studio.errors import InputError
from desra_studio.services.studio import Studio
from desra_studio.storage import runs
from desra_studio.storage.database import Session
from desra_studio.storage.tables import Run

LOCK = "process.lock"
HOLD_PATIENCE_S = 10.0
"""Whoever looks whether a process lives holds its lock for a moment."""


@contextmanager
def hold_job(studio: Studio, run_id: int) -> Iterator[None]:
    """Show while the block runs that the job's process lives; the system lets go where it dies.

    Raises:
        InputError: another process carries the job out.
    """
    path = _find_lock(studio, run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        held = FileLock(path).acquire(timeout=HOLD_PATIENCE_S)
    except Timeout as error:
        raise InputError(f"Another process carries job {run_id} out already.") from error
    with held:
        yield


def forget_process(studio: Studio, run_id: int) -> None:
    """Let an ended job have another process, which has not begun yet."""
    _find_lock(studio, run_id).unlink(missing_ok=True)


def is_lost(studio: Studio, run: Run) -> bool:
    """Tell whether nobody carries a waiting or running job out any more.

    One whose process lives is not lost, however long that says nothing: it may have been stopped,
    or wait for the disk. Where no process has begun yet, it is given as long as `Silences` has it.
    """
    path = _find_lock(studio, run.id)
    if path.exists():
        try:
            with FileLock(path).acquire(timeout=0):
                return True
        except Timeout:
            return False
        except OSError:
            pass  # another account's: only what the job writes tells of it
    return studio.silences.is_too_long(run.id, run.heartbeat_at)


def list_working_jobs(studio: Studio) -> list[int]:
    """Return the jobs whose process lives, by what it holds, whatever the database says."""
    working = []
    for path in (studio.settings.data_dir / "runs").glob(f"*/{LOCK}"):
        try:
            FileLock(path).acquire(timeout=0).lock.release()
        except Timeout:
            if path.parent.name.isdecimal():
                working.append(int(path.parent.name))
    return sorted(working)


def fail_lost_jobs(studio: Studio, session: Session) -> None:
    """Fail the jobs that are lost."""
    for run in runs.list_active_runs(session):
        if is_lost(studio, run):
            runs.fail_lost_run(run)


def sweep_lost_jobs(studio: Studio) -> None:
    """Do as `fail_lost_jobs`, and take the write lock only where there is one."""
    with studio.database.read() as session:
        if not any(is_lost(studio, run) for run in runs.list_active_runs(session)):
            return
    with studio.database.write() as session:
        fail_lost_jobs(studio, session)


def _find_lock(studio: Studio, run_id: int) -> Path:
    return studio.run_folder(run_id) / LOCK
