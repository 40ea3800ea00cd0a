"""What the Scores page starts, over its routes."""

import pytest
import torch

from desra_studio.services import jobs
from desra_studio.services.detection.detectors import list_detector_runs, read_params, run_detectors
from desra_studio.services.studio import Studio
from desra_studio.storage import runs
from desra_studio.ui.scores.table import make_key
from tests.factories.clients import open_client

ADDRESS = "/studio/api/datasets/1"


class Halves(torch.nn.Module):
    """Marks half of what it sees."""

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return image[:, :1] * 0 + 0.5


@pytest.fixture
def started(monkeypatch):
    """(kind, config) of each job that would have begun."""
    found = []
    monkeypatch.setattr(jobs, "start_job", lambda *job: found.append(job[1:]) or len(found))
    return found


@pytest.fixture
def network(tmp_path):
    """A TorchScript file where pages may run it, and the same one elsewhere."""
    (tmp_path / "detectors").mkdir()
    for path in (tmp_path / "detectors" / "halves.pt", tmp_path / "elsewhere.pt"):
        torch.jit.script(Halves()).save(str(path))
    return tmp_path / "detectors" / "halves.pt"


@pytest.fixture
def trusting(studio, network, client):
    """A client of a server whose admin named a folder of detectors."""
    settings = studio.settings.model_copy(update={"detectors": network.parent})
    with open_client(Studio(**vars(studio) | {"settings": settings})) as made:
        yield made


def compare(client, **order):
    return client.post(f"{ADDRESS}/compare", json=order)


def test_comparing_starts_a_job_or_says_why_not(client, started):
    for order, says in (
        ({}, "Choose at least one"),
        ({"contrast": "high"}, "must be a number"),
        ({"contrast": "0.7"}, "in the table already"),
        ({"baselines": ["guess"]}, "No baseline is named 'guess'"),
    ):
        answer = compare(client, **order)
        assert answer.status_code == 422
        assert says in answer.json()["error"]
    assert started == []
    assert compare(client, baselines=["ldl:0.01"], contrast="0,6").status_code == 202
    ((kind, config),) = started
    assert (kind, config["dataset_id"]) == ("score", 1)
    ldl, desra = map(read_params, config["detectors"])
    assert (ldl.method, ldl.limit, ldl.area_threshold) == ("ldl", 0.01, 400)
    assert (desra.contrast_threshold, desra.area_threshold) == (0.6, 400)


@pytest.mark.filterwarnings("ignore:.torch.jit:FutureWarning")
def test_no_page_runs_a_program_but_from_the_folder_that_was_named(
    client, trusting, network, started, tmp_path
):
    outside = tmp_path / "elsewhere.pt"
    for order in (
        {"network": str(outside)},
        {"network": "../elsewhere.pt"},
        {"network": str(network)},
        {"baselines": [str(outside)]},
        {"baselines": [f"{network}@0"]},
    ):
        assert compare(trusting, **order).status_code == 422
    assert started == []
    assert compare(trusting, network="halves.pt", input_px=0).status_code == 202
    (params,) = map(read_params, started[0][1]["detectors"])
    assert (params.network_name, params.input_px) == ("halves.pt", 0)


@pytest.mark.filterwarnings("ignore:.torch.jit:FutureWarning")
def test_without_a_folder_no_program_is_run(client, network):
    answer = compare(client, network="halves.pt")
    assert answer.status_code == 422
    assert "start it with --detectors DIR" in answer.json()["error"]


def test_tracing_names_the_detector(client, studio, started):
    run_detectors(studio, 1, [read_params({"method": "ldl", "area_threshold": 0})])
    wanted = list_detector_runs(studio, 1)[1].as_dict()
    order = {"detector": make_key(wanted)}
    assert client.post(f"{ADDRESS}/curve", json=order).status_code == 202
    assert started == [("curve", {"dataset_id": 1, "detector": wanted})]
    refused = client.post(f"{ADDRESS}/curve", json={"detector": "gone"})
    assert "not in the table any more" in refused.json()["error"]
    with studio.database.write() as session:
        runs.add_run(session, "score", {})
    assert "Another job" in client.post(f"{ADDRESS}/curve", json=order).json()["error"]
    assert len(started) == 1, "one job at a time"
