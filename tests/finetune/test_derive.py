"""Training on with L1: when it validates, what on, and that the given model stays as it was."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch

from desra_studio.errors import CancelledError
from desra_studio.finetune.config import DeriveConfig
from desra_studio.finetune.derive import derive_mse, measure_psnr
from desra_studio.finetune.pairs import PairSource, cut_middle
from desra_studio.metrics.image_metrics import compute_psnr
from desra_studio.sr import upscale
from desra_studio.sr.upscale import upscale_image
from tests.factories.images import make_picture
from tests.factories.training import GENTLE

CPU = torch.device("cpu")
SHORT = DeriveConfig(max_iterations=7, check_every=5, batch=2, crop=64, learning_rate=2e-3, ema=0.5)


@pytest.fixture
def source():
    return PairSource([make_picture(seed=seed) for seed in (1, 2)], 4, GENTLE, pool_size=4)


def list_checks(generator, source, config):
    checks = []
    derive_mse(
        generator,
        source.draw_batches(2, 16, 0),
        source.make_pairs(0),
        config,
        CPU,
        lambda iteration, _loss, _psnr: checks.append(iteration),
    )
    return checks


def test_the_last_iteration_is_validated(generator, source):
    assert list_checks(generator, source, SHORT) == [5, 7]
    assert list_checks(generator, source, replace(SHORT, max_iterations=3)) == [3]
    assert list_checks(generator, source, replace(SHORT, max_iterations=5)) == [5]


def test_all_work_is_told_and_can_be_cancelled(generator, source):
    told = []

    def cancel(done, total, message):
        told.append((done, total, message))
        if done == 5 and message.startswith("Measuring the PSNR of image 2"):
            raise CancelledError("stop")

    with pytest.raises(CancelledError):
        derive_mse(
            generator,
            source.draw_batches(2, 16, 0),
            source.make_pairs(0),
            SHORT,
            CPU,
            lambda *_: None,
            cancel,
        )
    measured = [f"Measuring the PSNR of image {number} of 2" for number in (1, 2)]
    assert told == [
        *((0, 7, message) for message in measured),
        *((done, 7, f"Iteration {done + 1}, at most 7") for done in range(5)),
        *((5, 7, message) for message in measured),
    ]


def test_one_upscaler_in_fp32_measures_all_pairs(generator, source, monkeypatch):
    pairs = source.make_pairs(0)
    wanted = np.mean([compute_psnr(upscale_image(generator, lr, CPU), hr) for lr, hr in pairs])
    made = []
    original = upscale.Upscaler.__init__

    def note(self, *arguments, **options):
        made.append(options)
        original(self, *arguments, **options)

    monkeypatch.setattr(upscale.Upscaler, "__init__", note)
    assert measure_psnr(generator, pairs, CPU) == pytest.approx(wanted)
    assert made == [{"precision": "fp32"}]


def test_the_given_network_is_not_run(generator, source):
    # What runs is moved to the device; only a network that is not run surely stays where it is.
    module = copy.deepcopy(generator.module).train()

    def refuse(*_):
        raise AssertionError("The given network ran")

    given = replace(generator, module=module)
    copied = copy.deepcopy(module)
    # A copy made later would refuse as well.
    module.__deepcopy__ = lambda _: copied
    module.register_forward_pre_hook(refuse)
    assert list_checks(given, source, replace(SHORT, max_iterations=2)) == [2]
    assert module.training


@pytest.mark.parametrize(("height", "width"), [(128, 160), (132, 92), (60, 300)])
def test_middles_of_lr_and_hr_show_the_same(height, width):
    lr = make_picture(height // 4, width // 4)
    hr = np.kron(lr, np.ones((4, 4, 1), np.uint8))
    small, large = cut_middle(lr, 1, 20), cut_middle(hr, 4, 20)
    assert small.shape[:2] == (min(height // 4, 20), min(width // 4, 20))
    assert np.array_equal(np.kron(small, np.ones((4, 4, 1), np.uint8)), large)
    left = (lr.shape[1] - small.shape[1]) // 2
    top = (lr.shape[0] - small.shape[0]) // 2
    assert np.array_equal(small, lr[top : top + small.shape[0], left : left + small.shape[1]])
