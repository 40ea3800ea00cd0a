"""Masks as components and as bytes."""

import zlib
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask, Size
from desra_studio.imaging.png import decode_grey, encode_bits

Place: TypeAlias = tuple[slice, slice]
"""Rows and columns of a box."""

MAX_LEB128_BYTES = 5
"""Of a number below 2^35."""


@dataclass(frozen=True)
class Components:
    """The 8-connected components of a mask.

    Attributes:
        labels: (H, W) int32, 0 is background, component i has label i + 1.
        areas: (N,) int64, area of each component in px.
        boxes: (N, 4) int64, x, y, width, height of each component.
    """

    labels: NDArray[np.int32]
    areas: NDArray[np.int64]
    boxes: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.areas)


def find_components(mask: Mask) -> Components:
    """Label the 8-connected components of an (H, W) bool mask."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8), connectivity=8)
    figures: NDArray[np.int64] = stats[1:].astype(np.int64)
    return Components(
        labels=labels.astype(np.int32, copy=False),
        areas=figures[:, cv2.CC_STAT_AREA],
        boxes=figures[
            :, [cv2.CC_STAT_LEFT, cv2.CC_STAT_TOP, cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]
        ],
    )


def find_component_at(mask: Mask, x: int, y: int) -> tuple[Place, Mask]:
    """Return the 8-connected component of an (H, W) bool mask over a marked pixel.

    Looking for this one alone takes a thirtieth of the time that labelling all of them does.

    Returns:
        rows and columns of its box, and (h, w) bool, its pixels there.
    """
    marked = mask.astype(np.uint8)
    _, _, _, (left, top, width, height) = cv2.floodFill(marked, None, (x, y), [2], flags=8)
    place = (slice(top, top + height), slice(left, left + width))
    return place, np.asarray(marked[place] == 2)


def count_pixels_inside(components: Components, mask: Mask) -> NDArray[np.int64]:
    """Return, (N,) int64, how many pixels of each component lie in `mask`."""
    return np.bincount(components.labels[mask], minlength=len(components) + 1)[1:].astype(np.int64)


def encode_mask_png(mask: Mask) -> bytes:
    """Encode an (H, W) bool mask as a 1-bit grey PNG (white = artifact)."""
    return encode_bits(mask)


def decode_mask_png(data: bytes) -> Mask:
    """Decode what `encode_mask_png` wrote; InputError where the bytes are no image."""
    return np.asarray(decode_grey(data, "a mask") > 127)


def encode_mask_runs(mask: Mask) -> bytes:
    """Encode an (H, W) bool mask as run lengths: what the canvas sends and receives.

    Row by row, the lengths of alternating runs, the first of which is unmarked (and may be 0),
    each as an unsigned LEB128 number. `ui/static/masks/runs.js` is the other half;
    `tests/golden/runs.json` holds both to the same bytes.
    """
    flat = mask.ravel()
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    starts = (
        np.concatenate(([0], edges))
        if flat.size == 0 or not flat[0]
        else np.concatenate(([0, 0], edges))
    )
    return _encode_leb128(np.diff(np.concatenate((starts, [flat.size]))))


def _encode_leb128(values: NDArray[np.int64]) -> bytes:
    """Encode numbers below 2^35 as unsigned LEB128, one after the other."""
    bounds = np.array([1 << bits for bits in (7, 14, 21, 28)])
    sizes = 1 + np.searchsorted(bounds, values, side="right")
    starts = np.cumsum(sizes) - sizes
    out = np.empty(int(sizes.sum()), np.uint8)
    for index in range(int(sizes.max(initial=0))):
        has = sizes > index
        more = np.where(sizes[has] > index + 1, 128, 0)
        out[starts[has] + index] = (values[has] >> (7 * index) & 127) | more
    return out.tobytes()


def decode_mask_runs(data: bytes, size: Size) -> Mask:
    """Decode run lengths into an (H, W) bool mask.

    Raises:
        InputError: the runs do not add up to `size` exactly, or a number is cut off or too long.
    """
    lengths = _read_run_lengths(data, size)
    values = np.arange(len(lengths)) % 2 == 1
    return np.repeat(values, lengths).reshape(size.height, size.width)


def unpack_mask_runs(data: bytes, size: Size) -> Mask:
    """Decode gzip-compressed run lengths, never inflating more than the image could need.

    Raises:
        InputError: not gzip, cut off, or more data than a mask of `size` can have.
    """
    return decode_mask_runs(_inflate_runs(data, size), size)


def check_packed_runs(data: bytes, size: Size) -> None:
    """Raise as `unpack_mask_runs` would, without making the mask."""
    _read_run_lengths(_inflate_runs(data, size), size)


def _inflate_runs(data: bytes, size: Size) -> bytes:
    limit = size.width * size.height + 16
    inflater = zlib.decompressobj(wbits=31)
    try:
        runs = inflater.decompress(data, limit)
    except zlib.error as error:
        raise InputError(f"The mask that was sent is not readable: {error}.") from error
    if not inflater.eof:
        raise InputError("The mask that was sent is cut off, or too long for its image.")
    return runs


def _read_run_lengths(data: bytes, size: Size) -> NDArray[np.int64]:
    total = size.width * size.height
    lengths = _decode_leb128(np.frombuffer(data, np.uint8))
    covered = int(lengths.sum())
    if covered != total:
        raise InputError(
            f"The mask's run lengths cover {covered} px, but the image has {total} ({size})."
        )
    return lengths


def _decode_leb128(data: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Decode unsigned LEB128 numbers below 2^35, one after the other."""
    ends = np.flatnonzero(data < 128)
    if data.size and (not ends.size or ends[-1] != data.size - 1):
        raise InputError("The mask's run lengths are not readable: the last number is cut off.")
    starts = np.concatenate(([0], ends[:-1] + 1)) if ends.size else ends
    sizes = ends - starts + 1
    longest = int(sizes.max(initial=0))
    if longest > MAX_LEB128_BYTES:
        raise InputError("The mask's run lengths are not readable: a number is too long.")
    values = np.zeros(ends.size, np.int64)
    for index in range(longest):
        has = sizes > index
        values[has] |= (data[starts[has] + index] & 127).astype(np.int64) << (7 * index)
    return values
