"""From accepted masks to a new model that runs again, with a small real generator."""

from dataclasses import asdict, replace

import numpy as np
import pytest
import torch

from desra_studio.errors import CancelledError, InputError, ModelError
from desra_studio.finetune.config import CHECKPOINT, QUICK, FinetuneConfig
from desra_studio.finetune.data import FinetuneSample
from desra_studio.finetune.pseudo_gt import compose_pseudo_gt
from desra_studio.finetune.trainer import finetune_generator
from desra_studio.imaging.masks import encode_mask_png
from desra_studio.services import jobs
from desra_studio.services.finetune import training
from desra_studio.services.finetune.candidates import list_candidates
from desra_studio.services.finetune.ordering import resume_finetune, start_finetune
from desra_studio.services.finetune.training import (
    choose_settings,
    finetune_folders,
    finetune_training_set,
)
from desra_studio.services.job_configs import FinetuneJobConfig
from desra_studio.services.job_process import Job
from desra_studio.services.models.registry import add_model_file, list_generators
from desra_studio.services.review.documents import describe_image
from desra_studio.services.review.masks import save_mask
from desra_studio.sr.loader import (
    choose_device,
    encode_weights,
    load_generator,
)
from desra_studio.sr.upscale import upscale_image
from desra_studio.storage import datasets, runs
from desra_studio.storage.training_sets import freeze_training_set
from desra_studio.vocabulary import RunStatus
from tests.factories.images import make_pair
from tests.factories.jobs import run_jobs_here, view_done
from tests.factories.studio import list_items
from tests.factories.training import SHORT
from tests.factories.weights import RunsCode
from tests.patience import wait_for

PLAIN = replace(QUICK, contrast_weight=0, mask_share=0, warm_up=0)
CPU = torch.device("cpu")


@pytest.fixture
def samples():
    gan, mse = make_pair()
    mask = np.zeros((96, 96), bool)
    mask[20:60, 20:60] = True
    lr = np.ascontiguousarray(mse[::4, ::4])
    return [FinetuneSample("a", lr, compose_pseudo_gt(gan, mse, mask))]


def list_added(studio):
    """The generators that somebody added."""
    return [view for view in list_generators(studio) if not view.bundled]


def test_pseudo_gt():
    gan, mse = make_pair()
    mask = np.zeros((96, 96), bool)
    mask[30:60, 30:60] = True
    hard = compose_pseudo_gt(gan, mse, mask, feather_sigma=0)
    assert np.array_equal(hard[mask], mse[mask])
    assert np.array_equal(hard[~mask], gan[~mask])
    soft = compose_pseudo_gt(gan, mse, mask, feather_sigma=2)
    assert np.array_equal(soft[40:50, 40:50], mse[40:50, 40:50])
    assert np.array_equal(soft[:20], gan[:20])
    with pytest.raises(InputError, match="feather"):
        compose_pseudo_gt(gan, mse, mask, -1)
    with pytest.raises(InputError, match="the mask is 5x5"):
        compose_pseudo_gt(gan, mse, mask[:5, :5])


def test_training_learns_and_repeats(generator, samples):
    before = {key: value.clone() for key, value in generator.module.state_dict().items()}

    def train():
        losses = []
        result = finetune_generator(
            generator,
            samples,
            replace(PLAIN, iterations=40, batch=2, crop=64, learning_rate=2e-3),
            CPU,
            lambda _, values: losses.append(values["loss"]),
        )
        return result, losses

    first, losses = train()
    second, _ = train()
    assert len(losses) == 40
    assert np.mean(losses[-5:]) < 0.7 * np.mean(losses[:5])
    for key, value in generator.module.state_dict().items():
        assert torch.equal(value, before[key]), "the generator itself is not trained"
        assert torch.equal(first.weights[key], second.weights[key])
        assert torch.equal(first.ema_weights[key], second.ema_weights[key])


def test_training_stops_on_cancel_and_nan(generator, samples):
    def cancel(iteration, _loss):
        if iteration == 3:
            raise CancelledError("stop")

    with pytest.raises(CancelledError):
        finetune_generator(generator, samples, PLAIN, CPU, cancel)
    with torch.no_grad():
        next(generator.module.parameters()).fill_(float("nan"))
    with pytest.raises(ModelError, match="loss is nan after 1 iterations"):
        finetune_generator(generator, samples, PLAIN, CPU, lambda *_: None)


@pytest.mark.parametrize(
    "values", [{"iterations": 0}, {"batch": 0}, {"learning_rate": 0}, {"ema": 1}]
)
def test_refuses_settings(values):
    with pytest.raises(InputError, match=str(next(iter(values.values())))):
        FinetuneConfig(**values)


def test_refuses_samples(generator, samples):
    wrong = FinetuneSample("odd", samples[0].lr[:-1], samples[0].pseudo_gt)
    for given, says in (([], "No samples"), ([wrong], "odd: LR is 24x23 px")):
        with pytest.raises(InputError, match=says):
            finetune_generator(generator, given, PLAIN, CPU, lambda *_: None)


def test_fine_tune_in_the_studio(studio, accepted, generator_file):
    model = add_model_file(studio, generator_file)
    chosen = [candidate.revision_id for candidate in list_candidates(studio, accepted)]
    with run_jobs_here():
        run_id = start_finetune(studio, accepted, chosen, model, SHORT)
    view = view_done(studio, run_id)
    assert (view.result["samples"], view.config["held_out"]) == (2, 1)
    assert len(jobs.list_job_metrics(studio, run_id, "loss")) == 12
    assert "probably another model" in view.result["warning"]
    folder = studio.run_folder(run_id)
    tuned = load_generator(folder / "generator.safetensors")
    assert load_generator(folder / "generator_params_ema.pth").scale == 4
    _, mse = make_pair()
    assert upscale_image(tuned, mse[::4, ::4].copy(), CPU).shape == (96, 96, 3)

    newest = list_generators(studio)[0]
    assert newest.id == view.result["model_id"]
    with run_jobs_here():
        run_id = jobs.start_job(studio, "apply", {"dataset_id": accepted, "model_id": newest.id})
    applied = view_done(studio, run_id)
    assert applied.result["before_components"] == 3
    assert applied.result["images"] == 3


@pytest.fixture
def cancel_at(monkeypatch):
    """Let somebody cancel each job that comes to this step: cancel_at(step)."""

    def cancel(step):
        def report(job, done, total, message):
            if done == step and not job.is_cancelled:
                jobs.cancel_job(job.studio, job.run_id)
                wait_for(lambda: job.is_cancelled, "the word that the job is cancelled")
            original(job, done, total, message)

        original = Job.report
        monkeypatch.setattr(Job, "report", report)
        return lambda: monkeypatch.setattr(Job, "report", original)

    return cancel


def test_cancel_and_resume_a_job(studio, accepted, generator_file, cancel_at):
    model = add_model_file(studio, generator_file)
    chosen = [candidate.revision_id for candidate in list_candidates(studio, accepted)]
    settings = replace(SHORT, iterations=40, checkpoint_every=10)
    let_go = cancel_at(25)
    with run_jobs_here():
        run_id = start_finetune(studio, accepted, chosen, model, settings)
    view = jobs.view_job(studio, run_id)
    assert (view.status, view.done) == (RunStatus.CANCELLED, 25)
    assert [view.id for view in list_added(studio)] == [model]

    let_go()
    with run_jobs_here():
        assert resume_finetune(studio, run_id) == run_id
    view = view_done(studio, run_id)
    assert view.result["resumed_from"] == 20
    steps = [step for step, _ in jobs.list_job_metrics(studio, run_id, "loss")]
    assert steps == list(range(1, 41))
    assert len(jobs.list_job_metrics(studio, run_id, "contrast")) == 40
    with pytest.raises(InputError, match="is done"):
        resume_finetune(studio, run_id)
    assert list_generators(studio)[0].fine_tuned


def test_what_cannot_be_resumed(studio, accepted, generator_file, cancel_at):
    model = add_model_file(studio, generator_file)
    chosen = [candidate.revision_id for candidate in list_candidates(studio, accepted)]
    cancel_at(3)
    with run_jobs_here():
        early = start_finetune(studio, accepted, chosen, model, SHORT)
    with pytest.raises(InputError, match="ended before its first checkpoint"):
        resume_finetune(studio, early)
    with studio.database.write() as session:
        view = jobs.view_job(studio, early)
        run_id = runs.add_run(session, "finetune", view.config).id
    studio.run_folder(run_id).mkdir(parents=True)
    (studio.run_folder(run_id) / CHECKPOINT).write_bytes(b"of a run that goes on")
    with pytest.raises(InputError, match=f"Job {run_id} is queued. Only one that was cancelled"):
        resume_finetune(studio, run_id)


def test_a_lost_job_goes_on(studio, accepted, generator_file):
    model = add_model_file(studio, generator_file)
    chosen = [candidate.revision_id for candidate in list_candidates(studio, accepted)]
    config = {
        "dataset_id": accepted, "training_set_id": 1, "training_set_hash": "", "samples": 3,
        "model_id": model, "feather_sigma": 2.0, **asdict(replace(SHORT, checkpoint_every=5)),
    }  # fmt: skip
    with studio.database.write() as session:
        dataset = datasets.get_dataset(session, accepted)
        revisions = [record.label for record in datasets.list_records(session, dataset)]
        assert len(chosen) == len(revisions)
        config["training_set_id"] = freeze_training_set(session, accepted, revisions).id
        run_id = runs.add_run(session, "finetune", config).id

    def die(done, _total, message):
        if done == 8:
            raise KeyboardInterrupt(message)

    config = FinetuneJobConfig.read(config)
    with pytest.raises(KeyboardInterrupt):
        finetune_training_set(studio, run_id, config, die, lambda *_: None)
    result = finetune_training_set(studio, run_id, config, lambda *_: None, lambda *_: None)
    assert result.resumed_from == 5
    assert result.notes == []


def test_a_disk_that_is_full_at_the_end(
    studio, tmp_path, dataset_folder, generator_file, monkeypatch
):
    folder = dataset_folder
    (folder / "mask").mkdir()
    for name in "abc":
        mask = np.zeros((96, 96), bool)
        mask[20:60, 20:60] = True
        (folder / "mask" / f"{name}.png").write_bytes(encode_mask_png(mask))
    names = {"--lr": "LR", "--gan": "GAN-SR", "--mse": "MSE-SR", "--mask": "mask"}
    folders = {option: folder / name for option, name in names.items()}
    out = tmp_path / "out"

    def fill_disk(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(training, "write_generator", fill_disk)
        with pytest.raises(InputError, match=r"No space left .* The checkpoint is kept"):
            finetune_folders(studio, folders, str(generator_file), out, SHORT)
    assert [path.name for path in out.iterdir()] == ["checkpoint.pt"]
    result = finetune_folders(studio, folders, str(generator_file), out, SHORT, resume=True)
    assert result.resumed_from == result.iterations == 12
    assert sorted(path.name for path in out.iterdir()) == [
        "generator.safetensors",
        "generator_params_ema.pth",
    ]


def test_settings_of_presets(studio):
    assert choose_settings(studio, None, {"iterations": 7, "batch": None}) == replace(
        QUICK, iterations=7
    )
    assert choose_settings(studio, "paper", {}) == FinetuneConfig()
    with pytest.raises(InputError, match="No preset named 'best'"):
        choose_settings(studio, "best", {})


def test_refuses_training_sets(studio, accepted, generator_file):
    model = add_model_file(studio, generator_file)
    chosen = [candidate.revision_id for candidate in list_candidates(studio, accepted)]
    with pytest.raises(InputError, match="at least 3 accepted samples, 2 are chosen"):
        start_finetune(studio, accepted, chosen[:2], model, SHORT)
    first = list_items(studio, accepted)[0].id
    document = describe_image(studio, first)
    save_mask(studio, first, np.ones((96, 96), bool), document.version)
    with pytest.raises(InputError, match="1 of the chosen masks were changed"):
        start_finetune(studio, accepted, chosen, model, SHORT)
    assert jobs.list_jobs(studio, "finetune") == []


def test_refuses_weight_files(studio, tmp_path, weights, generator_file):
    ran = tmp_path / "ran"
    evil = tmp_path / "evil.pth"
    torch.save({"params": RunsCode(str(ran))}, evil)
    contents = {
        "text.pth": (b"just text", "neither a safetensors nor a PyTorch"),
        "cut.safetensors": (weights[:500], "neither a safetensors nor a PyTorch"),
        "cut.pth": (evil.read_bytes()[:100], "damaged or cut off"),
        "evil.pth": (evil.read_bytes(), "could run code"),
        "other.safetensors": (
            encode_weights({"fc.weight": torch.zeros(3, 3)}),
            "architecture that spandrel does not know",
        ),
    }
    for name, (data, says) in contents.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(ModelError, match=says):
            add_model_file(studio, tmp_path / name)
    assert not ran.exists()
    assert list_added(studio) == []
    with pytest.raises(ModelError, match="cannot be read"):
        add_model_file(studio, tmp_path / "none.pth")
    add_model_file(studio, generator_file)
    with pytest.raises(InputError, match="'small' exists"):
        add_model_file(studio, generator_file)
    with pytest.raises(ModelError, match="cannot be used"):
        choose_device("cuda:9")
