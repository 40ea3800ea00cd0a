"""How much of the artifacts fine-tuning deletes and what it costs: settings by seeds by images.

The bundled pair is fine-tuned on the demo images with the detector's masks, and judged on images
that it was not trained on. Without folders these are a quarter of the demo images, another one for
each seed: on them settings are chosen. With folders it is trained on all demo images and judged on
what the folders hold: from these come the figures that are told.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import torch

from desra_studio.assets_folder import find_assets
from desra_studio.bench.deletion_picture import draw_deletion
from desra_studio.bench.upscale import load_bundled
from desra_studio.detection.detector import detect_artifacts
from desra_studio.detection.ssim import compute_ssim_map
from desra_studio.errors import InputError
from desra_studio.finetune.config import DIAL, PAPER, QUICK, FinetuneConfig
from desra_studio.finetune.data import FinetuneSample
from desra_studio.finetune.degradation import degrade_image
from desra_studio.finetune.pairs import cut_middle
from desra_studio.finetune.pseudo_gt import FEATHER_SIGMA_PX, compose_pseudo_gt
from desra_studio.finetune.trainer import finetune_generator
from desra_studio.imaging.arrays import Mask, RgbImage
from desra_studio.imaging.io import list_images, read_rgb
from desra_studio.metrics.fates import Testimony, count_fates
from desra_studio.metrics.image_metrics import compute_psnr
from desra_studio.metrics.outside import mark_outside, measure_outside, summarize_outside
from desra_studio.services.bundled import BUNDLED
from desra_studio.services.datasets.demo import DEMO_PARAMS
from desra_studio.services.detection.judging import Case, JudgedOutput
from desra_studio.services.detection.witnesses import WITNESSES, Scene
from desra_studio.services.studio import Report, ignore_progress
from desra_studio.sr.loader import Generator, choose_device, load_generator
from desra_studio.sr.upscale import upscale_image

FOLDS = 4
"""Of the demo images, one of which is held out; which one, the seed decides."""
SEEDS = 3
LR_PX = 128
"""Longest side of the middle of a larger LR image: all of it would take minutes."""


def list_settings() -> dict[str, FinetuneConfig]:
    """Return what is compared on any device, by name: the dial's places, and what is beyond it."""
    stops = {
        stop.title: replace(
            QUICK,
            inside_weight=stop.inside_weight,
            contrast_inside_weight=stop.contrast_inside_weight,
        )
        for stop in DIAL
    }
    named = {"quick" if stop == QUICK else title: stop for title, stop in stops.items()}
    return named | {
        "L1 alone": replace(
            QUICK, contrast_weight=0.0, inside_weight=1.0, contrast_inside_weight=1.0
        ),
        # The outside weighed 20 in both losses, for one inside.
        "quick of 0.1": replace(
            QUICK,
            iterations=1000,
            decay=0.0,
            inside_weight=1 / 20,
            contrast_inside_weight=1 / 20,
        ),
    }


@dataclass(frozen=True)
class HeldOut:
    """An image to judge on, and the photograph that its LR was made of, where there is one."""

    lr: RgbImage
    case: Case
    hr: RgbImage | None


def measure_deletion(
    images: Path | None = None,
    photos: Path | None = None,
    picture: Path | None = None,
    seeds: int = SEEDS,
    report: Report = ignore_progress,
) -> dict[str, Any]:
    """Fine-tune with each of the settings and seeds, and judge what it deleted and what it cost.

    Args:
        images: folder of LR images to judge on, of each the middle; see the module.
        photos: folder of photographs to judge on, made small, noisy and JPEG by a fixed seed.
        picture: SVG file to draw removal over detail into.
        seeds: how many, at least 1.
        report: told how far it is.

    Returns:
        {"device", "rows": [{"settings", "seed", see `judge_model`, "seconds"}]}.

    Raises:
        InputError: a folder without images, or no seed.
    """
    if seeds < 1:
        raise InputError(f"The bench needs at least 1 seed, got {seeds}.")
    device = choose_device("auto")
    pair = load_pair()
    trained = {name: read_rgb(path).pixels for name, path in list_demo().items()}
    samples = {name: make_sample(name, lr, pair) for name, lr in trained.items()}
    told = list(read_held_out(images, photos, pair))
    settings = list_settings() | ({"paper": PAPER} if device.type == "cuda" else {})
    total, rows = len(settings) * seeds, list[dict[str, Any]]()
    for name, config in settings.items():
        for seed in range(seeds):
            report(len(rows), total, f"{name}, seed {seed}")
            names = list(samples)
            left_out = [] if told else names[seed % FOLDS :: FOLDS]
            held_out = told or [make_held_out(trained[each], pair) for each in left_out]
            chosen = [samples[each] for each in names if each not in left_out]
            begun = time.perf_counter()
            model = finetune(pair[0], chosen, replace(config, seed=seed), device)
            seconds = round(time.perf_counter() - begun, 1)
            figures = judge_model(model, held_out, device)
            rows.append({"settings": name, "seed": seed, **figures, "seconds": seconds})
    if picture:
        picture.write_text(draw_deletion(rows))
    return {"device": str(device), "rows": rows}


def load_pair() -> tuple[Generator, Generator]:
    """Return the bundled GAN-SR and MSE-SR models."""
    mse = next(entry for entry in BUNDLED if not entry.partner)
    return load_bundled(), load_generator(find_assets() / "models" / mse.file)


def list_demo() -> dict[str, Path]:
    """Return the LR images of the demo, by name."""
    return list_images(find_assets() / "samples" / "LR")


def read_held_out(
    images: Path | None, photos: Path | None, pair: tuple[Generator, Generator]
) -> Iterator[HeldOut]:
    """Yield what folders hold; nothing without folders."""
    for path in list_images(images).values() if images else ():
        yield make_held_out(cut_middle(read_rgb(path).pixels, 1, LR_PX), pair)
    for number, path in enumerate(list_images(photos).values() if photos else ()):
        hr = cut_middle(read_rgb(path).pixels, pair[0].scale, 2 * LR_PX)
        lr = degrade_image(hr, pair[0].scale, np.random.default_rng(number))
        yield make_held_out(lr, pair, hr)


def make_held_out(
    lr: RgbImage, pair: tuple[Generator, Generator], hr: RgbImage | None = None
) -> HeldOut:
    """Return an image to judge on: what the detector marks counts as accepted."""
    gan, mse, mask = detect(lr, pair)
    scene = Scene(mse=mse, params=DEMO_PARAMS)
    case = Case(gan=gan, scene=scene, accepted=mask, rejected=np.zeros_like(mask))
    return HeldOut(lr, case, hr)


def make_sample(name: str, lr: RgbImage, pair: tuple[Generator, Generator]) -> FinetuneSample:
    """Return an image to train on, with the detector's mask."""
    gan, mse, mask = detect(lr, pair)
    return FinetuneSample(name, lr, compose_pseudo_gt(gan, mse, mask), mask)


def detect(lr: RgbImage, pair: tuple[Generator, Generator]) -> tuple[RgbImage, RgbImage, Mask]:
    """Return GAN-SR and MSE-SR of an LR image, and what the detector marks."""
    gan, mse = (upscale_image(model, lr, torch.device("cpu")) for model in pair)
    return gan, mse, detect_artifacts(gan, mse, DEMO_PARAMS).mask


def finetune(
    base: Generator, samples: Sequence[FinetuneSample], config: FinetuneConfig, device: torch.device
) -> Generator:
    """Return the averaged generator that a fine-tuning leaves."""
    result = finetune_generator(base, samples, config, device, lambda *_: None)
    model = load_bundled()
    model.module.load_state_dict(result.ema_weights)
    return model


def judge_model(
    model: Generator, held_out: Sequence[HeldOut], device: torch.device
) -> dict[str, Any]:
    """Return the figures of a model on images that it was not trained on.

    Returns:
        {"images", "components", "witnesses": {name: share of the components seen that are gone},
        "seen": {name: components}, "added": components that any witness finds afterwards only,
        "added_by": {name: components}, and of the px outside the masks "sharpness_kept",
        "detail_kept", "edges_kept", "variance_ratio", "noise": {"gan", "after", "mse"} in grey
        levels; where there are photographs "truth", see `compare_with_truth`}.
    """
    outputs = [upscale_image(model, each.lr, device) for each in held_out]
    judged = [each.case.judge(output) for each, output in zip(held_out, outputs, strict=True)]
    outside = summarize_outside(
        measure_outside(
            each.case.gan,
            output,
            each.case.scene.mse,
            mark_outside(each.case.accepted, FEATHER_SIGMA_PX),
        )
        for each, output in zip(held_out, outputs, strict=True)
    )
    said = {name: _count(judged, name) for name in WITNESSES}
    figures: dict[str, Any] = {
        "images": len(held_out),
        "components": sum(len(each.accepted) for each in judged),
        "witnesses": {name: _round(counts.removal_rate) for name, counts in said.items()},
        "seen": {name: counts.seen for name, counts in said.items()},
        "added": sum(len(each.added) for each in judged),
        "added_by": {name: counts.added for name, counts in said.items()},
        "sharpness_kept": _round(outside.sharpness_kept),
        "detail_kept": _round(outside.detail_kept),
        "edges_kept": _round(outside.edges_kept),
        "variance_ratio": _round(outside.variance_ratio),
        "noise": {
            "gan": _round(outside.gan_noise),
            "after": _round(outside.after_noise),
            "mse": _round(outside.mse_noise),
        },
    }
    known = [(each, output) for each, output in zip(held_out, outputs, strict=True)
             if each.hr is not None]  # fmt: skip
    return figures | ({"truth": compare_with_truth(known)} if known else {})


def compare_with_truth(known: Sequence[tuple[HeldOut, RgbImage]]) -> dict[str, Any]:
    """Compare GAN-SR, what a model made, and MSE-SR with the photographs.

    Returns:
        {"images", "inside" and "outside" of the masks: mean absolute error in grey levels over all
        px, so that a px counts the same in every image; "psnr" in dB and "ssim": means over the
        images}, each of the four as {"gan", "after", "mse"}.
    """
    errors: dict[str, dict[str, float | None]] = {"inside": {}, "outside": {}}
    means: dict[str, dict[str, float]] = {"psnr": {}, "ssim": {}}
    for kind in ("gan", "after", "mse"):
        images = [
            (each.hr, {"gan": each.case.gan, "after": output, "mse": each.case.scene.mse}[kind])
            for each, output in known
            if each.hr is not None
        ]
        wrong = [np.abs(image.astype(np.int16) - hr).mean(axis=2) for hr, image in images]
        inside = [each.case.accepted for each, _ in known]
        for place, masks in (("inside", inside), ("outside", [~mask for mask in inside])):
            values = [error[mask] for error, mask in zip(wrong, masks, strict=True)]
            px = np.concatenate(values)
            errors[place][kind] = round(float(px.mean()), 3) if px.size else None
        means["psnr"][kind] = round(fmean(compute_psnr(image, hr) for hr, image in images), 3)
        ssim = (float(compute_ssim_map(image, hr).mean()) for hr, image in images)
        means["ssim"][kind] = round(fmean(ssim), 4)
    return {"images": len(known), **errors, **means}


def _count(judged: Sequence[JudgedOutput], name: str) -> Testimony:
    added = sum(name in new.found_by for each in judged for new in each.added)
    fates = [spot.judgements[name].fate for each in judged for spot in each.accepted]
    return count_fates(fates, added)


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
