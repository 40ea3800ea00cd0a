"""Training pairs and the batches cut from them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import RgbImage, size_of
from desra_studio.sr.upscale import to_tensor


@dataclass(frozen=True)
class FinetuneSample:
    """An LR image, (h, w, 3) uint8 RGB, and its pseudo-GT, (s h, s w, 3) uint8 RGB."""

    name: str
    lr: RgbImage
    pseudo_gt: RgbImage


def check_samples(samples: Sequence[FinetuneSample], scale: int) -> None:
    """Raise InputError unless there are samples and each pseudo-GT is `scale` times its LR."""
    if not samples:
        raise InputError("No samples to train on. Accept some masks first.")
    for sample in samples:
        lr, target = size_of(sample.lr), size_of(sample.pseudo_gt)
        if (lr.width * scale, lr.height * scale) != target:
            raise InputError(
                f"{sample.name}: LR is {lr} px and SR is {target} px, but the generator upscales "
                f"by {scale}. Choose a generator of the images' scale."
            )


def fit_crop(samples: Sequence[FinetuneSample], crop: int, scale: int) -> int:
    """Return the LR side of a crop of `crop` HR px that fits every sample, at least 1."""
    smallest = min(min(size_of(sample.lr)) for sample in samples)
    return max(1, min(crop // scale, smallest))


def sample_batches(
    samples: Sequence[FinetuneSample], batch: int, lr_crop: int, scale: int, seed: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield batches without end: random samples, crops, flips and transpositions.

    Yields:
        LR (batch, 3, lr_crop, lr_crop) and pseudo-GT (batch, 3, scale lr_crop, scale lr_crop),
        float32 in 0..1, on the CPU.
    """
    draw = Random(seed).randrange
    pairs = [(to_tensor(sample.lr), to_tensor(sample.pseudo_gt)) for sample in samples]

    while True:
        lrs, targets = [], []
        for _ in range(batch):
            lr, target = pairs[draw(len(pairs))]
            top = draw(lr.shape[1] - lr_crop + 1)
            left = draw(lr.shape[2] - lr_crop + 1)
            lr = lr[:, top : top + lr_crop, left : left + lr_crop]
            target = target[
                :,
                top * scale : (top + lr_crop) * scale,
                left * scale : (left + lr_crop) * scale,
            ]
            flips = [axis for axis in (1, 2) if draw(2)]
            lr, target = lr.flip(flips), target.flip(flips)
            if draw(2):
                lr, target = lr.transpose(1, 2), target.transpose(1, 2)
            lrs.append(lr)
            targets.append(target)
        yield torch.stack(lrs), torch.stack(targets)
