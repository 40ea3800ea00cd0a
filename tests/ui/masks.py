"""Masks of the small images behind the routes, as the canvas sends them."""

import gzip

import numpy as np

from desra_studio.imaging.masks import encode_mask_runs


def make_mask(*boxes):
    """A mask of 96x96 px that marks squares, each (x, y, side)."""
    mask = np.zeros((96, 96), bool)
    for x, y, side in boxes:
        mask[y : y + side, x : x + side] = True
    return mask


def pack(mask):
    """Run lengths, gzip-compressed."""
    return compress(encode_mask_runs(mask))


def compress(data):
    """Compress without the time of day: names of tests are made of what they send."""
    return gzip.compress(data, mtime=0)
