"""Regions that were not picked are neither held against the detector nor counted for it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from desra_studio.errors import InputError
from desra_studio.imaging.masks import find_components
from desra_studio.metrics.mask_metrics import ImageScore, score_image
from desra_studio.metrics.region_filters import score_regions
from tests.factories.masks import mark_boxes

# Kept is A, 10x10 at (10, 10); ignored is B, 10x10 at (35, 10).
A, B = (10, 10, 10, 10), (35, 10, 10, 10)
MANUAL = mark_boxes(A, B)
KEEP_A = np.array([True, False])

MASKS = arrays(bool, (18, 18))


def test_ignored_region_is_not_missed():
    assert score_regions(mark_boxes(A), MANUAL, KEEP_A) == ImageScore(1.0, False, 1, 1, 1, 1)
    assert score_regions(None, MANUAL, KEEP_A) == ImageScore(0.0, False, 0, 0, 1, 0)


def test_finding_an_ignored_region_is_neither_right_nor_wrong():
    # A dilated detection of B: 100 px of 144 in it.
    prediction = mark_boxes(A, (34, 9, 12, 12))
    assert score_regions(prediction, MANUAL, KEEP_A) == ImageScore(1.0, False, 1, 1, 1, 1)


def test_half_in_ignored_is_not_judged_and_less_is():
    half = score_regions(mark_boxes((40, 10, 10, 10)), MANUAL, KEEP_A)
    assert (half.detected, half.detected_hits, half.iou) == (0, 0, 0)
    less = score_regions(mark_boxes(A, (41, 10, 10, 10)), MANUAL, KEEP_A)
    # 40 px of the second lie in B; its other 60 are wrong, and in the union.
    assert (less.detected, less.detected_hits) == (2, 1)
    assert less.iou == pytest.approx(100 / 160)


def test_area_in_ignored_regions_is_not_held_against_a_detection():
    # 40 px in the kept region, 40 in the ignored, 10 between: 40 of the 50 to judge are right.
    manual = mark_boxes((10, 10, 4, 10), (15, 10, 4, 10))
    prediction = mark_boxes((10, 10, 9, 10))
    assert score_regions(prediction, manual, KEEP_A) == ImageScore(
        iou=40 / 50, empty_both=False, detected=1, detected_hits=1, manual=1, manual_hits=1
    )


def test_detection_split_by_an_ignored_region_counts_once():
    manual = mark_boxes((30, 10, 2, 10), (50, 40, 3, 3))
    kept = np.array([False, True])
    score = score_regions(mark_boxes((20, 10, 25, 10)), manual, kept)
    assert (score.detected, score.detected_hits) == (1, 0)


def test_unjudged_detection_still_finds_what_is_kept():
    # 100 px of 160 in the ignored region, 60 in the kept one, which has 100.
    manual = mark_boxes((20, 10, 10, 10), (31, 11, 10, 10))
    manual[10:21, 30] = False
    prediction = mark_boxes((20, 10, 10, 10), (31, 11, 6, 10))
    prediction[15, 30] = True
    score = score_regions(prediction, manual, np.array([False, True]))
    assert (score.detected, score.manual, score.manual_hits) == (0, 1, 1)
    assert score.iou == pytest.approx(60 / 100)


def test_image_without_kept_regions():
    none = np.array([False, False])
    assert score_regions(mark_boxes(B), MANUAL, none) == ImageScore(1.0, True, 0, 0, 0, 0)
    wrong = score_regions(mark_boxes((10, 40, 8, 8)), MANUAL, none)
    assert wrong == ImageScore(0.0, False, 1, 0, 0, 0)


@given(MASKS, MASKS)
def test_all_kept_is_score_image(prediction, manual):
    kept = np.ones(len(find_components(manual)), bool)
    assert score_regions(prediction, manual, kept) == score_image(prediction, manual)


@given(arrays(bool, (18, 12)), arrays(bool, (18, 12)), st.booleans())
def test_ignored_region_out_of_reach_changes_nothing(prediction, manual, crop):
    # The ignored region lies two columns from anything else.
    prediction, manual = (np.pad(mask, ((0, 0), (0, 6))) for mask in (prediction, manual))
    with_other = manual.copy()
    with_other[6:12, 13:] = True
    components = find_components(with_other)
    kept = np.ones(len(components), bool)
    kept[components.labels[8, 15] - 1] = False
    shown = prediction[5:-5, 5:-5] if crop else prediction
    assert score_regions(shown, with_other, kept) == score_image(prediction, manual)


@given(MASKS, MASKS, st.data())
def test_counts_stay_within_those_of_all_regions(prediction, manual, data):
    count = len(find_components(manual))
    kept = data.draw(arrays(bool, count))
    score, whole = score_regions(prediction, manual, kept), score_image(prediction, manual)
    assert 0 <= score.detected_hits <= score.detected <= whole.detected
    assert 0 <= score.manual_hits <= score.manual <= whole.manual
    others = score_regions(prediction, manual, ~kept)
    assert score.manual + others.manual == whole.manual
    assert score.manual_hits + others.manual_hits == whole.manual_hits
    assert 0 <= score.iou <= 1


@pytest.mark.parametrize(
    ("prediction", "kept", "message"),
    [
        (mark_boxes(A), np.array([True]), r"2 bools.*got \(1,\) bool"),
        (mark_boxes(A), np.array([0, 1]), r"got \(2,\) int64"),
        (mark_boxes(size=40), KEEP_A, "40x40"),
    ],
)
def test_refuses_what_does_not_fit(prediction, kept, message):
    with pytest.raises(InputError, match=message):
        score_regions(prediction, MANUAL, kept)
