"""Making the MSE-SR counterpart of a GAN-SR model that lacks one.

DeSRA needs the same model trained on a pixel loss alone. Where nobody published it, a copy of the
GAN-SR model that goes on with L1 alone forgets the adversarial texture within a few thousand
steps: the same network, the same kind of data, no invented detail.
"""

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from desra_studio.errors import InputError, ModelError
from desra_studio.finetune.averaging import update_average
from desra_studio.finetune.config import DeriveConfig
from desra_studio.imaging.arrays import RgbImage
from desra_studio.metrics.image_metrics import compute_psnr
from desra_studio.sr.loader import Generator, StateDict
from desra_studio.sr.upscale import upscale_image

ReportCheck = Callable[[int, float, float], None]
"""Called after each validation with the iteration, the mean L1 since the last, and the PSNR."""
Pairs = Sequence[tuple[RgbImage, RgbImage]]
"""(LR, HR) images."""


@dataclass(frozen=True)
class DeriveResult:
    """The best weights by validation PSNR, when that was, and the PSNR before and then, in dB."""

    weights: StateDict
    iteration: int
    psnr_before: float
    psnr: float


def derive_mse(
    generator: Generator,
    batches: Iterator[tuple[Tensor, Tensor]],
    validation: Pairs,
    config: DeriveConfig,
    device: torch.device,
    report: ReportCheck,
) -> DeriveResult:
    """Train a copy of the generator with L1 alone until the validation PSNR no longer rises.

    Args:
        generator: the GAN-SR model; it is left as it was.
        batches: LR (N, 3, h, w) and HR (N, 3, scale h, scale w), float32 in 0..1.
        validation: pairs that are not in `batches`.
        config: when to check and to stop.
        device: where to train.
        report: told after each check; may raise to cancel.

    Raises:
        InputError: no validation pairs.
        ModelError: the loss is no longer finite, or the device is out of memory.
    """
    if not validation:
        raise InputError("No pairs to validate on. Give more images.")
    torch.manual_seed(config.seed)
    module = copy.deepcopy(generator.module).to(device).train()
    average = copy.deepcopy(module)
    optimizer = torch.optim.Adam(module.parameters(), config.learning_rate, betas=(0.9, 0.99))
    before = measure_psnr(generator, generator.module, validation, device)
    best = DeriveResult(generator.module.state_dict(), 0, before, before)
    losses: list[float] = []
    stale = 0
    try:
        for iteration in range(1, config.max_iterations + 1):
            losses.append(_train_step(module, optimizer, next(batches), device))
            update_average(average, module, config.ema, iteration)
            if iteration % config.check_every:
                continue
            loss, losses = float(np.mean(losses)), []
            if not math.isfinite(loss):
                raise ModelError(
                    f"The loss is {loss} after {iteration} iterations. Start again with a "
                    f"learning rate below {config.learning_rate:g}."
                )
            psnr = measure_psnr(generator, average, validation, device)
            stale = 0 if psnr > best.psnr + config.minimum_gain_db else stale + 1
            if psnr > best.psnr:
                best = DeriveResult(_copy_weights(average), iteration, before, psnr)
            report(iteration, loss, psnr)
            if stale == config.patience:
                break
    except torch.OutOfMemoryError as error:
        raise ModelError(
            f"A batch of {config.batch} crops of {config.crop} px needs more memory than {device} "
            "has. Halve the batch or the crop."
        ) from error
    return best


def measure_psnr(
    generator: Generator, module: torch.nn.Module, pairs: Pairs, device: torch.device
) -> float:
    """Return the mean PSNR in dB of a network of the generator's kind over pairs."""
    candidate = Generator(**{**vars(generator), "module": module})
    return float(
        np.mean([compute_psnr(upscale_image(candidate, lr, device), hr) for lr, hr in pairs])
    )


def _train_step(
    module: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    batch: tuple[Tensor, Tensor],
    device: torch.device,
) -> float:
    module.train()
    lr, hr = (part.to(device) for part in batch)
    loss = functional.l1_loss(module(lr), hr)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    return float(loss.detach())


def _copy_weights(module: torch.nn.Module) -> StateDict:
    return {key: value.detach().cpu().clone() for key, value in module.state_dict().items()}
