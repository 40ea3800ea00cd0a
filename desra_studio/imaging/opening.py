"""Opening image files of strangers: within limits, one picture of each, without their texts."""

import struct
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Size
from desra_studio.imaging.png import SIGNATURE, drop_texts

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF")
LOSSY = frozenset({"JPEG", "MPO", "WEBP"})
MAX_MEGAPIXELS = 100.0
MEGAPIXEL_SETTING = "DESRA_STUDIO_MAX_MEGAPIXELS"
MAX_FILE_BYTES = 1_000_000_000
# What Pillow's decoders raise on damaged files of one format or another.
DAMAGE = (OSError, SyntaxError, ValueError, TypeError, EOFError, struct.error)
# Pillow's own limit warns below ours and is one for the process; `open_image` checks every header.
Image.MAX_IMAGE_PIXELS = None


def open_image(path: Path, max_megapixels: float) -> Image.Image:
    """Open an image file without decoding its pixels yet.

    Of a photograph with a second one in it (MPO), and of an animated PNG, it is the first picture,
    as viewers show it. The texts in a PNG are not read: some tools put megabytes there.

    Raises:
        InputError: not an image of a known format, damaged, of several pages or frames of another
            format, or larger than `max_megapixels`; the message names the file.
    """
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise InputError(
                f"{path.name}: {size / 1e9:.1f} GB is more than an image of this kind can need."
            )
        # Read whole: Pillow leaves a file open when some of its decoders meet damage.
        data = path.read_bytes()
        if data.startswith(SIGNATURE):
            data = drop_texts(data)
        image = Image.open(BytesIO(data), formats=FORMATS)
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
            f"{Size(*image.size)} is {megapixels:.4g} megapixels, more than the limit of "
            f"{max_megapixels:g}. Cut it into parts, or raise {MEGAPIXEL_SETTING}."
        )
    elif frames > 1 and image.format not in ("MPO", "PNG"):
        problem = f"has {frames} frames. Export one of them."
    if problem:
        image.close()
        raise InputError(f"{path.name}: {problem}")
    return image


def describe_frames(image: Image.Image) -> str:
    """Say that one picture of several is read; empty where the file has one."""
    frames = getattr(image, "n_frames", 1)
    return f"the first of its {frames} pictures read" if frames > 1 else ""


def has_16_bits(image: Image.Image) -> bool:
    """Tell whether samples are wider than 8 bits; Pillow names it in the decoder's raw mode."""
    if image.mode.startswith(("I", "F")):
        return True
    return any(";16" in str(tile[3]) for tile in getattr(image, "tile", ()))
