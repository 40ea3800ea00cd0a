import numpy as np
import pytest

from desra_studio.study.simulation import (
    Setting,
    compute_truth,
    measure_coverage,
    simulate_studies,
)


def test_the_truth_is_the_mean_over_all_that_there_could_be():
    setting = Setting(voters=400, images=400)
    shares = [wins.mean() for wins in simulate_studies(setting, 30, seed=1)]
    assert np.mean(shares) == pytest.approx(compute_truth(setting), abs=0.02)
    assert compute_truth(Setting(centre=0.5)) == pytest.approx(0.5)


def test_the_two_way_interval_holds_the_truth_and_the_naive_one_does_not():
    # 20 voters x 20 images with effects of both, 400 studies of a fixed seed.
    found = measure_coverage(Setting(), repeats=400, resamples=500)
    assert 0.92 <= found.two_way <= 0.98
    assert found.wilson < 0.75


def test_the_same_seed_gives_the_same_figures():
    setting = Setting(voters=6, images=6)
    assert measure_coverage(setting, repeats=5) == measure_coverage(setting, repeats=5)
