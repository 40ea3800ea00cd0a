"""Jobs whose process is gone are found, and no others, whatever the clock says: real processes."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desra_studio.services import jobs, lost_jobs
from desra_studio.services.lost_jobs import sweep_lost_jobs
from desra_studio.services.silences import Silences
from desra_studio.services.worker import run_job
from desra_studio.storage import runs
from desra_studio.storage.base import now
from desra_studio.vocabulary import RunStatus
from tests.factories.processes import list_job_processes, needs_proc
from tests.patience import PATIENCE_S, wait_for

JUMPS = [timedelta(minutes=sign * minutes) for minutes in (5, 60) for sign in (1, -1)]
"""By which the clock is set after the last heartbeat, forwards and backwards."""


@pytest.fixture
def orphan(studio):
    """A waiting job whose process nobody of this one's watches: (its id, the process's)."""
    code = (
        "import sys\n"
        "from desra_studio.config import Settings\n"
        "from desra_studio.services.jobs import start_job\n"
        "from desra_studio.services.studio import open_studio\n"
        "studio = open_studio(Settings(data_dir=sys.argv[1]))\n"
        "print(start_job(studio, 'apply', {'dataset_id': 1, 'model_id': 1}))"
    )
    with studio.database.write() as session:
        before = runs.add_run(session, "finetune", {}).id
    with lost_jobs.hold_job(studio, before):
        told = subprocess.run(
            [sys.executable, "-c", code, str(studio.settings.data_dir)],
            check=True, timeout=PATIENCE_S, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        run_id = int(told.stdout)
        wait_for(lambda: "Waiting" in jobs.view_job(studio, run_id).message, "a job that waits")
        yield run_id, list_job_processes(studio.settings.data_dir)[run_id]
        if process := list_job_processes(studio.settings.data_dir).get(run_id):
            kill(studio, process)


def kill(studio, process):
    """Kill a process, not in the middle of a write, and wait until nothing of it is left open."""
    with studio.database.write():
        os.kill(process, signal.SIGKILL)
    wait_for(lambda: has_ended(process), f"the end of process {process}")


def has_ended(process):
    """All of its threads: each may be the last to have its files open."""
    folder = Path(f"/proc/{process}")
    try:
        state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        return state in "ZX" and len(list((folder / "task").iterdir())) <= 1
    except OSError:
        return True


def has_stopped(process):
    """All of its threads."""
    tasks = Path(f"/proc/{process}/task").iterdir()
    return {(task / "stat").read_text().rpartition(")")[2].split()[0] for task in tasks} == {"T"}


@contextmanager
def asleep(studio, process):
    """The process is stopped, and not in the middle of a write."""
    with studio.database.write():
        os.kill(process, signal.SIGSTOP)
        # On a busy machine it goes on for a while, and would take the lock as soon as it is free.
        wait_for(lambda: has_stopped(process), f"process {process} to stop")
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def read_heartbeat(studio, run_id):
    with studio.database.read() as session:
        return runs.get_run(session, run_id).heartbeat_at


def set_heartbeat(studio, run_id, moment):
    """As one wrote it that waits."""
    with studio.database.write() as session:
        run = runs.get_run(session, run_id)
        run.status, run.heartbeat_at = RunStatus.QUEUED, moment


@needs_proc
def test_no_jump_of_the_clock_loses_a_live_job(studio, orphan):
    run_id, process = orphan
    with asleep(studio, process):
        for jump in JUMPS:
            before = now() - jump
            set_heartbeat(studio, run_id, before)
            sweep_lost_jobs(studio)
            assert jobs.view_job(studio, run_id).active, f"the clock was set by {jump}"
        # Where all has slept, whoever wakes first looks before the job has said anything.
        impatient = replace(studio, silences=Silences(limit_s=0))
        for _ in range(2):
            sweep_lost_jobs(impatient)
        assert jobs.view_job(studio, run_id).active
    wait_for(lambda: read_heartbeat(studio, run_id) != before, "the next heartbeat")
    assert jobs.view_job(studio, run_id).active


@needs_proc
def test_no_jump_of_the_clock_keeps_a_killed_job(studio, orphan):
    run_id, process = orphan
    kill(studio, process)
    for jump in JUMPS:
        set_heartbeat(studio, run_id, now() - jump)
        sweep_lost_jobs(studio)
        view = jobs.view_job(studio, run_id)
        assert view.status is RunStatus.FAILED, f"the clock was set by {jump}"
        assert "ended without a word" in view.message


@needs_proc
def test_a_killed_job_can_be_started_again_at_once(studio, orphan):
    run_id, process = orphan
    kill(studio, process)
    assert jobs.restart_job(studio, run_id) == run_id
    sweep_lost_jobs(studio)
    assert jobs.view_job(studio, run_id).active, "its process has not begun yet"
    wait_for(lambda: "Waiting" in jobs.view_job(studio, run_id).message, "a job that waits again")


def test_a_job_whose_process_never_began_is_lost_after_a_while(studio):
    seconds = [0.0]
    patient = replace(studio, silences=Silences(tell_time=lambda: seconds[0]))
    with studio.database.write() as session:
        run_id = runs.add_run(session, "detect", {}).id

    def is_active_at(second):
        seconds[0] = second
        sweep_lost_jobs(patient)
        return jobs.view_job(studio, run_id).active

    assert [is_active_at(second) for second in (7, 37, 38)] == [True, True, False]


def test_only_a_new_heartbeat_ends_a_silence():
    seconds = [0.0]
    silences = Silences(limit_s=30, tell_time=lambda: seconds[0])
    beats = [datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in (12, 11, 23)]

    def is_too_long(second, beat, run_id=1):
        seconds[0] = second
        return silences.is_too_long(run_id, beat)

    assert not is_too_long(100, beats[0])
    assert not is_too_long(130, beats[0])
    assert is_too_long(131, beats[0])
    assert not is_too_long(132, beats[0], run_id=2)
    assert not is_too_long(133, beats[1]), "though the clock went back"
    assert not is_too_long(163, beats[1])
    assert not is_too_long(164, beats[2])
    assert is_too_long(999, beats[2])


def test_one_process_carries_a_job_out(studio, monkeypatch, capsys):
    monkeypatch.setattr(lost_jobs, "HOLD_PATIENCE_S", 0)
    with studio.database.write() as session:
        run_id = runs.add_run(session, "no such kind", {}).id
    with lost_jobs.hold_job(studio, run_id):
        assert run_job(studio, run_id) is RunStatus.QUEUED
    assert "Another process" in capsys.readouterr().err
    assert run_job(studio, run_id) is RunStatus.FAILED
