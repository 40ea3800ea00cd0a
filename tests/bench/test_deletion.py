"""The bench of deletion on one image: a model that changed nothing, and one that changed all."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
import torch

from desra_studio.bench import deletion
from desra_studio.bench.deletion_picture import draw_deletion
from desra_studio.finetune.config import DIAL, QUICK
from desra_studio.imaging.io import read_rgb

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def pair():
    return deletion.load_pair()


@pytest.fixture(scope="module")
def held_out(pair):
    lr = read_rgb(deletion.list_demo()["houses"]).pixels
    return [deletion.make_held_out(lr[:64, :64], pair)]


def test_the_model_itself_deletes_nothing(pair, held_out):
    figures = deletion.judge_model(pair[0], held_out, CPU)
    assert figures["components"] > 0
    assert set(figures["witnesses"].values()) == {0}
    assert (figures["detail_kept"], figures["sharpness_kept"], figures["added"]) == (1, 1, 0)
    assert figures["noise"]["after"] == figures["noise"]["gan"]


def test_its_partner_deletes_all_and_keeps_nothing(pair, held_out):
    figures = deletion.judge_model(pair[1], held_out, CPU)
    assert set(figures["witnesses"].values()) == {1}
    assert figures["detail_kept"] == pytest.approx(0, abs=1e-6)
    assert "truth" not in figures


def test_photographs_judge_too(pair):
    hr = read_rgb(deletion.list_demo()["houses"]).pixels
    case = deletion.make_held_out(hr[:16, :16], pair, hr[:64, :64])
    truth = deletion.judge_model(pair[1], [case], CPU)["truth"]
    assert truth["images"] == 1
    assert truth["outside"]["after"] == truth["outside"]["mse"] != truth["outside"]["gan"]


def make_row(settings, seed, removal, detail):
    witnesses = {"D": 1.0, "SSIM": removal, "LDL-style": 0.95}
    return {"settings": settings, "seed": seed, "witnesses": witnesses, "detail_kept": detail}


def test_the_picture_has_a_dot_for_each_row_and_a_ring_for_each_of_the_settings():
    rows = [make_row("quick", seed, 0.9 + seed / 100, 0.78) for seed in range(3)]
    rows += [make_row("L1 & alone", seed, 0.99, 0.2) for seed in range(3)]
    root = ElementTree.fromstring(draw_deletion(rows))
    circles = root.findall("{*}circle")
    assert sum(circle.get("r") == "3" for circle in circles) == 6
    assert sum(circle.get("r") == "8" for circle in circles) == 2
    words = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "1 quick" in words
    assert "2 L1 & alone" in words


def test_a_whole_run(monkeypatch, tmp_path, pair):
    """Two iterations on two of the demo images, judged on another one."""
    few = dict(list(deletion.list_demo().items())[:4])
    monkeypatch.setattr(deletion, "list_demo", lambda: few)
    tiny = replace(QUICK, iterations=2, batch=1, crop=32)
    monkeypatch.setattr(deletion, "list_settings", lambda: {"tiny": tiny})
    told, picture = [], tmp_path / "deletion.svg"
    figures = deletion.measure_deletion(
        seeds=1, picture=picture, report=lambda *values: told.append(values)
    )
    (row,) = figures["rows"]
    assert (row["settings"], row["seed"], row["images"]) == ("tiny", 0, 1)
    assert row["seconds"] > 0
    assert told == [(0, 1, "tiny, seed 0")]
    assert picture.read_text().startswith("<svg")


def test_the_presets_and_the_dial_are_compared():
    compared = deletion.list_settings()
    assert list(compared.values()).count(QUICK) == 1
    assert compared["quick"] == QUICK
    assert compared["L1 alone"].contrast_weight == 0
    assert len(compared) == len(DIAL) + 2
