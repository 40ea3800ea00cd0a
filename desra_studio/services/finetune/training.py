"""Fine-tuning from a training set in the database, or from folders; needs torch."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from desra_studio.errors import InputError
from desra_studio.finetune.config import (
    CHECKPOINT,
    FinetuneConfig,
    get_preset,
)
from desra_studio.finetune.pseudo_gt import FEATHER_SIGMA_PX
from desra_studio.finetune.trainer import (
    FinetuneResult,
    Helpers,
    finetune_generator,
)
from desra_studio.imaging.io import decode_png
from desra_studio.imaging.staging import stage_folder
from desra_studio.metrics.image_metrics import compute_psnr
from desra_studio.services.finetune.cards import describe_fine_tuned
from desra_studio.services.finetune.cautions import caution_masks
from desra_studio.services.finetune.discriminators import (
    UsedDiscriminator,
    use_named,
    use_stored,
)
from desra_studio.services.finetune.samples import load_stored_samples, read_folder_samples
from desra_studio.services.finetune.vgg19 import load_perceptual
from desra_studio.services.finetune.watching import watch_training
from desra_studio.services.folders import FolderReader
from desra_studio.services.job_configs import FinetuneJobConfig
from desra_studio.services.models.registry import load_model, resolve_generator
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.sr.export import encode_pth
from desra_studio.sr.loader import Generator, choose_device, encode_weights
from desra_studio.sr.upscale import ignore_message, upscale_image
from desra_studio.storage import datasets, models
from desra_studio.storage.training_sets import list_samples
from desra_studio.vocabulary import ModelRole

SAME_MODEL_PSNR = 32.0
"""In dB. Half precision, tiles and JPEG keep a model's output above it; other models are below."""

AddMetric = Callable[[int, str, float], None]


@dataclass(frozen=True, kw_only=True)
class TrainedModel:
    """What came of a fine-tuning from a training set.

    Attributes:
        model_id, model: id and name of the new model.
        loss: the last one.
        iterations: optimiser steps in all.
        seconds: of this attempt.
        samples: that it was trained on.
        device: where.
        warning: what to be wary of, with the notes; empty where there is nothing.
        notes: what had to be changed on the way.
        resumed_from: iterations that were done before this attempt.
    """

    model_id: int
    model: str
    loss: float
    iterations: int
    seconds: float
    samples: int
    device: str
    warning: str
    notes: list[str]
    resumed_from: int


@dataclass(frozen=True, kw_only=True)
class FolderTraining:
    """What came of a fine-tuning from folders.

    Attributes:
        iterations, samples, seconds, device, notes, resumed_from: see `TrainedModel`.
        loss_first, loss_last: of the first and the last iteration of this attempt.
        generator, params_ema: the two files that were written.
    """

    iterations: int
    samples: int
    loss_first: float
    loss_last: float
    seconds: float
    device: str
    generator: str
    params_ema: str
    notes: list[str]
    resumed_from: int


def finetune_training_set(
    studio: Studio, run_id: int, config: FinetuneJobConfig, report: Report, add_metric: AddMetric
) -> TrainedModel:
    """Do what a `finetune` job asks: train, store the weights, register the new model.

    Where the run has a checkpoint, it goes on from there.
    """
    started = time.perf_counter()
    report(0, 0, "Loading the samples")
    samples = load_stored_samples(studio, config.training_set_id, config.feather_sigma)
    with studio.database.read() as session:
        base = models.get_model(session, config.model_id)
    device = choose_device(studio.settings.device)
    settings = config.settings
    generator = load_model(studio, base)
    warning = _compare_with_gan_sr(studio, generator, config.training_set_id, device)
    steps = _StepReporter(settings.iterations, report, add_metric)
    checkpoint = studio.run_folder(run_id) / CHECKPOINT
    resume = checkpoint.exists()
    judge = use_stored(studio, settings, base, config.discriminator_id)
    helpers = _find_helpers(settings, checkpoint, resume, steps, judge)
    watch = watch_training(studio, run_id, config, device, add_metric, steps.tell_note)
    helpers = replace(helpers, preview=watch.look)
    result = finetune_generator(generator, samples, settings, device, steps.report_step, helpers)
    try:
        with stage_folder(studio.run_folder(run_id)) as staged:
            write_generator(staged, result)
            weights = (staged / "generator.safetensors").read_bytes()
        file_sha = studio.blobs.put(weights)
    except OSError as error:
        raise _refuse_to_write(studio.run_folder(run_id), error) from error
    with studio.database.write() as session:
        # A run that was lost while it was proved has its model already.
        model = models.find_run_model(session, run_id) or models.add_model(
            session,
            f"{base.name} fine-tuned {run_id}",
            ModelRole.GAN,
            architecture=base.architecture,
            scale=base.scale,
            file_sha=file_sha,
            parent_run_id=run_id,
            partner_id=base.partner_id,
            card=describe_fine_tuned(base, len(samples), config, result.notes, judge.about),
        )
    return TrainedModel(
        model_id=model.id,
        model=model.name,
        loss=result.loss,
        iterations=settings.iterations,
        seconds=round(time.perf_counter() - started, 1),
        samples=len(samples),
        device=str(device),
        warning=" ".join(filter(None, (warning, *result.notes))),
        notes=list(result.notes),
        resumed_from=steps.count_before(settings.iterations),
    )


def choose_settings(
    studio: Studio, preset: str | None, given: Mapping[str, int | None]
) -> FinetuneConfig:
    """Return a preset's settings with those that were given in their place.

    Args:
        studio: without a preset, its device chooses: `quick` on a CPU, else `paper`.
        preset: quick, paper or long.
        given: settings by name; None leaves the preset's.

    Raises:
        InputError: no such preset, or a setting that cannot be.
    """
    on_cpu = choose_device(studio.settings.device).type == "cpu"
    chosen = get_preset(preset or ("quick" if on_cpu else "paper"))
    wanted = {name: value for name, value in given.items() if value is not None}
    return replace(chosen, **wanted)  # type: ignore[arg-type]


def finetune_folders(
    studio: Studio,
    folders: dict[str, Path],
    generator: str,
    out: Path,
    settings: FinetuneConfig,
    feather_sigma: float = FEATHER_SIGMA_PX,
    report: Report = ignore_progress,
    resume: bool = False,
    discriminator: str | None = None,
    warn: Callable[[str], None] = ignore_message,
    reader: FolderReader | None = None,
) -> FolderTraining | None:
    """Fine-tune from folders --lr, --gan, --mse and --mask, matched by name.

    Writes `generator.safetensors` and `generator_params_ema.pth` into `out`, both or none. While
    it trains, its checkpoint lies there; where it was stopped, `resume` goes on from that. Of
    several processes that `accelerate launch` started, one writes and the others return None.

    `discriminator` is what `use_named` wants. `warn` hears what speaks against the samples, and of
    each file that was left out or converted, before the start.

    Raises:
        InputError: no image could be used, or a checkpoint of another training.
        ModelError: a network cannot be loaded, or training cannot go on.
    """
    started = time.perf_counter()
    reader = reader or FolderReader(studio.settings.max_megapixels)
    samples = read_folder_samples(folders, feather_sigma, reader, report)
    for line in reader.lines:
        warn(line)
    masks = {sample.name: sample.mask for sample in samples if sample.mask is not None}
    for caution in caution_masks(masks):
        warn(caution)
    device = choose_device(studio.settings.device)
    base = resolve_generator(studio, generator)
    steps = _StepReporter(settings.iterations, report, _ignore_metric)
    checkpoint = out / CHECKPOINT
    judge = use_named(studio, settings, generator, discriminator)
    helpers = _find_helpers(settings, checkpoint, resume, steps, judge)
    try:
        # From the start, so that a folder that cannot be written to is not found out at the end.
        with stage_folder(out) as staged:
            result = finetune_generator(base, samples, settings, device, steps.report_step, helpers)
            if not result.is_main:
                return None
            write_generator(staged, result)
    except OSError as error:
        raise _refuse_to_write(out, error) from error
    checkpoint.unlink(missing_ok=True)
    return FolderTraining(
        iterations=settings.iterations,
        samples=len(samples),
        loss_first=result.loss if steps.first_loss is None else steps.first_loss,
        loss_last=result.loss,
        seconds=round(time.perf_counter() - started, 2),
        device=str(device),
        generator=str(out / "generator.safetensors"),
        params_ema=str(out / "generator_params_ema.pth"),
        notes=[*reader.lines, *result.notes],
        resumed_from=steps.count_before(settings.iterations),
    )


def write_generator(folder: Path, result: FinetuneResult) -> None:
    """Write the averaged weights as safetensors, and as .pth the way Real-ESRGAN reads it."""
    (folder / "generator.safetensors").write_bytes(encode_weights(result.ema_weights))
    (folder / "generator_params_ema.pth").write_bytes(
        encode_pth(result.ema_weights, result.weights)
    )


class _StepReporter:
    """Hands what a trainer reports on to the job."""

    def __init__(self, iterations: int, report: Report, add_metric: AddMetric) -> None:
        self._iterations, self._report, self._add_metric = iterations, report, add_metric
        self._note, self._done = "", 0
        self._first: int | None = None
        self.first_loss: float | None = None

    def count_before(self, iterations: int) -> int:
        """Return how many iterations there were before the first one that was reported."""
        return iterations if self._first is None else self._first - 1

    def report_step(self, iteration: int, losses: Mapping[str, float]) -> None:
        """Record the losses of an iteration and tell how far the training is."""
        self._done = iteration
        if self._first is None:
            self._first, self.first_loss = iteration, losses["loss"]
            self._report(iteration - 1, self._iterations, "Training")
        for name, value in losses.items():
            self._add_metric(iteration, name, value)
        self._tell(f"Iteration {iteration} of {self._iterations}, L1 {losses['loss']:.4f}")

    def tell_note(self, note: str) -> None:
        """Say what happened, from now on beside each iteration."""
        self._note = f" {note}"
        self._tell("")

    def report_download(self, done: int, total: int, message: str) -> None:
        """Tell how much of a file is here, in MB."""
        self._report(0, 0, f"{message}: {done / 1e6:.0f} of {total / 1e6:.0f} MB")

    def _tell(self, message: str) -> None:
        # Before the first iteration nobody knows where a resumed training begins.
        total = self._iterations if self._done else 0
        self._report(self._done, total, f"{message}{self._note}".strip())


def _find_helpers(
    settings: FinetuneConfig,
    checkpoint: Path,
    resume: bool,
    steps: _StepReporter,
    judge: UsedDiscriminator,
) -> Helpers:
    """Return what the trainer uses beside the generator, as far as it is to be had."""
    perceptual, missing = None, ""
    if settings.perceptual_weight:
        perceptual, missing = load_perceptual(steps.report_download)
    return Helpers(
        discriminator=judge.network,
        perceptual=perceptual,
        no_perceptual=missing,
        notes=(judge.note,) if judge.note else (),
        checkpoint=checkpoint,
        resume=resume,
        tell=steps.tell_note,
    )


def _refuse_to_write(folder: Path, error: OSError) -> InputError:
    return InputError(
        f"The new weights cannot be written to {folder} ({error.strerror or error}). The "
        "checkpoint is kept: free some space, then resume."
    )


def _ignore_metric(_step: int, _name: str, _value: float) -> None:
    """Record nothing."""


def _compare_with_gan_sr(
    studio: Studio, generator: Generator, training_set_id: int, device: torch.device
) -> str:
    """Return a warning where the generator does not seem to be the one that made GAN-SR."""
    with studio.database.read() as session:
        revision = list_samples(session, training_set_id, held_out=False)[0]
        record = datasets.get_record(session, revision.image_id)
    lr = decode_png(studio.blobs.get(record.image.lr_sha or ""))
    if record.image.scale != generator.scale:
        return ""  # training refuses it, with the reason
    output = upscale_image(generator, lr, device)
    psnr = compute_psnr(output, decode_png(studio.blobs.get(record.gan.blob_sha)))
    if psnr >= SAME_MODEL_PSNR:
        return ""
    return (
        f"The generator's output for {record.image.name} is {psnr:.1f} dB from GAN-SR: probably "
        "another model made that, and then before and after cannot be compared."
    )
