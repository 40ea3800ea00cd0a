"""The routes of the Proof page."""

from desra_studio.services import jobs
from desra_studio.storage import runs
from desra_studio.storage.tables import RunStatus
from tests.services.test_jobs import wait_until_ended


def test_runs_are_listed_and_proven_again(client, studio):
    assert client.get("/studio/api/proofs").json() == {"runs": []}
    with studio.database.write() as session:
        run = runs.add_run(session, "finetune", {"dataset_id": 1})
        runs.finish_run(run, RunStatus.DONE, result={"model_id": 3, "model": "m", "proof": None})
        run_id = run.id
    answer = client.get("/studio/api/proofs")
    assert answer.headers["Cache-Control"] == "no-store", "a run goes on while it is looked at"
    (listed,) = answer.json()["runs"]
    assert (listed["id"], listed["dataset"], listed["proven"]) == (run_id, "set", False)
    started = client.post(f"/studio/api/runs/{run_id}/prove")
    assert started.status_code == 202
    job = started.json()["job"]
    assert jobs.view_job(studio, job).config == {"run_id": run_id}
    wait_until_ended(studio, job)


def test_an_unknown_run_is_not_proven(client):
    answer = client.post("/studio/api/runs/99/prove")
    assert answer.status_code == 404
    assert "99" in answer.json()["error"]
