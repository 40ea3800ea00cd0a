"""The running average of a network's weights, which is what is kept of a training."""

import torch

from desra_studio.finetune.config import compute_kept_share


@torch.no_grad()
def update_average(
    average: torch.nn.Module, module: torch.nn.Module, ema: float, iteration: int
) -> None:
    """Move `average` towards `module`, keeping `ema` of itself, less early on; copy buffers."""
    keep = compute_kept_share(ema, iteration)
    for old_weight, weight in zip(average.parameters(), module.parameters(), strict=True):
        old_weight.lerp_(weight, 1 - keep)
    for old_buffer, buffer in zip(average.buffers(), module.buffers(), strict=True):
        old_buffer.copy_(buffer)
