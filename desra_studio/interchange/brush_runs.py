"""Label Studio's run lengths of brush strokes: a stream of bits that holds RGBA samples.

The stream, most significant bits first, is that of thi.ng's rle-pack: 32 bits with the number of
samples; 5 bits with the bits of a sample, less 1; four times 4 bits with the bits of a length, less
1. Then, until there are as many samples: 1 bit that is set where one sample is repeated, 2 bits
that choose one of the four, the length less 1 in so many bits, and the sample that is repeated, or
as many samples as the length says. Samples are row by row, four to a pixel, of which the last one,
alpha, says whether the pixel is painted.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask, Size
from desra_studio.interchange.runs import find_runs

CHANNELS = 4
LENGTH_BITS = (3, 4, 8, 16)
"""Of the lengths that are written: those of Label Studio itself."""
SAMPLE_BITS = 8
PAINTED = 255


class _Header(NamedTuple):
    samples: int
    sample_bits: int
    length_bits: tuple[int, ...]


_HEADER_BITS = 32 + 5 + 4 * 4


def encode_brush(mask: Mask) -> list[int]:
    """Return an (H, W) bool mask as the bytes that Label Studio keeps in `value.rle`."""
    lengths = find_runs(mask.ravel()) * CHANNELS
    painted = np.arange(len(lengths)) % 2 == 1
    has = lengths > 0
    lengths, painted = _split_long(lengths[has], painted[has])
    choices = np.searchsorted([1 << bits for bits in LENGTH_BITS], lengths)
    bits = np.array(LENGTH_BITS)[choices]
    codes = (0b100 | choices) << bits | (lengths - 1)
    codes = codes << SAMPLE_BITS | np.where(painted, PAINTED, 0)
    header = _pack_header(mask.size * CHANNELS)
    return np.packbits(
        np.concatenate((header, _write_bits(codes, 3 + bits + SAMPLE_BITS)))
    ).tolist()


def _split_long(
    lengths: NDArray[np.int64], painted: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return runs of which none is longer than can be written."""
    most = 1 << LENGTH_BITS[-1]
    parts = -(-lengths // most)
    split = np.full(int(parts.sum()), most, np.int64)
    split[np.cumsum(parts) - 1] = lengths - (parts - 1) * most
    return split, np.repeat(painted, parts)


def _pack_header(samples: int) -> NDArray[np.uint8]:
    values = np.array([samples, SAMPLE_BITS - 1, *(bits - 1 for bits in LENGTH_BITS)])
    return _write_bits(values, np.array([32, 5, 4, 4, 4, 4]))


def _write_bits(values: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return numbers below 2^32, each in so many bits, one after the other, as 0 and 1."""
    bits = np.unpackbits(values.astype(">u4").view(np.uint8)).reshape(-1, 32)
    return bits[np.arange(32) >= 32 - sizes[:, None]]


def check_brush(data: bytes, size: Size) -> None:
    """Raise InputError as `decode_brush` would, without making the mask."""
    _read_runs(data, size)


def decode_brush(data: bytes, size: Size) -> Mask:
    """Return the painted pixels of brush strokes, (H, W) bool.

    Raises:
        InputError: cut off, or not of an image of this size.
    """
    lengths, painted = _read_runs(data, size)
    # Of a run of samples those are alphas, one a pixel, that are the last of four.
    ends = np.cumsum(lengths) // CHANNELS
    return np.repeat(painted, np.diff(ends, prepend=0)).reshape(size.height, size.width)


def _read_runs(data: bytes, size: Size) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the lengths of runs of samples, and which of them are not 0."""
    header = _read_header(data, size)
    lengths: list[int] = []
    painted: list[bool] = []
    padded = data + bytes(8)
    place, done, end = _HEADER_BITS, 0, len(data) * 8
    while done < header.samples:
        # 64 bits hold the longest beginning of a run: 7 before it, 3, a length, a sample.
        ahead = int.from_bytes(padded[place >> 3 : (place >> 3) + 8], "big") << (place & 7)
        bits = header.length_bits[ahead >> 61 & 3]
        length = (ahead >> (61 - bits) & ((1 << bits) - 1)) + 1
        repeats = ahead >> 63 & 1
        words = 1 if repeats else length
        first = place + 3 + bits
        place = first + words * header.sample_bits
        done += length
        if place > end:
            raise InputError(f"its brush strokes are cut off after {len(data)} bytes.")
        if repeats:
            lengths.append(length)
            sample = ahead >> (61 - bits - header.sample_bits) & ((1 << header.sample_bits) - 1)
            painted.append(sample > 0)
        else:
            lengths += [1] * length
            painted += _read_samples(data, first, length, header.sample_bits)
    if done != header.samples:
        raise InputError(f"its brush strokes have {done} samples, not {header.samples}.")
    return np.array(lengths, np.int64), np.array(painted, np.bool_)


def _read_header(data: bytes, size: Size) -> _Header:
    if len(data) * 8 < _HEADER_BITS:
        raise InputError(f"its brush strokes are cut off after {len(data)} bytes.")
    number = int.from_bytes(data[:7], "big") >> (56 - _HEADER_BITS)
    samples = number >> 21
    expected = size.width * size.height * CHANNELS
    if samples != expected:
        raise InputError(
            f"its brush strokes have {samples} samples, but an image of {size} px has {expected}."
        )
    length_bits = tuple((number >> shift & 15) + 1 for shift in (12, 8, 4, 0))
    return _Header(samples, (number >> 16 & 31) + 1, length_bits)


def _read_samples(data: bytes, first: int, count: int, bits: int) -> list[bool]:
    """Return which of samples that are not repeated are not 0."""
    start, stop = first >> 3, (first + count * bits + 7) >> 3
    stream = np.unpackbits(np.frombuffer(data, np.uint8, stop - start, start))
    samples: NDArray[np.uint8] = stream[first & 7 :][: count * bits].reshape(count, bits)
    return [bool(sample) for sample in samples.max(axis=1).tolist()]
