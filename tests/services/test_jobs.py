"""Jobs in real child processes: done, failed, cancelled, killed, and one after the other."""

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import CancelledError
from desra_studio.services import jobs, worker
from desra_studio.services.datasets.importing import check_import
from desra_studio.services.job_process import Job
from desra_studio.services.worker import run_job
from desra_studio.storage import datasets, runs
from desra_studio.vocabulary import RunStatus
from tests.factories.processes import list_job_processes, needs_proc
from tests.patience import PATIENCE_S, wait_for, wait_until_ended


def test_import_job(studio, dataset_folder):
    config = check_import(studio, dataset_folder, "set", DetectorParams(area_threshold=400))
    run_id = jobs.start_job(studio, "import", config.as_dict())
    assert jobs.find_active_job(studio).id == run_id
    view = wait_until_ended(studio, run_id)
    assert view.status is RunStatus.DONE
    assert (view.result["images"], view.result["marked"]) == (3, 3)
    assert (view.done, view.total) == (3, 3)
    with studio.database.read() as session:
        assert datasets.find_dataset(session, "set") is not None
    assert (studio.run_folder(run_id) / "log.txt").read_text() == ""


def test_a_job_outlives_the_process_that_started_it(studio, dataset_folder):
    config = check_import(studio, dataset_folder, "set", DetectorParams(area_threshold=400))
    code = (
        "import sys, json\n"
        "from desra_studio.config import Settings\n"
        "from desra_studio.services.jobs import start_job\n"
        "from desra_studio.services.studio import open_studio\n"
        "start_job(open_studio(Settings(data_dir=sys.argv[1])), 'import', json.loads(sys.argv[2]))"
    )
    data_dir = str(studio.settings.data_dir)
    subprocess.run(
        [sys.executable, "-c", code, data_dir, json.dumps(config.as_dict())],
        check=True,
        timeout=PATIENCE_S,
    )
    view = wait_until_ended(studio, 1)
    assert view.status is RunStatus.DONE
    assert view.result["images"] == 3


def test_a_cancelled_detection_keeps_the_import_and_its_report(studio, dataset_folder, monkeypatch):
    (dataset_folder / "GAN-SR" / "notes.txt").write_text("notes")
    config = check_import(studio, dataset_folder, "set", DetectorParams())

    def cancel(*_):
        raise CancelledError("Cancelled at 1 of 3.")

    monkeypatch.setattr(worker, "detect_imported", cancel)
    with studio.database.write() as session:
        run_id = runs.add_run(session, "import", config.as_dict()).id
    assert run_job(studio, run_id) is RunStatus.CANCELLED
    view = jobs.view_job(studio, run_id)
    assert "The 3 images are imported; go on with 'Detect again'" in view.message
    assert any("notes.txt" in line for line in view.result["lines"])


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
    assert str(studio.settings.data_dir) not in view.message
    assert "Traceback" in capsys.readouterr().err


@needs_proc
def test_a_killed_job_is_noticed(studio):
    """The child waits for its turn behind a job that never ends, and is killed there."""
    with studio.database.write() as session:
        blocker = runs.add_run(session, "finetune", {}).id
    run_id = jobs.start_job(studio, "apply", {"dataset_id": 1, "model_id": 1})
    wait_for(lambda: "Waiting" in jobs.view_job(studio, run_id).message, "a job that waits")
    assert jobs.view_job(studio, run_id).status is RunStatus.QUEUED
    os.kill(list_job_processes(studio.settings.data_dir)[run_id], signal.SIGKILL)
    view = wait_until_ended(studio, run_id)
    assert view.status is RunStatus.FAILED
    assert "ended with status -9" in view.message
    assert jobs.view_job(studio, blocker).active


def test_cancel_reaches_the_work(studio):
    with studio.database.write() as session:
        run_id = runs.add_run(session, "detect", {}).id
    jobs.cancel_job(studio, run_id)
    with Job(studio, run_id) as job, pytest.raises(CancelledError, match="at 7 of 9"):
        wait_for(lambda: job.report(7, 9, "working"), "a report that is refused")


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


@pytest.mark.parametrize("jump", [timedelta(hours=1), -timedelta(hours=1)])
def test_the_rate_outlives_a_clock_that_is_set(studio, jump):
    with studio.database.write() as session:
        run_id = runs.add_run(session, "finetune", {}).id
    with Job(studio, run_id) as job:
        job.wait_for_turn()
        job.report(0, 1_000_000, "training")
        job.report(500_000, 1_000_000, "training")
        with studio.database.write() as session:
            runs.get_run(session, run_id).started_at -= jump
    view = jobs.view_job(studio, run_id)
    assert view.rate > 1000
    assert 0 < view.seconds_left < 500


def test_the_rate_is_of_this_attempt_alone(studio):
    with studio.database.write() as session:
        run_id = runs.add_run(session, "finetune", {}).id
    with Job(studio, run_id) as job:
        job.wait_for_turn()
        job.report(0, 1_000_000, "first attempt")
        job.report(500_000, 1_000_000, "first attempt")
    begun = jobs.view_job(studio, run_id)
    assert begun.rate > 1000
    with studio.database.write() as session:
        runs.finish_run(runs.get_run(session, run_id), RunStatus.FAILED, "killed")
        runs.requeue_run(runs.get_run(session, run_id))
    assert jobs.view_job(studio, run_id).rate == 0
    with Job(studio, run_id) as job:
        job.wait_for_turn()
        job.report(0, 0, "loading")
        # From the checkpoint, which is older than what was reported last.
        job.report(400_000, 1_000_000, "second attempt")
        job.report(400_001, 1_000_000, "second attempt")
    with studio.database.write() as session:
        run = runs.get_run(session, run_id)
        runs.finish_run(run, RunStatus.DONE, "")
        elapsed = (run.finished_at - run.started_at).total_seconds()
    resumed = jobs.view_job(studio, run_id)
    assert resumed.done == 400_001
    assert resumed.rate * elapsed == pytest.approx(1), "one iteration, not 400 001"
