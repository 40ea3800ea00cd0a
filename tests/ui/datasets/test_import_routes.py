"""What the Datasets page starts, over its routes."""

import pytest

from desra_studio.references import parse_reference
from desra_studio.services import jobs
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.models.listing import list_models
from desra_studio.services.review.documents import describe_image
from desra_studio.services.studio import Studio
from desra_studio.ui.models.status import list_row
from tests.factories.clients import open_client
from tests.factories.images import write_diffusion
from tests.factories.jobs import run_jobs_here
from tests.factories.studio import list_items


def test_a_wrong_import_says_why(client, tmp_path, studio):
    for source, contrast, says in (
        (f"{tmp_path}/a*b", 0.7, "a*b is not a folder"),
        ("", 0.7, "No folder is named"),
        (" \n", 0.7, "No folder is named"),
        (".", 0.7, "depends on where the server was started"),
        ("images", 0.7, "depends on where the server was started"),
        ("/tmp/\0", 0.7, "depends on where the server was started"),
        ("~nobody-of-this-name/x", 0.7, "a home folder that does not exist"),
        (str(tmp_path), 2, "must be above 0"),
        (str(tmp_path), None, "Fill in the contrast threshold"),
    ):
        order = {"source": source, "detector": {"contrast_threshold": contrast}}
        answer = client.post("/studio/api/datasets/import", json=order)
        assert answer.status_code == 422
        assert says in answer.json()["error"]
    assert jobs.list_jobs(studio, "import") == []


def test_a_folder_without_images_is_not_listed(client, tmp_path):
    for name in ("private letters", "GAN-SR"):
        (tmp_path / "home" / name).mkdir(parents=True)
    (tmp_path / "home" / "private letters" / "secret.txt").write_text("to nobody")
    answer = client.post("/studio/api/datasets/import", json={"source": f"{tmp_path}/home"})
    assert answer.status_code == 422
    assert "no MSE-SR folder" in answer.json()["error"]
    assert "letters" not in answer.text
    assert "secret" not in answer.text


@pytest.fixture
def confined(studio, tmp_path):
    """A client of a server that may import from one folder."""
    (tmp_path / "open").mkdir()
    settings = studio.settings.model_copy(update={"folders": (tmp_path / "open",)})
    with open_client(Studio(**vars(studio) | {"settings": settings})) as made:
        yield made


def test_no_folder_outside_of_those_named_is_looked_at(confined, dataset_folder, tmp_path, studio):
    (tmp_path / "open" / "way out").symlink_to(dataset_folder)
    (tmp_path / "open" / "set").mkdir()
    for folder in (dataset_folder, tmp_path / "open" / "way out", tmp_path / "open" / ".." / "x"):
        for address, order in (
            ("datasets/import", {"source": str(folder)}),
            ("models/derive", {"model": "desra-demo-gan-x4", "hr": str(folder), "iterations": 1}),
        ):
            answer = confined.post(f"/studio/api/{address}", json=order)
            assert answer.status_code == 422
            assert "is not in a folder that this server may read" in answer.json()["error"]
    answer = confined.post("/studio/api/datasets/import", json={"source": f"{tmp_path}/open/set"})
    assert "found: no folder with images" in answer.json()["error"]
    assert jobs.list_jobs(studio, "import", "derive") == []


def test_what_is_started_runs_with_what_it_was_given(client, dataset_folder, studio):
    settings = {"contrast_threshold": 0.6, "area_threshold": 300}
    with run_jobs_here():
        order = {"source": str(dataset_folder), "name": "again", "detector": settings}
        answer = client.post("/studio/api/datasets/import", json=order)
    assert answer.status_code == 202
    job = jobs.view_job(studio, answer.json()["job"])
    assert job.succeeded, job.message
    image = list_items(studio, 2)[0].id
    params = describe_image(studio, image).detection.params
    assert (params.contrast_threshold, params.area_threshold) == (0.6, 300)


def test_what_cannot_start_says_why(client, studio):
    refused = client.post("/studio/api/datasets/1/upscale", json={"model": None})
    assert "Add or derive one on the Models page" in refused.json()["error"]
    refused = client.post("/studio/api/datasets/1/calibrate", json={"name": " "})
    assert "1 to 100 printable letters" in refused.json()["error"]
    assert jobs.list_jobs(studio, "upscale", "calibrate") == []


def test_a_share_is_labelled_blind(client, dataset_folder, studio):
    order = {"source": str(dataset_folder), "name": "blind", "blind_share": 1.0}
    with run_jobs_here():
        answer = client.post("/studio/api/datasets/import", json=order)
    assert jobs.view_job(studio, answer.json()["job"]).result["blind"] == 3
    refused = client.post(
        "/studio/api/datasets/import", json=order | {"name": "more", "blind_share": 2}
    )
    assert refused.status_code == 422
    assert "labelled blind must be 0 to 1" in refused.json()["error"]


def test_without_mse_the_enlarged_lr_is_offered_and_taken(client, studio, tmp_path):
    order = {"source": str(write_diffusion(tmp_path / "OSEDiff"))}
    answer = client.post("/studio/api/datasets/import", json=order)
    assert answer.status_code == 409
    assert answer.json()["references"] == {"lr": "LR enlarged"}
    with run_jobs_here():
        taken = client.post("/studio/api/datasets/import", json=order | {"reference": "lr"})
    assert jobs.view_job(studio, taken.json()["job"]).result["reference"] == "LR enlarged"
    loop = client.get("/studio/api/loop").json()
    assert loop["reference"] == "LR enlarged"
    (first, *_) = list_items(studio, loop["dataset"])
    assert client.get(f"/studio/api/images/{first.id}").json()["reference"] == "LR enlarged"


def test_the_models_page_tells_what_stands_for_mse(studio, tmp_path):
    folder = write_diffusion(tmp_path / "OSEDiff")
    import_dataset(studio, folder, "set", reference=parse_reference("lr"))
    roles = {row[0]: row[1] for row in map(list_row, list_models(studio))}
    assert (roles["set GAN-SR"], roles["set LR enlarged"]) == ("GAN-SR", "LR enlarged")


def test_a_reference_that_cannot_be_says_why(client, tmp_path):
    order = {"source": str(write_diffusion(tmp_path / "OSEDiff")), "reference": "other"}
    answer = client.post("/studio/api/datasets/import", json=order)
    assert answer.status_code == 422
    assert "has no name" in answer.json()["error"]
