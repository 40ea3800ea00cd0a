"""What a training shows while it runs: pictures of one place, and figures of a few images."""

from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from desra_studio.detection.detector import DetectorParams
from desra_studio.errors import NotFoundError
from desra_studio.imaging.arrays import Size
from desra_studio.imaging.io import read_rgb
from desra_studio.imaging.masks import find_components
from desra_studio.services import jobs
from desra_studio.services.detection.dataset import detect_dataset
from desra_studio.services.finetune import pieces as watched_pieces
from desra_studio.services.finetune import previews
from desra_studio.services.finetune.candidates import list_candidates
from desra_studio.services.finetune.pieces import (
    LIVE_FIGURES,
    MAX_LR_PX,
    fit_piece,
    judge_outputs,
    load_pieces,
)
from desra_studio.services.finetune.previews import PreviewWriter
from desra_studio.services.finetune.training import finetune_training_set
from desra_studio.services.finetune.watching import TrainingWatch
from desra_studio.services.job_configs import FinetuneJobConfig
from desra_studio.services.models.registry import add_model_file
from desra_studio.sr.loader import build_generator
from desra_studio.storage import reviews, runs
from desra_studio.storage.training_sets import freeze_training_set
from tests.factories.images import make_pair
from tests.factories.networks import CPU, make_compact
from tests.factories.training import SHORT

PARAMS = DetectorParams(area_threshold=400)
BY_WITNESS = ["removal_D", "removal_SSIM", "removal_LDL-style"]


@pytest.fixture
def training_set(studio, accepted):
    chosen = [candidate.revision_id for candidate in list_candidates(studio, accepted)]
    with studio.database.write() as session:
        revisions = [reviews.get_revision(session, revision_id) for revision_id in chosen]
        return freeze_training_set(session, accepted, revisions).id


@pytest.fixture
def pieces(studio, training_set):
    return load_pieces(studio, training_set, 2.0)


def test_figures(pieces):
    before = judge_outputs(pieces, [piece.gan for piece in pieces])
    assert before == {
        "removal_rate": 0, "addition_rate": 0, "variance_ratio": 1, "iou": 1, "psnr_outside": 100,
        "ssim_outside": pytest.approx(1), **dict.fromkeys(BY_WITNESS, 0),
    }  # fmt: skip
    after = judge_outputs(pieces, [piece.mse for piece in pieces])
    assert (after["removal_rate"], after["addition_rate"], after["iou"]) == (1, 0, 0)
    assert [after[name] for name in BY_WITNESS] == [1, 1, 1]
    assert after["variance_ratio"] == pytest.approx(1, abs=0.05)
    # An artifact where none was, and the others as they were.
    assert set(before) | {"detail_kept", "sharpness_kept"} == set(LIVE_FIGURES)
    worse = [piece.gan.copy() for piece in pieces]
    noise = np.random.default_rng(0).normal(0, 40, (88, 18, 3))
    worse[0][2:90, 77:95] = (worse[0][2:90, 77:95] + noise).clip(0, 255)
    found = judge_outputs(pieces, worse)
    assert (found["removal_rate"], found["addition_rate"]) == (0, pytest.approx(1 / 3))
    assert found["variance_ratio"] > 2


def test_detail_that_is_kept(pieces):
    """From 0, where MSE-SR is, to 1, where GAN-SR is; none where that is no sharper."""
    grain = np.random.default_rng(0).integers(-1, 2, pieces[0].gan.shape)
    sharp = [replace(one, gan=(one.gan + grain).clip(0, 255).astype(np.uint8)) for one in pieces]
    for outputs, kept in (([one.gan for one in sharp], 1), ([one.mse for one in sharp], 0)):
        found = judge_outputs(sharp, outputs)
        assert (found["detail_kept"], found["sharpness_kept"]) == pytest.approx((kept, kept))


def test_the_strictest_witness_that_no_loss_asked_for_has_the_word(pieces):
    # Half-way between both is an artifact to some witnesses only.
    halves = [((piece.gan.astype(int) + piece.mse) // 2).astype(np.uint8) for piece in pieces]
    found = judge_outputs(pieces, halves)
    rates = [found[name] for name in BY_WITNESS]
    strictest = BY_WITNESS[rates.index(min(rates))]
    assert found["removal_rate"] == min(rates) < max(rates)
    others = [name for name in BY_WITNESS if name != strictest]
    heard = judge_outputs(pieces, halves, [strictest.removeprefix("removal_")])
    assert heard["removal_rate"] == min(found[name] for name in others)


def test_a_share_is_one_of_the_whole_image(studio, accepted, training_set, monkeypatch):
    """Of what is watched of it, it would drop nothing."""
    detect_dataset(studio, accepted, DetectorParams(area_share=0.1))
    monkeypatch.setattr(watched_pieces, "MAX_LR_PX", 144)
    piece = load_pieces(studio, training_set, 2.0)[0]
    assert piece.marked.size == 48 * 48
    assert piece.params.area_share is None
    assert piece.params.area_threshold == 96 * 96 // 10


def test_held_out_samples_are_watched(studio, accepted):
    chosen = [candidate.revision_id for candidate in list_candidates(studio, accepted)]
    with studio.database.write() as session:
        revisions = [reviews.get_revision(session, revision_id) for revision_id in chosen]
        held_out = freeze_training_set(session, accepted, revisions, chosen[1:2]).id
    assert [piece.name for piece in load_pieces(studio, held_out, 2.0)] == ["b"]


def test_nothing_to_compute_from(pieces):
    marked = np.ones_like(pieces[0].marked)
    clean = replace(pieces[0], gan=pieces[0].mse, marked=marked)
    assert judge_outputs([clean], [clean.mse]) == {"iou": 0}


def test_large_images_are_watched_around_an_artifact(studio, training_set, monkeypatch):
    monkeypatch.setattr(watched_pieces, "MAX_LR_PX", 144)
    monkeypatch.setattr(watched_pieces, "MARGIN_PX", 4)
    monkeypatch.setattr(watched_pieces, "PREVIEW_PX", 32)
    piece = load_pieces(studio, training_set, 2.0)[0]
    gan, mse = make_pair()
    assert piece.gan.shape == (*piece.marked.shape, 3) == (48, 48, 3)
    x, y, width, height = piece.box
    assert (width, height) == (32, 32)
    assert np.array_equal(piece.gan[piece.shown], gan[y : y + 32, x : x + 32])
    # The artifact reaches from 20 to 60; the margin is cut off at no edge of the image.
    assert piece.lr.shape == (20, 20, 3)
    top, left = (int(span.start) for span in piece.inside)
    assert (top, left) == (16, 16)
    assert np.array_equal(piece.lr[4:16, 4:16], mse[::4, ::4][4:16, 4:16])
    assert len(find_components(piece.case.before["D"].mask)) == 1


def test_how_much_is_watched():
    assert fit_piece(Size(192, 128)) == (192, 128)
    for size in (Size(2000, 1500), Size(3000, 40), Size(40, 3000), Size(200, 200)):
        piece = fit_piece(size)
        assert piece.width <= size.width
        assert piece.height <= size.height
        assert 0.9 * MAX_LR_PX < piece.width * piece.height <= MAX_LR_PX


def test_a_training_leaves_previews_and_figures(studio, accepted, training_set, generator_file):
    model = add_model_file(studio, generator_file)
    config = {
        "dataset_id": accepted, "training_set_id": training_set, "training_set_hash": "",
        "samples": 3, "model_id": model, "feather_sigma": 2.0,
        **asdict(replace(SHORT, preview_every=5)),
    }  # fmt: skip
    with studio.database.write() as session:
        run_id = runs.add_run(session, "finetune", config).id
    assert previews.list_previews(studio, run_id) == previews.PreviewList(
        name="", box=None, fixed=[], iterations=[]
    )
    figures = {}

    def add_metric(step, name, value):
        figures.setdefault(name, {})[step] = value

    finetune_training_set(
        studio, run_id, FinetuneJobConfig.read(config), lambda *_: None, add_metric
    )
    told = previews.list_previews(studio, run_id)
    assert told == previews.PreviewList(
        name="a",
        box=[0, 0, 96, 96],
        fixed=["gan", "mse", "pseudo_gt"],
        iterations=[5, 10, 12],
    )
    gan, mse = make_pair()
    for name, picture in (("gan", gan), ("mse", mse)):
        path = previews.get_preview_path(studio, run_id, name)
        assert np.array_equal(read_rgb(path).pixels, picture)
    assert read_rgb(previews.get_preview_path(studio, run_id, "000005")).pixels.shape == gan.shape
    for name in ("removal_rate", "addition_rate", "variance_ratio", "iou", "ssim_outside"):
        assert list(figures[name]) == [0, 5, 10, 12]
    assert "memory_gb" not in figures
    for wrong in ("000006", "about", "../log", "5"):
        with pytest.raises(NotFoundError, match="has no preview"):
            previews.get_preview_path(studio, run_id, wrong)
    with pytest.raises(NotFoundError):
        previews.list_previews(studio, 99)


def test_a_training_goes_on_without_pictures(pieces, tmp_path):
    (tmp_path / "file").write_text("no folder")
    figures, told = [], []
    watch = TrainingWatch(
        pieces, CPU, PreviewWriter(tmp_path / "file" / "preview"),
        lambda *figure: figures.append(figure), told.append,
    )  # fmt: skip
    watch.begin()
    generator = build_generator(make_compact(), "small")
    watch.look(5, generator)
    counted = len(figures)
    assert {step for step, *_ in figures} == {0, 5}
    assert [note for note in told if "No preview" in note] == told != []
    with torch.no_grad():
        next(generator.module.parameters()).fill_(float("nan"))
    watch.look(10, generator)
    assert len(figures) == counted
    assert "not finite" in told[-1]


def test_figures_for_a_plot(studio):
    with studio.database.write() as session:
        run_id = runs.add_run(session, "finetune", {}).id
        for step in range(1, 1001):
            runs.add_metric(session, run_id, step, "loss", step % 4)
        for step in (0, 500, 1000):
            runs.add_metric(session, run_id, step, "iou", step / 1000)
    figures = jobs.summarize_job_metrics(studio, run_id)
    assert figures["iou"] == [(0, 0.0), (500, 0.5), (1000, 1.0)]
    assert len(figures["loss"]) == 250
    assert figures["loss"][0] == (4, 1.5)
    assert figures["loss"][-1] == (1000, 1.5)
    with studio.database.read() as session:
        assert len(runs.summarize_metrics(session, run_id, 2000)["loss"]) == 1000
    with pytest.raises(NotFoundError):
        jobs.summarize_job_metrics(studio, 99)
