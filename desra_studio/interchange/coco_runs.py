"""COCO's run lengths: column by column, as a list of numbers or as a text."""

from functools import partial

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask, Size
from desra_studio.interchange.fields import read_counts, read_list, read_object, read_whole
from desra_studio.interchange.labels import Area
from desra_studio.interchange.runs import check_runs, expand_runs

FIRST_CHARACTER = 48
"""Of the text: a group of five bits is written as the character of this code and above."""
MORE = 0x20
SIGN = 0x10
MAX_GROUPS = 7
"""Of five bits in a number: enough for any image."""


def compress_runs(lengths: NDArray[np.int64], size: Size) -> str:
    """Return run lengths, column by column, of a mask as COCO's text."""
    width, height = size
    whole = {"counts": lengths.tolist(), "size": [height, width]}
    text: bytes = coco_mask.frPyObjects(whole, height, width)["counts"]
    return text.decode("ascii")


def parse_runs(text: bytes) -> NDArray[np.int64]:
    """Return the run lengths that COCO's text stands for.

    pycocotools would read beyond the end of a text that is cut off.

    Raises:
        InputError: a character that cannot be in it, or a number that is cut off or too long.
    """
    # Bytes go around, so that characters below the first are above the last.
    groups = np.frombuffer(text, np.uint8) - np.uint8(FIRST_CHARACTER)
    if (groups > 63).any():
        raise InputError("its run lengths have a character that COCO's never have.")
    ends = np.flatnonzero(groups & MORE == 0)
    if groups.size and (not ends.size or ends[-1] != groups.size - 1):
        raise InputError("its run lengths are cut off.")
    starts = np.concatenate(([0], ends[:-1] + 1)) if ends.size else ends
    sizes = ends - starts + 1
    if sizes.max(initial=0) > MAX_GROUPS:
        raise InputError("its run lengths have a number that is too long.")
    values = np.zeros(ends.size, np.int64)
    for index in range(int(sizes.max(initial=0))):
        has = sizes > index
        values[has] |= (groups[starts[has] + index] & 0x1F).astype(np.int64) << (5 * index)
    values -= np.where(groups[ends] & SIGN, 1 << (5 * sizes), 0)
    # From the fourth on each is the difference to the one before the last.
    values[1::2] = np.cumsum(values[1::2])
    values[2::2] = np.cumsum(values[2::2])
    return values


def make_run_area(value: object, size: Size) -> Area:
    """Return the area of a COCO run length object, whose counts are a list or a text.

    Raises:
        InputError: of another size than the image, or it does not cover it exactly.
    """
    segmentation = read_object(value, "its run lengths")
    sides = [read_whole(side, "size") for side in read_list(segmentation.get("size"), "size")]
    if sides != [size.height, size.width]:
        raise InputError(f"its run lengths are of height and width {sides}, the image is {size}.")
    counts = segmentation.get("counts")
    if isinstance(counts, str):
        text = counts.encode("utf-8", "replace")
        check_runs(parse_runs(text), size)
        return partial(_mark_text, text)
    lengths = read_counts(counts, "counts")
    check_runs(lengths, size)
    return partial(_mark_runs, lengths.astype(np.uint32))


def _mark_text(text: bytes, mask: Mask) -> None:
    _mark_runs(parse_runs(text), mask)


def _mark_runs(lengths: NDArray[np.integer], mask: Mask) -> None:
    """Mark runs in the columns that they reach, for most annotations are small."""
    height = mask.shape[0]
    if len(lengths) < 2:
        return
    pairs = lengths[: len(lengths) // 2 * 2].astype(np.int64)
    end = int(pairs.sum())
    first, stop = int(pairs[0]) // height, -(-end // height)
    pairs[0] -= first * height
    part = expand_runs(np.append(pairs, stop * height - end))
    columns = mask[:, first:stop]
    columns |= part.reshape(stop - first, height).T
