"""The running average of a network's weights, which is what is kept of a training."""

import torch


@torch.no_grad()
def update_average(
    average: torch.nn.Module, module: torch.nn.Module, ema: float, iteration: int
) -> None:
    """Move `average` towards `module`, keeping a share of `ema` of itself; buffers are copied.

    Early on the average follows faster: with a fixed 0.999 a short run would hardly leave the
    weights it started from.
    """
    keep = min(ema, iteration / (iteration + 10))
    for old_weight, weight in zip(average.parameters(), module.parameters(), strict=True):
        old_weight.lerp_(weight, 1 - keep)
    for old_buffer, buffer in zip(average.buffers(), module.buffers(), strict=True):
        old_buffer.copy_(buffer)
