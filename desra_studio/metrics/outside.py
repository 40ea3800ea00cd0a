"""What fine-tuning changed where it should have changed nothing: outside the masks.

Sums are taken over the px of a set of images and divided once, so that a px counts the same in
every image, and an image that is masked almost everywhere does not decide.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from desra_studio.imaging.arrays import Mask, RgbImage, check_rgb, check_same_size
from desra_studio.imaging.windows import (
    compute_gradient,
    compute_local_variance,
    compute_luma,
    compute_sobel,
    compute_ssim,
    grow_mask,
)

VARIANCE_WINDOW_PX = 11
"""Side of the square in which DeSRA's Equation 7 takes local variance."""
FEATHER_REACH = 3.5
"""In standard deviations: a Gaussian feather leaves about 0.2 % beyond it."""
EDGE_GRADIENT = 8.0
"""In grey levels per px, of the luma: an edge where both GAN-SR and MSE-SR have at least that."""
FLAT_DEVIATION = 1.5
"""In grey levels: a flat place where MSE-SR deviates less within `VARIANCE_WINDOW_PX`."""
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
        gan_detail, after_detail, mse_detail: the same by Sobel's kernels.
        edge_pixels: px of edges that GAN-SR and MSE-SR share.
        gan_edge, after_edge, mse_edge: magnitude of the gradient there, by Sobel's kernels.
        flat_pixels: px of flat places.
        gan_noise, after_noise, mse_noise: local deviation of the luma there, in grey levels.
    """

    pixels: int
    squared_error: float
    ssim: float
    gan_variance: float
    after_variance: float
    gan_gradient: float
    after_gradient: float
    mse_gradient: float
    gan_detail: float
    after_detail: float
    mse_detail: float
    edge_pixels: int
    gan_edge: float
    after_edge: float
    mse_edge: float
    flat_pixels: int
    gan_noise: float
    after_noise: float
    mse_noise: float


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
        detail_kept: the same of the gradient by Sobel's kernels, which count noise less.
        edges_kept: the same on edges that GAN-SR and MSE-SR share: detail that is there for sure.
        gan_noise, after_noise, mse_noise: mean local deviation on flat places, in grey levels:
            what is 'kept' of GAN-SR's there is no detail.
    """

    psnr: float | None
    ssim: float | None
    variance_ratio: float | None
    gan_sharpness: float | None
    after_sharpness: float | None
    mse_sharpness: float | None
    sharpness_kept: float | None
    detail_kept: float | None
    edges_kept: float | None
    gan_noise: float | None
    after_noise: float | None
    mse_noise: float | None


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
    variances = [compute_local_variance(luma, VARIANCE_WINDOW_PX) for luma in lumas]
    deviations = [np.sqrt(variance) for variance in variances]
    gradients = [compute_gradient(luma) for luma in lumas]
    sobels = [compute_sobel(luma) for luma in lumas]
    edges = outside & (np.minimum(sobels[0], sobels[2]) >= EDGE_GRADIENT)
    flat = outside & (deviations[2] < FLAT_DEVIATION)

    def add_up(values: NDArray[np.floating], where: Mask = outside) -> float:
        return float(values[where].sum(dtype=np.float64))

    return OutsideSums(
        pixels=int(np.count_nonzero(outside)),
        squared_error=add_up((difference * difference).mean(axis=2)),
        ssim=sum(add_up(compute_ssim(gan_sr[..., at], after[..., at])) for at in range(3)) / 3,
        gan_variance=add_up(variances[0]),
        after_variance=add_up(variances[1]),
        gan_gradient=add_up(gradients[0]),
        after_gradient=add_up(gradients[1]),
        mse_gradient=add_up(gradients[2]),
        gan_detail=add_up(sobels[0]),
        after_detail=add_up(sobels[1]),
        mse_detail=add_up(sobels[2]),
        edge_pixels=int(np.count_nonzero(edges)),
        gan_edge=add_up(sobels[0], edges),
        after_edge=add_up(sobels[1], edges),
        mse_edge=add_up(sobels[2], edges),
        flat_pixels=int(np.count_nonzero(flat)),
        gan_noise=add_up(deviations[0], flat),
        after_noise=add_up(deviations[1], flat),
        mse_noise=add_up(deviations[2], flat),
    )


def summarize_outside(sums: Iterable[OutsideSums]) -> OutsideFigures:
    """Return the figures of a set of images."""
    rows = [row for row in sums if row.pixels]
    if not rows:
        return OutsideFigures(**dict.fromkeys(field.name for field in fields(OutsideFigures)))
    total = OutsideSums(
        **{
            field.name: sum(getattr(row, field.name) for row in rows)
            for field in fields(OutsideSums)
        }
    )
    pixels, flat = total.pixels, total.flat_pixels
    before = total.gan_variance
    return OutsideFigures(
        psnr=_compute_psnr(total.squared_error / pixels),
        ssim=total.ssim / pixels,
        variance_ratio=total.after_variance / before if before else None,
        gan_sharpness=total.gan_gradient / pixels,
        after_sharpness=total.after_gradient / pixels,
        mse_sharpness=total.mse_gradient / pixels,
        sharpness_kept=_place(total.gan_gradient, total.after_gradient, total.mse_gradient),
        detail_kept=_place(total.gan_detail, total.after_detail, total.mse_detail),
        edges_kept=_place(total.gan_edge, total.after_edge, total.mse_edge),
        gan_noise=total.gan_noise / flat if flat else None,
        after_noise=total.after_noise / flat if flat else None,
        mse_noise=total.mse_noise / flat if flat else None,
    )


def _place(gan: float, after: float, mse: float) -> float | None:
    """Return where after stands between MSE-SR (0) and GAN-SR (1).

    None where the GAN is no sharper than its partner: there is nothing to keep then.
    """
    return (after - mse) / (gan - mse) if gan > mse else None


def _compute_psnr(mean_square: float) -> float:
    if mean_square == 0:
        return SAME_DB
    return min(SAME_DB, 10 * math.log10(255**2 / mean_square))
