"""Fine-tuning a generator on pseudo ground truth (DeSRA, section 3.4)."""

import copy
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional

from desra_studio.errors import ModelError
from desra_studio.finetune.averaging import update_average
from desra_studio.finetune.config import FinetuneConfig
from desra_studio.finetune.data import FinetuneSample, check_samples, fit_crop, sample_batches
from desra_studio.sr.loader import Generator, StateDict

ReportStep = Callable[[int, float], None]
"""Called after each iteration with its number, from 1, and its loss; may raise to stop."""


@dataclass(frozen=True)
class FinetuneResult:
    """What came out: the weights after the last step, their average, and the last loss."""

    weights: StateDict
    ema_weights: StateDict
    loss: float


def finetune_generator(
    generator: Generator,
    samples: Sequence[FinetuneSample],
    config: FinetuneConfig,
    device: torch.device,
    report: ReportStep,
) -> FinetuneResult:
    """Train a copy of the generator to give the pseudo-GT of each sample, with an L1 loss.

    The same seed gives the same weights on the same device. `generator` is left as it was.

    Raises:
        InputError: no samples, or sizes that do not fit the generator's scale.
        ModelError: the loss is no longer finite, or the device is out of memory.
        BaseException: whatever `report` raises, to cancel.
    """
    check_samples(samples, generator.scale)
    torch.manual_seed(config.seed)
    module = copy.deepcopy(generator.module).to(device).train()
    average = copy.deepcopy(module).eval()
    optimizer = torch.optim.Adam(module.parameters(), config.learning_rate, betas=(0.9, 0.99))
    lr_crop = fit_crop(samples, config.crop, generator.scale)
    batches = sample_batches(samples, config.batch, lr_crop, generator.scale, config.seed)
    loss_value = math.nan
    try:
        for iteration in range(1, config.iterations + 1):
            lr, target = next(batches)
            output = module(lr.to(device))
            loss = functional.l1_loss(output, target.to(device))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            loss_value = float(loss.detach())
            if not math.isfinite(loss_value):
                raise ModelError(
                    f"The loss is {loss_value} after {iteration} iterations. Start again with a "
                    f"learning rate below {config.learning_rate:g}."
                )
            update_average(average, module, config.ema, iteration)
            report(iteration, loss_value)
    except torch.OutOfMemoryError as error:
        raise ModelError(
            f"A batch of {config.batch} crops of {lr_crop * generator.scale} px needs more memory "
            f"than {device} has. Halve the batch or the crop."
        ) from error
    return FinetuneResult(module.state_dict(), average.state_dict(), loss_value)
