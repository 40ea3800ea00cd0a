"""The masks and outlines that the golden files hold; imports nothing of the studio."""

import numpy as np

WIDTH, HEIGHT = 61, 47

POLYGON = [[8.3, 5.2], [40.7, 9.9], [33.1, 30.5], [20.0, 18.4], [6.6, 33.3]]
BOX = [30, 20, 55.5, 41]
"""Left, top, right, bottom."""
CIRCLE = [[45, 14], [52, 17.5]]
"""The centre, and a point of the edge."""


def make_mask():
    """A ring, a diagonal, a pixel in each corner, and noise."""
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[8:22, 5:30] = True
    mask[12:18, 10:24] = False
    mask[range(25, 40), range(30, 45)] = True
    mask[[0, 0, -1, -1], [0, -1, 0, -1]] = True
    mask[28:44, 4:24] = np.random.default_rng(20).random((16, 20)) < 0.4
    return mask
