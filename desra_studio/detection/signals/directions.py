"""Where edges run: whether GAN-SR's have one direction, and the one that the reference's have."""

from functools import partial
from typing import NamedTuple

import cv2
import numpy as np

from desra_studio.detection.map_detector import FloatMap
from desra_studio.detection.signals.signal import Signal
from desra_studio.detection.signals.sources import Sources, blur

SIGMAS = (2.0, 4.0)
"""Of the windows in px."""
FLOOR = np.float32(2)
"""Squared gradient, grey levels per px: below it a direction is noise."""
SMOOTHING = 1.0
"""Sigma in px before gradients are held against each other."""


class Tensor(NamedTuple):
    """The structure tensor of luma: (H, W) float32 each.

    Attributes:
        energy: gx^2 + gy^2.
        cosine, sine: of twice the angle, times the energy that has a direction.
    """

    energy: FloatMap
    cosine: FloatMap
    sine: FloatMap

    @property
    def strength(self) -> FloatMap:
        """The energy that has a direction."""
        return np.asarray(np.hypot(self.cosine, self.sine), np.float32)


def compute_coherence(sources: Sources, of_gan: bool, sigma: float) -> FloatMap:
    """Compute how far gradients in a window share a direction, 0..1 (Bigün and Granlund 1987)."""
    tensor = _compute_tensor(sources.gan_luma if of_gan else sources.pick_luma("reference"), sigma)
    return np.asarray(tensor.strength / (tensor.energy + FLOOR), np.float32)


def compute_turn(sources: Sources, sigma: float) -> FloatMap:
    """Compute the cosine of twice the angle between both directions: 1 alike, -1 across."""
    gan = _compute_tensor(sources.gan_luma, sigma)
    held = _compute_tensor(sources.pick_luma("reference"), sigma)
    agreed = gan.cosine * held.cosine + gan.sine * held.sine
    return np.asarray(agreed / (gan.strength * held.strength + 2 * FLOOR), np.float32)


def compute_agreement(sources: Sources, sigma: float) -> FloatMap:
    """Compute the correlation of both gradient fields in a window, -1..1."""
    gan = _compute_gradients(blur(sources.gan_luma, SMOOTHING))
    held = _compute_gradients(blur(sources.pick_luma("reference"), SMOOTHING))
    shared = blur(gan[0] * held[0] + gan[1] * held[1], sigma)
    energies = (blur(across * across + down * down, sigma) for across, down in (gan, held))
    product = next(energies) * next(energies)
    return np.asarray(shared / (np.sqrt(product) + 1), np.float32)


def _compute_gradients(luma: FloatMap) -> tuple[FloatMap, FloatMap]:
    across, down = (
        np.asarray(
            cv2.Sobel(luma, cv2.CV_32F, dx, 1 - dx, scale=1 / 8, borderType=cv2.BORDER_REFLECT_101),
            np.float32,
        )
        for dx in (1, 0)
    )
    return across, down


def _compute_tensor(luma: FloatMap, sigma: float) -> Tensor:
    across, down = _compute_gradients(luma)
    horizontal, vertical = blur(across * across, sigma), blur(down * down, sigma)
    return Tensor(horizontal + vertical, horizontal - vertical, 2 * blur(across * down, sigma))


def list_signals() -> list[Signal]:
    """Return these signals at each scale."""
    made = []
    for sigma in SIGMAS:
        window = f"window of sigma {sigma:g} px"
        for name, of_gan in (("gan", True), ("reference", False)):
            made.append(
                Signal(
                    name=f"coherence-{name}-{sigma:g}",
                    about=f"coherence of gradients, {window}",
                    compute=partial(compute_coherence, of_gan=of_gan, sigma=sigma),
                )
            )
        made += [
            Signal(
                name=f"turn-{sigma:g}",
                about=f"angle between both directions, {window}",
                compute=partial(compute_turn, sigma=sigma),
            ),
            Signal(
                name=f"gradients-{sigma:g}",
                about=f"correlation of both gradient fields, {window}",
                compute=partial(compute_agreement, sigma=sigma),
            ),
        ]
    return made
