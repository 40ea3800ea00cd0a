"""A server that is stopped and started again while a job runs."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from itertools import count

import pytest

from desra_studio.bench.server import find_free_port
from desra_studio.services import jobs
from desra_studio.services.lost_jobs import LOCK
from desra_studio.services.occupation import HOLDER
from desra_studio.vocabulary import RunStatus
from tests.factories.images import write_dataset
from tests.factories.processes import list_job_processes, needs_proc
from tests.patience import (
    PATIENCE_S,
    read_url,
    wait_for,
    wait_until_ended,
    wait_until_healthy,
)

IMAGES = [f"{number:02d}" for number in range(40)]


@pytest.fixture
def serve(studio):
    """Start servers of the studio; gives where one is and its process."""

    @contextmanager
    def start_server():
        port = find_free_port()
        command = [sys.executable, "-m", "desra_studio", "serve", "--port", str(port)]
        command += ["--no-pages", "--data-dir", str(studio.settings.data_dir)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            wait_until_healthy(port, process)
            yield f"http://127.0.0.1:{port}/studio/api", process
        finally:
            process.kill()
            process.wait(PATIENCE_S)

    yield start_server
    for process in list_job_processes(studio.settings.data_dir).values():
        os.kill(process, signal.SIGKILL)


def stop_import_midway(studio, address, folder):
    """Let a server import, and halt the job's process before its end; returns job and process."""
    for number in count():
        order = {"source": str(folder), "name": f"set {number}"}
        request = urllib.request.Request(
            f"{address}/datasets/import",
            json.dumps(order).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            run_id = json.load(answer)["job"]
        wait_for((studio.run_folder(run_id) / LOCK).exists, f"the process of job {run_id}")
        process = list_job_processes(studio.settings.data_dir).get(run_id)
        if process is not None:
            os.kill(process, signal.SIGSTOP)
            if jobs.view_job(studio, run_id).active:
                return run_id, process
            os.kill(process, signal.SIGCONT)
        wait_until_ended(studio, run_id)
    raise AssertionError


def list_job_kinds(address):
    with read_url(f"{address}/loop") as answer:
        return [job["kind"] for job in json.load(answer)["jobs"]]


@needs_proc
def test_a_job_goes_on_while_the_server_is_started_again(studio, tmp_path, serve):
    folder = write_dataset(tmp_path / "source", IMAGES)
    with serve() as (address, server):
        run_id, process = stop_import_midway(studio, address, folder)
        server.terminate()
        assert server.wait(PATIENCE_S) == 0
    assert not (studio.settings.data_dir / HOLDER).exists()
    assert list_job_processes(studio.settings.data_dir) == {run_id: process}
    with serve() as (address, server):
        assert list_job_kinds(address) == ["import"]
        os.kill(process, signal.SIGCONT)
        view = wait_until_ended(studio, run_id)
        assert view.status is RunStatus.DONE, view.message
        assert view.result["images"] == len(IMAGES)
        assert list_job_kinds(address) == []
        server.terminate()
        assert server.wait(PATIENCE_S) == 0
