"""PNG bytes of whatever is stored: images, masks and class maps."""

import cv2
import numpy as np
from numpy.typing import NDArray

from desra_studio.errors import InputError

FAST = (cv2.IMWRITE_PNG_COMPRESSION, 1)
BILEVEL = (cv2.IMWRITE_PNG_BILEVEL, 1)


def encode_pixels(pixels: NDArray[np.uint8], options: tuple[int, int] = FAST) -> bytes:
    """Encode (H, W) grey or (H, W, 3) BGR uint8 losslessly, without metadata.

    Args:
        pixels: of the image.
        options: one of OpenCV's, with its value.

    Raises:
        InputError: a shape that PNG does not have.
    """
    done, data = cv2.imencode(".png", pixels, options)
    if not done:
        raise InputError(f"Pixels of shape {pixels.shape} could not be encoded as PNG.")
    return data.tobytes()


def decode_grey(data: bytes, what: str) -> NDArray[np.uint8]:
    """Decode a grey PNG into (H, W) uint8; InputError, with what it is, where it is none."""
    grey = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        raise InputError(f"{len(data)} bytes of {what} are not a readable PNG.")
    return np.asarray(grey, np.uint8)
