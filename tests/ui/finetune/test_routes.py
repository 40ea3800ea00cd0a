"""The routes behind the Fine-tune page: what they offer, refuse, start and stop."""

from dataclasses import asdict

import pytest

from desra_studio.finetune.config import DIAL, QUICK, FinetuneConfig
from desra_studio.finetune.pseudo_gt import FEATHER_SIGMA_PX
from desra_studio.services import jobs
from desra_studio.services.models.registry import add_model_file, list_generators
from tests.factories.jobs import run_jobs_here, view_done
from tests.factories.networks import make_discriminator
from tests.factories.studio import accept_detected
from tests.factories.weights import encode_pth

FORM = "/studio/api/datasets/1/finetune"
SMALL = {"iterations": 4, "batch": 2, "crop": 32, "perceptual_weight": 0, "adversarial_weight": 0}


@pytest.fixture
def accepted(client, studio):
    """The three images, accepted with their detected masks."""
    accept_detected(studio, 1)
    return client


def order(client, **values):
    revisions = [one["revision_id"] for one in client.get(FORM).json()["candidates"]]
    return {"revisions": revisions, "generator": 1, "settings": SMALL, **values}


def test_what_can_be_chosen(accepted, studio):
    answer = accepted.get(FORM)
    assert answer.headers["cache-control"] == "no-store"
    choices = answer.json()
    assert [one["name"] for one in choices["candidates"]] == ["a", "b", "c"]
    assert all(0 <= one["held_out_rank"] <= 1 for one in choices["candidates"])
    assert list(choices["presets"]) == ["quick", "paper", "long"]
    quick = choices["presets"]["quick"]
    extra = {"feather_sigma": FEATHER_SIGMA_PX, "held_out_share": 0.25}
    assert quick == asdict(QUICK) | extra
    assert [stop["title"] for stop in choices["dial"]] == [stop.title for stop in DIAL]
    assert choices["generator"] is None, (
        "only outputs were imported, and the bundled one is a guess"
    )
    assert [one["id"] for one in choices["generators"]] == [
        view.id for view in list_generators(studio)
    ]
    assert choices["obstacle"] == ""
    assert accepted.get("/studio/api/datasets/77/finetune").status_code == 404


def test_nothing_accepted_is_said_before_the_start(client):
    choices = client.get(FORM).json()
    assert choices["obstacle"] == "None of the 3 images is accepted."
    assert choices["candidates"] == []


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"generator": None}, "Choose a generator"),
        ({"feather_sigma": None}, "Fill in the feather"),
        ({"feather_sigma": 51}, "must be in 0..50 px, got 51"),
        ({"held_out_share": 2}, "held-out share must be"),
        ({"settings": SMALL | {"iterations": None}}, "Fill in the iterations"),
        ({"settings": SMALL | {"batch": 2.5}}, "batch must be a whole number, got 2.5"),
        (
            {"settings": SMALL | {"learning_rate": 5}},
            "must be above 0 and below 1, got 5",
        ),
        ({"settings": SMALL | {"learning_rate": "fast"}}, "must be a number, got 'fast'"),
        ({"settings": SMALL | {"colour": 1}}, "no setting named 'colour'"),
        ({"revisions": [1, 2]}, "at least 3 accepted samples, 2 are chosen"),
        ({"revisions": [77, 78, 79]}, "3 of the chosen masks were changed"),
    ],
)
def test_an_order_that_cannot_be(accepted, studio, values, says):
    answer = accepted.post(FORM, json=order(accepted, **values))
    assert answer.status_code == 422
    assert says in answer.json()["error"]
    assert jobs.list_jobs(studio, "finetune") == []


def test_a_run_from_upload_to_weights(accepted, studio, generator_file):
    added = accepted.post(
        "/studio/api/models?name=mine.safetensors", content=generator_file.read_bytes()
    )
    assert added.status_code == 201
    model = added.json()["model"]
    choices = accepted.get(FORM).json()
    assert choices["generator"] == model, "the newest that somebody added is the best guess"
    with run_jobs_here():
        run = accepted.post(FORM, json=order(accepted, generator=model)).json()["run"]
    assert view_done(studio, run).result["model"]
    [listed] = accepted.get(f"{FORM}/runs").json()
    assert (listed["id"], listed["status"], listed["active"]) == (run, "done", False)
    assert (listed["base"], listed["samples"], listed["held_out"]) == ("mine", 2, 1)
    assert (listed["iteration"], listed["iterations"]) == (4, 4)
    assert (listed["discriminator"], listed["discriminator_name"]) == (None, "")
    assert listed["ema_at_end"] == 4 / 14
    assert listed["settings"] == asdict(FinetuneConfig(**SMALL)) | {
        "feather_sigma": FEATHER_SIGMA_PX,
        "held_out_share": 0.25,
    }
    assert "mine fine-tuned" in listed["job"]["message"]
    assert not listed["resumable"]
    refused = accepted.post(f"/studio/api/runs/{run}/resume")
    assert "is done" in refused.json()["error"]


def test_a_run_from_a_discriminator(accepted, studio, generator_file):
    for query, data in (
        ("name=mine.safetensors", generator_file.read_bytes()),
        ("name=judge.pth&role=discriminator", encode_pth(make_discriminator(), "params")),
    ):
        added = accepted.post(f"/studio/api/models?{query}", content=data)
    judge = added.json()["model"]
    choices = accepted.get(FORM).json()
    offered = choices["generators"][0]
    assert offered["discriminators"] == {
        "fitting": [[judge, "judge"]], "released": None, "missing": "",
    }  # fmt: skip
    settings = SMALL | {"adversarial_weight": 0.1}
    with run_jobs_here():
        for chosen in (judge, None):
            given = {"generator": offered["id"], "settings": settings, "discriminator": chosen}
            accepted.post(FORM, json=order(accepted, **given))
    fresh, first = accepted.get(f"{FORM}/runs").json()
    assert (first["discriminator"], first["discriminator_name"]) == (judge, "judge")
    assert (fresh["discriminator"], fresh["discriminator_name"]) == (None, "a fresh one")
    assert "warm-up" in fresh["warning"]
    assert "warm-up" not in first["warning"]


def test_points_are_listed_and_taken(accepted, studio, generator_file):
    model = add_model_file(studio, generator_file)
    settings = SMALL | {"preview_every": 2, "contrast_weight": 1}
    with run_jobs_here():
        ordered = order(accepted, generator=model, settings=settings)
        run = accepted.post(FORM, json=ordered).json()["run"]
    answer = accepted.get(f"{FORM}/points")
    assert answer.headers["cache-control"] == "no-store"
    first, last = answer.json()
    assert (first["run_id"], first["iteration"], first["model_id"]) == (run, 2, None)
    assert first["kept_bytes"] > 0
    assert (last["is_last"], last["model_id"]) == (True, view_done(studio, run).result["model_id"])
    taken = accepted.post(f"/studio/api/runs/{run}/points/2/take")
    assert (taken.status_code, taken.json()["model"]) == (201, f"small fine-tuned {run} at 2")
    assert accepted.get(f"{FORM}/points").json()[0]["model_id"] == taken.json()["model_id"]
    refused = accepted.post(f"/studio/api/runs/{run}/points/3/take")
    assert refused.status_code == 404
    assert "keeps no weights of iteration 3" in refused.json()["error"]
    assert accepted.get("/studio/api/datasets/77/finetune/points").status_code == 404
    [listed] = accepted.get(f"{FORM}/runs").json()
    assert listed["watched"] == 1


def test_what_cannot_be_run_on_a_dataset(accepted, studio):
    with run_jobs_here():
        run = jobs.start_job(studio, "curve", {"dataset_id": 1, "detector": {}})
    answer = accepted.post(f"/studio/api/runs/{run}/apply")
    assert "has no model to run" in answer.json()["error"]
    assert accepted.post("/studio/api/runs/77/cancel").status_code == 404


@pytest.mark.parametrize("name", ["..", "a/b.pth"])
def test_a_file_name_that_cannot_be(client, name):
    answer = client.post("/studio/api/models", params={"name": name}, content=b"x")
    assert answer.status_code == 422
    assert "cannot be the name of a file" in answer.json()["error"]


def test_a_weight_file_that_is_none(client, studio):
    answer = client.post("/studio/api/models?name=mine.pth", content=b"text")
    assert "mine.pth is neither a safetensors" in answer.json()["error"]
    assert not list(studio.settings.data_dir.glob("upload-*"))
