"""Training pairs and the batches cut from them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask, RgbImage, size_of


@dataclass(frozen=True)
class FinetuneSample:
    """An LR image and what it is to become.

    Attributes:
        name: of the image.
        lr: (h, w, 3) uint8 RGB.
        pseudo_gt: (s h, s w, 3) uint8 RGB.
        mask: (s h, s w) bool, where crops are to lie more often; None where it does not matter.
    """

    name: str
    lr: RgbImage
    pseudo_gt: RgbImage
    mask: Mask | None = None


class Batch(NamedTuple):
    """Crops of a step, float32 on the CPU.

    Attributes:
        lr: (N, 3, c, c) in 0..1.
        target: the pseudo-GT, (N, 3, scale c, scale c) in 0..1.
        mask: (N, 1, scale c, scale c), 1 where the mask is set, else 0.
    """

    lr: Tensor
    target: Tensor
    mask: Tensor


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
        if sample.mask is not None and sample.mask.shape != sample.pseudo_gt.shape[:2]:
            raise InputError(
                f"{sample.name}: the mask is {size_of(sample.mask)} px and SR is {target} px. "
                "Give a mask of the SR image's size."
            )


def fit_crop(samples: Sequence[FinetuneSample], crop: int, scale: int) -> int:
    """Return the LR side of a crop of `crop` HR px that fits every sample, at least 1."""
    smallest = min(min(size_of(sample.lr)) for sample in samples)
    return max(1, min(crop // scale, smallest))


class CropSource:
    """Random crops of samples; which ones depends on the seed and the step's number alone.

    So a training can go on at any step as if it had never stopped.

    Args:
        samples: checked by `check_samples`.
        lr_crop: side of a crop in LR px, at most the shortest side of a sample.
        scale: HR size over LR size.
        seed: of everything random.
        mask_share: share of crops that show some of a mask; where no sample has one, none does.
    """

    def __init__(
        self,
        samples: Sequence[FinetuneSample],
        lr_crop: int,
        scale: int,
        seed: int,
        mask_share: float = 0.0,
    ) -> None:
        self.lr_crop, self.scale, self.seed = lr_crop, scale, seed
        self._samples = [_place_sample(sample) for sample in samples]
        self._masked = [_list_masked(sample.mask, scale) for sample in samples]
        self._with_mask = [index for index, places in enumerate(self._masked) if len(places)]
        self.mask_share = mask_share if self._with_mask else 0.0

    def draw_batch(self, batch: int, step: int) -> Batch:
        """Return the batch of a step: random samples, crops, flips and transpositions."""
        # Hashed, so that neighbouring seeds and steps have nothing in common.
        random = Random(f"{self.seed}/{step}")
        crops = [self._draw_crop(random) for _ in range(batch)]
        lr, target, mask = (torch.stack(parts) for parts in zip(*crops, strict=True))
        return Batch(lr.float().div_(255), target.float().div_(255), mask.float())

    def _draw_crop(self, random: Random) -> list[Tensor]:
        draw, side, scale = random.randrange, self.lr_crop, self.scale
        on_mask = random.random() < self.mask_share
        index = self._with_mask[draw(len(self._with_mask))] if on_mask else draw(len(self._samples))
        lr, *large = self._samples[index]
        height, width = lr.shape[1:]
        if on_mask:
            row, column = (int(value) for value in self._masked[index][draw(self._count(index))])
            top = _draw_start(random, row, side, height)
            left = _draw_start(random, column, side, width)
        else:
            top, left = draw(height - side + 1), draw(width - side + 1)
        rows = slice(top * scale, (top + side) * scale)
        columns = slice(left * scale, (left + side) * scale)
        crops = [lr[:, top : top + side, left : left + side]]
        crops += [image[:, rows, columns] for image in large]
        flips = [axis for axis in (1, 2) if draw(2)]
        crops = [crop.flip(flips) for crop in crops]
        return [crop.transpose(1, 2) for crop in crops] if draw(2) else crops

    def _count(self, index: int) -> int:
        return len(self._masked[index])


def sample_batches(
    samples: Sequence[FinetuneSample], batch: int, lr_crop: int, scale: int, seed: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield batches without end: random samples, crops, flips and transpositions.

    Yields:
        LR (batch, 3, lr_crop, lr_crop) and pseudo-GT (batch, 3, scale lr_crop, scale lr_crop),
        float32 in 0..1, on the CPU.
    """
    source = CropSource(samples, lr_crop, scale, seed)
    step = 0
    while True:
        lr, target, _ = source.draw_batch(batch, step)
        yield lr, target
        step += 1


def _place_sample(sample: FinetuneSample) -> tuple[Tensor, Tensor, Tensor]:
    """Return LR, pseudo-GT, both (3, H, W) uint8, and mask, (1, H, W) bool, of the whole image.

    As floats, fifty images of 2048x2048 px would take 6 GB.
    """
    shape = sample.pseudo_gt.shape[:2]
    mask = np.zeros(shape, bool) if sample.mask is None else sample.mask
    lr, target = (
        torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))
        for image in (sample.lr, sample.pseudo_gt)
    )
    return lr, target, torch.from_numpy(np.ascontiguousarray(mask))[None]


def _list_masked(mask: Mask | None, scale: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Return (row, column) of the LR px that show some of the mask."""
    if mask is None:
        return np.zeros((0, 2), np.int64)
    height, width = (side // scale for side in mask.shape)
    shown = mask.reshape(height, scale, width, scale).any((1, 3))
    return np.argwhere(shown)


def _draw_start(random: Random, place: int, side: int, length: int) -> int:
    """Return where a crop of `side` out of `length` may start that shows `place`."""
    first, last = max(0, place - side + 1), min(place, length - side)
    return first + random.randrange(last - first + 1)
