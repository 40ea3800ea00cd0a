"""Settings of trainings: rates by iteration, and names from before."""

from dataclasses import asdict, replace

import pytest

from desra_studio.errors import InputError
from desra_studio.finetune.checkpoints import check_same_training
from desra_studio.finetune.config import PAPER, compute_rate, rename_weights

CONFIG = replace(PAPER, iterations=100, learning_rate=1e-3, warm_up=10, decay=0.5)


def test_the_rate_rises_stays_and_falls():
    rates = {iteration: compute_rate(CONFIG, iteration) for iteration in (1, 10, 51, 76, 100)}
    assert rates == pytest.approx({1: 1e-4, 10: 1e-3, 51: 1e-3, 76: 5e-4, 100: 2e-5})
    assert compute_rate(replace(CONFIG, warm_up=0, decay=0.0), 100) == 1e-3
    assert compute_rate(replace(CONFIG, warm_up=0, decay=1.0), 1) == 1e-3


def test_the_weight_of_the_outside_is_one_of_the_inside():
    stored = {"outside_weight": 20.0, "batch": 8}
    renamed = {"batch": 8, "inside_weight": 0.05, "contrast_inside_weight": 0.05}
    assert rename_weights(stored) == renamed
    assert rename_weights(renamed) == renamed


def test_a_checkpoint_from_before_a_setting_goes_on():
    config = replace(PAPER, inside_weight=0.05, contrast_inside_weight=0.05)
    stored = asdict(config)
    for name in ("decay", "inside_weight", "contrast_inside_weight"):
        del stored[name]
    state = {"config": stored | {"outside_weight": 20.0}, "digest": "of it", "iteration": 3}
    check_same_training(state, config, "of it")
    with pytest.raises(InputError, match=r"made with decay 0\.0, not 0\.5"):
        check_same_training(state, replace(config, decay=0.5), "of it")
    with pytest.raises(InputError, match=r"made with inside_weight 0\.05, not 10"):
        check_same_training(state, replace(config, inside_weight=10.0), "of it")
