"""Making the MSE-SR counterpart of a GAN-SR model that lacks one.

DeSRA needs the same model trained on a pixel loss alone. Where nobody published it, a copy of the
GAN-SR model that goes on with L1 alone forgets the adversarial texture within a few thousand
steps: the same network, the same kind of data, no invented detail.
"""

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

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
from desra_studio.sr.upscale import Upscaler, ignore_message

ReportCheck = Callable[[int, float, float], None]
"""Called after each validation with the iteration, the mean L1 since the last, and the PSNR."""
ReportWork = Callable[[int, int, str], None]
"""Called with the iterations done, those at most, and what is being done; may raise to cancel."""
Pairs = Sequence[tuple[RgbImage, RgbImage]]
"""(LR, HR) images."""


def ignore_work(_done: int, _total: int, _message: str) -> None:
    """Tell nobody."""


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
    report_work: ReportWork = ignore_work,
) -> DeriveResult:
    """Train a copy of the generator with L1 alone until the validation PSNR no longer rises.

    Args:
        generator: the GAN-SR model; it is left as it was.
        batches: LR (N, 3, h, w) and HR (N, 3, scale h, scale w), float32 in 0..1.
        validation: pairs that are not in `batches`.
        config: when to check and to stop.
        device: where to train.
        report: told after each check, the last of which is at the last iteration.
        report_work: told before each step and each image of a check.

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
    total = config.max_iterations

    def measure(done: int) -> float:
        candidate = replace(generator, module=average)
        return measure_psnr(
            candidate, validation, device, lambda message: report_work(done, total, message)
        )

    before = measure(0)
    best = DeriveResult(generator.module.state_dict(), 0, before, before)
    losses: list[float] = []
    stale = 0
    try:
        for iteration in range(1, total + 1):
            report_work(iteration - 1, total, f"Iteration {iteration}, at most {total}")
            losses.append(_train_step(module, optimizer, next(batches), device))
            update_average(average, module, config.ema, iteration)
            if iteration % config.check_every and iteration < total:
                continue
            loss, losses = float(np.mean(losses)), []
            if not math.isfinite(loss):
                raise ModelError(
                    f"The loss is {loss} after {iteration} iterations. Start again with a "
                    f"learning rate below {config.learning_rate:g}."
                )
            psnr = measure(iteration)
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
    generator: Generator,
    pairs: Pairs,
    device: torch.device,
    tell: Callable[[str], None] = ignore_message,
) -> float:
    """Return the mean PSNR in dB over pairs, computed in fp32.

    Args:
        generator: its module is moved to `device`.
        pairs: what is upscaled, and what that is compared with.
        device: where to run.
        tell: called with one line before each pair; may raise to cancel.
    """
    upscaler = Upscaler(generator, device, precision="fp32")
    values = []
    for number, (lr, hr) in enumerate(pairs, 1):
        tell(f"Measuring the PSNR of image {number} of {len(pairs)}")
        values.append(compute_psnr(upscaler.upscale(lr), hr))
    return float(np.mean(values))


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
