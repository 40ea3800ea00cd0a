"""`import` of several models' outputs that lie side by side, by command."""

import json
import shutil

import pytest

from tests.factories.images import write_dataset

MODELS = ("LDL", "Real-ESRGAN", "SwinIR")


@pytest.fixture
def root(tmp_path):
    for model in MODELS:
        write_dataset(tmp_path / "testset" / model)
    return tmp_path / "testset"


@pytest.fixture
def data(tmp_path):
    return ("--data-dir", tmp_path / "data")


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_all_models_come_in_at_once_and_are_detected(run, root, data, kind):
    path = shutil.make_archive(str(root), "zip", root) if kind == "zip" else root
    arguments = ("--name", "X", "--area-threshold", 400, *data)
    status, output, errors = run("import", path, *arguments, "--json", "--strict")
    assert status == 0, errors
    told = json.loads(output)
    assert [(each["model"], each["name"], each["images"]) for each in told["models"]] == [
        (model, f"X {model}", 3) for model in MODELS
    ]
    assert [each["marked"] for each in told["models"]] == [3, 3, 3]
    assert (told["name"], told["images"], told["marked"]) == ("X LDL", 3, 3)
    assert "Outputs of several models" in told["notes"][0]
    assert told["notes"][0] in errors
    listed = json.loads(run("datasets", "list", "--json", *data)[1])["datasets"]
    assert {each["name"] for each in listed} == {f"X {model}" for model in MODELS}
    assert run("db", "check", *data)[0] == 0


def test_words_name_every_dataset(run, root, data):
    status, output, _ = run("import", root, "--name", "X", *data)
    assert (status, output.count("\n")) == (0, 3)
    for model in MODELS:
        assert f"3 images imported as 'X {model}', 3 with LR" in output


def test_a_taken_name_stops_all(run, root, data):
    assert run("import", root / "LDL", "--name", "X SwinIR", *data)[0] == 0
    status, _, errors = run("import", root, "--name", "X", *data)
    assert (status, errors.count("\n")) == (2, 1)
    assert "'X SwinIR' exists already" in errors
    listed = json.loads(run("datasets", "list", "--json", *data)[1])["datasets"]
    assert [each["name"] for each in listed] == ["X SwinIR"]


def test_a_lacking_folder_is_told_and_strict(run, root, data):
    shutil.rmtree(root / "LDL" / "MSE-SR")
    status, output, errors = run("import", root, "--name", "X", "--json", "--strict", *data)
    assert status == 2
    assert [each["model"] for each in json.loads(output)["models"]] == ["Real-ESRGAN", "SwinIR"]
    assert "testset/LDL: left out, it has no MSE-SR folder" in errors


def test_one_model_below_a_level_is_read_as_if_it_were_given(run, root, data):
    for model in ("LDL", "SwinIR"):
        shutil.rmtree(root / model)
    status, output, errors = run("import", root, "--name", "X", "--json", "--strict", *data)
    assert status == 0, errors
    told = json.loads(output)
    assert (told["name"], told["images"], told["models"], told["lines"]) == ("X", 3, [], [])
    assert told["notes"][0].startswith("The folder Real-ESRGAN in it was read")
    status, output, errors = run("import", root, "--into", "X", "--json", "--strict", *data)
    assert status == 0, errors
    told = json.loads(output)
    assert (told["unchanged"], told["images"]) == (3, 0)
    assert "The folder Real-ESRGAN in it was read" in told["notes"][0]


def test_several_models_are_not_added_to_a_dataset_of_one(run, root, data):
    assert run("import", root / "LDL", "--name", "X", *data)[0] == 0
    status, _, errors = run("import", root, "--into", "X", *data)
    assert (status, errors.count("\n")) == (2, 1)
    assert "outputs of 3 models: LDL, Real-ESRGAN, SwinIR" in errors
