"""Renaming, deleting and restoring by the routes; and that no route shows what is in the bin."""

import re

import pytest

from desra_studio.services.datasets.importing import import_dataset
from desra_studio.storage import runs
from desra_studio.ui.routes import make_router
from desra_studio.vocabulary import RunStatus
from tests.factories.studies import open_new
from tests.ui.masks import post_mask

DATASETS = "/studio/api/datasets"
ANNA = {"X-Studio-User": "Anna%20B"}
MODEL = "/studio/api/models/{model_id}/{file:path}"
LOG = "/studio/api/runs/{run_id}/log"
"""What is read by its id and belongs to no dataset: models, and what jobs printed."""


def list_names(client):
    return [dataset["name"] for dataset in client.get(DATASETS).json()["datasets"]]


def test_the_list_has_datasets_and_the_bin(client):
    answer = client.get(DATASETS)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "datasets": [
            {
                "id": 1,
                "name": "set",
                "images": 3,
                "waiting": 0,
                "reviewed": 0,
                "accepted": 0,
                "reference": "MSE-SR",
            }
        ],
        "bin": [],
    }


def test_renaming(client):
    answer = client.patch(f"{DATASETS}/1", json={"name": " <b>Straßen</b> "})
    assert (answer.status_code, answer.json()) == (200, {"name": "<b>Straßen</b>"})
    assert list_names(client) == ["<b>Straßen</b>"]
    assert client.get("/studio/api/loop").json()["datasets"][0]["name"] == "<b>Straßen</b>"


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"name": " "}, "1 to 190 printable letters"),
        ({"name": "x" * 191}, "1 to 190 printable letters"),
        ({"name": "other"}, "'other' exists already"),
        ({"name": 3}, "body.name"),
        ({}, "body.name"),
    ],
)
def test_a_name_that_cannot_be_given(client, studio, dataset_folder, sent, says):
    import_dataset(studio, dataset_folder, "other")
    answer = client.patch(f"{DATASETS}/1", json=sent)
    assert answer.status_code == 422
    assert says in answer.json()["error"]
    assert list_names(client) == ["other", "set"]


def test_deleting_and_restoring(client):
    assert post_mask(client, 0, **ANNA).status_code == 201
    deletion = client.get(f"{DATASETS}/1/deletion").json()
    assert deletion["lines"] == ["3 images, 0 of them labelled", "1 saved mask by Anna B"]
    assert client.delete(f"{DATASETS}/1", headers=ANNA).json() == {"name": "set"}
    found = client.get(DATASETS).json()
    assert found["datasets"] == []
    (deleted,) = found["bin"]
    assert (deleted["id"], deleted["name"], deleted["deleted_by"]) == (1, "set", "Anna B")
    loop = client.get("/studio/api/loop").json()
    assert (loop["datasets"], loop["dataset"]) == ([], None)
    assert client.post(f"{DATASETS}/1/restore").json() == {"name": "set"}
    assert list_names(client) == ["set"]
    assert client.get("/studio/api/images/1").json()["state"] == "in progress"


def test_a_dataset_at_work_is_not_deleted(client, studio):
    with studio.database.write() as session:
        runs.add_run(session, "upscale", {"dataset_id": 1})
    answer = client.delete(f"{DATASETS}/1")
    assert answer.status_code == 422
    assert "Job 1 (upscale, queued) works on 'set'. Cancel it" in answer.json()["error"]
    assert list_names(client) == ["set"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("PATCH", "/9"), ("DELETE", "/9"), ("POST", "/9/restore"), ("GET", "/9/deletion")],
)
def test_a_dataset_that_never_was(client, method, path):
    answer = client.request(method, DATASETS + path, json={"name": "x"})
    assert answer.status_code == 404
    assert "Dataset 9 does not exist" in answer.json()["error"]


def list_addresses(studio):
    """Map each route that reads something by its id to an address of it."""
    values = {"file": "manifest.json", "name": "000001"}

    def fill(name):
        return values.get(name[1], "1" if "_id" in name[1] else "0")

    return {
        route.path: re.sub(r"\{(\w+)\}", fill, route.path) + "?from=1&offset=1&x=30&y=30"
        for route in make_router(studio).routes
        if "GET" in route.methods and "_id}" in route.path and route.path not in (MODEL, LOG)
    }


def test_no_route_shows_what_is_in_the_bin(client, studio):
    assert post_mask(client, 0).status_code == 201
    open_new(studio, 1, crops="whole", training=0)
    with studio.database.write() as session:
        run = runs.add_run(session, "finetune", {"dataset_id": 1})
        runs.finish_run(run, RunStatus.DONE)
    addresses = list_addresses(studio)
    assert len(addresses) > 25
    client.delete(f"{DATASETS}/1")
    shown = {}
    for path, address in addresses.items():
        answer = client.get(address)
        told = answer.json()["error"] if answer.status_code == 404 else answer.text[:200]
        if "'set' is in the bin. To restore it" not in told or "\n" in told:
            shown[path] = answer.status_code, told
    assert not shown, shown


def test_nothing_is_changed_in_the_bin(client):
    version = client.get("/studio/api/images/1").json()["version"]
    client.delete(f"{DATASETS}/1")
    for answer in (
        post_mask(client, version),
        client.post(
            "/studio/api/images/1/verdict",
            json={"state": "clean"},
            headers={"If-Match": str(version)},
        ),
        client.post(f"{DATASETS}/1/detect", json={}),
        client.put(f"{DATASETS}/1/kinds", json={"kinds": ["a"]}),
    ):
        assert answer.status_code in (404, 422), answer.text
    client.post(f"{DATASETS}/1/restore")
    document = client.get("/studio/api/images/1").json()
    assert (document["version"], document["revision"]) == (version, None)
