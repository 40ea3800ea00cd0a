"""Images with labels, to learn a detector from."""

from pathlib import Path

import numpy as np

from desra_studio.detection.learned.samples import LabelledImage, measure_image
from desra_studio.detection.signals.sources import Sources
from desra_studio.detection.signals.table import list_names
from desra_studio.imaging.io import encode_png
from desra_studio.imaging.masks import encode_mask_png
from tests.factories.images import make_picture

SIDE = 128
WRONG_PX = 40


def make_labelled(seed: int, is_marked: bool = True):
    """GAN-SR that sharpens MSE-SR everywhere, and paints noise in one square: (gan, mse, mask).

    Sharper is honest: it differs from MSE-SR, too, and is not marked.
    """
    random = np.random.default_rng(seed)
    picture = make_picture(SIDE, SIDE, seed).astype(np.float32)
    mse = (picture + picture.mean()) / 2
    gan = picture.copy()
    mask = np.zeros((SIDE, SIDE), bool)
    if is_marked:
        top, left = random.integers(8, SIDE - WRONG_PX - 8, 2)
        square = slice(top, top + WRONG_PX), slice(left, left + WRONG_PX)
        gan[square] = mse[square] + random.normal(0, 30, (WRONG_PX, WRONG_PX, 3))
        mask[square] = True
    return gan.clip(0, 255).astype(np.uint8), mse.astype(np.uint8), mask


def measure_labelled(seed: int, is_marked: bool = True) -> LabelledImage:
    """Such an image, measured, with one label."""
    gan, mse, mask = make_labelled(seed, is_marked)
    return measure_image(f"image{seed}", Sources(gan, mse), [mask], list_names(with_lr=False))


def write_labelled(folder: Path, count: int = 6) -> Path:
    """Write folders GAN-SR, MSE-SR and labels; the last image is clean."""
    for name in ("GAN-SR", "MSE-SR", "labels"):
        (folder / name).mkdir(parents=True)
    for seed in range(count):
        gan, mse, mask = make_labelled(seed, is_marked=seed < count - 1)
        (folder / "GAN-SR" / f"{seed}.png").write_bytes(encode_png(gan))
        (folder / "MSE-SR" / f"{seed}.png").write_bytes(encode_png(mse))
        (folder / "labels" / f"{seed}.png").write_bytes(encode_mask_png(mask))
    return folder
