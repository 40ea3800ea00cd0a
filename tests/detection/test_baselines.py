"""LDL-style map and local SSIM against direct implementations and values found by hand."""

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from desra_studio.detection.ldl import LDL, compute_ldl_map
from desra_studio.detection.ssim import compute_ssim_map
from desra_studio.errors import InputError
from tests.factories.images import make_pair

BOTH = pytest.mark.parametrize("compute", [compute_ldl_map, compute_ssim_map])
SQUARE = np.s_[20:60, 20:60]


def make_flat(value, size=(32, 40)):
    return np.full((*size, 3), value, np.uint8)


def make_noise(seed, size=(37, 45)):
    return np.random.default_rng(seed).integers(0, 256, (*size, 3), dtype=np.uint8)


def compute_ldl_directly(gan, mse):
    residual = np.abs(mse / 255 - gan / 255).sum(axis=2)
    windows = sliding_window_view(np.pad(residual, 3, mode="reflect"), (7, 7))
    return windows.var(axis=(2, 3), ddof=1) * residual.var(ddof=1) ** 0.2


def compute_ssim_directly(gan, mse):
    offsets = np.arange(11) - 5
    line = np.exp(-(offsets**2) / (2 * 1.5**2))
    weights = np.outer(line, line) / line.sum() ** 2
    maps = []
    for channel in range(3):
        x, y = (
            sliding_window_view(
                np.pad(image[:, :, channel].astype(np.float64), 5, mode="reflect"), (11, 11)
            )
            for image in (gan, mse)
        )

        def average(windows):
            return np.einsum("ijkl,kl->ij", windows, weights)

        m_x, m_y = average(x), average(y)
        d_x, d_y = x - m_x[:, :, None, None], y - m_y[:, :, None, None]
        maps.append(
            (2 * m_x * m_y + 6.5025)
            * (2 * average(d_x * d_y) + 58.5225)
            / ((m_x**2 + m_y**2 + 6.5025) * (average(d_x**2) + average(d_y**2) + 58.5225))
        )
    return np.mean(maps, axis=0)


@pytest.mark.parametrize("seed", range(3))
def test_ldl_agrees_with_a_direct_implementation(seed):
    gan, mse = make_noise(seed), make_noise(seed + 10)
    assert np.allclose(compute_ldl_map(gan, mse), compute_ldl_directly(gan, mse), rtol=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_ssim_agrees_with_a_direct_implementation(seed):
    gan, mse = make_noise(seed), make_noise(seed + 10)
    nearly = (gan // 2 + mse // 2).astype(np.uint8)
    for other in (mse, nearly):
        expected = compute_ssim_directly(gan, other)
        assert np.abs(compute_ssim_map(gan, other) - expected).max() < 1e-4


def test_ldl_of_a_constant_difference_is_zero():
    gan = make_noise(0) // 2
    assert np.all(compute_ldl_map(gan, gan) == 0)
    assert np.all(compute_ldl_map(gan + np.uint8(100), gan) == 0)


def test_ldl_of_one_pixel():
    # R is 0.6 in one of n pixels: an unbiased variance of 0.36 / 49 where its square holds it
    # (49 px), 0.36 / n over the image, n = 32 * 40.
    gan, mse = make_flat(100), make_flat(100)
    gan[16, 20] = 100 + 51
    ldl = compute_ldl_map(gan, mse)
    expected = np.zeros((32, 40))
    expected[13:20, 17:24] = 0.36 / 49 * (0.36 / 1280) ** 0.2
    assert np.allclose(ldl, expected, rtol=1e-5, atol=0)


def test_ldl_keeps_its_precision_on_large_residuals():
    # White against black but for one grey level in one pixel: R is 3 nearly everywhere.
    gan, mse = make_flat(255), make_flat(0)
    gan[16, 20, 0] = 254
    step = 1 / 255**2
    expected = step / 49 * (step / 1280) ** 0.2
    assert compute_ldl_map(gan, mse)[16, 20] == pytest.approx(expected, rel=1e-5)
    assert compute_ldl_map(gan, mse).min() == 0


def test_ssim_of_flat_images():
    ssim = compute_ssim_map(make_flat(100), make_flat(50))
    assert np.allclose(ssim, (2 * 100 * 50 + 6.5025) / (100**2 + 50**2 + 6.5025), atol=1e-5)
    assert np.allclose(compute_ssim_map(make_flat(0), make_flat(255)), 1e-4, atol=1e-6)


def test_ssim_of_the_same_and_of_the_opposite():
    noise = make_noise(0)
    assert np.allclose(compute_ssim_map(noise, noise), 1, atol=1e-5)
    opposite = compute_ssim_map(noise, 255 - noise)
    assert opposite.max() < 0
    assert opposite.min() >= -1


def test_ssim_sees_a_shift_of_colour_alone():
    gan, mse = make_flat(0), make_flat(0)
    gan[..., 0], mse[..., 0] = 200, 100
    gan[..., 2], mse[..., 2] = 100, 200
    ssim = compute_ssim_map(gan, mse)
    channel = (2 * 100 * 200 + 6.5025) / (100**2 + 200**2 + 6.5025)
    assert np.allclose(ssim, (1 + 2 * channel) / 3, atol=1e-5)


def test_a_noisy_square_is_found():
    gan, mse = make_pair((96, 96))
    outside = np.ones((96, 96), bool)
    outside[12:68, 12:68] = False
    ldl, ssim = compute_ldl_map(gan, mse), compute_ssim_map(gan, mse)
    assert (ldl[SQUARE] > LDL.threshold).mean() > 0.9
    assert (ldl[outside] == 0).all()
    assert (ssim[SQUARE] < 0.4).mean() > 0.9
    assert ssim[outside].min() > 0.999


@BOTH
def test_shape_type_and_determinism(compute):
    gan, mse = make_noise(1, (11, 64)), make_noise(2, (11, 64))
    result = compute(gan, mse)
    assert result.shape == (11, 64)
    assert result.dtype == np.float32
    assert np.isfinite(result).all()
    assert np.array_equal(result, compute(gan, mse))
    assert np.array_equal(result, compute(gan[:, ::-1][:, ::-1], mse)), "views are taken, too"


@BOTH
@pytest.mark.parametrize(
    ("gan", "mse", "says"),
    [
        (make_flat(0, (20, 20)), make_flat(0, (20, 21)), "21x20"),
        (make_flat(0)[:, :, 0], make_flat(0), r"\(H, W, 3\)"),
        (make_flat(0).astype(np.float32), make_flat(0), "float32"),
        (make_flat(0), make_flat(0)[..., :1], "MSE-SR must be"),
        (make_flat(0, (20, 6)), make_flat(0, (20, 6)), "6x20 px, smaller than the window"),
    ],
)
def test_refuses(compute, gan, mse, says):
    with pytest.raises(InputError, match=says):
        compute(gan, mse)
