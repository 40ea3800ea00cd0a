"""PNG bytes of whatever is stored: images, masks and class maps."""

import struct
import zlib

import cv2
import numpy as np
from numpy.typing import NDArray

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask, Size

FAST = (cv2.IMWRITE_PNG_COMPRESSION, 1)
STORED = (cv2.IMWRITE_PNG_COMPRESSION, 0)
SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEADER_END = 8 + 25
"""Where a PNG's second chunk begins: after the signature and IHDR."""
TEXTS = (b"tEXt", b"zTXt", b"iTXt")
GREY, PALETTE = 0, 3
"""PNG's colour types of grey levels, and of indices into a palette."""


def encode_pixels(pixels: NDArray[np.uint8]) -> bytes:
    """Encode (H, W) grey or (H, W, 3) BGR uint8 losslessly, fast, without metadata.

    Raises:
        InputError: a shape that PNG does not have.
    """
    done, data = cv2.imencode(".png", pixels, FAST)
    if not done:
        raise InputError(f"Pixels of shape {pixels.shape} could not be encoded as PNG.")
    return data.tobytes()


def encode_stored(pixels: NDArray[np.uint8]) -> bytes:
    """Encode (H, W, 3) BGR uint8 as a PNG without compression: its bytes tell nothing but its size.

    Raises:
        InputError: a shape that PNG does not have.
    """
    done, data = cv2.imencode(".png", pixels, STORED)
    if not done:
        raise InputError(f"Pixels of shape {pixels.shape} could not be encoded as PNG.")
    return data.tobytes()


def encode_bits(mask: Mask) -> bytes:
    """Encode (H, W) bool as a 1-bit grey PNG, True is white.

    Masks are rows of long runs: looking for repeated bytes alone is five times as fast as OpenCV's
    encoder, and the file is smaller.
    """
    height, width = mask.shape
    rows = np.zeros((height, 1 + (width + 7) // 8), np.uint8)  # each begins with its filter: none
    rows[:, 1:] = np.packbits(mask, axis=1)
    deflater = zlib.compressobj(1, strategy=zlib.Z_RLE)
    return b"".join(
        (
            SIGNATURE,
            _make_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, GREY, 0, 0, 0)),
            _make_chunk(b"IDAT", deflater.compress(rows.tobytes()) + deflater.flush()),
            _make_chunk(b"IEND", b""),
        )
    )


def encode_indices(indices: NDArray[np.uint8], palette: NDArray[np.uint8]) -> bytes:
    """Encode (H, W) uint8 as a palette PNG: index 0 is transparent, i has colour i - 1.

    A third of the bytes, and of the time, that RGBA would take.

    Args:
        indices: of the pixels.
        palette: (1, N, 3) uint8 RGB, N at most 255, for the indices 1 to N.

    Raises:
        InputError: an index that the palette does not have.
    """
    colours = palette.shape[1]
    largest = int(indices.max(initial=0))
    if colours > 255 or largest > colours:
        raise InputError(f"Index {largest} is not in a palette of {colours} colours.")
    # A grey PNG holds the same samples; only what they mean is told elsewhere.
    grey = encode_pixels(indices)
    header = grey[16 : HEADER_END - 4]
    header = header[:9] + bytes([PALETTE]) + header[10:]
    return b"".join(
        (
            SIGNATURE,
            _make_chunk(b"IHDR", header),
            _make_chunk(b"PLTE", bytes(3) + palette.tobytes()),
            _make_chunk(b"tRNS", bytes(1)),
            grey[HEADER_END:],
        )
    )


def _make_chunk(name: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", checksum)


def drop_texts(data: bytes) -> bytes:
    """Return a PNG's bytes without the chunks of text in it, which may be megabytes and no pixel.

    What cannot be told into chunks stays as it is: it is for the decoder to say what is wrong.
    """
    parts, position = [data[:8]], 8
    while position + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, position)
        end = position + 12 + length
        if data[position + 4 : position + 8] not in TEXTS:
            parts.append(data[position:end])
        position = end
    return b"".join((*parts, data[position:]))


def decode_grey(data: bytes, what: str) -> NDArray[np.uint8]:
    """Decode a grey PNG into (H, W) uint8; InputError, with what it is, where it is none."""
    grey = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        raise InputError(f"{len(data)} bytes of {what} are not a readable PNG.")
    return np.asarray(grey, np.uint8)


def read_png_size(data: bytes) -> Size | None:
    """Return the size that a PNG's header tells, without decoding it; None where it is no PNG."""
    if not data.startswith(SIGNATURE) or len(data) < HEADER_END or data[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", data[16:24])
    return Size(width, height)
