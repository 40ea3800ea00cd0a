"""Figures against the released scripts, and the rules where those give none."""

import json

import numpy as np
import pytest

from desra_studio.errors import InputError
from desra_studio.imaging.io import list_images
from desra_studio.imaging.mask_files import read_mask
from desra_studio.metrics.mask_metrics import score_image, summarize_scores
from desra_studio.metrics.regression import compare_masks, summarize_regressions
from tests.factories.masks import mark_boxes


@pytest.mark.parametrize("pad", [False, True])
def test_agrees_with_released_scripts(triplets, pad):
    golden = triplets / "golden" / "metrics"
    expected = json.loads((golden / "expected.json").read_text())
    scores = []
    for name in list_images(golden / "gt"):
        prediction = read_mask(golden / "pred" / f"{name}.png").mask
        scores.append(
            score_image(
                np.pad(prediction, 5) if pad else prediction,
                read_mask(golden / "gt" / f"{name}.png").mask,
            )
        )
    total = summarize_scores(scores)
    assert total.images == expected["images"]
    for figure in ("iou", "precision", "recall"):
        assert getattr(total, figure) == pytest.approx(expected[figure], abs=1e-9)


def test_half_the_area_is_a_hit():
    manual = mark_boxes((10, 10, 10, 10))
    half = score_image(mark_boxes((15, 10, 10, 10)), manual)
    assert (half.detected_hits, half.manual_hits) == (1, 1)
    assert half.iou == pytest.approx(50 / 150)
    less = score_image(mark_boxes((16, 10, 10, 10)), manual)
    assert (less.detected_hits, less.manual_hits) == (0, 0)


def test_nothing_is_dropped():
    empty, marked = mark_boxes(), mark_boxes((10, 10, 10, 10))
    total = summarize_scores(
        [score_image(None, marked), score_image(empty, empty), score_image(marked, marked)]
    )
    assert (total.images, total.empty_both) == (3, 1)
    assert total.iou == pytest.approx(2 / 3)
    assert total.precision == 1
    assert total.recall == 0.5


def test_nothing_to_count_is_none():
    total = summarize_scores([score_image(mark_boxes(), mark_boxes())])
    assert (total.iou, total.precision, total.recall) == (1, None, None)
    assert summarize_scores([]).iou is None


def test_refuses_other_sizes():
    with pytest.raises(InputError, match="40x40"):
        score_image(mark_boxes(size=40), mark_boxes(size=60))


def test_refuses_masks_smaller_than_the_window():
    with pytest.raises(InputError, match="10x10 px, smaller"):
        score_image(None, mark_boxes(size=10))


def test_regression_counts_components():
    before = mark_boxes((2, 2, 8, 8), (20, 2, 8, 8), (40, 2, 8, 8))
    after = mark_boxes((22, 4, 4, 4), (40, 40, 8, 8))
    regression = compare_masks(before, after)
    assert (regression.removed, regression.remaining, regression.added) == (2, 1, 1)
    assert regression.removal_rate == pytest.approx(2 / 3)
    none = compare_masks(mark_boxes(), after)
    assert (none.removal_rate, none.addition_rate, none.added) == (None, None, 2)
    assert summarize_regressions([regression, none]).added == 3
    with pytest.raises(InputError, match="same size"):
        compare_masks(before, mark_boxes(size=40))
