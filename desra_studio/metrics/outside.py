"""What fine-tuning changed where it should have changed nothing: outside the masks.

Sums are taken over the px of a set of images and divided once, so that a px counts the same in
every image, and an image that is masked almost everywhere does not decide.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desra_studio.imaging.arrays import Mask, RgbImage, check_rgb, check_same_size
from desra_studio.imaging.windows import (
    compute_gradient,
    compute_local_variance,
    compute_luma,
    compute_ssim,
    grow_mask,
)

VARIANCE_WINDOW_PX = 11
"""Side of the square in which DeSRA's Equation 7 takes local variance."""
FEATHER_REACH = 3
"""In standard deviations: a Gaussian feather leaves less than 0.2 % beyond it."""
SAME_DB = 100.0
"""PSNR of images that do not differ; a change by one level in one px of 150 000 has it."""


@dataclass(frozen=True)
class OutsideSums:
    """Sums over the px outside the masks of one image, from which every figure is made.

    Attributes:
        pixels: how many there are.
        squared_error: mean over the channels of the squared difference of after and GAN-SR.
        ssim: mean over the channels of the local SSIM of after and GAN-SR.
        gan_variance, after_variance: local variance of the luma, window of 11 px.
        gan_gradient, after_gradient, mse_gradient: magnitude of the luma's gradient.
    """

    pixels: int
    squared_error: float
    ssim: float
    gan_variance: float
    after_variance: float
    gan_gradient: float
    after_gradient: float
    mse_gradient: float


@dataclass(frozen=True)
class OutsideFigures:
    """What was kept outside the masks of a set of images; None where nothing can be told.

    Attributes:
        psnr: of after against GAN-SR, in dB, at most `SAME_DB`.
        ssim: of after against GAN-SR, -1..1.
        variance_ratio: local variance of after over that of GAN-SR.
        gan_sharpness, after_sharpness, mse_sharpness: mean magnitude of the luma's gradient, in
            grey levels per px.
        sharpness_kept: where after stands between MSE-SR (0) and GAN-SR (1).
    """

    psnr: float | None
    ssim: float | None
    variance_ratio: float | None
    gan_sharpness: float | None
    after_sharpness: float | None
    mse_sharpness: float | None
    sharpness_kept: float | None


def mark_outside(mask: Mask, feather_sigma: float) -> Mask:
    """Mark, (H, W) bool, what a pseudo-GT leaves as it was: what the feather does not reach.

    With the usual feather of 2 px, no window of the local variance sees what was replaced.
    """
    return ~grow_mask(mask, math.ceil(FEATHER_REACH * feather_sigma))


def measure_outside(
    gan_sr: RgbImage, after: RgbImage, mse_sr: RgbImage, outside: Mask
) -> OutsideSums:
    """Measure what fine-tuning changed in the px of `outside`.

    Args:
        gan_sr: (H, W, 3) uint8 RGB, of the original model.
        after: (H, W, 3) uint8 RGB, of the fine-tuned one.
        mse_sr: (H, W, 3) uint8 RGB, of the partner.
        outside: (H, W) bool, see `mark_outside`.

    Raises:
        InputError: other shapes or types, or sizes that differ.
    """
    images = {"GAN-SR": gan_sr, "the fine-tuned output": after, "MSE-SR": mse_sr}
    for name, image in images.items():
        check_rgb(image, name)
        check_same_size(gan_sr, image, "GAN-SR", name)
    check_same_size(gan_sr, outside, "GAN-SR", "the mask")
    difference = after.astype(np.float64) - gan_sr
    lumas = [compute_luma(image) for image in images.values()]
    variances = [compute_local_variance(luma, VARIANCE_WINDOW_PX) for luma in lumas[:2]]
    gradients = [compute_gradient(luma) for luma in lumas]

    def add_up(values: NDArray[np.floating]) -> float:
        return float(values[outside].sum(dtype=np.float64))

    return OutsideSums(
        pixels=int(np.count_nonzero(outside)),
        squared_error=add_up((difference * difference).mean(axis=2)),
        ssim=sum(add_up(compute_ssim(gan_sr[..., at], after[..., at])) for at in range(3)) / 3,
        gan_variance=add_up(variances[0]),
        after_variance=add_up(variances[1]),
        gan_gradient=add_up(gradients[0]),
        after_gradient=add_up(gradients[1]),
        mse_gradient=add_up(gradients[2]),
    )


def summarize_outside(sums: Iterable[OutsideSums]) -> OutsideFigures:
    """Return the figures of a set of images."""
    rows = [row for row in sums if row.pixels]
    pixels = sum(row.pixels for row in rows)
    if not pixels:
        return OutsideFigures(None, None, None, None, None, None, None)
    gan = sum(row.gan_gradient for row in rows)
    after = sum(row.after_gradient for row in rows)
    mse = sum(row.mse_gradient for row in rows)
    before = sum(row.gan_variance for row in rows)
    return OutsideFigures(
        psnr=_compute_psnr(sum(row.squared_error for row in rows) / pixels),
        ssim=sum(row.ssim for row in rows) / pixels,
        variance_ratio=sum(row.after_variance for row in rows) / before if before else None,
        gan_sharpness=gan / pixels,
        after_sharpness=after / pixels,
        mse_sharpness=mse / pixels,
        # Where the GAN is no sharper than its partner there is nothing to keep.
        sharpness_kept=(after - mse) / (gan - mse) if gan > mse else None,
    )


def _compute_psnr(mean_square: float) -> float:
    if mean_square == 0:
        return SAME_DB
    return min(SAME_DB, 10 * math.log10(255**2 / mean_square))
