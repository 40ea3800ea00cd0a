"""What admins see of the server: versions, disk, jobs and what jobs printed."""

import pytest

import desra_studio
from desra_studio.services import jobs
from desra_studio.services.operations.describing import REST
from desra_studio.services.operations.job_logs import LINES
from desra_studio.storage import runs
from desra_studio.vocabulary import RunStatus
from tests.factories.clients import open_client


@pytest.fixture
def client(studio):
    with open_client(studio) as made:
        yield made


def fail_job(studio, log):
    """A job that failed and printed this; returns its id."""
    run_id = jobs.queue_job(studio, "score", {})
    with studio.database.write() as session:
        runs.finish_run(runs.get_run(session, run_id), RunStatus.FAILED, "It broke.")
    if log:
        studio.run_folder(run_id).mkdir(parents=True)
        (studio.run_folder(run_id) / "log.txt").write_bytes(log)
    return run_id


def test_versions_disk_and_jobs(client, studio):
    first, second = fail_job(studio, b"x" * 5000), fail_job(studio, b"")
    (studio.settings.data_dir / "uploads").mkdir(exist_ok=True)
    (studio.settings.data_dir / "uploads" / "sent").write_bytes(b"x" * 700)
    view = client.get("/studio/api/server").json()
    assert view["versions"]["DeSRA Studio"] == desra_studio.__version__
    assert set(view["versions"]) == {"DeSRA Studio", "schema", "Python", "Gradio", "PyTorch"}
    parts = view["disk"]["parts"]
    assert (parts["runs"], parts["uploads"]) == (5000, 700)
    assert parts["blobs"] > 0
    assert (parts[REST] > 0) == (studio.database.sqlite_path is not None)
    assert 0 < view["disk"]["free"] < view["disk"]["total"]
    told = [(job["id"], job["status"], job["message"], job["has_log"]) for job in view["jobs"]]
    assert told == [
        (second, "failed", "It broke.", False),
        (first, "failed", "It broke.", True),
    ]
    assert view["jobs"][0]["finished_at"].endswith(("Z", "+00:00"))


def test_no_address_on_the_server_is_told(client, studio):
    code, data = desra_studio.__file__, studio.settings.data_dir.resolve()
    trace = f'  File "{code}", line 1\n{data}/blobs\n'
    run_id = fail_job(studio, trace.encode())
    answer = client.get(f"/studio/api/runs/{run_id}/log")
    assert answer.json()["lines"] == [
        '  File "[studio]/desra_studio/__init__.py", line 1',
        "[data]/blobs",
    ]
    assert str(studio.settings.data_dir) not in client.get("/studio/api/server").text


def test_of_a_long_log_the_end_is_read(client, studio):
    run_id = fail_job(studio, b"".join(b"%d %s\xff\n" % (n, b"x" * 3000) for n in range(500)))
    lines = client.get(f"/studio/api/runs/{run_id}/log").json()["lines"]
    assert lines[-1].startswith("499 ")
    assert len(lines) < LINES
    run_id = fail_job(studio, b"".join(b"%d\n" % number for number in range(500)))
    lines = client.get(f"/studio/api/runs/{run_id}/log").json()["lines"]
    assert lines == [str(number) for number in range(300, 500)]


def test_a_job_without_a_log_and_none(client, studio):
    run_id = fail_job(studio, b"")
    answer = client.get(f"/studio/api/runs/{run_id}/log")
    assert (answer.status_code, "has no log" in answer.json()["error"]) == (404, True)
    assert client.get("/studio/api/runs/99/log").status_code == 404
