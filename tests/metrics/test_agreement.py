"""Alpha against published figures, and which regions two annotators are compared on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from desra_studio.errors import InputError
from desra_studio.metrics.agreement import (
    ImageAgreement,
    compare_annotations,
    compare_annotators,
    compute_alpha,
)
from tests.factories.masks import mark_boxes

N = np.nan

RATINGS = arrays(
    float,
    st.tuples(st.integers(1, 5), st.integers(1, 12)),
    elements=st.sampled_from([0.0, 1.0, 2.0, N]),
)


def count_alpha_by_pairs(ratings):
    """Compute alpha from its meaning: disagreeing pairs within units, over those among all."""
    units = [unit[~np.isnan(unit)].tolist() for unit in ratings.T]
    units = [unit for unit in units if len(unit) > 1]
    values = [value for unit in units for value in unit]
    observed = sum(sum(a != b for a in unit for b in unit) / (len(unit) - 1) for unit in units)
    expected = sum(a != b for a in values for b in values)
    return 1 - observed * (len(values) - 1) / expected if expected else None


def test_alpha_of_four_observers_and_twelve_units():
    # Krippendorff 2011, section C: nominal alpha 0.743.
    ratings = np.array(
        [
            [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
            [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
            [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
            [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
        ]
    )
    assert compute_alpha(ratings) == pytest.approx(0.743, abs=5e-4)


def test_alpha_of_two_observers_and_two_values():
    # Krippendorff 2011, section A: alpha 0.095.
    ratings = np.array(
        [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]], dtype=float
    )
    assert compute_alpha(ratings) == pytest.approx(0.095, abs=5e-4)


@given(RATINGS)
def test_alpha_agrees_with_counting_pairs(ratings):
    expected = count_alpha_by_pairs(ratings)
    alpha = compute_alpha(ratings)
    assert (alpha is None) == (expected is None)
    if expected is not None:
        assert alpha == pytest.approx(expected, abs=1e-9)


@given(RATINGS, st.randoms(use_true_random=False))
def test_alpha_knows_neither_order_nor_names(ratings, random):
    order = random.sample(range(len(ratings)), len(ratings))
    assert compute_alpha(ratings[order]) == pytest.approx(compute_alpha(ratings))
    assert compute_alpha(7 - 2 * ratings) == pytest.approx(compute_alpha(ratings))


@pytest.mark.parametrize(
    "ratings",
    [
        np.empty((2, 0)),
        np.full((2, 3), N),
        np.array([[1, N, 0], [N, 1, N]]),
        np.ones((3, 4)),
    ],
    ids=["no-units", "no-ratings", "no-pairs", "no-variation"],
)
def test_alpha_without_variation_is_none(ratings):
    assert compute_alpha(ratings) is None


def test_alpha_bounds():
    same = np.array([[0, 1, 1, 0], [0, 1, 1, 0]], dtype=float)
    assert compute_alpha(same) == 1
    assert compute_alpha(np.array([[0.0, 1.0], [1.0, 0.0]])) == pytest.approx(-0.5)
    random = np.random.default_rng(0).integers(0, 2, (2, 20_000)).astype(float)
    assert compute_alpha(random) == pytest.approx(0, abs=0.02)
    with pytest.raises(InputError, match=r"\(3,\)"):
        compute_alpha(np.ones(3))


def test_regions_are_those_pointed_out():
    first = mark_boxes((10, 10, 10, 10), (40, 10, 8, 8))
    second = mark_boxes((10, 10, 10, 8), (10, 40, 8, 8))
    # Proposed: what both took, what only the first took, and two that both left out.
    proposed = mark_boxes((10, 10, 9, 9), (40, 10, 8, 8), (30, 30, 4, 4), (45, 45, 5, 5))
    assert compare_annotations(first, second, proposed) == ImageAgreement(
        iou=80 / (100 + 64 + 64),
        empty_both=False,
        both=1,
        first_only=1,
        second_only=1,
        neither=2,
        proposed=4,
    )


def test_half_of_a_region_is_a_yes():
    whole = mark_boxes((10, 10, 10, 10))
    half = compare_annotations(whole, mark_boxes((10, 10, 10, 5)), None)
    assert (half.both, half.first_only) == (1, 0)
    less = compare_annotations(whole, mark_boxes((10, 10, 10, 4)), None)
    assert (less.both, less.first_only, less.second_only) == (0, 1, 0)
    assert compare_annotations(mark_boxes((10, 10, 10, 4)), whole, None).second_only == 1


def test_proposal_that_was_touched_counts_once():
    proposed = mark_boxes((10, 10, 20, 20))
    touched = compare_annotations(mark_boxes((10, 10, 3, 3)), mark_boxes(), proposed)
    assert (touched.first_only, touched.neither, touched.proposed) == (1, 0, 1)


def test_border_is_left_out():
    border = mark_boxes((0, 0, 60, 4))
    image = compare_annotations(border, mark_boxes(), border)
    assert (image.empty_both, image.iou, image.proposed, image.first_only) == (True, 1, 0, 0)


def test_set_adds_up():
    images = [
        ImageAgreement(0.5, False, 3, 1, 0, 2, 5),
        ImageAgreement(1.0, True, 0, 0, 0, 3, 3),
        ImageAgreement(0.0, False, 0, 0, 1, 0, 0),
    ]
    total = compare_annotators(images)
    assert (total.images, total.empty_both, total.iou) == (3, 1, 0.5)
    assert (total.both, total.first_only, total.second_only, total.neither) == (3, 1, 1, 5)
    ratings = np.array([[1] * 3 + [1] + [0] + [0] * 5, [1] * 3 + [0] + [1] + [0] * 5], dtype=float)
    assert total.alpha == pytest.approx(count_alpha_by_pairs(ratings))


def test_alpha_needs_proposals():
    marks = [ImageAgreement(0.9, False, 9, 1, 0, 0, 0)]
    assert compare_annotators(marks).alpha is None
    # The same marks with proposals, all of them taken by somebody: there was a no to be said.
    proposed = [ImageAgreement(0.9, False, 9, 1, 0, 0, 8)]
    assert compare_annotators(proposed).alpha == pytest.approx(0)
    agreed = [ImageAgreement(0.9, False, 9, 1, 0, 10, 18)]
    assert compare_annotators(agreed).alpha > 0.85


def test_nobody_and_nothing():
    total = compare_annotators([])
    assert (total.images, total.iou, total.alpha) == (0, None, None)
    empty = compare_annotators([compare_annotations(mark_boxes(), mark_boxes(), None)])
    assert (empty.iou, empty.empty_both, empty.alpha) == (1, 1, None)


def test_refuses_other_sizes():
    with pytest.raises(InputError, match="40x40"):
        compare_annotations(mark_boxes(), mark_boxes(size=40), None)
    with pytest.raises(InputError, match="40x40"):
        compare_annotations(mark_boxes(), mark_boxes(), mark_boxes(size=40))
