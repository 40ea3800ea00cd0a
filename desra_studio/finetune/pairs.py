"""LR and HR pairs made from HR images, for training that needs ground truth."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from desra_studio.errors import InputError
from desra_studio.finetune.degradation import DegradationRanges, degrade_image
from desra_studio.imaging.arrays import RgbImage, size_of
from desra_studio.sr.upscale import to_tensor

MINIMUM_LR_PX = 16
"""Side of the smallest LR that is worth making: less has nearly no context."""
VALIDATION_PX = 96
"""Longest side of an LR to validate on: it is upscaled at every check, on a CPU, too."""


@dataclass(frozen=True)
class PairSource:
    """HR images, and how LR images are made from them.

    A pool of pairs, `pool_px` LR px wide, is renewed by one pair a step: degrading is slow on a
    CPU, and neighbouring patches of one image teach nearly as much as those of many.

    Attributes:
        images: (H, W, 3) uint8 RGB each.
        scale: HR size over LR size.
        ranges: what degradations are drawn from.
        pool_size: pairs in the pool.
        pool_px: side of their LR; smaller images make it smaller.
    """

    images: Sequence[RgbImage]
    scale: int
    ranges: DegradationRanges = field(default_factory=DegradationRanges)
    pool_size: int = 192
    pool_px: int = 64

    def __post_init__(self) -> None:
        for image in self.images:
            if min(size_of(image)) < MINIMUM_LR_PX * self.scale:
                raise InputError(
                    f"An image of {size_of(image)} px is too small to make LR images for "
                    f"x{self.scale}: its sides must have {MINIMUM_LR_PX * self.scale} px or more."
                )

    @property
    def lr_px(self) -> int:
        """Side of the pool's LR images."""
        shortest = min(min(size_of(image)) for image in self.images)
        return min(self.pool_px, shortest // self.scale)

    def draw_batches(self, batch: int, lr_crop: int, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield batches without end: random images, degradations, crops, flips, transpositions.

        Larger images are drawn more often, by the root of their area.

        Yields:
            LR (batch, 3, c, c) and HR (batch, 3, scale c, scale c), float32 in 0..1, on the CPU,
            channels last; c is `lr_crop`, or less where the images are small.
        """
        rng = np.random.default_rng(seed)
        roots = np.sqrt([float(image.shape[0] * image.shape[1]) for image in self.images])
        odds, crop = roots / roots.sum(), min(lr_crop, self.lr_px)

        def make_pair() -> tuple[Tensor, Tensor]:
            image = self.images[rng.choice(len(self.images), p=odds)]
            hr = _cut(image, self.lr_px * self.scale, rng)
            return to_tensor(degrade_image(hr, self.scale, rng, self.ranges)), to_tensor(hr)

        pool = [make_pair() for _ in range(self.pool_size)]
        step = 0
        while True:
            pool[step % self.pool_size] = make_pair()
            step += 1
            chosen = [
                _crop_pair(pool[index], crop, self.scale, rng)
                for index in rng.integers(self.pool_size, size=batch)
            ]
            yield _stack([lr for lr, _ in chosen]), _stack([hr for _, hr in chosen])

    def make_pairs(
        self, seed: int, longest_px: int = VALIDATION_PX
    ) -> list[tuple[RgbImage, RgbImage]]:
        """Return one fixed (LR, HR) pair of each image's middle, to measure progress on."""
        rng = np.random.default_rng(seed)
        pairs = []
        for image in self.images:
            hr = cut_middle(image, self.scale, longest_px)
            pairs.append((degrade_image(hr, self.scale, rng, self.ranges), hr))
        return pairs


def cut_middle(image: RgbImage, scale: int, longest_px: int = VALIDATION_PX) -> RgbImage:
    """Cut out the middle, at most `longest_px` LR px on a side.

    It is cut between LR px, so that the middles of an HR image and, with a scale of 1, of its LR
    image show the same.
    """
    rows, columns = (_find_middle(side // scale, longest_px, scale) for side in image.shape[:2])
    return image[rows, columns]


def _find_middle(lr_side: int, longest: int, scale: int) -> slice:
    kept = min(lr_side, longest)
    start = (lr_side - kept) // 2
    return slice(start * scale, (start + kept) * scale)


def _cut(image: RgbImage, side: int, rng: np.random.Generator) -> RgbImage:
    top = rng.integers(image.shape[0] - side + 1)
    left = rng.integers(image.shape[1] - side + 1)
    return image[top : top + side, left : left + side]


def _crop_pair(
    pair: tuple[Tensor, Tensor], crop: int, scale: int, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    lr, hr = pair
    top, left = (int(start) for start in rng.integers(lr.shape[1] - crop + 1, size=2))
    lr = lr[:, top : top + crop, left : left + crop]
    top, left, side = top * scale, left * scale, crop * scale
    hr = hr[:, top : top + side, left : left + side]
    flips = [axis for axis in (1, 2) if rng.random() < 0.5]
    lr, hr = lr.flip(flips), hr.flip(flips)
    if rng.random() < 0.5:
        lr, hr = lr.transpose(1, 2), hr.transpose(1, 2)
    return lr, hr


def _stack(images: list[Tensor]) -> Tensor:
    return torch.stack(images).contiguous(memory_format=torch.channels_last)
