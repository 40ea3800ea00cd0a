"""The detector's benchmark: the artifact map against the formula written down plainly."""

import os
import shutil
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from desra_studio.assets_folder import find_assets
from desra_studio.detection.artifact_map import (
    SIGMA,
    VARIANCE_FLOOR,
    C,
    compare_contrast,
    compute_artifact_map,
)
from desra_studio.detection.artifact_map_torch import compare_contrast_on
from desra_studio.detection.detector import DetectorParams, detect_in_map
from desra_studio.imaging.arrays import RgbImage, Size
from desra_studio.imaging.io import encode_png, list_images, read_rgb, resize_bicubic
from desra_studio.services.detection.folders import FolderClasses, detect_folders
from desra_studio.services.detection.live import pack_regions
from desra_studio.services.devices import AUTO, CPU, guess_device
from desra_studio.services.folders import FolderReader

SIDE = 2048
LARGE_SIDE = 4096
WINDOW = 11
REPEATS = 7
TURNS = 5
THRESHOLD = 0.7
FOLDER_PAIRS = 200
FOLDER_SIDE = 1024
DISTINCT_PAIRS = 8


def time_detect() -> dict[str, Any]:
    """Time the artifact map at 2048x2048, live thresholds, and a folder of 200 pairs.

    The pair is a mosaic of the bundled samples, enlarged bicubically, against the same sharpened
    and with grain in places. The naive way is Equation 7 in float64, channel by channel, with the
    whole 11x11 window at once (OpenCV's filter2D, as the released code calls it).

    Returns:
        {"naive_seconds", "fast_seconds": best of runs in turns, "ratio" of both, "flipped": share
        of the pixels on another side of 0.7, "memory_planes": peak memory over one float32
        plane of the image, "live_2048_ms", "live_4096_ms": best time from a cached map to the
        packed answer, "folder_pairs", "folder_seconds", "folder_cores": processor time over wall
        time, "cores"}; where there is a GPU also "gpu_seconds", from images to map, and
        "gpu_read_seconds", in which it receives both images and reads them once.
    """
    gan, mse = make_pair(SIDE)
    fast = naive = float("inf")
    for _ in range(TURNS):  # in turns, so that a busy moment of the machine hits both
        fast = min(fast, _time(lambda: compute_artifact_map(gan, mse), REPEATS))
        naive = min(naive, _time(lambda: compute_naive_map(gan, mse), 1))
    d, expected = compute_artifact_map(gan, mse), compute_naive_map(gan, mse)
    flipped = np.mean((d < THRESHOLD) != (expected < THRESHOLD))
    return {
        "naive_seconds": round(naive, 4),
        "fast_seconds": round(fast, 4),
        "ratio": round(naive / fast, 1),
        "flipped": float(flipped),
        "memory_planes": round(measure_memory(gan, mse), 2),
        "live_2048_ms": round(1000 * _time_live(gan, mse), 1),
        "live_4096_ms": round(1000 * _time_live(*make_pair(LARGE_SIDE)), 1),
        **_time_folder(),
        **_time_gpu(gan, mse),
        "cores": os.cpu_count(),
    }


def make_pair(side: int) -> tuple[RgbImage, RgbImage]:
    """Return GAN-SR and MSE-SR for timing, (side, side, 3) uint8 RGB; the same every time."""
    paths = list(list_images(find_assets() / "samples" / "LR").values())
    tile = side // 4
    mse: RgbImage = np.empty((side, side, 3), np.uint8)
    for index in range(16):
        image = resize_bicubic(read_rgb(paths[index % len(paths)]).pixels, Size(tile, tile))
        top, left = divmod(index, 4)
        mse[top * tile : (top + 1) * tile, left * tile : (left + 1) * tile] = image
    sharp = cv2.addWeighted(mse, 2.0, cv2.GaussianBlur(mse, (0, 0), 2.0), -1.0, 0)
    random = np.random.default_rng(0)
    grain = random.normal(0, 14, mse.shape).astype(np.float32)
    # Grain in round patches, as artifacts are.
    seeds = cv2.GaussianBlur(random.normal(0, 1, (side, side)).astype(np.float32), (0, 0), 40)
    grain[seeds < np.quantile(seeds, 0.9)] = 0
    return np.clip(sharp + grain, 0, 255).astype(np.uint8), mse


def compute_naive_map(gan_sr: RgbImage, mse_sr: RgbImage) -> NDArray[np.float64]:
    """Compute Equation 7 plainly: float64, one channel after another, the window as one filter."""
    line = cv2.getGaussianKernel(WINDOW, SIGMA)
    window = line @ line.T
    radius = WINDOW // 2
    valid = np.s_[radius:-radius, radius:-radius]

    def compute_deviation(channel: NDArray[np.uint8]) -> NDArray[np.float64]:
        values = channel.astype(np.float64)
        mean = cv2.filter2D(values, -1, window)[valid]
        mean_of_squares = cv2.filter2D(values * values, -1, window)[valid]
        variance = np.maximum(mean_of_squares - mean * mean, 0)
        return np.asarray(np.sqrt(variance + VARIANCE_FLOOR), np.float64)

    maps = []
    for channel in range(3):
        s_g = compute_deviation(gan_sr[..., channel])
        s_m = compute_deviation(mse_sr[..., channel])
        maps.append((2 * s_g * s_m + C) / (s_g**2 + s_m**2 + C))
    return np.asarray(np.mean(maps, axis=0), np.float64)


def _time(function: Callable[[], object], repeats: int) -> float:
    seconds = []
    for _ in range(repeats):
        begun = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def measure_memory(gan: RgbImage, mse: RgbImage) -> float:
    """Return the peak that the map allocates, its result included, in float32 image planes."""
    tracemalloc.start()
    try:
        compute_artifact_map(gan, mse)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return float(peak / (4 * gan.shape[0] * gan.shape[1]))


def _time_live(gan: RgbImage, mse: RgbImage) -> float:
    """Return the time from a map in memory to what the canvas gets, as a moved slider costs it."""
    maps = compare_contrast(gan, mse)
    params = DetectorParams(area_threshold=400)
    return _time(lambda: pack_regions(detect_in_map(maps.d, maps.busier, params)), REPEATS)


def _time_gpu(gan: RgbImage, mse: RgbImage) -> dict[str, float]:
    if guess_device(AUTO) == CPU:
        return {}
    import torch

    def read() -> float:
        pair = torch.from_numpy(np.stack([gan, mse])).to("cuda")
        return float(pair.sum(dtype=torch.int64).item())

    read()  # the first use of a GPU takes seconds
    return {
        "gpu_seconds": round(_time(lambda: compare_contrast_on(gan, mse, "cuda"), REPEATS), 5),
        "gpu_read_seconds": round(_time(read, REPEATS), 5),
    }


def _time_folder() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for kind in ("gan", "mse"):
            (root / kind).mkdir()
        large = make_pair(2 * FOLDER_SIDE)
        for index in range(FOLDER_PAIRS):
            for kind, image in zip(("gan", "mse"), large, strict=True):
                path = root / kind / f"{index:03}.png"
                if index < DISTINCT_PAIRS:
                    top, left = divmod(index % 4, 2)
                    part = image[top * FOLDER_SIDE :, left * FOLDER_SIDE :]
                    turned = np.rot90(part[:FOLDER_SIDE, :FOLDER_SIDE], index // 4)
                    path.write_bytes(encode_png(np.ascontiguousarray(turned)))
                else:
                    shutil.copyfile(root / kind / f"{index % DISTINCT_PAIRS:03}.png", path)
        begun, before = time.perf_counter(), time.process_time()
        folders = root / "gan", root / "mse", root / "out"
        detect_folders(*folders, DetectorParams(), FolderClasses(), FolderReader())
        seconds, spent = time.perf_counter() - begun, time.process_time() - before
    return {
        "folder_pairs": FOLDER_PAIRS,
        "folder_seconds": round(seconds, 1),
        "folder_cores": round(spent / seconds, 2),
    }
