"""Making LR images out of HR images: blur, resize, noise and JPEG, once each.

The kinds and their order are those of the first of Real-ESRGAN's two rounds (Wang et al., ICCVW
2021, section 3.1); the default ranges are milder, as for photographs of a phone.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import RgbImage, check_rgb, size_of
from desra_studio.imaging.io import compress_jpeg

RESIZE_METHODS = (cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC)
BLUR_KERNEL_PX = 21

Range = tuple[float, float]


@dataclass(frozen=True)
class DegradationRanges:
    """What degradations are drawn from, all uniformly.

    Attributes:
        blur_sigma: of a Gaussian kernel along each of its two axes, in HR px.
        resize: size before noise and JPEG, in multiples of the LR's.
        noise_sigma: of Gaussian noise, of 255.
        noise_share: how many images get noise.
        jpeg_quality: of JPEG.
        jpeg_share: how many images are compressed.
    """

    blur_sigma: Range = (0.2, 2.4)
    resize: Range = (0.8, 1.6)
    noise_sigma: Range = (1.0, 15.0)
    noise_share: float = 0.5
    jpeg_quality: Range = (40.0, 95.0)
    jpeg_share: float = 0.8


def crop_to_multiple(image: RgbImage, multiple: int) -> RgbImage:
    """Return the largest part from the top left whose sides are multiples of `multiple` px.

    Raises:
        InputError: a side is shorter than `multiple`.
    """
    size = size_of(image)
    width, height = (side // multiple * multiple for side in (size.width, size.height))
    if not (width and height):
        raise InputError(f"An HR of {size} px is too small for a scale of {multiple}.")
    return image[:height, :width]


def degrade_image(
    hr: RgbImage,
    scale: int,
    rng: np.random.Generator,
    ranges: DegradationRanges = DegradationRanges(),
) -> RgbImage:
    """Make a low-resolution image as a camera and an upload would.

    Args:
        hr: (scale h, scale w, 3) uint8 RGB.
        scale: HR size over LR size.
        rng: what is drawn comes from here, so that a seed repeats it.
        ranges: what to draw from.

    Returns:
        (h, w, 3) uint8 RGB.

    Raises:
        InputError: not an RGB image, or a side that is not a multiple of `scale`.
    """
    check_rgb(hr, "HR")
    size = size_of(hr)
    if size.width % scale or size.height % scale:
        raise InputError(f"An HR of {size} px has a side that is not a multiple of {scale}.")
    width, height = size.width // scale, size.height // scale
    image = cv2.filter2D(
        hr.astype(np.float32), -1, _draw_kernel(rng, ranges), borderType=cv2.BORDER_REFLECT
    )
    factor = rng.uniform(*ranges.resize)
    between = (max(1, round(width * factor)), max(1, round(height * factor)))
    image = cv2.resize(image, between, interpolation=_draw_method(rng))
    if rng.random() < ranges.noise_share:
        image = image + _draw_noise(rng, image.shape, rng.uniform(*ranges.noise_sigma))
    pixels = _to_uint8(image)
    if rng.random() < ranges.jpeg_share:
        pixels = compress_jpeg(pixels, round(rng.uniform(*ranges.jpeg_quality)))
    if between == (width, height):
        return pixels
    resized = cv2.resize(
        pixels.astype(np.float32), (width, height), interpolation=_draw_method(rng)
    )
    return _to_uint8(resized)


def _draw_method(rng: np.random.Generator) -> int:
    return RESIZE_METHODS[rng.integers(len(RESIZE_METHODS))]


def _draw_kernel(rng: np.random.Generator, ranges: DegradationRanges) -> NDArray[np.float32]:
    """Return a Gaussian kernel of two widths, turned by any angle, that sums to 1."""
    along, across = rng.uniform(*ranges.blur_sigma, size=2)
    angle = rng.uniform(0, np.pi)
    half = BLUR_KERNEL_PX // 2
    y, x = np.mgrid[-half : half + 1, -half : half + 1].astype(np.float32)
    u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    kernel = np.exp(-((u / along) ** 2 + (v / across) ** 2) / 2)
    return np.asarray(kernel / kernel.sum(), dtype=np.float32)


def _draw_noise(
    rng: np.random.Generator, shape: tuple[int, ...], sigma: float
) -> NDArray[np.float32]:
    """Return noise for all channels alike or for each by itself, with even odds."""
    channels = 1 if rng.random() < 0.5 else 3
    return rng.normal(0, sigma, (*shape[:2], channels)).astype(np.float32)


def _to_uint8(image: NDArray[np.generic]) -> RgbImage:
    return np.asarray(image, dtype=np.float32).round().clip(0, 255).astype(np.uint8)
