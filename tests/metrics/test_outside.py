"""What fine-tuning changed outside the masks."""

import math

import cv2
import numpy as np
import pytest

from desra_studio.errors import InputError
from desra_studio.metrics.image_metrics import compute_psnr
from desra_studio.metrics.outside import (
    SAME_DB,
    OutsideFigures,
    mark_outside,
    measure_outside,
    summarize_outside,
)

EVERYWHERE = np.ones((64, 80), bool)


@pytest.fixture
def images():
    """GAN-SR with grain, and a smooth MSE-SR."""
    random = np.random.default_rng(0)
    mse = np.full((64, 80, 3), 120.0)
    gan = mse + random.normal(0, 10, mse.shape)
    return gan.clip(0, 255).astype(np.uint8), mse.astype(np.uint8)


def summarize(gan, after, mse, outside=EVERYWHERE):
    return summarize_outside([measure_outside(gan, after, mse, outside)])


def test_the_same_image_has_lost_nothing(images):
    gan, mse = images
    figures = summarize(gan, gan, mse)
    assert figures.psnr == SAME_DB
    assert figures.ssim == pytest.approx(1, abs=1e-6)
    assert figures.variance_ratio == 1
    assert figures.sharpness_kept == 1


def test_an_mse_model_has_kept_nothing(images):
    gan, mse = images
    figures = summarize(gan, mse, mse)
    assert figures.variance_ratio == pytest.approx(0, abs=1e-9)
    assert figures.sharpness_kept == pytest.approx(0, abs=1e-6)
    assert figures.ssim < 0.5


def test_half_the_grain_is_a_quarter_of_the_variance(images):
    gan, mse = images
    half = np.rint((gan.astype(float) + mse) / 2).astype(np.uint8)
    figures = summarize(gan, half, mse)
    assert figures.variance_ratio == pytest.approx(0.25, abs=0.02)
    assert figures.sharpness_kept == pytest.approx(0.5, abs=0.02)
    assert figures.psnr == pytest.approx(compute_psnr(gan, half))


def test_edges_and_noise_are_told_apart():
    """A softened edge under the same grain: noise is kept, the edge is not."""
    random = np.random.default_rng(0)
    step = np.repeat(np.where(np.arange(80) < 40, 60.0, 180.0)[None], 64, 0)
    soft = cv2.GaussianBlur(step, (0, 0), 3)
    grain = random.normal(0, 4, step.shape)

    def paint(luma):
        return np.repeat(luma[..., None], 3, 2).clip(0, 255).round().astype(np.uint8)

    gan, mse = paint(step + grain), paint(soft)
    grained = summarize(gan, paint(soft + grain), mse)
    crisp = summarize(gan, paint(step), mse)
    assert grained.edges_kept < 0.1
    assert crisp.edges_kept > 0.9
    assert grained.after_noise == pytest.approx(grained.gan_noise, rel=0.05)
    assert crisp.after_noise < 0.5 < 3 < crisp.gan_noise
    assert grained.sharpness_kept > 0.5, "which counts the grain as sharpness"
    assert grained.detail_kept < grained.sharpness_kept


def test_what_lies_inside_does_not_count(images):
    gan, mse = images
    mask = np.zeros((64, 80), bool)
    mask[20:40, 20:40] = True
    after = gan.copy()
    after[mask] = mse[mask]
    outside = mark_outside(mask, 2.0)
    assert not outside[13:47, 30].any(), "7 px on each side"
    assert outside[12, 30]
    assert outside[47, 30]
    figures = summarize(gan, after, mse, outside)
    assert figures.psnr == SAME_DB
    assert figures.variance_ratio == pytest.approx(1, abs=1e-9), "no window sees the inside"
    assert summarize(gan, after, mse).psnr < SAME_DB


def test_a_px_counts_the_same_in_every_image(images):
    gan, mse = images
    few = np.zeros((64, 80), bool)
    few[0, :10] = True
    rows = [measure_outside(gan, gan, mse, EVERYWHERE), measure_outside(gan, mse, mse, few)]
    pixels = EVERYWHERE.size + 10
    error = float(((gan.astype(float) - mse)[0, :10] ** 2).mean()) * 10 / pixels
    assert summarize_outside(rows).psnr == pytest.approx(10 * math.log10(255**2 / error))


def test_no_px_outside_gives_no_figure(images):
    gan, mse = images
    nowhere = np.zeros((64, 80), bool)
    nothing = OutsideFigures(*[None] * 12)
    assert summarize(gan, mse, mse, nowhere) == summarize_outside([]) == nothing


def test_a_flat_gan_has_no_ratio(images):
    _, mse = images
    figures = summarize(mse, mse, mse)
    assert (figures.variance_ratio, figures.sharpness_kept) == (None, None)


def test_refuses_sizes_that_differ(images):
    gan, mse = images
    with pytest.raises(InputError, match="the fine-tuned output is 80x63 px"):
        measure_outside(gan, gan[1:], mse, EVERYWHERE)
    with pytest.raises(InputError, match="the mask is 80x60 px"):
        measure_outside(gan, gan, mse, EVERYWHERE[:60])
