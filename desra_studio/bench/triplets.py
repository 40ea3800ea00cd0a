"""Many small triplets in DeSRA's layout, each file another one, and how fast files are copied."""

import os
import shutil
import time
from pathlib import Path

import numpy as np

from desra_studio.imaging.arrays import Size
from desra_studio.imaging.io import encode_png, resize_bicubic
from desra_studio.imaging.masks import encode_mask_png
from desra_studio.services.datasets.layout import GAN_FOLDER, LABEL_FOLDER, LR_FOLDER, MSE_FOLDER
from desra_studio.services.studio import Report

LR_PX, SR_PX = 16, 64
ARTIFACT_PX = 24
FOLDERS = (LR_FOLDER, MSE_FOLDER, GAN_FOLDER, LABEL_FOLDER)


def write_triplets(source: Path, count: int, report: Report) -> None:
    """Write LR (16x16 px), MSE-SR and GAN-SR (64x64 px) and a mask of an artifact, so many times.

    No two files have the same bytes: those would be stored once.
    """
    for folder in FOLDERS:
        (source / folder).mkdir(parents=True)
    random = np.random.default_rng(0)
    for number in range(count):
        report(number, count, "Writing triplets")
        lr = random.integers(0, 256, (LR_PX, LR_PX, 3), dtype=np.uint8)
        mse = resize_bicubic(lr, Size(SR_PX, SR_PX))
        top, left = random.integers(0, SR_PX - ARTIFACT_PX, 2)
        inside = np.s_[top : top + ARTIFACT_PX, left : left + ARTIFACT_PX]
        gan, mask = mse.copy(), np.zeros((SR_PX, SR_PX), bool)
        gan[inside] ^= random.integers(0, 32, gan[inside].shape, dtype=np.uint8)
        mask[inside] = random.random((ARTIFACT_PX, ARTIFACT_PX)) < 0.9
        files = (encode_png(lr), encode_png(mse), encode_png(gan), encode_mask_png(mask))
        for folder, data in zip(FOLDERS, files, strict=True):
            (source / folder / f"{number:05}.png").write_bytes(data)


def time_copying(source: Path, into: Path, count: int) -> float:
    """Copy the first triplets file by file, each flushed to disk; return how many a second."""
    names = sorted(path.name for path in (source / GAN_FOLDER).iterdir())[:count]
    for folder in FOLDERS:
        (into / folder).mkdir(parents=True)
    begun = time.perf_counter()
    for name in names:
        for folder in FOLDERS:
            copy_durably(source / folder / name, into / folder / name)
    return len(names) / (time.perf_counter() - begun)


def copy_durably(path: Path, target: Path) -> None:
    """Copy a file, and flush it to disk."""
    with path.open("rb") as read, target.open("wb") as written:
        shutil.copyfileobj(read, written)
        written.flush()
        os.fsync(written.fileno())
