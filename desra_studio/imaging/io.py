"""Reading and writing image files: the only place that knows BGR, file modes and limits."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import LabelMap, Mask, RgbImage, Size
from desra_studio.imaging.png import decode_grey, encode_pixels, encode_stored

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF")
PNG_END = b"IEND\xaeB`\x82"
SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"})
MAX_MEGAPIXELS = 100.0
MAX_FILE_BYTES = 1_000_000_000
# What Pillow's decoders raise on damaged files of one format or another.
DAMAGE = (OSError, SyntaxError, ValueError, TypeError, EOFError, struct.error)
# Pillow's own limit warns below ours and is one for the process; `_open` checks every header.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True)
class ReadImage:
    """An image file's pixels and what had to be converted to get them.

    Attributes:
        pixels: (H, W, 3) uint8 RGB.
        conversions: one phrase per conversion, empty where the file was 8-bit RGB already.
    """

    pixels: RgbImage
    conversions: tuple[str, ...]


def spell_name(text: str) -> str:
    r"""Return a file's name, or a text that has one, such that it can be stored and sent.

    Bytes that are not UTF-8, which Python keeps as lone surrogates, are spelled as \xNN.
    """
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def sort_files(folder: Path) -> tuple[dict[str, Path], dict[Path, str]]:
    """Tell images directly in `folder` from other files, leaving hidden ones alone.

    Returns:
        file stem -> path of the images, sorted; and other files -> why they are no image to use:
        another kind of file, or the same name as an image before but for the ending.

    Raises:
        InputError: no such folder.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder. Give a folder of images.")
    images: dict[str, Path] = {}
    others: dict[Path, str] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or not path.is_file():
            continue
        if path.suffix.lower() not in SUFFIXES:
            others[path] = f"a file of type {path.suffix or 'unknown'} is not read"
        elif path.stem in images:
            others[path] = f"{images[path.stem].name} has the same name but for the ending"
        else:
            images[path.stem] = path
    return images, others


def list_images(folder: Path) -> dict[str, Path]:
    """Map file stem to path for all images directly in `folder`, sorted by stem.

    Raises:
        InputError: no such folder, or two images that differ in their ending alone.
    """
    images, others = sort_files(folder)
    for path, reason in others.items():
        if path.suffix.lower() in SUFFIXES:
            raise InputError(f"{folder}/{path.name}: {reason}. Remove one of them.")
    return images


def read_rgb(path: Path, max_megapixels: float = MAX_MEGAPIXELS) -> ReadImage:
    """Read an image file as 8-bit RGB.

    Grey, palette, CMYK, 16-bit and transparent images and EXIF rotation are converted, and the
    result says so. A colour profile is not applied: networks see the stored values.

    Raises:
        InputError: not an image of a known format, truncated, empty, animated, or larger than
            `max_megapixels`; the message names the file.
    """
    with _open(path, max_megapixels) as image:
        wide = _has_16_bits(image)  # before loading, which forgets how the file stored them
        try:
            image.load()
            conversions = list(_list_conversions(image, wide))
            upright = ImageOps.exif_transpose(image)
            pixels = _to_rgb_array(upright)
        except (*DAMAGE, MemoryError) as error:
            raise InputError(
                f"{path.name}: truncated or damaged ({error}). Export it again."
            ) from error
    return ReadImage(pixels, tuple(conversions))


def read_mask(path: Path, max_megapixels: float = MAX_MEGAPIXELS) -> Mask:
    """Read an image file as (H, W) bool: True where it is brighter than half.

    Raises:
        InputError: as `read_rgb` and `to_mask`.
    """
    return to_mask(read_rgb(path, max_megapixels).pixels, path.name)


def to_mask(pixels: RgbImage, name: str) -> Mask:
    """Return (H, W) bool, True where an (H, W, 3) uint8 image is brighter than half.

    Raises:
        InputError: marked with a dark value such as 1, which would be taken for an empty mask.
    """
    values = pixels.max(axis=2)
    if 0 < values.max() < 128:
        raise InputError(
            f"{name}: its brightest value is {values.max()}, so nothing counts as marked. "
            "Write artifacts as 255."
        )
    return np.asarray(values > 127)


def read_label_map(path: Path) -> LabelMap:
    """Read an 8-bit grey or palette PNG of ADE20K class indices, (H, W) uint8.

    Raises:
        InputError: unreadable, more than one channel, or an index above 149.
    """
    with _open(path, MAX_MEGAPIXELS) as image:
        if image.mode not in ("L", "P"):
            raise InputError(
                f"{path.name}: a class map must be an 8-bit one-channel PNG of ADE20K indices, "
                f"got mode {image.mode}."
            )
        try:
            labels = np.array(image, dtype=np.uint8)
        except DAMAGE as error:
            raise InputError(f"{path.name}: truncated or damaged ({error}).") from error
    if labels.max() > 149:
        raise InputError(f"{path.name}: class index {labels.max()}, but ADE20K has 0 to 149.")
    return labels


def encode_label_map(labels: LabelMap) -> bytes:
    """Encode (H, W) uint8 class indices as a grey PNG."""
    return encode_pixels(labels)


def decode_label_map(data: bytes) -> LabelMap:
    """Decode what `encode_label_map` wrote; InputError where the bytes are no image."""
    return decode_grey(data, "a class map")


def encode_png(image: RgbImage) -> bytes:
    """Encode (H, W, 3) uint8 RGB losslessly, without metadata, fast rather than small."""
    return encode_pixels(np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2BGR), np.uint8))


def encode_even(image: RgbImage) -> bytes:
    """Encode (H, W, 3) uint8 RGB losslessly, without metadata: one size of files for one of images.

    Where two outputs are compared blindly, the length of a download must not tell the smoother.
    """
    return encode_stored(np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2BGR), np.uint8))


def decode_png(data: bytes) -> RgbImage:
    """Decode what `encode_png` wrote into (H, W, 3) uint8 RGB."""
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if bgr is None:
        raise InputError(f"{len(data)} bytes of a stored image are not readable.")
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def compress_jpeg(image: RgbImage, quality: int) -> RgbImage:
    """Return what is left of (H, W, 3) uint8 RGB after JPEG of a quality in 1..100."""
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR) if done else None
    if decoded is None:
        raise InputError(f"An image of shape {image.shape} could not be compressed as JPEG.")
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def is_plain_png(data: bytes) -> bool:
    """Tell whether a file can be shown as it is: a whole 8-bit RGB PNG with nothing beside pixels.

    Browsers apply gamma, profiles, transparency and EXIF rotation, and are stricter than Pillow
    about a missing end; what is judged must be the stored values.
    """
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or not data.endswith(PNG_END):
        return False
    with Image.open(BytesIO(data), formats=["PNG"]) as image:
        return (
            image.mode == "RGB"
            and not _has_16_bits(image)
            and not {"icc_profile", "gamma", "chromaticity", "exif", "transparency"}
            & image.info.keys()
            and b"cICP" not in data[:4096]
        )


def resize_bicubic(image: RgbImage, size: Size) -> RgbImage:
    """Resize (H, W, 3) uint8 RGB with an antialiased bicubic filter, as MATLAB's imresize does."""
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BICUBIC))


def _open(path: Path, max_megapixels: float) -> Image.Image:
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise InputError(
                f"{path.name}: {size / 1e9:.1f} GB is more than an image of this kind can need."
            )
        # Read whole: Pillow leaves a file open when some of its decoders meet damage.
        image = Image.open(BytesIO(path.read_bytes()), formats=FORMATS)
        frames = getattr(image, "n_frames", 1)
    except UnidentifiedImageError as error:
        raise InputError(
            f"{path.name}: not a readable {', '.join(FORMATS)} image. Export it again as PNG."
        ) from error
    except DAMAGE as error:
        raise InputError(f"{path.name}: cannot be read ({error}). Export it again.") from error
    megapixels = image.width * image.height / 1e6
    problem = ""
    if megapixels > max_megapixels:
        problem = (
            f"{Size(*image.size)} is {megapixels:.0f} megapixels, more than {max_megapixels:g}. "
            "Cut it into parts."
        )
    elif frames > 1:
        problem = f"has {frames} frames. Export one of them."
    if problem:
        image.close()
        raise InputError(f"{path.name}: {problem}")
    return image


def _has_16_bits(image: Image.Image) -> bool:
    """Tell whether samples are wider than 8 bits; Pillow names it in the decoder's raw mode."""
    if image.mode.startswith(("I", "F")):
        return True
    return any(";16" in str(tile[3]) for tile in getattr(image, "tile", ()))


def _list_conversions(image: Image.Image, wide: bool) -> Iterator[str]:
    if wide:
        yield "16-bit converted to 8-bit"
    if image.mode in ("1", "L", "LA", "La", "I", "F") or image.mode.startswith("I;"):
        yield "grey converted to RGB"
    elif image.mode in ("P", "PA"):
        yield "palette converted to RGB"
    elif image.mode not in ("RGB", "RGBA", "RGBa", "RGBX"):
        yield f"{image.mode} converted to RGB"
    if image.mode in ("RGBA", "RGBa", "LA", "La", "PA") or "transparency" in image.info:
        yield "alpha channel dropped"
    if image.getexif().get(0x0112, 1) != 1:
        yield "EXIF rotation applied"


def _to_rgb_array(image: Image.Image) -> RgbImage:
    if image.mode.startswith("I") or image.mode == "F":
        samples: NDArray[np.generic] = np.asarray(image)
        if samples.dtype.kind == "f":
            raise ValueError("floating-point samples have no fixed range")
        grey = (samples.astype(np.int64) >> 8).clip(0, 255).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, axis=2)
    if image.mode in ("P", "PA") or "transparency" in image.info:
        # Through RGBA, so that Pillow does not warn about the transparent palette entry.
        image = image.convert("RGBA")
    return np.array(image.convert("RGB"))
