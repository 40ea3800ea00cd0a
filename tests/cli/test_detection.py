"""The detector's commands: classes, baselines, calibration, scores of datasets."""

import json

import numpy as np
from PIL import Image

from desra_studio.imaging.io import encode_label_map
from desra_studio.imaging.masks import encode_mask_png


def test_detect_with_classes(run, dataset_folder, tmp_path):
    maps = tmp_path / "maps"
    maps.mkdir()
    for name in ("a", "b", "c"):
        # Class 1, building, has weight 20 / 16: what lies between 0.56 and 0.7 is no artifact then.
        (maps / f"{name}.png").write_bytes(encode_label_map(np.ones((96, 96), np.uint8)))
    pair = (
        "--gan",
        dataset_folder / "GAN-SR",
        "--mse",
        dataset_folder / "MSE-SR",
        "--area-threshold",
        0,
    )
    areas = []
    for number, extra in enumerate((["--class-maps", maps], ["--no-segmentation"])):
        arguments = ("detect", *pair, "--out", tmp_path / str(number), *extra, "--json")
        result = json.loads(run(*arguments)[1])
        areas.append([image["area_px"] for image in result["images"]])
    assert all(weighted < plain for weighted, plain in zip(*areas, strict=True))
    assert result["classes"]["weights"] == "all 1"
    (tmp_path / "empty").mkdir()
    arguments = ("detect", *pair, "--out", tmp_path / "y", "--class-maps", tmp_path / "empty")
    status, _, errors = run(*arguments)
    assert (status, errors.count("\n")) == (2, 1)
    assert "a: left out, --class-maps has no map named a." in errors
    both = ("--class-maps", maps, "--no-segmentation")
    status, _, errors = run("detect", *pair, "--out", tmp_path / "x", *both)
    assert (status, errors.count("\n")) == (2, 1)
    assert "exclude each other" in errors


def test_detect_with_a_baseline(run, dataset_folder, tmp_path):
    pair = (
        "--gan",
        dataset_folder / "GAN-SR",
        "--mse",
        dataset_folder / "MSE-SR",
        "--area-threshold",
        400,
    )
    arguments = ("detect", *pair, "--out", tmp_path / "ldl", "--detector", "ldl:0.001")
    result = json.loads(run(*arguments, "--save-maps", "--json")[1])
    assert result["detector"] == "LDL-style above 0.001, area threshold 400 px"
    assert all(image["components"] == 1 for image in result["images"])
    assert np.load(tmp_path / "ldl" / "map" / "a.npz")["map"].shape == (96, 96)
    arguments = ("detect", *pair, "--out", tmp_path / "raw", "--detector", "ldl:0.001", "--raw")
    raw = json.loads(run(*arguments, "--json")[1])
    assert raw["images"][0]["area_px"] < result["images"][0]["area_px"], "nothing was dilated"
    refused = ("detect", *pair, "--out", tmp_path / "z", "--detector", "ldl")
    status, _, errors = run(*refused, "--contrast-threshold", 0.5)
    assert (status, errors.count("\n")) == (2, 1)
    assert "knows no classes and no contrast threshold" in errors
    for detector, says in (("moon", "No detector named"), ("ldl:x", "No detector named")):
        status, _, errors = run("detect", *pair, "--out", tmp_path / "y", "--detector", detector)
        assert (status, errors.count("\n")) == (2, 1)
        assert says in errors


def test_score_a_dataset_and_calibrate(run, dataset_folder, tmp_path):
    data = ("--data-dir", tmp_path / "data")
    run("import", dataset_folder, "--name", "set", "--area-threshold", 400, *data)
    status, output, errors = run("score", "--dataset", "set", "--detector", "ldl", "--json", *data)
    assert status == 0
    result = json.loads(output)
    assert [row["detector"]["method"] for row in result["rows"]] == ["desra", "ldl"]
    areas = [row["detector"]["area_threshold"] for row in result["rows"]]
    assert areas == [400, 400], "only the map and its threshold differ"
    assert (result["labelled"], result["rows"][0]["iou"]) == (0, None)
    assert "3 images are not labelled yet" in errors
    for arguments, says in (
        (("score", "--dataset", "set", "--gt", dataset_folder), "exclude each other"),
        (("score", "--pred", dataset_folder), "Give --pred and --gt"),
        (("score", "--dataset", "set", "--regions", "mild"), "'mild'"),
        (("score", "--pred", ".", "--gt", ".", "--regions", "severe"), "need --dataset"),
        (("calibrate", "--name", "x", "--dataset", "set"), "No image of set is marked clean"),
        (("calibrate", "--name", "released", "--dataset", "set"), "exists already"),
        (("calibrate", "--name", "x"), "Give --dataset, or --gan and --mse"),
    ):
        status, _, errors = run(*arguments, *data)
        assert (status, errors.count("\n")) == (2, 1), errors
        assert says in errors


def test_score_every_pair_of_folders(run, tmp_path):
    mask = np.zeros((40, 40), bool)
    mask[10:20, 10:20] = True
    for name, marked in (("one", mask), ("two", ~mask), ("truth", mask)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.png").write_bytes(encode_mask_png(marked))
    arguments = ("score", "--pred", tmp_path / "one", "--pred", tmp_path / "two")
    rows = json.loads(run(*arguments, "--gt", tmp_path / "truth", "--json")[1])["rows"]
    assert [row["iou"] for row in rows] == [1, 0]


def test_detect_tells_what_it_converted(run, dataset_folder, tmp_path):
    path = dataset_folder / "GAN-SR" / "a.png"
    grey = Image.open(path).convert("L")
    grey.save(path)
    pair = ("--gan", dataset_folder / "GAN-SR", "--mse", dataset_folder / "MSE-SR")
    for number, extra in enumerate((["--no-segmentation"], ["--detector", "ssim"])):
        arguments = ("detect", *pair, "--out", tmp_path / str(number), *extra)
        assert "GAN-SR/a.png: grey converted to RGB" in run(*arguments)[2]
    Image.fromarray(np.full((96, 96), np.nan, np.float32)).save(path.with_suffix(".tiff"))
    path.unlink()
    status, _, errors = run("detect", *pair, "--out", tmp_path / "nan", "--no-segmentation")
    assert status == 0
    assert "GAN-SR/a.tiff: left out, floating-point samples" in errors
    assert sorted(path.name for path in (tmp_path / "nan" / "mask").iterdir()) == ["b.png", "c.png"]
