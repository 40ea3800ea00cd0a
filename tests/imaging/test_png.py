"""Palette PNGs: small pictures of numbers."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from desra_studio.errors import InputError
from desra_studio.imaging.png import decode_grey, encode_bits, encode_indices
from desra_studio.imaging.scales import make_viridis


def test_indices_have_their_colours():
    indices = np.arange(256, dtype=np.uint8).reshape(8, 32)
    palette = make_viridis(255)
    image = Image.open(BytesIO(encode_indices(indices, palette)))
    assert image.mode == "P"
    pixels = np.asarray(image.convert("RGBA")).reshape(-1, 4)
    assert pixels[0, 3] == 0
    assert (pixels[1:, 3] == 255).all()
    assert np.array_equal(pixels[1:, :3], palette[0])


@pytest.mark.parametrize("shape", [(1, 1), (3, 8), (5, 9), (64, 100)])
def test_bits_are_a_grey_png(shape):
    mask = np.random.default_rng(1).random(shape) > 0.5
    data = encode_bits(mask)
    image = Image.open(BytesIO(data))
    assert (image.mode, image.size) == ("1", shape[::-1])
    assert np.array_equal(np.asarray(image), mask)
    assert np.array_equal(decode_grey(data, "a mask") == 255, mask)


def test_refuses_indices_without_colour():
    with pytest.raises(InputError, match="Index 7 is not in a palette of 3 colours"):
        encode_indices(np.full((2, 2), 7, np.uint8), make_viridis(3))


def test_viridis_gets_lighter_by_equal_steps():
    colours = make_viridis()[0].astype(float)
    assert colours[0].tolist() == [68, 1, 84]
    assert colours[-1].tolist() == [253, 231, 37]
    lightness = colours @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(lightness) > -0.5).all()
