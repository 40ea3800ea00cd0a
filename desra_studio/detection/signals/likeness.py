"""How alike the structure of GAN-SR is to what it is held against: the parts of SSIM, by scale."""

from functools import partial

import numpy as np

from desra_studio.detection.map_detector import FloatMap
from desra_studio.detection.signals.signal import Signal
from desra_studio.detection.signals.sources import Other, Sources
from desra_studio.imaging.windows import SSIM_C2

SIGMAS = (1.5, 3.0, 6.0)
"""Of the windows in px: SSIM's own, and twice and four times as wide."""
CONTRAST_FLOOR = np.float32(5)
"""Variance in grey levels^2 below which contrast is noise."""
HALF_C2 = np.float32(SSIM_C2 / 2)
"""What SSIM's authors put into its structure term."""


def compute_structure(sources: Sources, other: Other, sigma: float) -> FloatMap:
    """Compute the correlation of both lumas in a window, SSIM's structure term; -1..1.

    (s_xy + C2 / 2) / (s_x s_y + C2 / 2), Wang, Bovik, Sheikh and Simoncelli 2004, Equation 10.
    """
    gan, held, both = sources.compute_moments(other, sigma)
    return np.asarray((both + HALF_C2) / (np.sqrt(gan * held) + HALF_C2), dtype=np.float32)


def compute_contrast_ratio(sources: Sources, other: Other, sigma: float) -> FloatMap:
    """Compute the log ratio of both variances: above 0 where GAN-SR is the busier.

    With its sign, what DeSRA's Equation 7 measures without one.
    """
    gan, held, _ = sources.compute_moments(other, sigma)
    return np.asarray(np.log((gan + CONTRAST_FLOOR) / (held + CONTRAST_FLOOR)), dtype=np.float32)


def compute_likeness(sources: Sources, other: Other, sigma: float) -> FloatMap:
    """Compute SSIM's contrast and structure in one, without its luminance; -1..1.

    (2 s_xy + C2) / (s_x^2 + s_y^2 + C2), as in multi-scale SSIM (Wang, Simoncelli, Bovik 2003).
    """
    gan, held, both = sources.compute_moments(other, sigma)
    c2 = np.float32(SSIM_C2)
    return np.asarray((2 * both + c2) / (gan + held + c2), dtype=np.float32)


def list_signals() -> list[Signal]:
    """Return these signals, against the reference and against LR, at each scale."""
    parts = {
        "structure": (compute_structure, "structure term of SSIM"),
        "contrast": (compute_contrast_ratio, "log ratio of local variances"),
        "likeness": (compute_likeness, "contrast and structure of SSIM"),
    }
    others: tuple[Other, ...] = ("reference", "lr")
    return [
        Signal(
            name=f"{name}-{other}-{sigma:g}",
            about=f"{about} against the {other}, window of sigma {sigma:g} px",
            compute=partial(compute, other=other, sigma=sigma),
            needs_lr=other == "lr",
        )
        for other in others
        for name, (compute, about) in parts.items()
        for sigma in SIGMAS
    ]
