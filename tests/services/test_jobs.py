"""Jobs in real child processes: done, failed, cancelled, killed, and one after the other."""

import os
import signal
import time
from pathlib import Path

import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import CancelledError
from desra_studio.services import jobs
from desra_studio.services.datasets import check_import
from desra_studio.services.worker import Job, run_job
from desra_studio.storage import datasets, runs
from desra_studio.storage.tables import RunStatus


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    pytest.fail("waited in vain")


def wait_until_ended(studio, run_id):
    return wait_for(lambda: (view := jobs.view_job(studio, run_id)) and not view.active and view)


def test_import_job(studio, dataset_folder):
    config = check_import(studio, dataset_folder, "set", DetectorParams(area_threshold=400))
    run_id = jobs.start_job(studio, "import", config)
    assert jobs.find_active_job(studio).id == run_id
    view = wait_until_ended(studio, run_id)
    assert view.status is RunStatus.DONE
    assert (view.result["images"], view.result["marked"]) == (3, 3)
    assert (view.done, view.total) == (3, 3)
    with studio.database.read() as session:
        assert datasets.find_dataset(session, "set") is not None
    assert (studio.run_folder(run_id) / "log.txt").read_text() == ""


def test_a_job_that_cannot_be_done_says_why(studio, tmp_path):
    config = {"source": str(tmp_path / "gone"), "name": "set", "params": {}}
    view = wait_until_ended(studio, jobs.start_job(studio, "import", config))
    assert view.status is RunStatus.FAILED
    assert "is not a folder" in view.message


def test_an_unexpected_error_ends_the_job(studio, capsys):
    with studio.database.write() as session:
        run_id = runs.add_run(session, "no such kind", {}).id
    assert run_job(studio, run_id) is RunStatus.FAILED
    view = jobs.view_job(studio, run_id)
    assert view.message.startswith("Unexpected KeyError")
    assert "Traceback" in capsys.readouterr().err


def test_a_killed_job_is_noticed(studio):
    """The child waits for its turn behind a job that never ends, and is killed there."""
    with studio.database.write() as session:
        blocker = runs.add_run(session, "finetune", {}).id
    run_id = jobs.start_job(studio, "apply", {"dataset_id": 1, "model_id": 1})
    wait_for(lambda: "Waiting" in jobs.view_job(studio, run_id).message)
    assert jobs.view_job(studio, run_id).status is RunStatus.QUEUED
    children = [path for path in Path("/proc").iterdir() if is_job(path, run_id)]
    assert len(children) == 1
    os.kill(int(children[0].name), signal.SIGKILL)
    view = wait_until_ended(studio, run_id)
    assert view.status is RunStatus.FAILED
    assert "ended with status -9" in view.message
    assert jobs.view_job(studio, blocker).active


def is_job(process, run_id):
    try:
        words = (process / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return words[-4:-1] == [b"jobs", b"run", str(run_id).encode()]


def test_cancel_reaches_the_work(studio):
    with studio.database.write() as session:
        run_id = runs.add_run(session, "detect", {}).id
    jobs.cancel_active_job(studio, "detect")
    with Job(studio, run_id) as job, pytest.raises(CancelledError, match="at 7 of 9"):
        wait_for(lambda: job.report(7, 9, "working"), 5)


def test_metrics_and_progress_reach_the_page(studio):
    with studio.database.write() as session:
        run_id = runs.add_run(session, "finetune", {}).id
    with Job(studio, run_id) as job:
        job.wait_for_turn()
        for step in (1, 2, 3):
            job.add_metric(step, "loss", 1 / step)
            job.report(step, 3, f"step {step}")
    view = jobs.view_job(studio, run_id)
    assert (view.done, view.total, view.message) == (3, 3, "step 3")
    assert jobs.list_job_metrics(studio, run_id, "loss") == [(1, 1), (2, 0.5), (3, 1 / 3)]
