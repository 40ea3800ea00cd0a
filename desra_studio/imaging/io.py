"""Reading and writing image files: the only place that knows BGR and the modes of files."""

import os
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import LabelMap, RgbImage, Size
from desra_studio.imaging.opening import (
    DAMAGE,
    MAX_MEGAPIXELS,
    describe_frames,
    has_16_bits,
    open_image,
)
from desra_studio.imaging.png import (
    SIGNATURE,
    decode_grey,
    drop_texts,
    encode_pixels,
    encode_stored,
)

MAX_TEXT_BYTES = 4096
"""Of texts in a file that is kept as it is."""
PNG_END = b"IEND\xaeB`\x82"
SUFFIXES = frozenset(
    {".png", ".apng", ".jpg", ".jpeg", ".jfif", ".mpo", ".webp", ".bmp", ".tif", ".tiff"}
)
EXIF_ORIENTATION = 0x0112
TURN_APPLIED = "EXIF rotation applied"
TURN_LEFT_ALONE = "EXIF rotation not applied, since its partner shows the picture as it is stored"
MADE_WHITE = "alpha channel dropped, what is transparent made white"


@dataclass(frozen=True)
class ReadImage:
    """An image file's pixels and what had to be converted to get them.

    Attributes:
        pixels: (H, W, 3) uint8 RGB.
        conversions: one phrase per conversion, empty where the file was 8-bit RGB already.
        orientation: EXIF's, 1 to 8, which was applied; 1 for none.
    """

    pixels: RgbImage
    conversions: tuple[str, ...]
    orientation: int = 1

    def unturn(self) -> "ReadImage":
        """Return the image as the file stores it, its EXIF rotation left alone."""
        told = (TURN_LEFT_ALONE if text == TURN_APPLIED else text for text in self.conversions)
        return ReadImage(_unturn(self.pixels, self.orientation), tuple(told))


def spell_name(text: str) -> str:
    r"""Return a file's name, or a text that has one, such that it can be stored and sent.

    Bytes that are not UTF-8, which Python keeps as lone surrogates, are spelled as \xNN.
    """
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def sort_files(
    folder: Path, suffixes: Sequence[str] = ()
) -> tuple[dict[str, Path], dict[Path, str]]:
    """Tell images directly in `folder` from what else lies there, leaving hidden things alone.

    Names are compared in Unicode's composed form: macOS writes the letters of one apart.

    Args:
        folder: to look into.
        suffixes: endings that programs append to names, NAME_out.png; names are told without.

    Returns:
        name without ending -> path of the images, sorted; and other paths -> why they are not
        used: another kind of file, the name of an image before, or a folder with images.

    Raises:
        InputError: no such folder.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder. Give a folder of images.")
    images: dict[str, Path] = {}
    others: dict[Path, str] = {}
    for path in sorted(folder.iterdir()):
        name = strip_suffix(unicodedata.normalize("NFC", path.stem), suffixes)
        if path.name.startswith("."):
            continue
        if path.is_dir():
            if count := count_images_within(path):
                held = "an image lies" if count == 1 else f"{count} images lie"
                others[path] = f"a folder is not read, though {held} in it"
        elif not path.is_file():
            others[path] = "it is no file"
        elif path.suffix.lower() not in SUFFIXES:
            others[path] = f"a file of type {path.suffix or 'unknown'} is not read"
        elif name in images:
            others[path] = f"{images[name].name} has the same name but for the ending"
        else:
            images[name] = path
    return images, others


def strip_suffix(name: str, suffixes: Sequence[str]) -> str:
    """Return a name without the first of these endings that it has and is more than."""
    for suffix in suffixes:
        if suffix and name.endswith(suffix) and name != suffix:
            return name.removesuffix(suffix)
    return name


def count_images_within(folder: Path) -> int:
    """Return how many images lie in a folder and its folders, links to folders left alone."""
    return sum(
        Path(name).suffix.lower() in SUFFIXES and not name.startswith(".")
        for _, _, names in os.walk(folder)
        for name in names
    )


def list_images(folder: Path) -> dict[str, Path]:
    """Map file stem to path for all images directly in `folder`, sorted; see `sort_files`.

    Raises:
        InputError: no such folder.
    """
    return sort_files(folder)[0]


def read_rgb(path: Path, max_megapixels: float = MAX_MEGAPIXELS) -> ReadImage:
    """Read an image file as 8-bit RGB.

    Grey, palette, CMYK, 16-bit and transparent images and EXIF rotation are converted, and the
    result says so. A colour profile is not applied: networks see the stored values.

    Raises:
        InputError: not an image of a known format, truncated, empty, animated, or larger than
            `max_megapixels`; the message names the file.
    """
    with open_image(path, max_megapixels) as image:
        wide = has_16_bits(image)  # before loading, which forgets how the file stored them
        try:
            image.load()
            orientation = int(image.getexif().get(EXIF_ORIENTATION, 1))
            told = list(_list_conversions(image, wide))
            pixels, conversions = _to_rgb_array(ImageOps.exif_transpose(image), path.name)
        except (*DAMAGE, MemoryError) as error:
            raise InputError(
                f"{path.name}: truncated or damaged ({error}). Export it again."
            ) from error
    if wide and not pixels.any():
        raise InputError(
            f"{path.name}: its 16-bit values are all so low that it would be black. Export it with "
            "8 bits."
        )
    told += conversions
    if orientation in range(2, 9):
        told.append(TURN_APPLIED)
    return ReadImage(pixels, tuple(told), orientation)


def read_label_map(path: Path) -> LabelMap:
    """Read an 8-bit grey or palette PNG of ADE20K class indices, (H, W) uint8.

    Raises:
        InputError: unreadable, more than one channel, or an index above 149.
    """
    with open_image(path, MAX_MEGAPIXELS) as image:
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
    if not data.startswith(SIGNATURE) or not data.endswith(PNG_END):
        return False
    bare = drop_texts(data)
    if len(data) - len(bare) > MAX_TEXT_BYTES:
        return False
    with Image.open(BytesIO(bare), formats=["PNG"]) as image:
        return (
            image.mode == "RGB"
            and not describe_frames(image)
            and not has_16_bits(image)
            and not {"icc_profile", "gamma", "chromaticity", "exif", "transparency"}
            & image.info.keys()
            and b"cICP" not in data[:4096]
        )


def resize_bicubic(image: RgbImage, size: Size) -> RgbImage:
    """Resize (H, W, 3) uint8 RGB with an antialiased bicubic filter, as MATLAB's imresize does."""
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BICUBIC))


def _list_conversions(image: Image.Image, wide: bool) -> Iterator[str]:
    if frames := describe_frames(image):
        yield frames
    if wide:
        yield "16-bit converted to 8-bit"
    if image.mode in ("1", "L", "LA", "La", "I", "F") or image.mode.startswith("I;"):
        yield "grey converted to RGB"
    elif image.mode in ("P", "PA"):
        yield "palette converted to RGB"
    elif image.mode not in ("RGB", "RGBA", "RGBa", "RGBX"):
        yield f"{image.mode} converted to RGB"


def _to_rgb_array(image: Image.Image, name: str) -> tuple[RgbImage, list[str]]:
    """Return (H, W, 3) uint8 RGB, and what was done to alpha."""
    if image.mode.startswith("I") or image.mode == "F":
        samples: NDArray[np.generic] = np.asarray(image)
        if samples.dtype.kind == "f":
            raise InputError(
                f"{name}: floating-point samples, of which nothing says how bright 1 is. Export it "
                "with 8 bits."
            )
        grey = (samples.astype(np.int64) >> 8).clip(0, 255).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, axis=2), []
    if not has_alpha(image):
        return np.array(image.convert("RGB")), []
    # Through RGBA, so that Pillow does not warn about the transparent palette entry.
    layers = np.array(image.convert("RGBA"))
    alpha = layers[:, :, 3:].astype(np.uint16)
    if alpha.min() == 255:
        return np.ascontiguousarray(layers[:, :, :3]), ["alpha channel dropped"]
    # What hides under transparent px is left over from another picture, and nobody sees it.
    shown = (layers[:, :, :3] * alpha + 255 * (255 - alpha) + 127) // 255
    return shown.astype(np.uint8), [MADE_WHITE]


def has_alpha(image: Image.Image) -> bool:
    """Tell whether px of an open image can be transparent."""
    return image.mode in ("RGBA", "RGBa", "LA", "La", "PA") or "transparency" in image.info


def _unturn(pixels: RgbImage, orientation: int) -> RgbImage:
    """Undo EXIF's orientation: the inverse of what `ImageOps.exif_transpose` did."""
    turned = {
        2: pixels[:, ::-1],
        3: pixels[::-1, ::-1],
        4: pixels[::-1],
        5: pixels.swapaxes(0, 1),
        6: np.rot90(pixels),
        7: pixels[::-1, ::-1].swapaxes(0, 1),
        8: np.rot90(pixels, -1),
    }.get(orientation, pixels)
    return np.ascontiguousarray(turned)
