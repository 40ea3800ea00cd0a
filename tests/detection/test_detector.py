"""Threshold and morphology against the released code's masks, and their parts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from desra_studio.detection.class_weights import compute_class_weights, load_released_intervals
from desra_studio.detection.detector import DetectorParams, detect_artifacts
from desra_studio.detection.regions import fill_holes
from desra_studio.errors import InputError
from desra_studio.imaging.arrays import BORDER_PX
from desra_studio.imaging.io import list_images, read_label_map, read_rgb
from desra_studio.imaging.mask_files import read_mask
from tests.factories.images import make_pair

INNER = np.s_[BORDER_PX:-BORDER_PX, BORDER_PX:-BORDER_PX]


@pytest.mark.parametrize(("precision", "allowed"), [("reference", 0.0), ("fast", 1e-3)])
@pytest.mark.parametrize(
    ("golden", "area", "stripes"),
    [("mask_unit", 4000, False), ("mask_unit_area400", 400, False), ("mask_stripes", 400, True)],
)
def test_agrees_with_released_code(triplets, precision, allowed, golden, area, stripes):
    marked = 0
    for name in list_images(triplets / "GAN-SR"):
        detection = detect_artifacts(
            read_rgb(triplets / "GAN-SR" / f"{name}.png").pixels,
            read_rgb(triplets / "MSE-SR" / f"{name}.png").pixels,
            DetectorParams(area_threshold=area),
            read_label_map(triplets / "golden" / "class_stripes" / f"{name}.png")
            if stripes
            else None,
            precision=precision,
        )
        expected = read_mask(triplets / "golden" / golden / f"{name}.png").mask
        assert (detection.mask[INNER] != expected).mean() <= allowed, name
        assert detection.mask.sum() == detection.mask[INNER].sum(), "the border is empty"
        marked += expected.any()
    assert marked == 3


def test_regions_describe_the_mask():
    gan, mse = make_pair((96, 96), busy=40)
    detection = detect_artifacts(gan, mse, DetectorParams(area_threshold=400))
    assert len(detection.regions) == 1
    region = detection.regions[0]
    x, y, width, height = region.box
    assert detection.mask[y : y + height, x : x + width].sum() == region.area
    assert detection.mask.sum() == region.area
    assert 0 < region.depth < 1
    assert detection.score == pytest.approx(region.area * region.depth / (86 * 86))


def test_area_threshold_is_strict():
    gan, mse = make_pair()
    area = detect_artifacts(gan, mse, DetectorParams(area_threshold=0)).regions[0].area
    assert detect_artifacts(gan, mse, DetectorParams(area_threshold=area - 1)).mask.any()
    assert not detect_artifacts(gan, mse, DetectorParams(area_threshold=area)).mask.any()


@given(arrays(bool, st.tuples(st.integers(1, 12), st.integers(1, 12))))
def test_fill_holes_is_scipys(mask):
    expected = ndimage.binary_fill_holes(mask, np.ones((3, 3)))
    assert np.array_equal(fill_holes(mask), expected)


def test_released_weights():
    weights = compute_class_weights(load_released_intervals())
    assert weights.shape == (150,)
    assert weights[[0, 1, 2]] == pytest.approx([20 / 19, 20 / 16, 1])


@pytest.mark.parametrize(
    "values", [{"contrast_threshold": 0}, {"contrast_threshold": 1.1}, {"area_threshold": -1}]
)
def test_refuses_params(values):
    with pytest.raises(InputError, match=str(next(iter(values.values())))):
        DetectorParams(**values)


def test_refuses_class_map_of_another_size():
    gan, mse = make_pair()
    with pytest.raises(InputError, match="class map is 10x10"):
        detect_artifacts(gan, mse, DetectorParams(), np.zeros((10, 10), np.uint8))
