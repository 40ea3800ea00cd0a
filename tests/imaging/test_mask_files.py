"""Masks as other tools write them: each value is known to mean something, or refused."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from desra_studio.errors import InputError
from desra_studio.imaging.mask_files import read_mask

MARKED = np.zeros((48, 64), bool)
MARKED[10:30, 20:50] = True


def paint(value, kind=np.uint8):
    """The mask with marked px of a value on 0."""
    return MARKED.astype(kind) * kind(value)


def save_palette(path, colours, classes=None, **options):
    image = Image.fromarray((MARKED.astype(np.uint8) if classes is None else classes), "P")
    image.putpalette([value for colour in colours for value in colour])
    image.save(path, **options)


def save_layers(path, colour, alpha, ground=(0, 0, 0, 0)):
    layers = np.empty((*MARKED.shape, 4), np.uint8)
    layers[:] = ground
    layers[MARKED] = (*colour, alpha)
    Image.fromarray(layers).save(path)


KNOWN = {
    "8 bit": ("m.png", lambda path: Image.fromarray(paint(255)).save(path)),
    "8 bit, 1": ("m.png", lambda path: Image.fromarray(paint(1)).save(path)),
    "8 bit, half": ("m.png", lambda path: Image.fromarray(paint(128)).save(path)),
    "1 bit": ("m.png", lambda path: Image.fromarray(MARKED).save(path)),
    "16 bit": ("m.png", lambda path: cv2.imwrite(str(path), paint(65535, np.uint16))),
    "16 bit, 255": ("m.png", lambda path: cv2.imwrite(str(path), paint(255, np.uint16))),
    "16 bit, 1": ("m.png", lambda path: cv2.imwrite(str(path), paint(1, np.uint16))),
    "32 bit, 1": ("m.tif", lambda path: Image.fromarray(paint(1, np.int32)).save(path)),
    "32 bit, 255": ("m.tif", lambda path: Image.fromarray(paint(255, np.int32)).save(path)),
    "32 bit, full": ("m.tif", lambda path: Image.fromarray(paint(2**31 - 1, np.int32)).save(path)),
    "float, 1": ("m.tif", lambda path: Image.fromarray(paint(1, np.float32)).save(path)),
    "float, 255": ("m.tif", lambda path: Image.fromarray(paint(255, np.float32)).save(path)),
    "palette": ("m.png", lambda path: save_palette(path, [(0, 0, 0), (128, 0, 0)])),
    "palette, dark": ("m.png", lambda path: save_palette(path, [(0, 0, 0), (64, 0, 0)])),
    "palette, grey levels": (
        "m.png", lambda path: save_palette(path, [(value,) * 3 for value in range(256)])
    ),
    "palette, white first": (
        "m.png",
        lambda path: save_palette(
            path, [(255, 255, 255), (0, 0, 0)], 1 - MARKED.astype(np.uint8)
        ),
    ),
    "palette, transparent ground": (
        "m.png",
        lambda path: save_palette(path, [(255, 0, 0), (255, 0, 0)], transparency=0),
    ),
    "white paint over hidden red": (
        "m.png", lambda path: save_layers(path, (255, 255, 255), 255, (255, 0, 0, 0))
    ),
    "black paint": ("m.png", lambda path: save_layers(path, (0, 0, 0), 255)),
    "thin paint": ("m.png", lambda path: save_layers(path, (255, 0, 0), 90)),
    "opaque layers": (
        "m.png", lambda path: save_layers(path, (255, 255, 255), 255, (0, 0, 0, 255))
    ),
    "grey and alpha": (
        "m.png",
        lambda path: Image.fromarray(
            np.dstack([np.full(MARKED.shape, 255, np.uint8), paint(255)])
        ).save(path),
    ),
    "red on black": (
        "m.png",
        lambda path: Image.fromarray(np.dstack([paint(255), paint(0), paint(0)])).save(path),
    ),
    "dark red on black": (
        "m.png",
        lambda path: Image.fromarray(np.dstack([paint(64), paint(0), paint(0)])).save(path),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", KNOWN)
def test_what_is_marked_is_read_as_marked(tmp_path, kind):
    name, save = KNOWN[kind]
    save(tmp_path / name)
    assert np.array_equal(read_mask(tmp_path / name).mask, MARKED)


@pytest.mark.parametrize("quality", [30, 75, 95])
@pytest.mark.parametrize("suffix", [".jpg", ".webp"])
def test_grey_edges_of_lossy_files_are_edges(tmp_path, quality, suffix):
    path = tmp_path / f"m{suffix}"
    Image.fromarray(paint(255)).save(path, quality=quality)
    wrong = read_mask(path).mask ^ MARKED
    assert np.count_nonzero(wrong) <= 40, "of 96 px at the edge"


def test_smooth_edges_are_edges(tmp_path):
    path = tmp_path / "m.png"
    large = cv2.resize(paint(255), None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    Image.fromarray(large).save(path)
    expected = np.kron(MARKED, np.ones((4, 4), bool))
    assert np.count_nonzero(read_mask(path).mask ^ expected) <= 16


def add_class(value):
    """255 in one place, and a value far from it."""
    grey = paint(255)
    grey[0:4, 0:4] = value
    return grey


@pytest.mark.parametrize(
    ("name", "save", "says"),
    [
        ("m.png", lambda path: Image.fromarray(paint(38)).save(path), r"values 38"),
        ("m.png", lambda path: Image.fromarray(add_class(1)).save(path), r"16 px .*\(values 1\)"),
        (
            "m.png",
            lambda path: Image.fromarray(MARKED.astype(np.uint8) + np.uint8(1)).save(path),
            r"values 1, 2\)",
        ),
        (
            "m.png",
            lambda path: cv2.imwrite(str(path), paint(4096, np.uint16)),
            "values 4096",
        ),
        (
            "m.tif",
            lambda path: Image.fromarray(paint(-1, np.int32)).save(path),
            "values are -1, 0, which mean nothing known",
        ),
        (
            "m.tif",
            lambda path: Image.fromarray(paint(0.3, np.float32)).save(path),
            r"values 0\.3",
        ),
        (
            "m.tif",
            lambda path: Image.fromarray(paint(np.nan, np.float32)).save(path),
            "not all of its values are numbers",
        ),
        (
            "m.png",
            lambda path: save_palette(path, [(255, 0, 0), (0, 255, 0)]),
            "none of its classes 0, 1 is black",
        ),
        (
            "m.png",
            lambda path: save_layers(path, (255, 255, 255), 255, (255, 0, 0, 255)),
            "whether white is the ground is not known",
        ),
        (
            "m.png",
            lambda path: save_layers(path, (9, 9, 9), 0),
            "transparent throughout, though colours lie beneath",
        ),
        (
            "m.png",
            lambda path: Image.fromarray(
                np.random.default_rng(0).integers(0, 255, (48, 64, 3), np.uint8)
            ).save(path),
            "as a photograph has|whether white",
        ),
    ],
)
def test_unknown_values_are_refused_by_name(tmp_path, name, save, says):
    path = tmp_path / name
    save(path)
    with pytest.raises(InputError, match=says) as raised:
        read_mask(path)
    assert str(raised.value).startswith(f"{name}: ")
    assert "Write artifacts as 255 on 0." in str(raised.value)


def test_black_and_bright_paint_are_not_guessed(tmp_path):
    path = tmp_path / "m.png"
    layers = np.zeros((*MARKED.shape, 4), np.uint8)
    layers[MARKED] = (255, 255, 255, 255)
    layers[40:, :, 3] = 255
    Image.fromarray(layers).save(path)
    with pytest.raises(InputError, match="both black and bright px are painted"):
        read_mask(path)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int32, np.float32])
def test_nothing_marked_is_clean(tmp_path, kind):
    Image.fromarray(paint(0, kind)).save(tmp_path / "m.tif")
    assert not read_mask(tmp_path / "m.tif").mask.any()


def test_says_what_was_not_plain(tmp_path):
    path = tmp_path / "m.png"
    Image.fromarray(paint(255)).save(path)
    assert read_mask(path).conversions == ()
    cv2.imwrite(str(path), paint(1, np.uint16))
    assert read_mask(path).conversions == ("uint16 read as a mask", "marked with 1")
    save_palette(path, [(0, 0, 0), (9, 9, 0), (0, 200, 0)], MARKED.astype(np.uint8) * 2)
    assert read_mask(path).conversions == ("its class 2 counted as marked",)


@settings(deadline=None)
@given(st.integers(0, 255), st.integers(0, 255))
def test_two_values_are_read_or_refused(tmp_path_factory, one, other):
    path = tmp_path_factory.mktemp("masks") / "m.png"
    Image.fromarray(np.where(MARKED, np.uint8(other), np.uint8(one))).save(path)
    try:
        mask = read_mask(path).mask
    except InputError:
        return
    for value, part in ((one, mask[~MARKED]), (other, mask[MARKED])):
        assert part.all() or not part.any()
        if not part.any():
            assert value == 0, "nothing unknown is a person's word that all is well"
