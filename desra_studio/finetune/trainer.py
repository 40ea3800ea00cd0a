"""Fine-tuning a generator on pseudo ground truth (DeSRA, section 3.4)."""

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch

from desra_studio.errors import ModelError
from desra_studio.finetune.checkpoints import (
    check_same_training,
    load_checkpoint,
    save_checkpoint,
)
from desra_studio.finetune.config import FinetuneConfig
from desra_studio.finetune.data import CropSource, FinetuneSample, check_samples, fit_crop
from desra_studio.finetune.discriminator import UNetDiscriminator
from desra_studio.finetune.losses import PerceptualLoss
from desra_studio.finetune.training import Training
from desra_studio.sr.loader import Generator, StateDict
from desra_studio.sr.upscale import ignore_message

ReportStep = Callable[[int, Mapping[str, float]], None]
"""Called after each iteration with its number, from 1, and the losses by name: `loss` is the L1
distance, the others are those of the settings; may raise to stop."""
ReportPreview = Callable[[int, Generator], None]
"""Called with an iteration and the averaged generator as it is then; it may be run, not kept."""

NO_PERCEPTUAL = "The perceptual loss was off: VGG19's weights were not at hand."


@dataclass(frozen=True)
class FinetuneResult:
    """What came out.

    Attributes:
        weights: after the last step.
        ema_weights: their average.
        loss: the last L1 distance.
        notes: what the user has to know, a sentence each.
        is_main: whether this process, of those that trained together, is the one to write it.
    """

    weights: StateDict
    ema_weights: StateDict
    loss: float
    notes: tuple[str, ...] = ()
    is_main: bool = True


@dataclass(frozen=True)
class Helpers:
    """What a training may use beside the generator.

    Attributes:
        discriminator: one that has learnt already; None for a fresh one.
        perceptual: the loss, with VGG19's weights; None to train without.
        no_perceptual: why there is none, in a sentence.
        notes: what the user has to know of these, a sentence each.
        checkpoint: file to keep the state in; None for no checkpoints.
        resume: whether to go on from that file.
        tell: told what happens besides iterations; may raise to stop.
        preview: shown the averaged generator every `preview_every` iterations and at the end.
    """

    discriminator: UNetDiscriminator | None = None
    perceptual: PerceptualLoss | None = None
    no_perceptual: str = ""
    notes: tuple[str, ...] = ()
    checkpoint: Path | None = None
    resume: bool = False
    tell: Callable[[str], None] = ignore_message
    preview: ReportPreview | None = None


def finetune_generator(
    generator: Generator,
    samples: Sequence[FinetuneSample],
    config: FinetuneConfig,
    device: torch.device,
    report: ReportStep,
    helpers: Helpers = Helpers(),
) -> FinetuneResult:
    """Train a copy of the generator to give the pseudo-GT of each sample.

    The same seed gives the same weights on the same device, on a CPU also when the training was
    stopped and resumed in between. `generator` is left as it was.

    Raises:
        InputError: no samples, sizes that do not fit the generator's scale, a checkpoint of
            another training, or one that cannot be written.
        ModelError: a loss is no longer finite, the device is out of memory, or the checkpoint
            cannot be read. The last checkpoint is kept.
        BaseException: whatever `report` raises, to cancel.
    """
    check_samples(samples, generator.scale)
    lr_crop = fit_crop(samples, config.crop, generator.scale)
    digest = describe_material(generator, samples)
    training = Training(generator, config, device, helpers.discriminator, helpers.perceptual)
    training.notes.extend(helpers.notes)
    if config.perceptual_weight and helpers.perceptual is None:
        training.notes.append(helpers.no_perceptual or NO_PERCEPTUAL)
    done, values = 0, {"loss": math.nan}
    if helpers.resume and helpers.checkpoint:
        state = load_checkpoint(helpers.checkpoint)
        check_same_training(state, config, digest)
        training.load_state(state)
        done, values = state["iteration"], state["losses"]

    # Processes that train together each have crops of their own.
    crops = CropSource(
        samples, lr_crop, generator.scale, config.seed + 7919 * training.process, config.mask_share
    )
    size = config.batch * config.accumulate
    batch = crops.draw_batch(size, done + 1)
    for iteration in range(done + 1, config.iterations + 1):
        known = len(training.notes)
        losses = training.run_step(batch, iteration)
        # While a GPU still computes: reading the losses waits for it.
        batch = crops.draw_batch(size, iteration + 1)
        values = {name: float(value) for name, value in losses.items()}
        _check_finite(values, iteration, config, helpers.checkpoint)
        values.pop("gradient")
        if not training.is_main:
            continue
        last = iteration == config.iterations
        if last or iteration % config.checkpoint_every == 0:
            _save(training, helpers.checkpoint, iteration, values, digest)
        for note in training.notes[known:]:
            helpers.tell(note)
        report(iteration, values)
        if helpers.preview and (last or iteration % config.preview_every == 0):
            helpers.preview(iteration, replace(generator, module=training.average))
    return FinetuneResult(
        training.module.state_dict(),
        training.average.state_dict(),
        values["loss"],
        tuple(training.notes),
        training.is_main,
    )


def describe_material(generator: Generator, samples: Sequence[FinetuneSample]) -> str:
    """Return a hash of what a training starts from, by which a checkpoint knows its own."""
    digest = hashlib.sha256()
    for name, value in generator.module.state_dict().items():
        digest.update(name.encode())
        digest.update(value.detach().cpu().contiguous().numpy().tobytes())
    for sample in samples:
        for array in (sample.lr, sample.pseudo_gt, sample.mask):
            digest.update(b"" if array is None else f"{array.shape}".encode() + array.tobytes())
    return digest.hexdigest()


def _check_finite(
    values: Mapping[str, float], iteration: int, config: FinetuneConfig, checkpoint: Path | None
) -> None:
    broken = next((name for name, value in values.items() if not math.isfinite(value)), None)
    if broken is None:
        return
    kept = " The last checkpoint is kept." if checkpoint and checkpoint.exists() else ""
    of = "" if broken == "loss" else f" ({broken})"
    raise ModelError(
        f"The loss is {values[broken]}{of} after {iteration} iterations.{kept} Start again with a "
        f"learning rate below {config.learning_rate:g}."
    )


def _save(
    training: Training,
    path: Path | None,
    iteration: int,
    values: Mapping[str, float],
    digest: str,
) -> None:
    if path is None:
        return
    known = {
        "iteration": iteration,
        "config": asdict(training.config),
        "digest": digest,
        "losses": dict(values),
    }
    save_checkpoint(path, known | training.save_state())
