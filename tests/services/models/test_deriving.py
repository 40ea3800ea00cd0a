"""Deriving an MSE-SR partner: it trains, stops, registers, and cancels without a trace."""

import json
from dataclasses import asdict

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from desra_studio.cli.models import models_app
from desra_studio.errors import CancelledError, InputError, ModelError, NotFoundError
from desra_studio.finetune.config import DeriveConfig
from desra_studio.finetune.derive import DeriveResult, derive_mse
from desra_studio.finetune.pairs import PairSource
from desra_studio.imaging.io import encode_png, resize_bicubic
from desra_studio.services import jobs
from desra_studio.services.datasets.importing import import_dataset
from desra_studio.services.jobs import JobView
from desra_studio.services.models import deriving
from desra_studio.services.models.deriving import (
    DerivedPartner,
    derive_from_folders,
    find_derivable_model,
)
from desra_studio.services.models.listing import list_models
from desra_studio.services.models.registry import add_model_file, set_partner
from desra_studio.ui.models.status import show_models_job
from desra_studio.vocabulary import RunStatus
from tests.factories.images import make_picture
from tests.factories.jobs import run_jobs_here, view_done
from tests.factories.training import GENTLE

CPU = torch.device("cpu")
CONFIG = DeriveConfig(
    max_iterations=40, check_every=10, patience=2, batch=2, crop=64, learning_rate=2e-3, ema=0.5
)


@pytest.fixture
def folder(tmp_path):
    """Six photographs' stand-ins, large enough to be reduced four times."""
    made = tmp_path / "images"
    made.mkdir()
    for seed in range(6):
        (made / f"{seed}.png").write_bytes(encode_png(make_picture(seed=seed)))
    return made


@pytest.fixture
def model(studio, generator_file):
    add_model_file(studio, generator_file)
    return find_derivable_model(studio, "small")


def name_models(studio):
    """Models here but for the bundled pair."""
    listed = list_models(studio, ())
    return {details.name for details in listed if not details.name.startswith("desra-demo")}


def test_the_best_weights_are_kept_and_training_ends(generator):
    source = PairSource([make_picture(seed=1)], 4, GENTLE, pool_size=4)
    validation = PairSource([make_picture(seed=2)], 4, GENTLE).make_pairs(0)
    seen = []
    before = {key: value.clone() for key, value in generator.module.state_dict().items()}
    result = derive_mse(
        generator,
        source.draw_batches(2, 16, 0),
        validation,
        CONFIG,
        CPU,
        lambda iteration, loss, psnr: seen.append((iteration, psnr)),
    )
    assert result.psnr == max(psnr for _, psnr in seen) > result.psnr_before
    assert (result.iteration, result.psnr) in seen
    assert all(value.equal(before[key]) for key, value in generator.module.state_dict().items())

    # A learning rate that changes nothing gains nothing: it ends after `patience` validations.
    still = DeriveConfig(
        max_iterations=40, check_every=5, patience=2, batch=2, crop=64, learning_rate=1e-12
    )
    seen.clear()
    result = derive_mse(
        generator,
        source.draw_batches(2, 16, 0),
        validation,
        still,
        CPU,
        lambda iteration, loss, psnr: seen.append(iteration),
    )
    assert seen == [5, 10]
    with pytest.raises(InputError, match="No pairs to validate on"):
        derive_mse(generator, source.draw_batches(2, 16, 0), [], still, CPU, lambda *_: None)


def test_a_diverging_training_is_told(generator):
    source = PairSource([make_picture(seed=1)], 4, GENTLE, pool_size=4)

    def poison(batches):
        for lr, hr in batches:
            yield lr * torch.nan, hr

    with pytest.raises(ModelError, match=r"learning rate below 0\.002"):
        derive_mse(
            generator,
            poison(source.draw_batches(2, 16, 0)),
            source.make_pairs(0),
            CONFIG,
            CPU,
            lambda *_: None,
        )


def test_the_result_is_the_partner(studio, model, folder):
    result = derive_from_folders(studio, model, folder, None, CONFIG)
    assert result.model == "small MSE"
    assert result.psnr > result.psnr_before
    listed = {details.name: details for details in list_models(studio, ())}
    assert listed["small"].partner == "small MSE"
    derived = listed["small MSE"]
    assert (derived.role, derived.scale, derived.state) == ("mse", 4, "ready")
    assert "derived from small with an L1 loss on LR images" in derived.source
    assert derived.card["derived"]["images"] == 6
    with pytest.raises(InputError, match=r"has the partner small MSE already\. Give --replace"):
        find_derivable_model(studio, "small")
    again = find_derivable_model(studio, "small", replace=True)
    assert derive_from_folders(studio, again, folder, None, CONFIG).model == "small MSE 2"
    with pytest.raises(InputError, match="not a GAN-SR model"):
        find_derivable_model(studio, "small MSE")
    with pytest.raises(NotFoundError, match="nobody"):
        find_derivable_model(studio, "nobody")


def test_hr_images_are_paired_or_degraded(studio, model, folder, tmp_path):
    lr = tmp_path / "lr"
    lr.mkdir()
    for seed in range(6):
        small = resize_bicubic(make_picture(seed=seed), (40, 32))
        (lr / f"{seed}.png").write_bytes(encode_png(np.ascontiguousarray(small)))
    derive_from_folders(studio, model, lr, folder, CONFIG)
    partner = next(item for item in list_models(studio, ()) if item.name == "small MSE")
    assert partner.source.endswith("LR and HR pairs")
    for path in lr.iterdir():
        path.rename(path.with_name(f"other-{path.name}"))
    again = find_derivable_model(studio, "small", replace=True)
    derive_from_folders(studio, again, lr, folder, CONFIG)
    partner = next(item for item in list_models(studio, ()) if item.name == "small MSE 2")
    assert "HR images" in partner.source


def test_a_damaged_and_a_turned_image_are_left_out(studio, model, folder, tmp_path):
    lr = tmp_path / "lr"
    lr.mkdir()
    for seed in range(6):
        small = resize_bicubic(make_picture(seed=seed), (40, 32))
        shown = small[::-1, ::-1] if seed == 1 else small
        (lr / f"{seed}.png").write_bytes(encode_png(np.ascontiguousarray(shown)))
    data = (lr / "0.png").read_bytes()
    (lr / "0.png").write_bytes(data[: len(data) // 2])
    result = derive_from_folders(studio, model, lr, folder, CONFIG)
    assert result.images == 4
    assert [line.partition(" (")[0] for line in result.notes] == [
        "1: left out, against LR its HR is turned by 180 degrees",
        "lr/0.png: left out, truncated or damaged",
    ]


def test_large_pairs_are_validated_on_their_middle(studio, model, tmp_path, monkeypatch):
    lr, hr = tmp_path / "lr", tmp_path / "hr"
    lr.mkdir()
    hr.mkdir()
    for seed in range(4):
        large = make_picture(400, 800, seed)
        small = np.ascontiguousarray(resize_bicubic(large, (200, 100)))
        (lr / f"{seed}.png").write_bytes(encode_png(small))
        (hr / f"{seed}.png").write_bytes(encode_png(large))
    seen = []

    def derive(given, _batches, validation, *_):
        seen.extend(validation)
        return DeriveResult(given.module.state_dict(), 1, 20.0, 21.0)

    monkeypatch.setattr(deriving, "derive_mse", derive)
    derive_from_folders(studio, model, lr, hr, CONFIG)
    [(small, large)] = seen
    assert (small.shape, large.shape) == ((96, 96, 3), (384, 384, 3))
    assert np.array_equal(large, make_picture(400, 800)[8:392, 208:592])
    assert np.array_equal(small, resize_bicubic(make_picture(400, 800), (200, 100))[2:98, 52:148])


def test_a_partner_set_meanwhile_is_kept(studio, model, folder, weights, tmp_path):
    file = tmp_path / "mine.safetensors"
    file.write_bytes(weights)

    def give_partner(done, _total, _message):
        if done == 12 and "mine" not in name_models(studio):
            mine = add_model_file(studio, file, role="mse")
            set_partner(studio, model.id, mine)

    result = derive_from_folders(studio, model, folder, None, CONFIG, give_partner)
    listed = {details.name: details.partner for details in list_models(studio, ())}
    assert listed["small"] == "mine"
    assert "small MSE" in listed
    assert result.partner_of == ""
    told = "small MSE is here now, but small was given the partner mine meanwhile and keeps it."
    assert result.note.startswith(told)

    again = find_derivable_model(studio, "small", replace=True)
    replaced = derive_from_folders(studio, again, folder, None, CONFIG)
    assert (replaced.partner_of, replaced.note) == ("small", "")


@pytest.mark.parametrize(
    ("note", "told"),
    [("", "new is the partner of small now. Best"), ("It is not.", "It is not. B")],
)
def test_what_became_of_the_partner_is_told(studio, model, folder, monkeypatch, note, told):
    result = DerivedPartner(
        model="new", model_id=1, partner_of="" if note else "small", note=note, iteration=100,
        psnr_before=20.0, psnr=21.0, images=6, seconds=3.0, device="cpu",
    )  # fmt: skip
    view = JobView(1, "derive", RunStatus.DONE, {}, asdict(result), 1, 1, "", 0.0, None)
    assert show_models_job(view)["message"].startswith(told)
    monkeypatch.setattr(deriving, "derive_from_folders", lambda *_: result)
    data = str(studio.settings.data_dir)
    command = ["derive-mse", "small", "--lr", str(folder), "--data-dir", data]
    assert CliRunner().invoke(models_app, command).stdout.startswith(told)


def test_too_little_or_cancelled_registers_nothing(studio, model, folder):
    for path in sorted(folder.iterdir())[3:]:
        path.write_bytes(encode_png(make_picture(32, 32)))
    with pytest.raises(InputError, match=r"3 of 6 images have 64 px or more.*at least 4"):
        derive_from_folders(studio, model, folder, None, CONFIG)
    for seed, path in enumerate(sorted(folder.iterdir())):
        path.write_bytes(encode_png(make_picture(seed=seed)))

    def cancel(done, _total, _message):
        if done == 12:
            raise CancelledError("stop")

    with pytest.raises(CancelledError):
        derive_from_folders(studio, model, folder, None, CONFIG, cancel)
    assert name_models(studio) == {"small"}


def test_as_a_job(studio, model, folder):
    dataset = import_dataset(studio, folder, "set").dataset_id
    config = {"model": "small", "dataset_id": dataset, "hr": "", "max_iterations": 100}
    with run_jobs_here():
        run_id = jobs.start_job(studio, "derive", config)
    view = view_done(studio, run_id)
    assert view.result["partner_of"] == "small"
    assert [step for step, _ in jobs.list_job_metrics(studio, run_id, "psnr")] == [0, 100]
    assert name_models(studio) == {"small", "small MSE"}


def test_as_a_command(studio, model, folder, run):
    command = ("models", "derive-mse", "small", "--lr", folder, "--iterations", 100, "--json")
    data = ("--data-dir", studio.settings.data_dir)
    status, output, _ = run(*command, *data)
    assert (status, json.loads(output)["model"]) == (0, "small MSE")
    status, output, error = run(*command, *data)
    assert (status, output) == (2, "")
    assert error.startswith("small has the partner small MSE already.")
    assert error.count("\n") == 1
