"""The routes of a fine-tuning's proof."""

import pytest

from desra_studio.storage import datasets, runs
from desra_studio.storage import models as model_rows
from desra_studio.vocabulary import ModelRole, RunStatus

LEFT = {"area_left": 0.9, "depth_left": 0.8}


@pytest.fixture
def run_id(client, studio):
    """A fine-tuning whose proof says that an artifact of image 1 is still there, another gone."""
    place = {"image_id": 1, "x": 2, "y": 3, "w": 4, "h": 5, "area_px": 20, "centre": [4, 5]}
    components = [
        {**place, "fate": fate, "words": [{"witness": "SSIM", "fate": fate, **LEFT}]}
        for fate in ("gone", "still_there")
    ]
    with studio.database.write() as session:
        found = datasets.get_record(session, 1).detection
        run = runs.add_run(session, "finetune", {"dataset_id": 1})
        model = model_rows.add_model(session, "tuned", ModelRole.GAN, parent_run_id=run.id)
        proof = {
            "images": 1,
            "model_id": model.id,
            "detections": [[found.id, found.id]],
            "components": components,
        }
        runs.finish_run(run, RunStatus.DONE, "", {"model": "tuned", "proof": proof})
        return run.id


def test_components_of_a_proof(client, run_id):
    answer = client.get(f"/studio/api/runs/{run_id}/proof").json()
    assert answer["proof"]["images"] == 1
    first, last = answer["components"]
    assert (first["fate"], last["fate"]) == ("still_there", "gone")
    assert first["words"] == [{"witness": "SSIM", "fate": "still_there", **LEFT}]
    image = answer["images"][0]
    pixels = client.get(f"/studio/renditions/{image['gan']['id']}.png?v={image['gan']['sha']}")
    assert pixels.status_code == 200


def test_send_back(client, run_id):
    path = f"/studio/api/runs/{run_id}"
    sent = client.post(f"{path}/send-back").json()
    assert sent == {"images": 1, "components": 1, "dataset_id": 1}
    queue = client.get("/studio/api/datasets/1/queue", params={"order": "flagged"}).json()
    assert [len(item["flags"]) for item in queue["items"]] == [1, 0, 0]
    assert client.get(f"{path}/proof").json()["flagged"] is True


@pytest.mark.parametrize("path", ["/studio/api/runs/99/proof", f"/studio/api/runs/{2**40}/proof"])
def test_what_is_not_there(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "99" in answer.json()["error"] or str(2**40) in answer.json()["error"]


def test_an_old_proof_is_none(client, studio, run_id):
    with studio.database.write() as session:
        runs.keep_result(session, run_id, {"proof": {"images": 1, "removed": 3}})
    answer = client.get(f"/studio/api/runs/{run_id}/proof")
    assert answer.status_code == 404
    assert "from before witnesses were asked" in answer.json()["error"]
    (listed,) = client.get("/studio/api/fine-tunings").json()["runs"]
    assert not listed["proven"]
    assert listed["note"].endswith("Prove it again.")


def test_a_run_without_a_proof_says_why(client, studio, run_id):
    with studio.database.write() as session:
        runs.keep_result(session, run_id, {"proof": None, "proof_note": "The disk was full."})
    for answer in (
        client.get(f"/studio/api/runs/{run_id}/proof"),
        client.post(f"/studio/api/runs/{run_id}/send-back"),
    ):
        assert answer.status_code == 404
        assert answer.json()["error"] == f"Job {run_id} has no proof. The disk was full."
