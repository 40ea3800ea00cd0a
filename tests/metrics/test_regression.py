"""What became of every component."""

import numpy as np

from desra_studio.metrics.regression import Fate, compare_masks, judge_components


def test_fates_of_components():
    before, after = np.zeros((2, 60, 60), bool)
    before[5:15, 5:15] = True  # goes
    before[20:40, 20:40] = True
    after[38:45, 38:45] = True  # touches it
    after[50:55, 2:6] = True  # was not there
    fixed, unchanged, new = judge_components(before, after)
    assert (fixed.fate, fixed.box, fixed.area) == (Fate.FIXED, (5, 5, 10, 10), 100)
    assert (unchanged.fate, unchanged.box) == (Fate.UNCHANGED, (20, 20, 20, 20))
    assert (new.fate, new.box, new.area) == (Fate.NEW, (2, 50, 4, 5), 20)
    counts = compare_masks(before, after)
    assert (counts.removed, counts.remaining, counts.added) == (1, 1, 1)


def test_the_centre_lies_on_the_component():
    before, after = np.zeros((2, 30, 30), bool)
    before[5:25, 5:8] = before[5:8, 5:25] = True  # an L, whose centre of mass lies beside it
    (only,) = judge_components(before, after)
    x, y = only.centre
    assert before[y, x]
