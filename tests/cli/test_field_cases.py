"""Inputs from the field that went wrong once, each with what is right; development data only."""

import json
import shutil

import pytest

from desra_studio.imaging.io import list_images, read_rgb
from desra_studio.imaging.mask_files import read_mask
from tests.development_data import CASES


@pytest.fixture
def open_case(tmp_path):
    """Return a function that copies a case of this name and returns its folder."""

    def copy(name):
        if not CASES.is_dir():
            pytest.skip(f"{CASES} is absent: development data, not part of the product")
        return shutil.copytree(CASES / name, tmp_path / name)

    return copy


def import_folder(run, folder, tmp_path):
    """Import as a new dataset and return what was told."""
    arguments = ("--name", "set", "--data-dir", tmp_path / "data", "--json")
    status, output, errors = run("import", folder, *arguments)
    assert status == 0, errors
    return json.loads(output)


@pytest.mark.parametrize("name", ["mask-16bit-low-values", "mask-transparent"])
def test_painted_areas_are_the_masks(run, open_case, tmp_path, name):
    folder = open_case(name)
    if not (folder / "MSE-SR").exists():
        shutil.copytree(folder / "GAN-SR", folder / "MSE-SR")
    told = import_folder(run, folder, tmp_path)
    masks = list_images(folder / "GT-Mask")
    assert (told["images"], told["labels"]) == (len(masks), len(masks))
    out = tmp_path / "out"
    export = ("export", "set", "--format", "masks", "--data-dir", tmp_path / "data")
    assert run(*export, "--out", out)[0] == 0
    for mask in masks:
        assert read_mask(out / f"{mask}.png").mask.sum() == 1500, mask


def test_an_exif_turn_that_lr_alone_has_is_left_alone(run, open_case, tmp_path, generator_file):
    folder = open_case("lr-exif180")
    source = tmp_path / "source"
    for kind, name in (("lr", "LR"), ("gan", "GAN-SR"), ("mse", "MSE-SR"), ("mask", "GT-Mask")):
        shutil.copytree(folder / kind, source / name)
    told = import_folder(run, source, tmp_path)
    assert told["with_lr"] == 3
    assert sum("EXIF rotation not applied" in note for note in told["notes"]) == 3
    status, output, errors = run(
        "finetune", "--lr", folder / "lr", "--gan", folder / "gan", "--mse", folder / "mse",
        "--mask", folder / "mask", "--generator", "desra-demo-gan-x4", "--out", tmp_path / "out",
        "--iterations", 1, "--batch", 1, "--crop", 64, "--device", "cpu",
        "--data-dir", tmp_path / "data", "--json",
    )  # fmt: skip
    assert status == 0, errors
    result = json.loads(output)
    assert (result["samples"], result["loss_first"] < 0.1) == (3, True), "L1 was 0.31 when turned"
    assert "lr/0.jpg: EXIF rotation not applied" in errors


def test_folders_in_folders_are_told(run, open_case, tmp_path):
    folder = open_case("nested-outputs")
    deep = " ".join(import_folder(run, folder / "A", tmp_path / "a")["notes"])
    for kind in ("GAN-SR", "MSE-SR"):
        assert f"{kind}: left out, it holds no images itself, only folders (scene0, " in deep
    told = import_folder(run, folder / "B", tmp_path / "b")
    assert told["images"] == 1
    nested = [note for note in told["notes"] if "a folder is not read" in note]
    assert len(nested) == 6, "three of each"
    told = import_folder(run, folder / "C", tmp_path / "c")
    assert told["images"] == 3
    notes = " ".join(told["notes"])
    assert "GT-Mask/0000: left out, a folder is not read, though 2 images lie in it" in notes
    assert "C/masks: left out, not read, it is none of GAN-SR, MSE-SR, LR, GT-Mask" in notes
    assert "(is GT-Mask meant?)" in notes


def test_a_photograph_with_a_second_picture_is_its_first(run, open_case, tmp_path):
    told = import_folder(run, open_case("jpeg-mpo") / "LR", tmp_path)
    assert (told["images"], told["notes"]) == (
        1, ["LR/z10_mpo_lr.jpg: the first of its 2 pictures read"],
    )  # fmt: skip


def test_megabytes_of_text_are_no_obstacle(run, open_case, tmp_path):
    told = import_folder(run, open_case("png-large-metadata") / "LR", tmp_path)
    assert (told["images"], told["notes"]) == (1, [])


def upscale(run, folder, tmp_path, generator_file, *more):
    """Upscale a folder and return status, what was told, and the lines on files."""
    status, output, errors = run(
        "upscale", "--model", generator_file, "--lr", folder, "--out", tmp_path / "out", "--device",
        "cpu", "--data-dir", tmp_path / "data", "--json", *more,
    )  # fmt: skip
    return status, json.loads(output), errors


def test_one_bad_image_does_not_stop_an_upscaling(run, open_case, tmp_path, generator_file):
    folder = open_case("upscale-one-bad") / "LR"
    status, told, errors = upscale(run, folder, tmp_path, generator_file)
    assert (status, told["upscaled"], told["left_out"]) == (0, 4, 1)
    assert sorted(path.name for path in (tmp_path / "out").glob("*.png")) == [
        "0.png", "2.png", "3.png", "9.png",
    ]  # fmt: skip
    assert "LR/1.png: left out, truncated or damaged" in errors
    assert upscale(run, folder, tmp_path, generator_file, "--strict")[0] == 2


def test_an_upscaling_tells_what_it_converts_and_leaves_out(
    run, open_case, tmp_path, generator_file
):
    folder = open_case("upscale-silent") / "LR"
    status, told, _ = upscale(run, folder, tmp_path, generator_file)
    assert (status, told["upscaled"]) == (0, 5)
    assert told["notes"] == [
        "LR/b_rgba.png: alpha channel dropped, what is transparent made white",
        "LR/c_exif6.jpg: EXIF rotation applied",
        "LR/d_16bit.png: 16-bit converted to 8-bit",
        "LR/e_cmyk.jpg: CMYK converted to RGB",
        "LR/f.heic: left out, a file of type .heic is not read",
        "LR/sub: left out, a folder is not read, though an image lies in it",
    ]
    pixels = read_rgb(folder / "b_rgba.png").pixels
    green = (pixels[:, :, 1].astype(int) - pixels[:, :, 0]) > 100
    assert not green.any(), "the green that hides under transparent px"
