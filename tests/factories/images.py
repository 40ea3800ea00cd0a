"""Makes images, and datasets of them."""

from pathlib import Path

import numpy as np

from desra_studio.imaging.arrays import Size
from desra_studio.imaging.io import encode_png, resize_bicubic


def make_pair(size: tuple[int, int] = (96, 96), seed: int = 0, busy: int = 40):
    """A smooth MSE-SR and a GAN-SR that is noisy in one square of `busy` px.

    Returns (gan, mse), (H, W, 3) uint8 each.
    """
    height, width = size
    random = np.random.default_rng(seed)
    ramp = np.linspace(60, 180, width, dtype=np.float32)
    mse = np.repeat(np.repeat(ramp[None, :, None], height, 0), 3, 2)
    gan = mse.copy()
    noise = random.normal(0, 40, (busy, busy, 3))
    gan[20 : 20 + busy, 20 : 20 + busy] += noise
    return gan.clip(0, 255).astype(np.uint8), mse.astype(np.uint8)


def make_picture(height=128, width=160, seed=0):
    """A picture with detail at many scales, which a shift would spoil: (H, W, 3) uint8."""
    random = np.random.default_rng(seed)
    picture = np.zeros((height, width, 3))
    for step in (4, 8, 16, 32):
        coarse = random.uniform(0, 255, (-(-height // step), -(-width // step), 3))
        picture += np.kron(coarse, np.ones((step, step, 1)))[:height, :width]
    return (picture / 4).astype(np.uint8)


def make_noise(height, width):
    """Noise in every value, always the same: (H, W, 3) uint8."""
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def write_dataset(folder: Path, names=("a", "b", "c"), with_lr: bool = True, size=(96, 96)) -> Path:
    """Write small pairs in DeSRA's layout; each GAN-SR has one artifact of its own."""
    for sub in ("GAN-SR", "MSE-SR", *(["LR"] if with_lr else [])):
        (folder / sub).mkdir(parents=True, exist_ok=True)
    for seed, name in enumerate(names):
        gan, mse = make_pair(size, seed=seed)
        (folder / "GAN-SR" / f"{name}.png").write_bytes(encode_png(gan))
        (folder / "MSE-SR" / f"{name}.png").write_bytes(encode_png(mse))
        if with_lr:
            lr = np.ascontiguousarray(mse[::4, ::4])
            lr[0, 0, 0] ^= seed  # another picture each: copies are held out together
            (folder / "LR" / f"{name}.png").write_bytes(encode_png(lr))
    return folder


def write_diffusion(folder: Path, names=("a", "b", "c"), size=(128, 160)) -> Path:
    """Write LR and SR alone, as a diffusion model leaves them: four times as large, noise inside.

    An LR image is `make_picture` of the number of its name, from 0.
    """
    height, width = size
    for sub in ("GAN-SR", "LR"):
        (folder / sub).mkdir(parents=True, exist_ok=True)
    for seed, name in enumerate(names):
        lr = make_picture(height // 4, width // 4, seed)
        sr = resize_bicubic(lr, Size(width, height)).astype(np.float32)
        sr[40:84, 40:84] += np.random.default_rng(seed).normal(0, 90, (44, 44, 3))
        (folder / "LR" / f"{name}.png").write_bytes(encode_png(lr))
        sr = sr.clip(0, 255).astype(np.uint8)
        (folder / "GAN-SR" / f"{name}.png").write_bytes(encode_png(sr))
    return folder
