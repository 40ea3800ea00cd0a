"""What is left of GAN-SR without what it is held against: amount, sign, colour, and LR kept."""

from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from desra_studio.detection.map_detector import FloatMap
from desra_studio.detection.signals.likeness import SIGMAS
from desra_studio.detection.signals.signal import Signal
from desra_studio.detection.signals.sources import Other, Sources, blur
from desra_studio.imaging.arrays import RgbImage

FLOOR = np.float32(0.5)
"""Grey levels: half a step of 8 bits."""
CHROMA_SIGMA = 3.0
REDUCED = 4
"""By how much both are reduced to compare GAN-SR with LR."""
REDUCED_SIGMA = 2.0


def compute_amount(sources: Sources, other: Other, sigma: float) -> FloatMap:
    """Compute the log of the mean absolute difference of both lumas in a window."""
    residual = np.abs(sources.gan_luma - sources.pick_luma(other))
    return np.asarray(np.log(blur(residual, sigma) + FLOOR), np.float32)


def compute_shift(sources: Sources, other: Other, sigma: float) -> FloatMap:
    """Compute the mean difference of both lumas in a window, grey levels: above 0 if brighter."""
    return blur(sources.gan_luma - sources.pick_luma(other), sigma)


def compute_chroma(sources: Sources) -> FloatMap:
    """Compute the log of the mean distance of both in CIELAB's a and b."""
    gan, held = (_read_chroma(image) for image in (sources.gan_sr, sources.reference))
    distance = np.hypot(*np.moveaxis(gan - held, 2, 0))
    return np.asarray(
        np.log(blur(np.asarray(distance, np.float32), CHROMA_SIGMA) + FLOOR), np.float32
    )


def compute_inconsistency(sources: Sources) -> FloatMap:
    """Compute the log of how far GAN-SR, reduced again, is from LR: what LR speaks against."""
    height, width = sources.gan_luma.shape
    gan, held = (_reduce(image) for image in (sources.gan_sr, sources.pick("lr")))
    distance = np.abs(gan - held).mean(axis=2)
    enlarged = cv2.resize(distance, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(
        np.log(blur(np.asarray(enlarged, np.float32), REDUCED_SIGMA) + FLOOR), np.float32
    )


def _read_chroma(image: RgbImage) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2LAB)[:, :, 1:], np.float32)


def _reduce(image: RgbImage) -> NDArray[np.float32]:
    height, width = image.shape[:2]
    size = (-(-width // REDUCED), -(-height // REDUCED))
    reduced = cv2.resize(image.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return np.asarray(reduced, np.float32)


def list_signals() -> list[Signal]:
    """Return these signals, those of luma against the reference and against LR at each scale."""
    parts = {
        "residual": (compute_amount, "mean absolute difference"),
        "shift": (compute_shift, "mean difference"),
    }
    others: tuple[Other, ...] = ("reference", "lr")
    scaled = [
        Signal(
            name=f"{name}-{other}-{sigma:g}",
            about=f"{about} to the {other}, window of sigma {sigma:g} px",
            compute=partial(compute, other=other, sigma=sigma),
            needs_lr=other == "lr",
        )
        for other in others
        for name, (compute, about) in parts.items()
        for sigma in SIGMAS
    ]
    return [
        *scaled,
        Signal(name="chroma", about="distance in CIELAB's a and b", compute=compute_chroma),
        Signal(
            name="inconsistency",
            about="distance of the reduced GAN-SR to LR",
            compute=compute_inconsistency,
            needs_lr=True,
        ),
    ]
