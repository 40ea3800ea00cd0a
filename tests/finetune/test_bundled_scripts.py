"""The scripts beside the bundled pair: what they leave out, and where they print progress."""

import sys

import pytest

from desra_studio.finetune.derive import DeriveResult
from desra_studio.imaging.io import encode_png
from tests.commands import load_script
from tests.factories.images import make_picture

NAMES = ("01", "02", "03", "04")


@pytest.fixture
def kodak(tmp_path):
    folder = tmp_path / "kodak"
    folder.mkdir()
    for seed, name in enumerate(NAMES):
        (folder / f"{name}.png").write_bytes(encode_png(make_picture(64 + seed, 64)))
    return folder


def test_training_leaves_out_what_it_is_told(kodak):
    train = load_script("train")
    heights = [image.shape[0] for image in train.read_photographs([kodak], ["02", "04"])]
    assert heights == [64, 66]
    assert len(train.read_photographs([kodak, kodak])) == 8


def test_training_refuses_names_that_are_not_there(kodak, tmp_path, monkeypatch, capsys):
    train = load_script("train")
    command = ["train.py", "--hr", kodak, "--out", tmp_path, "--stage", "mse"]
    command += ["--leave-out", "02", "--leave-out", "04.png", "five"]
    monkeypatch.setattr(sys, "argv", [str(part) for part in command])
    with pytest.raises(SystemExit, match="2"):
        train.main()
    assert "No image is named 04.png, five. Give the names" in capsys.readouterr().err


def test_a_derivation_is_measured_on_images_it_has_not_seen(
    kodak,
    generator,
    monkeypatch,
    capsys,
):
    evaluate = load_script("evaluate")
    heights = []

    class Source(evaluate.PairSource):
        def __init__(self, images, scale):
            heights.extend(image.shape[0] for image in images)
            super().__init__(images, scale, pool_size=1)

    def derive(given, _batches, _validation, _config, _device, report):
        report(100, 0.05, 21.0)
        return DeriveResult(given.module.state_dict(), 100, 20.0, 21.0)

    bundled = evaluate.load_generator(evaluate.HERE / "desra-demo-gan-x4.safetensors")
    monkeypatch.setattr(evaluate, "PairSource", Source)
    monkeypatch.setattr(evaluate, "derive_mse", derive)
    lr, hr = make_picture(32, 32), make_picture(128, 128)
    found = evaluate.derive_and_compare([kodak], {"a": (lr, hr)}, {"a": lr}, generator, bundled)
    assert found["iteration"] == 100
    # 01 and 03 alone: the even ones are what the derived model is measured on.
    assert sorted(heights) == [64, 66]
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "100: L1 0.0500, 21.000 dB\n")
