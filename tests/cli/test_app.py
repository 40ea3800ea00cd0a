"""The contracts of the command line: exit status, one line on standard error, JSON."""

import json
import tempfile

import numpy as np
import pytest

from desra_studio.cli import app
from desra_studio.cli.console import render_figures
from desra_studio.imaging.io import read_rgb
from desra_studio.imaging.mask_files import read_mask
from desra_studio.imaging.masks import encode_mask_png
from tests.factories.images import write_dataset


@pytest.fixture
def folder(tmp_path):
    return write_dataset(tmp_path / "source")


def test_detect(run, folder, tmp_path):
    out = tmp_path / "out"
    pair = ("--gan", folder / "GAN-SR", "--mse", folder / "MSE-SR", "--out", out)
    status, output, _ = run("detect", *pair, "--area-threshold", 400, "--save-maps", "--json")
    assert status == 0
    result = json.loads(output)
    assert [image["name"] for image in result["images"]] == ["a", "b", "c"]
    assert set(result["images"][0]) == {"name", "components", "area_px", "score", "seconds"}
    for image in result["images"]:
        mask = read_mask(out / "mask" / f"{image['name']}.png").mask
        assert mask.shape == (96, 96)
        assert mask.sum() == image["area_px"] > 0
        d = np.load(out / "map" / f"{image['name']}.npz")["D"]
        assert (d.shape, d.dtype) == ((86, 86), np.float32)


def test_score(run, tmp_path):
    for name in ("pred", "gt"):
        (tmp_path / name).mkdir()
    marked = np.zeros((40, 40), bool)
    marked[10:20, 10:20] = True
    for path, mask in {
        "gt/a.png": marked,
        "pred/a.png": marked[5:-5, 5:-5],
        "gt/b.png": marked,
        "gt/c.png": ~marked & marked,
        "pred/c.png": ~marked & marked,
        "pred/extra.png": marked,
    }.items():
        (tmp_path / path).write_bytes(encode_mask_png(mask))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.png")}
    status, output, errors = run(
        "score", "--pred", tmp_path / "pred", "--gt", tmp_path / "gt", "--json"
    )
    result = json.loads(output)
    assert status == 0
    assert result.pop("definitions")["iou"]
    assert result.pop("intervals") == {
        "iou": None,
        "precision": {"low": pytest.approx(0.05), "high": 1, "one_sided": True},
        "recall": None,
        "wanting": {"iou": 17, "precision": 0, "recall": 5},
    }
    assert result == {
        "iou": pytest.approx(2 / 3),
        "precision": 1,
        "recall": 0.5,
        "images": 3,
        "empty_both": 1,
        "missing_predictions": 1,
        "missing_gt": 1,
        "notes": ["b: no prediction, counted as empty", "extra: no manual mask, not scored"],
    }
    assert "b: no prediction, counted as empty" in errors
    assert "extra: no manual mask, not scored" in errors
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*.png")}


def test_score_says_na(run, tmp_path):
    for name in ("pred", "gt"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.png").write_bytes(encode_mask_png(np.zeros((40, 40), bool)))
    arguments = ("score", "--pred", tmp_path / "pred", "--gt", tmp_path / "gt")
    assert "precision n/a  recall n/a" in run(*arguments)[1]
    result = json.loads(run(*arguments, "--json")[1])
    assert (result["iou"], result["precision"], result["recall"]) == (1, None, None)


def test_regress(run, folder):
    command = (
        "regress", "--before", folder / "GAN-SR", "--after", folder / "MSE-SR",
        "--mse", folder / "MSE-SR", "--area-threshold", 400, "--no-segmentation",
    )  # fmt: skip
    status, output, _ = run(*command, "--json")
    assert status == 0
    told = json.loads(output)
    proof, warnings, notes = told.pop("proof"), told.pop("warnings"), told.pop("notes")
    assert notes == []
    assert [(one["name"], one["gone"], one["seen"]) for one in proof["witnesses"]] == [
        ("SSIM", 3, 3), ("LDL-style", 3, 3), ("D", 3, 3),
    ]  # fmt: skip
    assert proof["iou_before"] is None
    assert warnings == [], "outside the artifacts both are the same"
    text = run(*command)[1]
    assert text.startswith("3 of 3 artifacts gone, 0 fainter, 0 still there, 0 new, by the")
    assert "Local SSIM: 3 of 3 gone" in text
    assert told == {
        "removal_rate": 1,
        "addition_rate": 0,
        "before_components": 3,
        "removed": 3,
        "remaining": 0,
        "added": 0,
        "images": 3,
        "classes": {
            "source": None,
            "weights": "all 1",
            "note": "All class weights are 1: segmentation is switched off.",
        },
    }


def test_regress_counts_what_people_marked(run, folder, tmp_path):
    """Of three artifacts one was marked: the others should have stayed, and did not."""
    for name, marked in (("a", True), ("b", False), ("c", False)):
        mask = np.zeros((96, 96), bool)
        mask[20:60, 20:60] = marked
        (tmp_path / "mask").mkdir(exist_ok=True)
        (tmp_path / "mask" / f"{name}.png").write_bytes(encode_mask_png(mask))
    status, output, _ = run(
        "regress", "--before", folder / "GAN-SR", "--after", folder / "MSE-SR",
        "--mse", folder / "MSE-SR", "--mask", tmp_path / "mask",
        "--area-threshold", 400, "--no-segmentation", "--json",
    )  # fmt: skip
    assert status == 0
    told = json.loads(output)
    assert (told["before_components"], told["removed"]) == (3, 3), "by the detector alone"
    assert (told["proof"]["before_components"], told["proof"]["removed"]) == (1, 1)
    assert told["proof"]["controls"] == {"components": 2, "changed": 2, "clean_images": 2}
    assert told["proof"]["sharpness_kept"] == pytest.approx(0, abs=0.01)
    assert any("turning into an MSE model" in line for line in told["warnings"])


def test_import_and_export(run, folder, tmp_path):
    data = ("--data-dir", tmp_path / "data")
    status, output, _ = run("import", folder, "--name", "set", *data, "--json")
    assert status == 0
    assert json.loads(output)["images"] == 3
    assert run("db", "check", *data)[0] == 0
    assert "at schema" in run("db", "upgrade", *data)[1]
    status, _, errors = run("export", "set", "--format", "masks", "--out", tmp_path / "o", *data)
    assert (status, errors.count("\n")) == (2, 1)
    status, _, _ = run("export", "set", "--format", "csv", "--out", tmp_path / "o.csv", *data)
    assert status == 0
    assert len((tmp_path / "o.csv").read_text().splitlines()) == 4


def test_import_of_lr_images_upscales_and_detects(run, folder, tmp_path):
    data = ("--data-dir", tmp_path / "data")
    status, output, errors = run(
        "import", folder / "LR", "--name", "set", "--model", "desra-demo-gan-x4", *data, "--json"
    )
    assert status == 0, errors
    result = json.loads(output)
    assert (result["images"], result["lr_only"], "marked" in result) == (3, True, True)
    status, _, errors = run(
        "import", folder, "--name", "pairs", "--model", "desra-demo-gan-x4", *data
    )
    assert status == 0
    assert "--model desra-demo-gan-x4 was not needed" in errors
    status, _, errors = run("import", folder / "LR", "--name", "no", "--model", "x", *data)
    assert (status, errors.count("\n")) == (2, 1)
    assert run("db", "check", *data)[0] == 0


def test_finetune_and_upscale(run, folder, tmp_path, generator_file):
    data = ("--data-dir", tmp_path / "data")
    for name in "abc":
        mask = np.zeros((96, 96), bool)
        mask[20:60, 20:60] = True
        (folder / "mask").mkdir(exist_ok=True)
        (folder / "mask" / f"{name}.png").write_bytes(encode_mask_png(mask[5:-5, 5:-5]))
    out = tmp_path / "tuned"
    status, output, errors = run(
        "finetune", "--lr", folder / "LR", "--gan", folder / "GAN-SR", "--mse", folder / "MSE-SR",
        "--mask", folder / "mask", "--generator", generator_file, "--out", out,
        "--iterations", 3, "--batch", 2, "--crop", 64, "--seed", 5, "--device", "cpu",
        "--json", *data,
    )  # fmt: skip
    assert status == 0, errors
    assert json.loads(output)["iterations"] == 3
    assert sorted(path.name for path in out.iterdir()) == [
        "generator.safetensors",
        "generator_params_ema.pth",
    ]
    finetune = (
        "finetune", "--lr", folder / "LR", "--gan", folder / "GAN-SR", "--mse", folder / "MSE-SR",
        "--mask", folder / "mask", "--generator", generator_file, "--out", out, "--json", *data,
    )  # fmt: skip
    status, output, errors = run(*finetune, "--resume")
    assert (status, output) == (2, "")
    assert "There is no checkpoint" in errors
    status, _, errors = run(*finetune, "--preset", "best")
    assert status == 2
    assert "No preset named 'best'. Take quick, paper, long." in errors
    status, _, errors = run(*finetune, "--preset", "paper", "--discriminator", "nobody")
    assert status == 2
    assert "'nobody' is neither a weight file nor a model's name" in errors
    for name in "abc":
        (folder / "mask" / f"{name}.png").write_bytes(encode_mask_png(np.zeros((96, 96), bool)))
    status, output, errors = run(*finetune)
    assert (status, output, errors.count("\n")) == (2, "", 1)
    assert "All masks are empty, 3 of them: there is nothing to delete" in errors
    upscale = ("upscale", "--model", out / "generator_params_ema.pth", "--lr", folder / "LR")
    status, output, _ = run(*upscale, "--out", tmp_path / "sr", "--json", *data)
    assert status == 0
    assert json.loads(output)["scale"] == 4
    assert read_rgb(tmp_path / "sr" / "a.png").pixels.shape == (96, 96, 3)


BAD = [
    (("serve", "--host", "0.0.0.0"), "there are no users. Add the first"),
    (("serve", "--host", "::1"), "cannot be used"),
    (("serve", "--port", "x"), "Invalid value for '--port'"),
    (("serve", "--port", "70000"), "less than or equal to 65535"),
    (("db", "check", "--data-dir", "{nodb}"), "file is not a database"),
    (
        ("upscale", "--model", "x", "--lr", "{gan}", "--out", "{gan}", "--data-dir", "{data}"),
        "is the folder of the LR images",
    ),
    (("serve", "--what"), "No such option: --what"),
    (("nonsense",), "No such command 'nonsense'"),
    (
        ("bench", "nonsense"),
        "There are: canvas, deletion, demo, detect, detectors, finetune, import, intervals, kills",
    ),
    (("bench", "kills", "--kills", "4"), "at least 6 kills, one of each kind, got 4"),
    (("bench", "import", "--count", "9"), "at least 10 triplets, got 9"),
    (("bench", "detectors", "--count", "3"), "at least 8 scenes, got 3"),
    (("bench", "queue", "--seed", "1"), "bench queue takes no --seed"),
    (("detect", "--gan", "{gan}", "--mse", "{mse}"), "Missing option '--out'"),
    (("detect", "--gan", "none", "--mse", "{mse}", "--out", "{out}"), "none is not a folder"),
    (
        ("detect", "--gan", "{bad}", "--mse", "{mse}", "--out", "{out}"),
        "No image has a file of its name in every folder",
    ),
    (
        ("detect", "--gan", "{gan}", "--mse", "{mse}", "--out", "{out}", "--window-size", "4"),
        "window size must be odd",
    ),
    (
        ("detect", "--gan", "{gan}", "--mse", "{mse}", "--out", "{file}"),
        "is a file. Give a folder",
    ),
    (
        ("detect", "--gan", "{gan}", "--mse", "{mse}", "--out", "{out}", "--class-maps", "{bad}"),
        "No image could be used. a: left out, --class-maps has no map named a.",
    ),
    (("score", "--pred", "{gan}", "--gt", "{bad}"), "z.png: "),
    (("score", "--pred", "{gan}", "--gt", "{empty}"), "holds no masks"),
    (("import", "{empty}", "--name", "x", "--data-dir", "{out}"), "no GAN-SR and no MSE-SR"),
    (
        ("upscale", "--model", "{file}", "--lr", "{gan}", "--out", "{out}", "--data-dir", "{data}"),
        "neither a safetensors nor a PyTorch",
    ),
    (
        ("upscale", "--model", "x", "--lr", "{gan}", "--out", "{out}", "--data-dir", "{data}"),
        "'x' is neither a weight file nor a model's name",
    ),
    (
        ("export", "x", "--format", "csv", "--out", "{out}", "--data-dir", "{data}"),
        "No dataset named 'x'",
    ),
    (("db", "check", "--data-dir", "{file}"), "cannot be made"),
    # Nobody may write there, not even an administrator.
    (("db", "check", "--data-dir", "/proc"), "cannot be made or written to"),
    (("import", "", "--name", "x", "--data-dir", "{data}"), "An argument is empty"),
    (("detect", "--gan", "{gan}", "--mse", "", "--out", "{out}"), "An argument is empty"),
    (("db", "check", "--database-url", "nonsense", "--data-dir", "{data}"), "'nonsense'"),
]


@pytest.mark.parametrize(("arguments", "says"), BAD, ids=[" ".join(bad[0])[:60] for bad in BAD])
def test_bad_input_is_one_line(run, folder, tmp_path, arguments, says):
    cut, bad, empty = (tmp_path / name for name in ("cut", "bad", "empty"))
    for made in (cut, bad, empty):
        made.mkdir()
    for path in (folder / "MSE-SR").iterdir():
        data = path.read_bytes()
        (cut / path.name).write_bytes(data if path.stem != "b" else data[: len(data) // 2])
    (bad / "z.png").write_text("text")
    (tmp_path / "file").write_text("text")
    (tmp_path / "nodb").mkdir()
    (tmp_path / "nodb" / "studio.sqlite").write_bytes(b"this is no database " * 300)
    places = {
        "nodb": tmp_path / "nodb",
        "gan": folder / "GAN-SR",
        "mse": folder / "MSE-SR",
        "cut": cut,
        "bad": bad,
        "empty": empty,
        "file": tmp_path / "file",
        "out": tmp_path / "out",
        "data": tmp_path / "data",
    }
    status, output, errors = run(*(argument.format(**places) for argument in arguments))
    assert status == 2
    assert output == ""
    assert errors.count("\n") == 1, errors
    assert says in errors
    out = tmp_path / "out"
    assert not list(out.rglob("*.png"))
    assert not list(tmp_path.glob(".out-*")), "no staging folder is left"


def test_nobody_is_shown_a_trace(run, monkeypatch, tmp_path):
    def fail(_):
        raise RuntimeError("unexpected")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(app, "open_studio", fail)
    status, output, errors = run("import", tmp_path, "--name", "x")
    assert (status, output, errors.count("\n")) == (2, "", 1), errors
    (report,) = tmp_path.glob("desra-studio-fault-*.txt")
    assert str(report) in errors
    assert "RuntimeError: unexpected" in report.read_text()


def test_any_letters_in_the_data_directory(run, folder, tmp_path):
    odd = tmp_path / "a?b%20c"
    assert run("import", folder, "--name", "set", "--data-dir", odd)[0] == 0
    assert (odd / "studio.sqlite").is_file()
    assert (tmp_path / "x.csv").exists() is False
    export = ("export", "set", "--format", "csv", "--out", tmp_path / "x.csv", "--data-dir", odd)
    assert run(*export)[0] == 0
    assert run(*export)[2].startswith(f"{tmp_path / 'x.csv'} exists already")


def test_figures_that_are_alike_are_a_table():
    figures = {"seed": 1, "saves": {"kills": 30, "lost": 0}, "total": {"kills": 100, "lost": 0}}
    assert render_figures(figures).splitlines() == [
        "seed 1",
        "       kills  lost",
        "saves  30     0",
        "total  100    0",
    ]
    others = {"seconds": 2, "quick": {"ours": 1}, "paper": {"plain": 3}}
    assert "quick  ours 1" in render_figures(others)
    assert render_figures({"seconds": 2, "cores": 2}) == "seconds 2  cores 2"
    listed = {
        "device": "cpu",
        "rows": [{"settings": "quick", "by": {"D": 0.9, "SSIM": 1}}, {"n": 3}],
    }
    assert render_figures(listed).splitlines() == [
        "device cpu",
        "rows",
        "settings  by             n",
        "quick     D 0.9, SSIM 1",
        "                         3",
    ]


def test_bad_environment(run, monkeypatch):
    monkeypatch.setenv("DESRA_STUDIO_PORT", "many")
    status, _, errors = run("serve")
    assert status == 2
    assert "DESRA_STUDIO_PORT" in errors
    assert "'many'" in errors
