"""The trainer against a plain training loop of the same networks, crops and losses."""

import copy
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from spandrel.architectures.ESRGAN import ESRGAN
from torchvision.models.vgg import cfgs, make_layers

from desra_studio.assets_folder import find_assets
from desra_studio.bench.upscale import load_bundled
from desra_studio.detection.detector import DetectorParams
from desra_studio.finetune.config import PAPER, QUICK, FinetuneConfig, compute_rate
from desra_studio.finetune.data import Batch, CropSource, FinetuneSample, fit_crop
from desra_studio.finetune.discriminator import UNetDiscriminator
from desra_studio.finetune.losses import (
    ContrastLoss,
    PerceptualLoss,
    compute_fake_loss,
    compute_pixel_loss,
    compute_real_loss,
    weigh_inside,
)
from desra_studio.finetune.trainer import Helpers, finetune_generator
from desra_studio.imaging.arrays import Size
from desra_studio.imaging.io import list_images, read_rgb, resize_bicubic
from desra_studio.services.finetune.pieces import PREVIEW_PX, Piece
from desra_studio.services.finetune.previews import PreviewWriter
from desra_studio.services.finetune.watching import TrainingWatch
from desra_studio.sr.loader import Generator, build_generator, choose_device

TURNS = 5
TURN_SECONDS = 2.0
SAMPLES = 4
BETAS = (0.9, 0.99)


@dataclass(frozen=True)
class Setting:
    """What is trained, and how."""

    generator: Generator
    config: FinetuneConfig


def time_finetune() -> dict[str, Any]:
    """Time the trainer's iterations and those of `PlainLoop`, in turns, and take the best of each.

    `quick` is the preset with the bundled pair. `paper` has the perceptual and the adversarial
    loss at their full width, with random weights, which are as fast: on a GPU the preset itself
    with a network of RealESRGAN_x4plus's size, on a CPU the bundled one and 2 crops of 64 px.

    Returns:
        {"device", "cores", and by name of the setting: {"batch", "crop", "plain": iterations per
        second, "ours", "ratio": ours over plain, "data_share": time to cut a step's crops, over a
        step, "watch_share": time of the preview and the live figures, over the iterations between
        two of them}}.
    """
    device = choose_device("auto")
    settings = list_settings(device)
    figures = {name: time_setting(setting, device) for name, setting in settings.items()}
    return {"device": str(device), "cores": os.cpu_count(), **figures}


def list_settings(device: torch.device) -> dict[str, Setting]:
    """Return what is timed on a device."""
    bundled = load_bundled()
    if device.type == "cpu":
        paper = Setting(bundled, replace(PAPER, batch=2, crop=64, discriminator_warm_up=0))
    else:
        weights = ESRGAN().state_dict()
        large = build_generator(weights, "RRDBNet with random weights")
        paper = Setting(large, replace(PAPER, discriminator_warm_up=0))
    return {"quick": Setting(bundled, QUICK), "paper": paper}


def time_setting(
    setting: Setting, device: torch.device, turns: int = TURNS, turn_seconds: float = TURN_SECONDS
) -> dict[str, float]:
    """Time one setting; see `time_finetune`.

    Args:
        setting: what to train.
        device: where.
        turns: how often each loop has its turn, after a first one that does not count.
        turn_seconds: about how long a turn is.
    """
    torch.manual_seed(0)
    generator, samples = setting.generator, make_samples(setting.generator.scale)
    perceptual = make_perceptual() if setting.config.perceptual_weight else None
    plain = PlainLoop(generator, samples, setting.config, device, copy.deepcopy(perceptual))
    plain.run_step()
    begun = _read_clock(device)
    plain.run_step()
    steps = max(1, round(turn_seconds / (_read_clock(device) - begun)))
    plain_seconds, our_seconds = list[float](), list[float]()
    marks = [_read_clock(device)]

    def take_turns(iteration: int, _losses: Mapping[str, float]) -> None:
        if iteration % steps:
            return
        our_seconds.append(_read_clock(device) - marks[0])
        begun = _read_clock(device)
        for _ in range(steps):
            plain.run_step()
        marks[0] = _read_clock(device)
        plain_seconds.append(marks[0] - begun)

    config = replace(setting.config, iterations=(turns + 1) * steps)
    finetune_generator(
        generator, samples, config, device, take_turns, Helpers(perceptual=perceptual)
    )
    ours, theirs = min(our_seconds[1:]) / steps, min(plain_seconds[1:]) / steps
    return {
        "batch": config.batch,
        "crop": config.crop,
        "plain": round(1 / theirs, 3),
        "ours": round(1 / ours, 3),
        "ratio": round(theirs / ours, 2),
        "data_share": round(_time_data(samples, setting) / ours, 4),
        "watch_share": round(_time_look(samples, setting, device) / config.preview_every / ours, 4),
    }


class PlainLoop:
    """Real-ESRGAN's training step as one would write it down: fp32, eager, the usual layout.

    Adam is PyTorch's as it comes, the crops are cut when they are needed, and the discriminator
    sees what is real and what is not one after the other.
    """

    def __init__(
        self,
        generator: Generator,
        samples: list[FinetuneSample],
        config: FinetuneConfig,
        device: torch.device,
        perceptual: PerceptualLoss | None,
    ) -> None:
        self._config, self._device, self._iteration = config, device, 0
        self._crops = make_crops(samples, config, generator.scale)
        self.module = copy.deepcopy(generator.module).train().to(device)
        self.average = copy.deepcopy(self.module)
        self._optimizer = torch.optim.Adam(
            self.module.parameters(), config.learning_rate, betas=BETAS
        )
        self._contrast = ContrastLoss().to(device) if config.contrast_weight else None
        self._perceptual = perceptual.to(device) if perceptual else None
        self._judge: UNetDiscriminator | None = None
        if config.adversarial_weight:
            self._judge = UNetDiscriminator(config.discriminator_features).train().to(device)
            self._judge_optimizer = torch.optim.Adam(
                self._judge.parameters(), config.discriminator_rate, betas=BETAS
            )

    def run_step(self) -> dict[str, float]:
        """Take one step and return the losses by name."""
        self._iteration += 1
        batch = self._crops.draw_batch(self._config.batch, self._iteration)
        lr, target, mask = Batch(*(part.to(self._device) for part in batch))
        config, losses = self._config, dict[str, torch.Tensor]()
        for group in self._optimizer.param_groups:
            group["lr"] = compute_rate(config, self._iteration)
        weight = weigh_inside(mask, config.inside_weight)
        self._optimizer.zero_grad()
        if self._judge:
            self._judge.requires_grad_(False)
        output = self.module(lr)
        losses["loss"] = compute_pixel_loss(output, target, weight)
        total = config.pixel_weight * losses["loss"]
        if self._contrast:
            weight = weigh_inside(mask, config.contrast_inside_weight)
            losses["contrast"] = self._contrast(output, target, weight)
            total = total + config.contrast_weight * losses["contrast"]
        if self._perceptual:
            losses["perceptual"] = self._perceptual(output, target)
            total = total + config.perceptual_weight * losses["perceptual"]
        if self._judge:
            losses["adversarial"] = compute_real_loss(self._judge(output))
            total = total + config.adversarial_weight * losses["adversarial"]
        total.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
        if self._judge:
            self._judge.requires_grad_(True)
            losses["discriminator"] = self._teach(self._judge, target, output.detach())
        with torch.no_grad():
            keep = min(config.ema, self._iteration / (self._iteration + 10))
            for old, new in zip(self.average.parameters(), self.module.parameters(), strict=True):
                old.mul_(keep).add_(new, alpha=1 - keep)
        return {name: float(value.detach()) for name, value in losses.items()}

    def _teach(
        self, judge: UNetDiscriminator, target: torch.Tensor, output: torch.Tensor
    ) -> torch.Tensor:
        self._judge_optimizer.zero_grad()
        real = compute_real_loss(judge(target))
        real.backward()  # type: ignore[no-untyped-call]
        fake = compute_fake_loss(judge(output))
        fake.backward()  # type: ignore[no-untyped-call]
        self._judge_optimizer.step()
        return real.detach() + fake.detach()


def make_samples(scale: int) -> list[FinetuneSample]:
    """Return bundled LR images, enlarged, a quarter of each masked: what they show is no matter."""
    samples = []
    for name, path in list(list_images(find_assets() / "samples" / "LR").items())[:SAMPLES]:
        lr = read_rgb(path).pixels
        height, width = (scale * side for side in lr.shape[:2])
        mask = np.zeros((height, width), bool)
        mask[height // 4 : -(height // 4), width // 4 : -(width // 4)] = True
        samples.append(FinetuneSample(name, lr, resize_bicubic(lr, Size(width, height)), mask))
    return samples


def make_crops(samples: list[FinetuneSample], config: FinetuneConfig, scale: int) -> CropSource:
    """Return the crops that the trainer cuts with these settings."""
    side = fit_crop(samples, config.crop, scale)
    return CropSource(samples, side, scale, config.seed, config.mask_share)


def make_perceptual() -> PerceptualLoss:
    """Return the loss with random weights."""
    return PerceptualLoss(make_layers(cfgs["E"], batch_norm=False).state_dict())


def _time_data(samples: list[FinetuneSample], setting: Setting) -> float:
    """Return the least time in seconds in which a step's crops are cut."""
    crops = make_crops(samples, setting.config, setting.generator.scale)
    seconds = []
    for step in range(10 * TURNS):
        begun = time.perf_counter()
        crops.draw_batch(setting.config.batch * setting.config.accumulate, step)
        seconds.append(time.perf_counter() - begun)
    return float(np.median(seconds))


def _time_look(samples: list[FinetuneSample], setting: Setting, device: torch.device) -> float:
    """Return the least time in seconds of a preview with its figures."""
    with tempfile.TemporaryDirectory() as folder:
        watch = TrainingWatch(
            [_make_piece(sample) for sample in samples],
            device,
            PreviewWriter(Path(folder)),
            lambda *_: None,
            lambda _: None,
        )
        watch.begin()
        seconds = []
        for turn in range(TURNS):
            begun = _read_clock(device)
            watch.look(turn, setting.generator)
            seconds.append(_read_clock(device) - begun)
    return min(seconds)


def _make_piece(sample: FinetuneSample) -> Piece:
    whole = (slice(None), slice(None))
    target = sample.pseudo_gt
    return Piece(
        name=sample.name,
        box=[0, 0, PREVIEW_PX, PREVIEW_PX],
        lr=sample.lr,
        inside=whole,
        shown=(slice(PREVIEW_PX), slice(PREVIEW_PX)),
        gan=target,
        mse=target,
        pseudo_gt=target,
        marked=np.zeros(target.shape[:2], bool) if sample.mask is None else sample.mask,
        feather_sigma=2.0,
        params=DetectorParams(),
        labels=None,
        weights=None,
    )


def _read_clock(device: torch.device) -> float:
    """Return the time in seconds when all that was asked of a device is done."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()
