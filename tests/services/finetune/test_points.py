"""Points of a training: figures and weights at each preview, and taking one as the model."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from desra_studio.errors import InputError, NotFoundError
from desra_studio.finetune.config import LONG, PAPER, QUICK
from desra_studio.services.finetune import kept_weights
from desra_studio.services.finetune.candidates import list_candidates
from desra_studio.services.finetune.kept_weights import WeightWriter, choose_kept, measure_kept
from desra_studio.services.finetune.ordering import start_finetune
from desra_studio.services.finetune.pieces import load_pieces
from desra_studio.services.finetune.points import list_points
from desra_studio.services.finetune.previews import open_previews
from desra_studio.services.finetune.taking import take_point
from desra_studio.services.finetune.watching import TrainingWatch
from desra_studio.services.models.registry import add_model_file, list_generators
from desra_studio.sr.loader import build_generator, parse_weights
from desra_studio.storage import models, runs
from tests.factories.jobs import run_jobs_here, view_done
from tests.factories.networks import CPU, make_compact
from tests.factories.points import add_points
from tests.factories.training import SHORT


def fine_tune(studio, dataset, model, **settings):
    chosen = [candidate.revision_id for candidate in list_candidates(studio, dataset)]
    with run_jobs_here():
        run_id = start_finetune(studio, dataset, chosen, model, replace(SHORT, **settings))
    return view_done(studio, run_id)


@pytest.fixture
def base(studio, generator_file):
    return add_model_file(studio, generator_file)


def test_which_previews_keep_their_weights():
    assert choose_kept(400, 50) == set(range(50, 401, 50))
    assert choose_kept(12, 5) == {5, 10, 12}
    assert choose_kept(3, 50) == {3}
    for iterations, every in ((1000, 10), (10_000, 200), (977, 3)):
        kept = sorted(choose_kept(iterations, every))
        assert len(kept) == kept_weights.MAX_KEPT
        assert kept[-1] == iterations
        gaps = {two - one for one, two in pairwise(kept)}
        assert max(gaps) - min(gaps) <= 2 * every
    for preset in (QUICK, PAPER, LONG):
        assert preset.iterations in choose_kept(preset.iterations, preset.preview_every)


def test_a_training_keeps_its_points(studio, accepted, base):
    run = fine_tune(studio, accepted, base, preview_every=5)
    kept = measure_kept(studio, run.id)
    assert sorted(kept) == [5, 10, 12]
    found = list_points(studio, accepted)
    assert [one.iteration for one in found] == [5, 10, 12]
    assert [one.is_last for one in found] == [False, False, True]
    assert {one.run_id for one in found} == {run.id}
    assert found[0].title == f"Run {run.id}, from small"
    assert all(set(one.removals) == {"D", "SSIM", "LDL-style"} for one in found)
    assert {one.detail_kept for one in found} == {None}, "GAN-SR has none beyond MSE-SR's"
    assert {tuple(one.trained_on) for one in found} == {("D",)}
    # The contrast loss asks for D, so that it has no word.
    assert all(one.removal <= min(one.removals["SSIM"], one.removals["LDL-style"]) for one in found)
    assert [one.kept_bytes for one in found] == [kept[5], kept[10], kept[12]]
    assert [one.model_id for one in found] == [None, None, run.result["model_id"]]


def test_a_point_becomes_a_model(studio, accepted, base):
    run = fine_tune(studio, accepted, base, preview_every=5)
    taken = take_point(studio, run.id, 5)
    assert taken.model == f"small fine-tuned {run.id} at 5"
    assert take_point(studio, run.id, 5) == taken, "once"
    assert list_generators(studio)[0].fine_tuned
    with studio.database.read() as session:
        model, own = (
            models.get_model(session, taken.model_id),
            models.find_run_model(session, run.id),
        )
        assert own.id == run.result["model_id"], "what the run made at its end is another"
        started = models.get_model(session, base)
    assert (model.scale, model.architecture) == (started.scale, started.architecture)
    assert model.card["settings"] == own.card["settings"] | {"iterations": 5}
    assert model.card["source"] == "small, fine-tuned 5 iterations on 2 samples"
    assert (model.card["taken_at"], "figures" in model.card) == (5, False)
    early, last = (parse_weights(studio.blobs.get(one.file_sha), one.name) for one in (model, own))
    assert not all(torch.equal(early[key], last[key]) for key in last)
    assert list_points(studio, accepted)[0].model == taken.model


def test_the_last_point_is_the_run_s_own_model(studio, accepted, base):
    run = fine_tune(studio, accepted, base, preview_every=5)
    taken = take_point(studio, run.id, 12)
    assert (taken.model_id, taken.model) == (run.result["model_id"], run.result["model"])
    kept = kept_weights.read_kept(studio, run.id, 12)
    with studio.database.read() as session:
        own = models.get_model(session, taken.model_id)
    assert kept == studio.blobs.get(own.file_sha)


def test_a_model_that_was_taken_is_fine_tuned_again(studio, accepted, base):
    """What it was taken at is no word on its children, whose run has a model of its own."""
    run = fine_tune(studio, accepted, base, preview_every=5)
    again = fine_tune(studio, accepted, take_point(studio, run.id, 5).model_id)
    with studio.database.read() as session:
        own = models.find_run_model(session, again.id)
    assert own.id == again.result["model_id"]
    assert "taken_at" not in own.card


def test_what_cannot_be_taken(studio, accepted, base):
    run = fine_tune(studio, accepted, base, preview_every=5)
    with pytest.raises(NotFoundError, match="keeps no weights of iteration 7"):
        take_point(studio, run.id, 7)
    with pytest.raises(NotFoundError):
        take_point(studio, 99, 5)
    with studio.database.write() as session:
        other = runs.add_run(session, "curve", {"dataset_id": accepted}).id
    with pytest.raises(InputError, match="is of the kind curve"):
        take_point(studio, other, 5)
    with pytest.raises(NotFoundError):
        list_points(studio, 77)


def test_the_best_point_passes_no_bound_and_can_be_taken(studio, accepted, base):
    config = {"dataset_id": accepted, "model_id": base, "iterations": 400}
    beyond = {"removal_rate": 0.9, "sharpness_kept": 0.4}
    none_yet = {"removal_rate": 0.0, "detail_kept": 1.0}
    first = add_points(studio, config, {0: none_yet, 100: {}, 200: beyond}, kept={100, 200})
    figures = {100: {"detail_kept": 0.85}, 200: {"removal_rate": 0.95}}
    second = add_points(studio, config, figures, kept={100})
    found = list_points(studio, accepted)
    named = [(one.run_id, one.iteration) for one in found]
    assert named == [(second, 100), (second, 200), (first, 100), (first, 200)]
    assert [one.is_best for one in found] == [True, False, False, False]
    assert [one.is_within_bounds for one in found] == [True, True, True, False]
    assert "turning into an MSE model" in found[3].warnings[0]
    assert found[1].kept_bytes is None
    overdone = add_points(studio, config, {100: {"detail_kept": 1.3}}, kept={100})
    adding = {"detail_kept": 1.0, "addition_rate": 0.04}
    add_points(studio, config, {100: adding}, kept={100})
    assert overdone not in {one.run_id for one in list_points(studio, accepted) if one.is_best}
    assert [one.run_id for one in list_points(studio, accepted) if one.is_best] == [second]
    assert found[0].removals == {"D": 0.9, "SSIM": 0.5}


def test_no_points_without_figures(studio, accepted, base):
    """Of runs from before there were such."""
    assert list_points(studio, accepted) == []
    with studio.database.write() as session:
        config = {"dataset_id": accepted, "model_id": base, "iterations": 300}
        run_id = runs.add_run(session, "finetune", config).id
        runs.add_metric(session, run_id, 100, "removal_rate", 0.5)
    assert list_points(studio, accepted) == []


def test_a_training_goes_on_where_its_weights_cannot_be_kept(studio, accepted, base, tmp_path):
    run = fine_tune(studio, accepted, base)
    (tmp_path / "file").write_text("no folder")
    told = []
    watch = TrainingWatch(
        load_pieces(studio, run.config["training_set_id"], 2.0),
        CPU,
        open_previews(studio, run.id),
        lambda *_: None,
        told.append,
        weights=WeightWriter(tmp_path / "file" / "points", frozenset({5})),
    )
    for iteration in (4, 5):
        watch.look(iteration, build_generator(make_compact(), "small"))
    assert len(told) == 1
    assert told[0].startswith("No weights: ")
