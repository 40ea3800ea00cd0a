"""Components before against components after, by one mask each."""

import numpy as np

from desra_studio.metrics.regression import compare_masks


def test_what_is_touched_has_not_gone():
    before, after = np.zeros((2, 60, 60), bool)
    before[5:15, 5:15] = True  # goes
    before[20:40, 20:40] = True
    after[38:45, 38:45] = True  # touches it
    after[50:55, 2:6] = True  # was not there
    counts = compare_masks(before, after)
    assert (counts.removed, counts.remaining, counts.added) == (1, 1, 1)
