"""`import` of what has no MSE-SR: what GAN-SR is compared with is said by `--reference`."""

import json

import pytest

from desra_studio.imaging.io import encode_png
from tests.factories.images import make_picture, write_dataset, write_diffusion


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
    assert output.startswith("3 images imported as 'X', compared with LR enlarged, 3 with LR")
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
    assert (status, output.startswith("0 images added to X; ")) == (0, True)


def detect(run, out, *arguments):
    return run("detect", "--out", out, "--area-threshold", 400, "--no-segmentation", *arguments)


@pytest.mark.parametrize("detector", ["desra", "ldl"])
def test_folders_are_compared_with_the_enlarged_lr(run, diffusion, tmp_path, detector):
    folders = ("--gan", diffusion / "GAN-SR", "--reference", "lr", "--lr", diffusion / "LR")
    given = ("--detector", detector, *folders)
    status, output, errors = detect(run, tmp_path / "out", *given, "--json")
    assert status == 0, errors
    told = json.loads(output)
    assert (told["reference"], len(told["images"])) == ("LR enlarged", 3)
    assert all(image["components"] for image in told["images"])
    assert len(list((tmp_path / "out" / "mask").iterdir())) == 3
    output = detect(run, tmp_path / "again", *given)[1]
    assert " in 3 images compared with LR enlarged, " in output


def test_lr_that_does_not_fit_leaves_its_image_out(run, diffusion, tmp_path):
    (diffusion / "LR" / "a.png").write_bytes((diffusion / "GAN-SR" / "a.png").read_bytes())
    (diffusion / "LR" / "b.png").write_bytes(encode_png(make_picture(33, 40, 1)))
    (diffusion / "LR" / "c.png").unlink()
    folders = ("--gan", diffusion / "GAN-SR", "--reference", "lr", "--lr", diffusion / "LR")
    status, output, errors = detect(run, tmp_path / "out", *folders, "--json")
    assert (status, [image["name"] for image in json.loads(output)["images"]]) == (0, ["a"])
    assert "b: left out, b.png: 40x33 px times 1 to 8 is not the SR size 160x128" in errors
    assert "GAN-SR/c.png: left out, --lr has no image of this name" in errors


def test_any_folder_can_be_named(run, tmp_path):
    source = write_dataset(tmp_path / "source")
    folders = ("--gan", source / "GAN-SR", "--mse", source / "MSE-SR")
    for reference, title in (("hr", "HR"), ("other:SwinIR", "SwinIR"), ("mse", "MSE-SR")):
        out = tmp_path / reference
        told = json.loads(detect(run, out, *folders, "--reference", reference, "--json")[1])
        assert told["reference"] == title
    (source / "MSE-SR" / "a.png").write_bytes(encode_png(make_picture(90, 96)))
    errors = detect(run, tmp_path / "odd", *folders, "--reference", "hr")[2]
    assert "a: left out, GAN-SR is 96x96 px but HR is 96x90 px" in errors


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "--reference mse takes --mse and no other folder beside --gan. To compare with the"),
        (("--reference", "lr"), "--reference lr takes --lr and no other"),
        (("--reference", "lr", "--mse", "x"), "--reference lr takes --lr and no other"),
        (("--reference", "lr", "--lr", "x", "--mse", "x"), "--reference lr takes --lr"),
        (("--reference", "hr", "--lr", "x"), "--reference hr takes --mse and no other"),
        (("--reference", "bicubic", "--mse", "x"), "'bicubic' is unknown"),
        (("--reference", "other", "--mse", "x"), "has no name"),
    ],
)
def test_a_reference_without_its_folder_is_told(run, diffusion, tmp_path, arguments, says):
    given = ("--gan", diffusion / "GAN-SR", *arguments)
    status, _, errors = detect(run, tmp_path / "out", *given)
    assert (status, errors.count("\n")) == (2, 1)
    assert says in errors
