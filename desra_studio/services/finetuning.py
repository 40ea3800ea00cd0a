"""Fine-tuning from a training set in the database, or from folders; needs torch."""

import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import torch

from desra_studio.errors import InputError
from desra_studio.finetune.config import FinetuneConfig
from desra_studio.finetune.data import FinetuneSample
from desra_studio.finetune.pseudo_gt import FEATHER_SIGMA_PX, compose_pseudo_gt
from desra_studio.finetune.trainer import (
    FinetuneResult,
    ReportStep,
    finetune_generator,
)
from desra_studio.imaging.arrays import size_of
from desra_studio.imaging.io import decode_png, read_mask, read_rgb
from desra_studio.imaging.staging import stage_folder
from desra_studio.metrics.image_metrics import compute_psnr
from desra_studio.services.curation import compose_stored_pseudo_gt
from desra_studio.services.folders import match_folders
from desra_studio.services.layout import fit_label
from desra_studio.services.models import load_model, resolve_generator
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.sr.export import encode_pth
from desra_studio.sr.loader import Generator, choose_device, encode_weights
from desra_studio.sr.upscale import upscale_image
from desra_studio.storage import datasets, models
from desra_studio.storage.tables import Model, ModelRole
from desra_studio.storage.training_sets import list_samples

SAME_MODEL_PSNR = 32.0
"""In dB. Half precision, tiles and JPEG keep a model's output above it; other models are below."""

AddMetric = Callable[[int, str, float], None]


def finetune_training_set(
    studio: Studio, run_id: int, config: dict[str, Any], report: Report, add_metric: AddMetric
) -> dict[str, Any]:
    """Do what a `finetune` job asks: train, store the weights, register the new model.

    Returns:
        {"model_id", "model", "loss", "iterations", "seconds", "samples", "device", "warning"}.
    """
    started = time.perf_counter()
    report(0, config["iterations"], "Loading the samples")
    samples = _load_samples(studio, config["training_set_id"], config["feather_sigma"])
    with studio.database.read() as session:
        base = models.get_model(session, config["model_id"])
    device = choose_device(studio.settings.device)
    settings = FinetuneConfig(
        **{field.name: config[field.name] for field in fields(FinetuneConfig)}
    )
    generator = load_model(studio, base)
    warning = _compare_with_gan_sr(studio, generator, config["training_set_id"], device)
    result = finetune_generator(
        generator,
        samples,
        settings,
        device,
        _make_step_reporter(settings.iterations, report, add_metric),
    )
    with stage_folder(studio.run_folder(run_id)) as staged:
        write_generator(staged, result)
        weights = (staged / "generator.safetensors").read_bytes()
    file_sha = studio.blobs.put(weights)
    with studio.database.write() as session:
        model = models.add_model(
            session,
            f"{base.name} fine-tuned {run_id}",
            ModelRole.GAN,
            architecture=base.architecture,
            scale=base.scale,
            file_sha=file_sha,
            parent_run_id=run_id,
            partner_id=base.partner_id,
            card=_describe_fine_tuned(base, len(samples), settings),
        )
    return {
        "model_id": model.id,
        "model": model.name,
        "loss": result.loss,
        "iterations": settings.iterations,
        "seconds": round(time.perf_counter() - started, 1),
        "samples": len(samples),
        "device": str(device),
        "warning": warning,
    }


def _describe_fine_tuned(base: Model, samples: int, settings: FinetuneConfig) -> dict[str, Any]:
    inherited = {key: value for key, value in base.card.items() if key != "sha256"}
    made = f"{base.name}, fine-tuned {settings.iterations} iterations on {samples} samples"
    return inherited | {"source": made}


def finetune_folders(
    studio: Studio,
    folders: dict[str, Path],
    generator: str,
    out: Path,
    settings: FinetuneConfig,
    feather_sigma: float = FEATHER_SIGMA_PX,
    report: Report = ignore_progress,
) -> dict[str, Any]:
    """Fine-tune from folders --lr, --gan, --mse and --mask, matched by name.

    Writes `generator.safetensors` and `generator_params_ema.pth` into `out`, both or none.

    Raises:
        InputError: files that do not match, fit or open.
        ModelError: the generator cannot be loaded, or training cannot go on.
    """
    started = time.perf_counter()
    samples = [
        _read_sample(name, paths, feather_sigma) for name, paths in match_folders(folders).items()
    ]
    device = choose_device(studio.settings.device)
    losses: list[float] = []
    step = _make_step_reporter(
        settings.iterations, report, lambda _step, _name, value: losses.append(value)
    )
    with stage_folder(out) as staged:
        result = finetune_generator(
            resolve_generator(studio, generator), samples, settings, device, step
        )
        write_generator(staged, result)
    return {
        "iterations": settings.iterations,
        "samples": len(samples),
        "loss_first": losses[0],
        "loss_last": losses[-1],
        "seconds": round(time.perf_counter() - started, 2),
        "device": str(device),
        "generator": str(out / "generator.safetensors"),
        "params_ema": str(out / "generator_params_ema.pth"),
    }


def write_generator(folder: Path, result: FinetuneResult) -> None:
    """Write the averaged weights as safetensors, and as .pth the way Real-ESRGAN reads it."""
    (folder / "generator.safetensors").write_bytes(encode_weights(result.ema_weights))
    (folder / "generator_params_ema.pth").write_bytes(
        encode_pth(result.ema_weights, result.weights)
    )


def _make_step_reporter(iterations: int, report: Report, add_metric: AddMetric) -> ReportStep:
    def report_step(iteration: int, loss: float) -> None:
        add_metric(iteration, "loss", loss)
        report(iteration, iterations, f"Iteration {iteration} of {iterations}, L1 {loss:.4f}")

    return report_step


def _compare_with_gan_sr(
    studio: Studio, generator: Generator, training_set_id: int, device: torch.device
) -> str:
    """Return a warning where the generator does not seem to be the one that made GAN-SR."""
    with studio.database.read() as session:
        revision = list_samples(session, training_set_id)[0]
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


def _load_samples(
    studio: Studio, training_set_id: int, feather_sigma: float
) -> list[FinetuneSample]:
    samples = []
    with studio.database.read() as session:
        records = [
            (datasets.get_record(session, revision.image_id), revision)
            for revision in list_samples(session, training_set_id)
        ]
    for record, revision in records:
        pseudo_gt = compose_stored_pseudo_gt(studio, record, revision, feather_sigma)
        lr = decode_png(studio.blobs.get(record.image.lr_sha or ""))
        samples.append(FinetuneSample(record.image.name, lr, pseudo_gt))
    return samples


def _read_sample(name: str, paths: dict[str, Path], feather_sigma: float) -> FinetuneSample:
    gan_sr = read_rgb(paths["--gan"]).pixels
    mask = fit_label(paths["--mask"], read_mask(paths["--mask"]), size_of(gan_sr))
    try:
        pseudo_gt = compose_pseudo_gt(gan_sr, read_rgb(paths["--mse"]).pixels, mask, feather_sigma)
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
    return FinetuneSample(name, read_rgb(paths["--lr"]).pixels, pseudo_gt)
