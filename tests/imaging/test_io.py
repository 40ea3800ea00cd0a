"""Every kind of file that people have, and what is told about it."""

import contextlib
import struct
import warnings
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from desra_studio.errors import InputError
from desra_studio.imaging.io import (
    decode_png,
    encode_png,
    is_plain_png,
    list_images,
    read_label_map,
    read_mask,
    read_rgb,
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


def test_refuses_several_frames(tmp_path):
    path = tmp_path / "a.png"
    IMAGE.save(path, save_all=True, append_images=[IMAGE.rotate(90)])
    with pytest.raises(InputError, match="2 frames"):
        read_rgb(path)


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
    from PIL import PngImagePlugin

    path, info = tmp_path / "a.png", PngImagePlugin.PngInfo()
    if "gamma" in extra:
        info.add(b"gAMA", struct.pack(">I", 50000))
        IMAGE.save(path, pnginfo=info)
    else:
        IMAGE.save(path, **extra)
    assert not is_plain_png(path.read_bytes())


def test_list_images(tmp_path):
    for name in ("b.png", "a.jpg", "notes.txt", ".hidden.png"):
        (tmp_path / name).write_bytes(b"")
    assert list(list_images(tmp_path)) == ["a", "b"]
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(InputError, match=r"a\.png: a\.jpg has the same name"):
        list_images(tmp_path)
    with pytest.raises(InputError, match="not a folder"):
        list_images(tmp_path / "none")


def test_masks_and_label_maps(tmp_path):
    path = tmp_path / "m.png"
    grey = np.array([[0, 1, 127, 128, 255]], np.uint8)
    Image.fromarray(grey).save(path)
    assert read_mask(path).tolist() == [[False, False, False, True, True]]
    Image.fromarray((grey > 0).astype(np.uint8)).save(tmp_path / "dark.png")
    with pytest.raises(InputError, match="brightest value is 1"):
        read_mask(tmp_path / "dark.png")
    with pytest.raises(InputError, match="class index 255"):
        read_label_map(path)
    Image.fromarray(grey // 2).save(path)
    assert read_label_map(path).tolist() == [[0, 0, 63, 64, 127]]
    IMAGE.save(path)
    with pytest.raises(InputError, match="mode RGB"):
        read_label_map(path)
