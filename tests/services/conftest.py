"""A dataset that was reviewed, and studios in which people have worked."""

import shutil

import pytest

from desra_studio.detection.detector import DetectorParams
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.studio import open_studio
from tests.factories.images import write_dataset
from tests.factories.studies import decide_by_system, import_labelled, open_new, vote_through
from tests.factories.studio import accept_detected, make_settings


@pytest.fixture
def accepted(studio, dataset_folder):
    """The id of three small pairs, all accepted with their detected masks."""
    dataset = import_dataset(studio, dataset_folder, "set").dataset_id
    detect_dataset(studio, dataset, DetectorParams(area_threshold=400))
    accept_detected(studio, dataset)
    return dataset


@pytest.fixture(scope="session")
def worked_dir(tmp_path_factory):
    """A data directory in which people have labelled, and voted in a study; to be copied."""
    folder = tmp_path_factory.mktemp("worked")
    studio = open_studio(make_settings(folder / "data"))
    dataset = import_labelled(studio, write_dataset(folder / "source", size=(160, 160)))
    _, links = open_new(studio, dataset)
    assert vote_through(studio, links[0], decide_by_system(studio, lambda _: "a"))
    points = studio.run_folder(1) / "points"
    points.mkdir(parents=True)
    (points / "000050.safetensors").write_bytes(b"weights")
    (points.parent / "log.txt").write_text("trained\n")
    (points.parent / "process.lock").touch()
    studio.database.close()
    return folder / "data"


@pytest.fixture
def worked(worked_dir, tmp_path):
    """A studio of its own in which people have worked."""
    studio = open_studio(make_settings(shutil.copytree(worked_dir, tmp_path / "worked")))
    yield studio
    studio.database.close()
