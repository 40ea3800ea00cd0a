"""Pseudo-GT: MSE-SR inside the mask whatever its width, fading outward."""

import numpy as np
import pytest

from desra_studio.errors import InputError
from desra_studio.finetune.pseudo_gt import compose_pseudo_gt
from desra_studio.metrics.outside import mark_outside

GAN = np.full((48, 48, 3), 200, np.uint8)
MSE = np.full((48, 48, 3), 100, np.uint8)


def make_stroke(width):
    mask = np.zeros((48, 48), bool)
    mask[:, 12 : 12 + width] = True
    return mask


@pytest.mark.parametrize("width", [1, 3, 20])
def test_inside_the_mask_it_is_mse_sr(width):
    mask = make_stroke(width)
    made = compose_pseudo_gt(GAN, MSE, mask, 2.0)
    assert (made[mask] == 100).all()
    row = made[10, 12 + width :, 0].astype(int)
    assert (np.diff(row) >= 0).all(), "it fades outward"
    assert 100 < row[0] < 120 < row[2] < 180 < row[4]


def test_where_the_outside_is_measured_it_is_gan_sr():
    mask = make_stroke(3)
    made = compose_pseudo_gt(GAN, MSE, mask, 2.0)
    outside = mark_outside(mask, 2.0)
    assert outside.any()
    assert (made[outside] == 200).all()


def test_without_a_feather_the_edge_is_hard():
    mask = make_stroke(3)
    made = compose_pseudo_gt(GAN, MSE, mask, 0)
    assert (made[mask] == 100).all()
    assert (made[~mask] == 200).all()
    assert (compose_pseudo_gt(GAN, MSE, mask & False, 2.0) == 200).all()


def test_a_negative_feather_is_refused():
    with pytest.raises(InputError, match=r"0 px or more, got -1"):
        compose_pseudo_gt(GAN, MSE, make_stroke(3), -1)
