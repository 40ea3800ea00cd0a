"""Makes masks."""

import numpy as np


def mark_squares(*squares):
    """A mask (96, 96) bool that marks squares, each (x, y, side)."""
    mask = np.zeros((96, 96), bool)
    for x, y, side in squares:
        mask[y : y + side, x : x + side] = True
    return mask


def mark_boxes(*boxes, size=60):
    """A mask (size, size) bool that marks boxes, each (x, y, width, height)."""
    mask = np.zeros((size, size), bool)
    for x, y, width, height in boxes:
        mask[y : y + height, x : x + width] = True
    return mask
