"""`import` of what has no MSE-SR: what GAN-SR is compared with is said by `--reference`."""

import json

import pytest

from tests.factories.images import write_dataset, write_diffusion


@pytest.fixture
def diffusion(tmp_path):
    return write_diffusion(tmp_path / "OSEDiff")


@pytest.fixture
def data(tmp_path):
    return ("--data-dir", tmp_path / "data")


def test_lr_and_sr_alone_come_in_and_are_detected(run, diffusion, data):
    arguments = ("--name", "X", "--reference", "lr", "--area-threshold", 400, *data)
    status, output, errors = run("import", diffusion, *arguments)
    assert status == 0, errors
    assert output == (
        "3 images imported as 'X', compared with LR enlarged, 3 with LR, 0 with a manual mask; "
        "artifacts detected in 3. 1 of them is to be labelled blind: the detector's view comes "
        "after the save.\n"
    ) or output.startswith("3 images imported as 'X', compared with LR enlarged, 3 with LR")
    told = json.loads(run("import", diffusion, *arguments[2:], "--name", "Y", "--json")[1])
    assert (told["reference"], told["images"], told["marked"]) == ("LR enlarged", 3, 3)
    assert run("db", "check", *data)[0] == 0


def test_without_it_the_way_is_told(run, diffusion, data):
    status, _, errors = run("import", diffusion, "--name", "X", *data)
    assert (status, errors.count("\n")) == (2, 1)
    assert "has no MSE-SR folder" in errors
    assert "or compare with LR enlarged (--reference lr)" in errors


def test_another_models_output_takes_the_place_of_mse(run, tmp_path, data):
    source = write_dataset(tmp_path / "source")
    (source / "MSE-SR").rename(source / "SwinIR")
    arguments = ("--name", "X", "--reference", "other:SwinIR", *data)
    status, output, _ = run("import", source, *arguments, "--strict")
    assert (status, output[:53]) == (0, "3 images imported as 'X', compared with SwinIR, 3 wit")


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("bicubic", "The reference 'bicubic' is unknown. Give mse, lr, other:NAME or hr."),
        ("other:", "The reference 'other:' has no name."),
        ("other:a/b", "cannot be called so"),
        ("hr", "has no HR folder"),
        ("other:SwinIR", "has no SwinIR folder"),
    ],
)
def test_a_reference_that_cannot_be_is_told(run, diffusion, data, reference, says):
    status, _, errors = run("import", diffusion, "--name", "X", "--reference", reference, *data)
    assert (status, errors.count("\n")) == (2, 1)
    assert says in errors


def test_a_dataset_keeps_its_reference(run, diffusion, data):
    run("import", diffusion, "--name", "X", "--reference", "lr", *data)
    status, _, errors = run("import", diffusion, "--into", "X", "--reference", "hr", *data)
    assert (status, "--reference goes with --name" in errors) == (2, True)
    status, output, _ = run("import", diffusion, "--into", "X", *data)
    assert (status, output[:28]) == (0, "0 images added to X; 0 labels"[:28])
