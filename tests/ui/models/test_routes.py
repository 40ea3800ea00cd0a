"""What the Models page does, over its routes."""

from desra_studio.services import jobs
from desra_studio.sr.loader import encode_weights
from tests.factories.networks import make_weights


def test_a_weight_file_is_added_in_its_role(client):
    data = encode_weights(make_weights())
    answer = client.post("/studio/api/models?name=mine.safetensors&role=mse", content=data)
    assert (answer.status_code, answer.json()["name"]) == (201, "mine")
    refused = client.post("/studio/api/models?name=other.safetensors&role=x", content=data)
    assert "Unknown role 'x'" in refused.json()["error"]


def test_a_pair_is_set_by_name(client):
    data = encode_weights(make_weights())
    partner = client.post("/studio/api/models?name=p.safetensors&role=mse", content=data).json()
    client.post("/studio/api/models?name=g.safetensors", content=data)
    order = {"model": "g", "partner": partner["model"]}
    assert client.post("/studio/api/models/pair", json=order).status_code == 200
    for order in ({"model": "gone", "partner": 1}, {"model": "g", "partner": None}):
        refused = client.post("/studio/api/models/pair", json=order)
        assert "Choose an MSE-SR model" in refused.json()["error"]


def test_what_a_derivation_is_given(client, studio, tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(jobs, "start_job", lambda *job: started.append(job[1:]) or 1)

    def derive(**order):
        return client.post("/studio/api/models/derive", json={"model": "gan", **order})

    assert derive(hr=f" {tmp_path} ", iterations=7).status_code == 202
    assert derive(dataset=3, hr=" ", iterations=1).status_code == 202
    assert started == [
        ("derive", {"model": "gan", "dataset_id": None, "hr": f"{tmp_path}", "max_iterations": 7}),
        ("derive", {"model": "gan", "dataset_id": 3, "hr": "", "max_iterations": 1}),
    ]
    for hr, says in (
        ("", "Choose a dataset with LR images, or give a folder"),
        (f"{tmp_path}/gone", "is not a folder"),
        ("photographs", "Give its whole path"),
    ):
        assert says in derive(hr=hr, iterations=1).json()["error"]
    assert "iteration" in derive(dataset=3).json()["error"]
