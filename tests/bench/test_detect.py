"""What `bench detect` compares: the limits that do not depend on the machine."""

import numpy as np

from desra_studio.bench.detect import compute_naive_map, make_pair, measure_memory
from desra_studio.detection.artifact_map import compute_artifact_map


def test_the_fast_map_is_the_plain_one():
    gan, mse = make_pair(768)
    fast, plain = compute_artifact_map(gan, mse), compute_naive_map(gan, mse)
    assert np.abs(fast - plain).max() < 3e-3
    marked = plain < 0.7
    assert 0.01 < marked.mean() < 0.99, "the pair has artifacts to find"
    assert np.mean((fast < 0.7) != marked) <= 1e-4


def test_memory_stays_small():
    assert measure_memory(*make_pair(768)) < 12
