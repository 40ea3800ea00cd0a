"""One file's fault is one file's: the rest is done, the file is named, --strict ends with 2."""

import json

import numpy as np
import pytest
from PIL import Image

from desra_studio.imaging.io import encode_label_map, encode_png, read_rgb
from desra_studio.imaging.mask_files import read_mask
from desra_studio.imaging.masks import encode_mask_png
from tests.factories.images import make_picture, write_dataset

MARKED = np.zeros((96, 96), bool)
MARKED[30:50, 30:50] = True


@pytest.fixture
def folder(tmp_path):
    """Three pairs with masks and class maps, whose LR shows detail; MSE-SR of b is cut off."""
    folder = write_dataset(tmp_path / "source")
    for name in ("mask", "maps"):
        (tmp_path / name).mkdir()
    for seed, name in enumerate("abc"):
        picture = make_picture(96, 96, seed)
        for kind in ("GAN-SR", "MSE-SR"):
            (folder / kind / f"{name}.png").write_bytes(encode_png(picture))
        lr = Image.fromarray(picture).resize((24, 24), Image.Resampling.BOX)
        lr.save(folder / "LR" / f"{name}.png")
        (tmp_path / "mask" / f"{name}.png").write_bytes(encode_mask_png(MARKED))
        labels = np.full((96, 96), 7, np.uint8)
        (tmp_path / "maps" / f"{name}.png").write_bytes(encode_label_map(labels))
    return folder


def cut_off(path):
    """Damage a file, and return it."""
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return path


def list_commands(folder, tmp_path, generator_file):
    """Each command on folders, and where its JSON counts what was done."""
    gan, mse, out = folder / "GAN-SR", folder / "MSE-SR", tmp_path / "out"
    data = ("--data-dir", tmp_path / "data")
    return {
        "detect": ("detect", "--gan", gan, "--mse", mse, "--out", out),
        "baseline": (
            "detect", "--gan", gan, "--mse", mse, "--out", out, "--detector", "ldl", "--device",
            "cpu",
        ),
        "regress": ("regress", "--before", gan, "--after", gan, "--mse", mse, "--no-segmentation"),
        "calibrate": (
            "calibrate", "--name", "mine", "--gan", gan, "--mse", mse, "--class-maps",
            tmp_path / "maps", *data,
        ),
        "finetune": (
            "finetune", "--lr", folder / "LR", "--gan", gan, "--mse", mse, "--mask",
            tmp_path / "mask", "--generator", generator_file, "--out", out, "--iterations", 1,
            "--batch", 1, "--crop", 64, "--device", "cpu", *data,
        ),
        "upscale": ("upscale", "--model", generator_file, "--lr", mse, "--out", out, *data),
        "score": ("score", "--pred", mse, "--gt", tmp_path / "mask"),
        "import": ("import", folder, "--name", "set", *data),
    }  # fmt: skip


@pytest.mark.parametrize(
    "command",
    ["detect", "baseline", "regress", "calibrate", "finetune", "upscale", "score", "import"],
)
def test_one_damaged_file_leaves_the_rest_alone(run, folder, tmp_path, generator_file, command):
    arguments = list_commands(folder, tmp_path, generator_file)[command]
    if command == "score":
        for path in (folder / "MSE-SR").iterdir():
            path.write_bytes(encode_mask_png(MARKED))
    cut_off(folder / "MSE-SR" / "b.png")
    status, output, errors = run(*arguments, "--json")
    assert status == 0, errors
    told = json.loads(output)
    assert any("MSE-SR/b.png: " in note and "damaged" in note for note in told["notes"]), told
    assert "MSE-SR/b.png: " in errors
    done = {"detect": "images", "baseline": "images", "finetune": "samples"}.get(command)
    if command == "score":
        assert (told["images"], told["iou"]) == (3, pytest.approx(2 / 3)), "b counts as empty"
    elif command == "upscale":
        assert (told["upscaled"], told["left_out"]) == (2, 1)
    else:
        count = told[done or "images"]
        assert (count if isinstance(count, int) else len(count)) == 2


@pytest.mark.parametrize("command", ["detect", "score", "regress", "import"])
def test_strict_ends_with_2_and_has_done_the_rest(run, folder, tmp_path, generator_file, command):
    cut_off(folder / "MSE-SR" / "b.png")
    if command == "score":
        for name in "ac":
            (folder / "MSE-SR" / f"{name}.png").write_bytes(encode_mask_png(MARKED))
    arguments = list_commands(folder, tmp_path, generator_file)[command]
    status, output, errors = run(*arguments, "--json", "--strict")
    assert status == 2
    assert json.loads(output)
    assert errors.splitlines()[-1].startswith("--strict: 1 file left out, converted or doubtful")


def test_nothing_done_ends_with_2(run, folder, tmp_path):
    for path in (folder / "MSE-SR").iterdir():
        cut_off(path)
    pair = ("--gan", folder / "GAN-SR", "--mse", folder / "MSE-SR", "--out", tmp_path / "out")
    status, output, errors = run("detect", *pair, "--json")
    assert (status, output, errors.count("\n")) == (2, "", 1)
    assert errors.startswith("No image could be used. MSE-SR/a.png: left out, truncated")
    assert not (tmp_path / "out").exists()


def test_a_damaged_manual_mask_is_not_left_out_of_scores(run, folder, tmp_path):
    cut_off(tmp_path / "mask" / "b.png")
    masks = tmp_path / "mask"
    status, output, errors = run("score", "--pred", masks, "--gt", masks, "--json")
    assert (status, output) == (2, "")
    assert "mask/b.png: left out, truncated or damaged" in errors


def test_a_mirrored_prediction_is_told(run, folder, tmp_path):
    pred = tmp_path / "pred"
    pred.mkdir()
    rng = np.random.default_rng(0)
    for name in "abc":
        mask = np.kron(rng.random((12, 12)) < 0.3, np.ones((8, 8), bool))
        (tmp_path / "mask" / f"{name}.png").write_bytes(encode_mask_png(mask))
        shown = mask[:, ::-1] if name == "b" else mask
        (pred / f"{name}.png").write_bytes(encode_mask_png(np.ascontiguousarray(shown)))
    status, output, _ = run("score", "--pred", pred, "--gt", tmp_path / "mask", "--json")
    assert status == 0
    told = [note for note in json.loads(output)["notes"] if "warning" in note]
    assert told == ["b: warning: against the manual mask the prediction is mirrored left to right"]


def test_turned_and_swapped_pictures_are_told(run, folder, tmp_path):
    def change(name, turn):
        path = folder / "MSE-SR" / name
        path.write_bytes(encode_png(np.ascontiguousarray(turn(read_rgb(path).pixels))))

    change("a.png", np.rot90)
    change("b.png", lambda image: np.roll(image, 8, 0))
    pair = ("--gan", folder / "GAN-SR", "--mse", folder / "MSE-SR", "--out", tmp_path / "out")
    told = json.loads(run("detect", *pair, "--json")[1])
    assert [image["name"] for image in told["images"]] == ["c"]
    assert told["notes"] == [
        "MSE-SR/a.png: left out, against GAN-SR it is turned by 90 degrees counterclockwise",
        "MSE-SR/b.png: left out, against GAN-SR it is shifted by about 8 px to the bottom",
    ]
    data = ("--data-dir", tmp_path / "data")
    (folder / "LR" / "c.png").write_bytes((folder / "LR" / "a.png").read_bytes())
    result = json.loads(run("import", folder, "--name", "set", *data, "--json")[1])
    assert result["images"] == 1
    notes = " ".join(result["notes"])
    assert "LR/c.png: warning: against GAN-SR it is another picture, it seems" in notes


def test_the_limit_of_megapixels_is_every_commands(
    run, folder, tmp_path, generator_file, monkeypatch
):
    monkeypatch.setenv("DESRA_STUDIO_MAX_MEGAPIXELS", "0.009")
    for name, command in list_commands(folder, tmp_path, generator_file).items():
        status, _, errors = run(*command)
        assert status == 2, name
        assert "more than the limit of 0.009. Cut it into parts, or raise DESRA" in errors, name


@pytest.mark.parametrize("suffix", ["_out", "x4", "_x4plus"])
def test_a_suffix_is_proposed_and_taken(run, folder, tmp_path, suffix):
    for path in list((folder / "GAN-SR").iterdir()):
        path.rename(path.with_name(f"{path.stem}{suffix}.png"))
    pair = ("--gan", folder / "GAN-SR", "--mse", folder / "MSE-SR", "--out", tmp_path / "out")
    status, _, errors = run("detect", *pair)
    assert status == 2
    assert f"With --suffix {suffix} these would match: a{suffix} with a" in errors
    status, output, errors = run("detect", *pair, "--json", "--suffix", suffix)
    assert (status, errors.count(suffix)) == (0, 0)
    assert [image["name"] for image in json.loads(output)["images"]] == ["a", "b", "c"]
    data = ("--data-dir", tmp_path / "data")
    status, _, errors = run("import", folder, "--name", "set", *data)
    assert status == 2
    assert f"With --suffix {suffix} these would match" in errors
    result = json.loads(
        run("import", folder, "--name", "set", *data, "--json", "--suffix", suffix)[1]
    )
    assert (result["images"], result["with_lr"], result["lines"]) == (3, 3, [])


def test_a_name_that_is_not_utf8_is_done_and_spelled(run, folder, tmp_path):
    for kind in ("GAN-SR", "MSE-SR"):
        path = folder / kind / "b.png"
        path.rename(path.with_name("b\udce9.png"))
    pair = ("--gan", folder / "GAN-SR", "--mse", folder / "MSE-SR", "--out", tmp_path / "out")
    status, output, errors = run("detect", *pair, "--json")
    assert status == 0, errors
    assert [image["name"] for image in json.loads(output)["images"]] == ["a", "b\\xe9", "c"]
    cut_off(folder / "MSE-SR" / "b\udce9.png")
    status, output, errors = run("detect", *pair, "--json")
    assert (status, "MSE-SR/b\\xe9.png: left out, truncated" in errors) == (0, True)


def test_masks_of_other_tools_are_masks_in_every_command(run, folder, tmp_path):
    for name in "abc":
        Image.fromarray(MARKED.astype(np.uint16)).save(tmp_path / "mask" / f"{name}.png")
    masks = tmp_path / "mask"
    told = json.loads(run("score", "--pred", masks, "--gt", masks, "--json")[1])
    assert (told["iou"], told["empty_both"]) == (1, 0)
    assert "mask/a.png: uint16 read as a mask, marked with 1" in told["notes"]
    assert np.array_equal(read_mask(masks / "a.png").mask, MARKED)
