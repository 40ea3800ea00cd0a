"""What a plan of tiles promises, whatever the image."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from desra_studio.sr.tiles import (
    FEATHER_PX,
    OVERLAP_PX,
    Cuts,
    TilePlan,
    find_overlap,
    find_smallest_tile,
    plan_side,
    share_side,
)


@st.composite
def sides(draw):
    """A side, and how it may be cut: (length, largest, multiple, minimum)."""
    multiple = draw(st.sampled_from([1, 2, 4, 7, 8, 16]))
    minimum = draw(st.integers(1, 200))
    smallest = find_smallest_tile(multiple, minimum)
    largest = smallest + multiple * draw(st.integers(0, 40))
    length = multiple * draw(st.integers(1, 2000 // multiple))
    return length, largest, multiple, minimum


@given(sides())
def test_tiles_cover_the_side(side):
    length, largest, multiple, minimum = side
    cuts = plan_side(*side)
    assert cuts.tile <= largest
    assert cuts.starts[0] == 0
    assert cuts.starts[-1] + cuts.tile == length
    if len(cuts.starts) > 1:
        assert cuts.tile >= minimum
    assert cuts.tile % multiple == 0
    assert all(start % multiple == 0 for start in cuts.starts)
    steps = np.diff(cuts.starts)
    assert np.all(steps > 0)
    assert np.all(steps <= cuts.tile - 2 * find_overlap(multiple))
    assert np.ptp(steps) <= multiple if len(steps) else True


@given(sides(), st.integers(1, 4))
def test_weights_sum_to_one_and_keep_away_from_cuts(side, scale):
    length = side[0]
    cuts = plan_side(*side)
    total = np.zeros(length * scale, np.float32)
    away = scale * (OVERLAP_PX - FEATHER_PX)
    for index, share in enumerate(share_side(cuts, scale)):
        assert share.weights.dtype == np.float32
        assert share.weights.min() >= 0
        total[share.target] += share.weights
        start = scale * cuts.starts[index]
        assert share.target == slice(share.inside.start + start, share.inside.stop + start)
        if index > 0:
            assert share.inside.start >= away
        if index < len(cuts.starts) - 1:
            assert share.inside.stop <= scale * cuts.tile - away
    assert np.all(total == 1)


def test_a_small_image_is_one_tile():
    assert plan_side(64, 80) == Cuts(64, (0,))
    (share,) = share_side(Cuts(3, (0,)), 2)
    assert np.all(share.weights == np.ones(6, np.float32))


def test_tiles_are_no_larger_than_they_have_to_be():
    assert plan_side(100, 90) == Cuts(70, (0, 30))
    assert plan_side(1024, 320) == Cuts(286, (0, 246, 492, 738))


def test_a_share_fades_into_the_next():
    first, second = share_side(plan_side(100, 90), 1)
    assert first.weights[-5:].tolist() == [1, 0.875, 0.625, 0.375, 0.125]
    assert second.weights[:5].tolist() == [0.125, 0.375, 0.625, 0.875, 1]


def test_places_are_in_reading_order():
    plan = TilePlan(plan_side(64, 80), plan_side(100, 90))
    assert plan.places == [(0, 0), (0, 1)]
    assert plan.longest == 70
