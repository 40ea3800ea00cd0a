"""The tiled upscaler against calling the bare network on the whole image."""

import subprocess
import sys
import time
from typing import Any

import numpy as np
import torch
from torch import Tensor

from desra_studio.assets_folder import find_assets
from desra_studio.imaging.arrays import RgbImage, Size
from desra_studio.services.bundled import BUNDLED
from desra_studio.sr.loader import Generator, choose_device, load_generator
from desra_studio.sr.upscale import Upscaler, to_image, to_tensor

TIMED_SIZE = Size(768, 768)
PEAK_SIZE = Size(1024, 1024)
REPEATS = 3


def time_upscale() -> dict[str, Any]:
    """Time both ways from image to image in float32, in turns, and take the best of each.

    Returns:
        {"lr", "device", "tile": the size of the tiles in LR px, "whole_seconds",
        "tiled_seconds", "ratio": tiled pixels per second over whole ones, "max_difference": in
        8-bit steps, "peak_mb": most resident memory of a process that upscales 1024x1024 px}.
    """
    # Before this process grows: a child inherits its peak.
    child = f"from {__name__} import measure_peak; print(measure_peak())"
    peak = subprocess.run([sys.executable, "-c", child], capture_output=True, text=True, check=True)
    device, generator, lr = choose_device("auto"), load_bundled(), make_noise(TIMED_SIZE)
    upscaler = Upscaler(generator, device, precision="fp32")
    whole_seconds, tiled_seconds = [], []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        whole = _run_whole(generator, lr, device)
        between = time.perf_counter()
        tiled = upscaler.upscale(lr)
        tiled_seconds.append(time.perf_counter() - between)
        whole_seconds.append(between - begun)
    plan = upscaler.plan(lr.shape[0], lr.shape[1])
    return {
        "lr": str(TIMED_SIZE),
        "device": str(device),
        "tile": str(Size(plan.columns.tile, plan.rows.tile)),
        "whole_seconds": round(min(whole_seconds), 2),
        "tiled_seconds": round(min(tiled_seconds), 2),
        "ratio": round(min(whole_seconds) / min(tiled_seconds), 2),
        "max_difference": int(np.abs(whole.astype(int) - tiled).max()),
        "peak_mb": int(peak.stdout),
    }


def measure_peak() -> int:
    """Upscale 1024x1024 px and return the most memory this process ever held, in MB."""
    import resource  # Not on Windows.

    Upscaler(load_bundled(), choose_device("auto")).upscale(make_noise(PEAK_SIZE))
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes // (2**20 if sys.platform == "darwin" else 2**10)


def load_bundled() -> Generator:
    """Load the bundled GAN-SR model: with random weights a difference could fade on its way."""
    entry = next(entry for entry in BUNDLED if entry.partner)
    return load_generator(find_assets() / "models" / entry.file)


def make_noise(size: Size) -> RgbImage:
    """Make an image of random pixels, the same each time."""
    shape = (size.height, size.width, 3)
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


@torch.inference_mode()
def _run_whole(generator: Generator, lr: RgbImage, device: torch.device) -> RgbImage:
    output: Tensor = generator.module.to(device)(to_tensor(lr)[None].to(device))
    return to_image(output[0])
