"""The images that signals look at, and what several signals need of them, computed once."""

from functools import cached_property
from typing import Literal, NamedTuple, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from desra_studio.detection.map_detector import FloatMap, check_pair
from desra_studio.errors import InputError
from desra_studio.imaging.arrays import RgbImage, check_rgb, check_same_size
from desra_studio.imaging.windows import compute_luma

Other: TypeAlias = Literal["reference", "lr"]
"""What GAN-SR is held against: its reference, MSE-SR as a rule, or the enlarged LR."""

LEAST_PX = 11
"""Of a side: the window of D."""
ENERGY_FLOOR = np.float32(0.3)
"""Squared grey levels, about the noise of 8 bits; keeps logarithms of flat places apart."""
BANDS = ((0.7, 1.4), (1.4, 2.8), (2.8, 5.6))
"""Octaves as differences of two Gaussians, by their sigmas in px, finest first."""
BAND_SIGMA = 5.0
"""Of the window in which the energy of a band is taken, in px."""


class Moments(NamedTuple):
    """Variances and covariance of luma in a Gaussian window, (H, W) float32 each, grey levels^2."""

    gan: FloatMap
    other: FloatMap
    both: FloatMap


class Sources:
    """GAN-SR, its reference, and LR enlarged to their size where there is one.

    Attributes:
        gan_sr, reference: (H, W, 3) uint8 RGB of one size.
        enlarged: the same of LR; None without.
    """

    def __init__(
        self, gan_sr: RgbImage, reference: RgbImage, enlarged: RgbImage | None = None
    ) -> None:
        """Check that the images fit.

        Raises:
            InputError: other shapes or types, sizes that differ, or less than 11 px in a direction.
        """
        check_pair(gan_sr, reference, LEAST_PX)
        if enlarged is not None:
            check_rgb(enlarged, "the enlarged LR")
            check_same_size(gan_sr, enlarged, "GAN-SR", "the enlarged LR")
        self.gan_sr, self.reference, self.enlarged = gan_sr, reference, enlarged
        self._moments: dict[tuple[Other, float], Moments] = {}

    def pick(self, other: Other) -> RgbImage:
        """Return what GAN-SR is held against, (H, W, 3) uint8 RGB.

        Raises:
            InputError: LR, of which there is none.
        """
        if other == "reference":
            return self.reference
        if self.enlarged is None:
            raise InputError("This signal compares GAN-SR with LR, and there is none. Give it.")
        return self.enlarged

    @cached_property
    def gan_luma(self) -> FloatMap:
        """(H, W) float32, 0..255."""
        return compute_luma(self.gan_sr)

    @cached_property
    def _reference_luma(self) -> FloatMap:
        return compute_luma(self.reference)

    @cached_property
    def _lr_luma(self) -> FloatMap:
        return compute_luma(self.pick("lr"))

    def pick_luma(self, other: Other) -> FloatMap:
        """Return the luma of what GAN-SR is held against, (H, W) float32, 0..255."""
        return self._reference_luma if other == "reference" else self._lr_luma

    def compute_moments(self, other: Other, sigma: float) -> Moments:
        """Return the second moments of both lumas under a Gaussian of `sigma` px."""
        if (other, sigma) not in self._moments:
            # Around mid-grey squares lose fewer digits, and moments do not depend on an offset.
            gan, held = self.gan_luma - 127.5, self.pick_luma(other) - 127.5
            gan_mean, held_mean = blur(gan, sigma), blur(held, sigma)
            self._moments[other, sigma] = Moments(
                np.maximum(blur(gan * gan, sigma) - gan_mean * gan_mean, 0),
                np.maximum(blur(held * held, sigma) - held_mean * held_mean, 0),
                blur(gan * held, sigma) - gan_mean * held_mean,
            )
        return self._moments[other, sigma]

    @cached_property
    def gan_bands(self) -> tuple[FloatMap, ...]:
        """Log energy of GAN-SR in each of BANDS."""
        return measure_bands(self.gan_luma)

    @cached_property
    def _reference_bands(self) -> tuple[FloatMap, ...]:
        return measure_bands(self._reference_luma)

    @cached_property
    def _lr_bands(self) -> tuple[FloatMap, ...]:
        return measure_bands(self._lr_luma)

    def pick_bands(self, other: Other) -> tuple[FloatMap, ...]:
        """Return the log energy of what GAN-SR is held against in each of BANDS."""
        return self._reference_bands if other == "reference" else self._lr_bands


def blur(values: NDArray[np.float32], sigma: float) -> FloatMap:
    """Return values under a Gaussian of `sigma` px, (H, W) float32; reflected at the borders."""
    blurred = cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(blurred, dtype=np.float32)


def measure_bands(luma: FloatMap) -> tuple[FloatMap, ...]:
    """Return the natural logarithm of the local energy in each of BANDS, (H, W) float32 each."""
    measured = []
    for fine, coarse in BANDS:
        band = blur(luma, fine) - blur(luma, coarse)
        measured.append(np.log(blur(band * band, BAND_SIGMA) + ENERGY_FLOOR))
    return tuple(measured)
