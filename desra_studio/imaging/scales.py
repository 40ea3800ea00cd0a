"""Values as colours: planes of small numbers that a page shows as they are."""

import cv2
import numpy as np

from desra_studio.imaging.arrays import RgbImage

LEVELS = 256


def make_viridis(levels: int = LEVELS) -> RgbImage:
    """Return the colour scale viridis, (1, levels, 3) uint8 RGB, dark violet to yellow.

    Equal steps look equally large, and stay in order for the colour-blind and in grey.
    """
    positions = np.rint(np.linspace(0, LEVELS - 1, levels)).astype(np.uint8)
    bgr = cv2.applyColorMap(positions[None, :], cv2.COLORMAP_VIRIDIS)
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)
