"""Components and both codecs."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Size
from desra_studio.imaging.masks import (
    check_packed_runs,
    count_pixels_inside,
    decode_mask_png,
    decode_mask_runs,
    encode_mask_png,
    encode_mask_runs,
    find_component_at,
    find_components,
    unpack_mask_runs,
)

GOLDEN = Path(__file__).parent.parent / "golden" / "runs.json"
masks = arrays(bool, st.tuples(st.integers(1, 20), st.integers(1, 20)))


@given(masks)
def test_codecs_round_trip(mask):
    size = Size(mask.shape[1], mask.shape[0])
    assert np.array_equal(decode_mask_png(encode_mask_png(mask)), mask)
    runs = encode_mask_runs(mask)
    assert np.array_equal(decode_mask_runs(runs, size), mask)
    assert np.array_equal(unpack_mask_runs(gzip.compress(runs), size), mask)


def test_golden_runs():
    cases = json.loads(GOLDEN.read_text())
    assert len(cases) == 6
    for case in cases:
        mask = decode_mask_runs(bytes.fromhex(case["runs"]), Size(case["width"], case["height"]))
        assert mask.sum() == case["area"]
        if case["marked"] is not None:
            assert np.flatnonzero(mask).tolist() == case["marked"]
        assert encode_mask_runs(mask).hex() == case["runs"]


@pytest.mark.parametrize("data", [b"", b"\x05", b"\x0d", b"\x8c", b"\xff" * 9])
def test_refuses_runs_that_do_not_fit(data):
    with pytest.raises(InputError):
        decode_mask_runs(data, Size(4, 3))


def test_refuses_bad_gzip_and_bombs():
    size = Size(4, 3)
    for data in (b"", b"nonsense", gzip.compress(b"\x0c")[:-9], gzip.compress(bytes(10_000_000))):
        with pytest.raises(InputError):
            unpack_mask_runs(data, size)


def test_components():
    mask = np.zeros((10, 12), bool)
    mask[1:3, 1:4] = mask[3, 4] = True  # touches by a corner: one component
    mask[7:9, 8:12] = True
    components = find_components(mask)
    assert components.areas.tolist() == [7, 8]
    assert components.boxes.tolist() == [[1, 1, 4, 3], [8, 7, 4, 2]]
    other = np.zeros_like(mask)
    other[:, 2:9] = True
    assert count_pixels_inside(components, other).tolist() == [5, 2]
    assert len(find_components(np.zeros((3, 3), bool))) == 0


def test_one_component_is_what_labelling_all_finds():
    mask = np.random.default_rng(3).random((40, 50)) > 0.6
    labels = find_components(mask).labels
    for y, x in np.argwhere(mask)[::37]:
        place, pixels = find_component_at(mask, int(x), int(y))
        whole = np.zeros_like(mask)
        whole[place] = pixels
        assert np.array_equal(whole, labels == labels[y, x])
        assert pixels.any(axis=0).all()
        assert pixels.any(axis=1).all()


def test_checking_runs_refuses_what_unpacking_does():
    size = Size(8, 4)
    good = gzip.compress(encode_mask_runs(np.eye(4, 8, dtype=bool)))
    check_packed_runs(good, size)
    for bad in (b"", good[:-3], gzip.compress(b"\x05"), gzip.compress(b"\x80" * 9 + b"\x01")):
        with pytest.raises(InputError):
            check_packed_runs(bad, size)
