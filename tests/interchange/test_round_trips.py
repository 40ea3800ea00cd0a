"""What is written is read again, pixel by pixel, in every format."""

import numpy as np
import pytest
from hypothesis import given

from desra_studio.imaging.arrays import size_of
from tests.factories.label_files import (
    WRITERS,
    list_plain_masks,
    make_large_mask,
    make_written,
    masks,
    read_back,
)


def check_round_trip(form, mask):
    read = read_back(WRITERS[form]([make_written(mask)]))
    assert (read.form, read.notes) == (form, ())
    (label,) = read.images
    assert label.stem == "a"
    assert label.is_clean is not mask.any()
    assert np.array_equal(label.decode(size_of(mask)), mask)


@pytest.mark.parametrize("form", WRITERS)
@given(mask=masks)
def test_any_mask(form, mask):
    check_round_trip(form, mask)


@pytest.mark.parametrize("form", WRITERS)
def test_plain_masks(form):
    for mask in list_plain_masks():
        check_round_trip(form, mask)


@pytest.mark.parametrize("form", WRITERS)
def test_a_large_mask(form):
    check_round_trip(form, make_large_mask())


@pytest.mark.parametrize("form", ["COCO", "LabelMe", "Label Studio"])
def test_kinds_are_labels(form):
    mask = np.zeros((20, 30), bool)
    mask[2:5, 2:5] = mask[10:15, 3:9] = mask[1:3, 20:30] = True
    data = WRITERS[form]([make_written(mask, kinds=("ringing", "blur"))])
    read = read_back(data)
    assert read.labels == ("artifact", "blur", "ringing")
    assert np.array_equal(read.images[0].decode(), mask)
    (label,) = read_back(data, labels={"blur", "artifact"}).images
    assert label.left_out == 0
    assert (
        label.decode().sum() == mask.sum() - read_back(data, {"ringing"}).images[0].decode().sum()
    )


@pytest.mark.parametrize("form", ["COCO", "Label Studio", "CVAT"])
def test_many_images(form):
    rng = np.random.default_rng(3)
    written = [make_written(rng.random((9, 7 + i)) < 0.3, f"Ü {i} & <1>") for i in range(9)]
    read = read_back(WRITERS[form](written))
    assert [label.stem for label in read.images] == [f"Ü {i} & <1>" for i in range(9)]
    for label, image in zip(read.images, written, strict=True):
        assert np.array_equal(label.decode(image.size), image.mask)
