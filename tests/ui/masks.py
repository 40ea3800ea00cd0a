"""Masks as the canvas sends them."""

import gzip

import numpy as np

from desra_studio.imaging.masks import encode_mask_runs


def pack(mask):
    """Run lengths, gzip-compressed."""
    return compress(encode_mask_runs(mask))


def compress(data):
    """Compress without the time of day: names of tests are made of what they send."""
    return gzip.compress(data, mtime=0)


MASK = np.zeros((96, 96), bool)
MASK[10:20, 10:30] = True
BODY = pack(MASK)


def post_mask(client, version, body=BODY, **headers):
    """Save MASK, or what is given, for the first image; returns the answer."""
    return client.post(
        "/studio/api/images/1/mask",
        content=body,
        headers={"If-Match": str(version), **headers},
    )
