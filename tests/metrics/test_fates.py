"""What witnesses say became of components."""

import numpy as np
import pytest

from desra_studio.errors import InputError
from desra_studio.imaging.masks import find_components
from desra_studio.metrics.fates import (
    Evidence,
    Fate,
    Judgement,
    Rule,
    count_fates,
    describe_spot,
    find_new,
    judge_components,
    rank_witnesses,
    settle_fate,
)

SQUARES = [(5, 5), (5, 25), (25, 5), (25, 25)]


def make_squares(sizes):
    """A (40, 40) mask with a square of each size at its place."""
    mask = np.zeros((40, 40), bool)
    for (row, column), size in zip(SQUARES, sizes, strict=True):
        mask[row : row + size, column : column + size] = True
    return mask


def see(sizes, depths):
    """Evidence with squares of these sizes marked, and everywhere around them these depths."""
    depth = np.zeros((40, 40), np.float32)
    for (row, column), value in zip(SQUARES, depths, strict=True):
        depth[row : row + 10, column : column + 10] = value
    return Evidence(depth, make_squares(sizes))


ACCEPTED = find_components(make_squares([10] * 4))


def test_a_witness_whose_mask_decides():
    before = see([10, 10, 10, 0], [0.8] * 4)
    after = see([0, 6, 9, 0], [0.1, 0.7, 0.7, 0.7])
    gone, fainter, still, unseen = judge_components(ACCEPTED, before, after, Rule())
    assert (gone.fate, gone.area_left, gone.depth_left) == (Fate.GONE, 0, pytest.approx(0.125))
    assert (fainter.fate, fainter.area_left) == (Fate.FAINTER, pytest.approx(0.36))
    assert (still.fate, still.area_left) == (Fate.STILL_THERE, pytest.approx(0.81))
    assert unseen.fate is Fate.UNSEEN


def test_a_witness_with_a_limit():
    rule = Rule(gone_below=0.25)
    before, after = see([0] * 4, [0.8, 0.8, 0.8, 0.2]), see([0] * 4, [0.2, 0.5, 0.7, 0.9])
    judged = judge_components(ACCEPTED, before, after, rule)
    assert [one.fate for one in judged] == [
        Fate.GONE, Fate.FAINTER, Fate.STILL_THERE, Fate.UNSEEN,
    ]  # fmt: skip
    assert judged[1].depth_left == pytest.approx(0.625)


def test_a_witness_that_compares_with_what_was():
    rule = Rule(seen_from=0.1, gone_below=0.25, relative=True)
    before, after = see([0] * 4, [0.4, 8, 0.8, 0.05]), see([0] * 4, [0.09, 2.1, 0.7, 0])
    judged = judge_components(ACCEPTED, before, after, rule)
    assert [one.fate for one in judged] == [
        Fate.GONE, Fate.FAINTER, Fate.STILL_THERE, Fate.UNSEEN,
    ]  # fmt: skip


def test_sizes_must_agree():
    other = Evidence(np.zeros((40, 41), np.float32), np.zeros((40, 41), bool))
    with pytest.raises(InputError, match=r"40x40 px .* 41x40 px"):
        judge_components(ACCEPTED, see([0] * 4, [0] * 4), other, Rule())


def test_new_is_what_touches_nothing_known():
    after = make_squares([10, 10, 10, 10])
    new = find_new(after, make_squares([1, 0, 0, 0]), make_squares([0, 0, 3, 0]))
    assert (new == make_squares([0, 10, 0, 10])).all()


def test_the_centre_lies_on_the_component():
    mask = np.zeros((30, 30), bool)
    mask[5:25, 5:8] = mask[5:8, 5:25] = True  # an L, whose centre of mass lies beside it
    spot = describe_spot(find_components(mask), 0)
    x, y = spot.centre
    assert mask[y, x]
    assert (spot.box, spot.area) == ((5, 5, 20, 20), 20 * 3 + 17 * 3)


def say(**fates):
    return {name: Judgement(fate, 0, 0) for name, fate in fates.items()}


def test_the_strictest_untrained_witness_has_the_word():
    judged = [
        say(D=Fate.GONE, SSIM=Fate.FAINTER, LDL=Fate.GONE),
        say(D=Fate.STILL_THERE, SSIM=Fate.UNSEEN, LDL=Fate.GONE),
        say(D=Fate.STILL_THERE, SSIM=Fate.UNSEEN, LDL=Fate.UNSEEN),
        say(D=Fate.UNSEEN, SSIM=Fate.UNSEEN, LDL=Fate.UNSEEN),
    ]
    assert rank_witnesses(judged, ["D"]) == ["SSIM", "LDL", "D"]
    assert rank_witnesses(judged) == ["SSIM", "D", "LDL"]
    ranked = rank_witnesses(judged, ["D"])
    fates = [settle_fate(one, ranked) for one in judged]
    assert fates == [Fate.FAINTER, Fate.GONE, Fate.STILL_THERE, Fate.UNSEEN]
    counts = count_fates(fates, added=2)
    assert (counts.seen, counts.gone, counts.fainter, counts.still_there) == (3, 1, 1, 1)
    assert counts.removal_rate == pytest.approx(1 / 3)
    assert count_fates([Fate.UNSEEN]).removal_rate is None
    assert rank_witnesses([say(D=Fate.UNSEEN)]) == []
