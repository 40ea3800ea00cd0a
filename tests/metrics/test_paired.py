import numpy as np
import pytest

from desra_studio.errors import InputError
from desra_studio.metrics.paired import compare_pairs


def test_a_gain_in_every_image_is_above_zero():
    random = np.random.default_rng(1)
    second = random.uniform(0.2, 0.4, 12)
    told = compare_pairs(list(second + random.uniform(0.05, 0.15, 12)), list(second))
    assert told.images == 12
    assert 0 < told.interval.low < told.mean < told.interval.high


def test_a_difference_of_few_images_has_no_interval():
    assert compare_pairs([0.5] * 5, [0.4] * 5).interval is None
    told = compare_pairs([0.5] * 6, [0.4] * 6)
    assert told.interval.low == told.interval.high == pytest.approx(0.1)


def test_what_is_no_pairs_is_refused():
    for first, second in (([], []), ([0.1], [0.1, 0.2])):
        with pytest.raises(InputError, match="are no pairs"):
            compare_pairs(first, second)


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    random = np.random.default_rng(0)
    held = 0
    for _ in range(200):
        told = compare_pairs(list(random.normal(0.1, 0.1, 20)), [0.0] * 20)
        held += told.interval.low <= 0.1 <= told.interval.high
    assert 0.88 <= held / 200 <= 0.98
