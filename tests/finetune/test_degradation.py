"""LR images made from HR images: sizes, seeds, limits, and that they are where they should be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desra_studio.errors import InputError
from desra_studio.finetune.degradation import (
    DegradationRanges,
    crop_to_multiple,
    degrade_image,
)
from desra_studio.finetune.pairs import PairSource
from desra_studio.imaging.io import resize_bicubic
from desra_studio.metrics.image_metrics import compute_psnr
from tests.factories.images import make_pair, make_picture
from tests.factories.training import GENTLE


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), scale=st.sampled_from([2, 4]), width=st.integers(4, 40))
def test_sizes_and_seeds(seed, scale, width):
    hr = make_picture(96, width * 4, seed)
    lr = degrade_image(hr, scale, np.random.default_rng(seed))
    assert lr.shape == (96 // scale, width * 4 // scale, 3)
    assert lr.dtype == np.uint8
    assert np.array_equal(lr, degrade_image(hr, scale, np.random.default_rng(seed)))


@pytest.mark.parametrize("seed", range(6))
def test_what_is_seen_stays_in_its_place(seed):
    hr = make_picture(seed=seed)
    lr = degrade_image(hr, 4, np.random.default_rng(seed), GENTLE)
    wanted = resize_bicubic(hr, (40, 32))
    shifted = np.roll(wanted, 1, axis=1)
    assert compute_psnr(lr, wanted) > compute_psnr(lr, shifted) + 5


def test_worse_settings_give_worse_images():
    hr = make_picture()
    clean = resize_bicubic(hr, (40, 32))

    def measure(**ranges):
        made = DegradationRanges(**{**vars(GENTLE), **ranges})
        return np.mean(
            [
                compute_psnr(degrade_image(hr, 4, np.random.default_rng(seed), made), clean)
                for seed in range(5)
            ]
        )

    best = measure()
    assert measure(blur_sigma=(6, 6)) < best - 1
    assert measure(noise_share=1, noise_sigma=(20, 20)) < best - 1
    assert measure(jpeg_share=1, jpeg_quality=(10, 10)) < best - 1


def test_refuses_what_does_not_divide():
    with pytest.raises(InputError, match="95x96 px has a side that is not a multiple of 4"):
        degrade_image(make_pair((96, 95))[0], 4, np.random.default_rng(0))
    assert crop_to_multiple(make_pair((99, 97))[0], 4).shape == (96, 96, 3)
    with pytest.raises(InputError, match="2x2 px is too small"):
        crop_to_multiple(np.zeros((2, 2, 3), np.uint8), 4)


def test_batches_are_pairs():
    source = PairSource([make_picture(seed=1), make_picture(seed=2)], 4, GENTLE, pool_size=6)
    batches = source.draw_batches(batch=4, lr_crop=16, seed=3)
    again = source.draw_batches(batch=4, lr_crop=16, seed=3)
    for _ in range(8):
        lr, hr = next(batches)
        assert (tuple(lr.shape), tuple(hr.shape)) == ((4, 3, 16, 16), (4, 3, 64, 64))
        reduced = hr.reshape(4, 3, 16, 4, 16, 4).mean((3, 5))
        assert (lr - reduced).abs().mean() < 0.6 * (lr - reduced.flip(3)).abs().mean()
        same_lr, same_hr = next(again)
        assert lr.equal(same_lr)
        assert hr.equal(same_hr)


def test_pairs_to_validate_on_are_fixed():
    source = PairSource([make_picture()], 4)
    [(lr, hr)] = source.make_pairs(seed=1, longest_px=20)
    assert (lr.shape, hr.shape) == ((20, 20, 3), (80, 80, 3))
    assert np.array_equal(lr, source.make_pairs(seed=1, longest_px=20)[0][0])


def test_refuses_images_too_small_to_reduce():
    with pytest.raises(InputError, match=r"60x60 px is too small.*64 px or more"):
        PairSource([make_picture(60, 60)], 4)
