"""The fine-tuning benchmark on a small scale: both loops take the same steps, all is timed."""

from dataclasses import replace

import pytest
import torch

from desra_studio.bench.finetune import (
    PlainLoop,
    Setting,
    list_settings,
    make_perceptual,
    make_samples,
    time_setting,
)
from desra_studio.finetune.trainer import Helpers, finetune_generator
from desra_studio.sr.loader import build_generator
from tests.factories.networks import CPU, make_compact
from tests.factories.training import TINY


@pytest.fixture
def generator():
    return build_generator(make_compact(), "small")


def test_both_loops_learn_the_same(generator):
    config = replace(TINY, adversarial_weight=0.0, perceptual_weight=1.0, inside_weight=3.0)
    samples, perceptual, told = make_samples(4), make_perceptual(), []
    finetune_generator(
        generator, samples, config, CPU, lambda _, losses: told.append(dict(losses)),
        Helpers(perceptual=perceptual),
    )  # fmt: skip
    plain = PlainLoop(generator, samples, config, CPU, perceptual)
    for losses in told:
        assert plain.run_step() == pytest.approx(losses, rel=1e-3)


def test_a_setting_is_timed(generator):
    figures = time_setting(Setting(generator, TINY), CPU, turns=1, turn_seconds=0.01)
    assert (figures["batch"], figures["crop"]) == (2, 32)
    assert figures["ratio"] == pytest.approx(figures["ours"] / figures["plain"], rel=0.05)
    assert 0 < figures["data_share"] < 1
    assert figures["watch_share"] > 0


def test_what_is_timed_on_a_gpu_is_the_preset():
    paper = list_settings(torch.device("cuda"))["paper"]
    assert (paper.config.batch, paper.config.crop) == (12, 256)
    assert paper.generator.architecture == "ESRGAN"
    assert 16e6 < paper.generator.parameters < 17e6
