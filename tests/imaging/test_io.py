"""Every kind of file that people have, and what is told about it."""

import contextlib
import struct
import unicodedata
import warnings
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from desra_studio.errors import InputError
from desra_studio.imaging.io import (
    decode_png,
    encode_png,
    is_plain_png,
    list_images,
    read_label_map,
    read_rgb,
    sort_files,
)

RANDOM = np.random.default_rng(0)
PIXELS = RANDOM.integers(0, 256, (12, 16, 3), dtype=np.uint8)
IMAGE = Image.fromarray(PIXELS)


def test_round_trip(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(encode_png(PIXELS))
    read = read_rgb(path)
    assert np.array_equal(read.pixels, PIXELS)
    assert read.conversions == ()
    assert np.array_equal(decode_png(path.read_bytes()), PIXELS)
    assert is_plain_png(path.read_bytes())


@pytest.mark.parametrize(
    ("save", "says"),
    [
        (lambda path: IMAGE.convert("L").save(path), "grey converted to RGB"),
        (lambda path: IMAGE.quantize(8).save(path), "palette converted to RGB"),
        (lambda path: IMAGE.convert("RGBA").save(path), "alpha channel dropped"),
        (
            lambda path: IMAGE.save(path, save_all=True, append_images=[IMAGE.rotate(90)]),
            "the first of its 2 pictures read",
        ),
        (
            lambda path: IMAGE.save(path, "MPO", save_all=True, append_images=[IMAGE.rotate(90)]),
            "the first of its 2 pictures read",
        ),
        (lambda path: IMAGE.quantize(8).save(path, transparency=0), "alpha channel dropped"),
        (lambda path: IMAGE.convert("CMYK").save(path, "TIFF"), "CMYK converted to RGB"),
        (
            lambda path: cv2.imwrite(str(path), PIXELS[:, :, ::-1].astype(np.uint16) * 257),
            "16-bit converted to 8-bit",
        ),
        (
            lambda path: cv2.imwrite(str(path), PIXELS[:, :, 0].astype(np.uint16) * 257),
            "16-bit converted to 8-bit",
        ),
    ],
)
def test_says_what_it_converts(tmp_path, save, says):
    path = tmp_path / "a.png"
    save(path)
    read = read_rgb(path)
    assert says in ", ".join(read.conversions)
    assert read.pixels.shape == PIXELS.shape
    assert read.pixels.dtype == np.uint8
    assert not is_plain_png(path.read_bytes())


def test_16_bits_keep_their_values(tmp_path):
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), PIXELS[:, :, ::-1].astype(np.uint16) * 257)
    assert np.array_equal(read_rgb(path).pixels, PIXELS)
    cv2.imwrite(str(path), PIXELS[:, :, 0].astype(np.uint16) * 257)
    assert np.array_equal(read_rgb(path).pixels[:, :, 1], PIXELS[:, :, 0])


def test_exif_rotation_is_applied(tmp_path):
    path = tmp_path / "a.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    IMAGE.save(path, exif=exif, quality=95)
    read = read_rgb(path)
    assert read.pixels.shape == (16, 12, 3)
    assert "EXIF rotation applied" in read.conversions


def make_png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and has no pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    data = b"IDAT" + zlib.compress(b"")
    chunk += struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    return b"\x89PNG\r\n\x1a\n" + chunk


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not a readable"),
        (b"this is text, not an image", "not a readable"),
        (encode_png(PIXELS)[:200], "truncated or damaged"),
        (make_png_header(20000, 20000), "400 megapixels"),
        (make_png_header(16, 16), "truncated or damaged"),
    ],
)
def test_refuses_with_name_and_reason(tmp_path, content, says):
    path = tmp_path / "bad.png"
    path.write_bytes(content)
    with pytest.raises(InputError, match=says) as raised:
        read_rgb(path)
    assert "bad.png" in str(raised.value)


@pytest.mark.parametrize("form", ["TIFF", "WEBP"])
def test_refuses_several_pages(tmp_path, form):
    path = tmp_path / "a.tif"
    IMAGE.save(path, form, save_all=True, append_images=[IMAGE.rotate(90)])
    with pytest.raises(InputError, match="2 frames"):
        read_rgb(path)


def test_an_animation_is_read_as_its_first_picture_and_kept_as_that(tmp_path):
    path = tmp_path / "a.png"
    IMAGE.save(path, save_all=True, append_images=[IMAGE.rotate(90)])
    assert np.array_equal(read_rgb(path).pixels, PIXELS)
    assert not is_plain_png(path.read_bytes()), "browsers would play it"


@pytest.mark.parametrize("compressed", [True, False])
def test_megabytes_of_text_in_a_png_are_not_read(tmp_path, compressed):
    path, info = tmp_path / "a.png", PngImagePlugin.PngInfo()
    info.add_text("workflow", "x" * 3_000_000, zip=compressed)
    IMAGE.save(path, pnginfo=info)
    read = read_rgb(path)
    assert np.array_equal(read.pixels, PIXELS)
    assert read.conversions == ()
    assert is_plain_png(path.read_bytes()) == compressed, (
        "3 MB are not kept beside 0.6 kB of pixels"
    )


def test_what_hides_under_transparent_px_is_not_shown(tmp_path):
    path = tmp_path / "a.png"
    layers = np.zeros((8, 8, 4), np.uint8)
    layers[:, :] = (0, 255, 0, 0)
    layers[2:6, 2:6] = (10, 20, 30, 255)
    layers[4, 4, 3] = 128
    Image.fromarray(layers).save(path)
    pixels = read_rgb(path).pixels
    assert pixels[0, 0].tolist() == [255, 255, 255]
    assert pixels[2, 2].tolist() == [10, 20, 30]
    assert pixels[4, 4].tolist() == [132, 137, 142]


def test_low_values_in_16_bits_do_not_become_black(tmp_path):
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), PIXELS.astype(np.uint16))
    with pytest.raises(InputError, match="so low that it would be black"):
        read_rgb(path)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turn_can_be_undone(tmp_path, orientation):
    path, exif = tmp_path / "a.png", Image.Exif()
    exif[0x0112] = orientation
    IMAGE.save(path, exif=exif)
    read = read_rgb(path)
    assert (read.orientation, np.array_equal(read.pixels, PIXELS)) == (
        orientation,
        orientation == 1,
    )
    stored = read.unturn()
    assert np.array_equal(stored.pixels, PIXELS)
    assert ("EXIF rotation not applied" in ", ".join(stored.conversions)) == (orientation != 1)


def test_the_limit_names_its_setting(tmp_path):
    path = tmp_path / "a.png"
    IMAGE.save(path)
    with pytest.raises(InputError, match=r"limit of 0\.0001\..*DESRA_STUDIO_MAX_MEGAPIXELS"):
        read_rgb(path, 0.0001)


def test_a_missing_end_or_transparency_is_not_plain(tmp_path):
    assert not is_plain_png(encode_png(PIXELS)[:-12])
    path = tmp_path / "a.png"
    IMAGE.save(path, transparency=(0, 0, 0))
    assert not is_plain_png(path.read_bytes())


def test_a_damaged_tiff_names_the_file(tmp_path):
    path = tmp_path / "a.tif"
    IMAGE.save(path)
    whole = path.read_bytes()
    refused = 0
    for position in range(140):  # the header and the directory
        path.write_bytes(whole[:position] + b"\xff" + whole[position + 1 :])
        with contextlib.suppress(InputError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read_rgb(path)
            continue
        refused += 1
    assert refused > 10


@pytest.mark.parametrize("extra", [{"icc_profile": b"x" * 200}, {"gamma": 0.5}])
def test_colour_data_is_not_plain(tmp_path, extra):
    path, info = tmp_path / "a.png", PngImagePlugin.PngInfo()
    if "gamma" in extra:
        info.add(b"gAMA", struct.pack(">I", 50000))
        IMAGE.save(path, pnginfo=info)
    else:
        IMAGE.save(path, **extra)
    assert not is_plain_png(path.read_bytes())


def test_tells_images_from_what_lies_beside_them(tmp_path):
    for name in ("b.png", "a.jpg", "notes.txt", ".hidden.png", "a.png", "deep/er/c.png", "empty/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    images, others = sort_files(tmp_path)
    assert images == {"a": tmp_path / "a.jpg", "b": tmp_path / "b.png"} == list_images(tmp_path)
    assert {path.name: why for path, why in others.items()} == {
        "notes.txt": "a file of type .txt is not read",
        "a.png": "a.jpg has the same name but for the ending",
        "deep": "a folder is not read, though an image lies in it",
    }
    with pytest.raises(InputError, match="not a folder"):
        list_images(tmp_path / "none")


def test_names_of_macos_and_names_with_a_suffix_are_found(tmp_path):
    apart = unicodedata.normalize("NFD", "größe")
    for name in (f"{apart}_out.png", "1.png", "_out.png"):
        (tmp_path / name).write_bytes(b"")
    assert list(sort_files(tmp_path, ["_out"])[0]) == ["1", "_out", "größe"]


def test_label_maps(tmp_path):
    path = tmp_path / "m.png"
    grey = np.array([[0, 1, 127, 128, 255]], np.uint8)
    Image.fromarray(grey).save(path)
    with pytest.raises(InputError, match="class index 255"):
        read_label_map(path)
    Image.fromarray(grey // 2).save(path)
    assert read_label_map(path).tolist() == [[0, 0, 63, 64, 127]]
    IMAGE.save(path)
    with pytest.raises(InputError, match="mode RGB"):
        read_label_map(path)
