"""What accepting or rejecting a component does to the set, by hand."""

import pytest

from desra_studio.errors import InputError
from desra_studio.metrics.attribution import attribute_component
from desra_studio.metrics.mask_metrics import ImageScore, score_image, summarize_scores
from tests.factories.masks import mark_boxes

OTHERS = [ImageScore(0.5, False, 3, 2, 4, 1)]


def test_open_component():
    # 100 px under review, and 100 px that both masks hold.
    component = mark_boxes((10, 10, 10, 10))
    manual = mark_boxes((40, 40, 10, 10))
    effect = attribute_component(component | manual, manual, component, OTHERS)
    assert effect.accepted.precision == pytest.approx((2 + 2) / (3 + 2))
    assert effect.accepted.recall == pytest.approx((1 + 2) / (4 + 2))
    assert effect.accepted.iou == pytest.approx((0.5 + 1) / 2)
    assert effect.rejected.precision == pytest.approx((2 + 1) / (3 + 2))
    assert effect.rejected.recall == pytest.approx((1 + 1) / (4 + 1))
    assert effect.rejected.iou == pytest.approx((0.5 + 0.5) / 2)
    assert effect.accepted.images == effect.rejected.images == 2


def test_component_that_was_accepted_before():
    component = mark_boxes((10, 10, 10, 10))
    effect = attribute_component(component, component, component, OTHERS)
    assert effect.accepted == summarize_scores([*OTHERS, score_image(component, component)])
    assert effect.rejected == summarize_scores([*OTHERS, score_image(component, mark_boxes())])


def test_accepting_joins_manual_regions():
    # Two manual regions, bridged by the component: two manual components become one.
    manual = mark_boxes((10, 10, 10, 10), (30, 10, 10, 10))
    component = mark_boxes((15, 10, 20, 10))
    effect = attribute_component(component, manual, component, [])
    assert effect.accepted.recall == 1  # 200 px of 300 detected, as one region
    assert effect.rejected.recall == 0  # what is left of the two lies outside the component
    assert (effect.accepted.precision, effect.rejected.precision) == (1, 0)


def test_prediction_without_border():
    component = mark_boxes((10, 10, 10, 10))
    cropped = component[5:-5, 5:-5]
    assert attribute_component(cropped, mark_boxes(), component, OTHERS) == attribute_component(
        component, mark_boxes(), component, OTHERS
    )


def test_refuses_what_is_no_component():
    mask = mark_boxes((10, 10, 10, 10))
    with pytest.raises(InputError, match="0 px"):
        attribute_component(mask, mask, mark_boxes(), [])
    with pytest.raises(InputError, match="40x40"):
        attribute_component(mask, mask, mark_boxes((1, 1, 3, 3), size=40), [])
