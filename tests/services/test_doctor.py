"""What is said of an installation: what is there, what is missing, and what to do."""

import json

import pytest

from desra_studio.services.doctor import Health, examine_installation
from desra_studio.storage import models
from tests.factories.studio import make_settings


def examine(settings):
    return {finding.name: finding for finding in examine_installation(settings)}


def test_a_new_folder_has_no_problem_and_nothing_is_made(tmp_path):
    found = examine(make_settings(tmp_path / "data"))
    assert [name for name, one in found.items() if one.health is Health.PROBLEM] == []
    assert "the first start makes it" in found["database"].says
    assert found["bundled pair"].health is Health.OK
    assert not (tmp_path / "data").exists()


def test_an_installation_is_at_its_schema_and_has_its_models(studio):
    found = examine(studio.settings)
    assert found["database"].says.startswith("schema 0")
    assert found["models"].says == "2 with weights"


def test_weights_that_are_gone_are_named(studio):
    with studio.database.read() as session:
        model = models.require_model(session, "desra-demo-gan-x4")
    studio.blobs.find(model.file_sha).unlink()
    found = examine(studio.settings)["models"]
    assert (found.health, "desra-demo-gan-x4" in found.says) == (Health.PROBLEM, True)


def test_what_is_missing_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("desra_studio.services.doctor.find_spec", lambda _name: None)
    found = examine(make_settings(tmp_path / "data"))
    for name in ("onnx", "ncnn", "browser for tests"):
        assert (found[name].health, "pip install" in found[name].do) == (Health.MISSING, True)


def test_a_disk_that_is_nearly_full_is_a_problem(run, tmp_path, monkeypatch):
    monkeypatch.setattr("desra_studio.services.doctor.LITTLE_SPACE_GB", 1e9)
    status, output, errors = run("doctor", "--data-dir", tmp_path / "data", "--json")
    assert (status, errors) == (2, "To be mended: disk.\n")
    told = json.loads(output)
    assert told["ok"] is False
    assert {finding["name"] for finding in told["findings"]} >= {"device", "disk", "SegFormer"}


@pytest.mark.parametrize("setting", ["cuda:7", "nonsense"])
def test_a_device_that_is_not_there_is_a_problem(run, tmp_path, setting):
    status, output, errors = run("doctor", "--data-dir", tmp_path / "data", "--device", setting)
    assert (status, errors) == (2, "To be mended: device.\n")
    assert "Set DESRA_STUDIO_DEVICE to auto." in output
