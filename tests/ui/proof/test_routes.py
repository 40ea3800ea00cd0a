"""The route of the Proof page."""

from desra_studio.storage import runs
from desra_studio.vocabulary import RunStatus


def test_fine_tunings_are_listed(client, studio):
    assert client.get("/studio/api/fine-tunings").json() == {"runs": []}
    with studio.database.write() as session:
        run = runs.add_run(session, "finetune", {"dataset_id": 1})
        runs.finish_run(run, RunStatus.DONE, result={"model_id": 3, "model": "m", "proof": None})
        run_id = run.id
    answer = client.get(f"/studio/api/fine-tunings?run={run_id}")
    assert answer.headers["Cache-Control"] == "no-store", "a run goes on while it is looked at"
    (listed,) = answer.json()["runs"]
    assert (listed["id"], listed["dataset"], listed["proven"]) == (run_id, "set", False)
