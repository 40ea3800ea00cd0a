"""How busy a place is, octave by octave, by itself and against what it is held against."""

from functools import partial

import numpy as np

from desra_studio.detection.map_detector import FloatMap
from desra_studio.detection.signals.likeness import CONTRAST_FLOOR, SIGMAS
from desra_studio.detection.signals.signal import Signal
from desra_studio.detection.signals.sources import (
    BAND_SIGMA,
    BANDS,
    ENERGY_FLOOR,
    Other,
    Sources,
    blur,
)

FINEST_SIGMA = 0.7
"""What a Gaussian of so many px takes away is the finest detail."""


def measure_band(sources: Sources, band: int) -> FloatMap:
    """Return the log energy of GAN-SR in an octave."""
    return sources.gan_bands[band]


def compare_band(sources: Sources, other: Other, band: int) -> FloatMap:
    """Return the log ratio of both energies in an octave: above 0 where GAN-SR has more."""
    return sources.gan_bands[band] - sources.pick_bands(other)[band]


def measure_finest(sources: Sources) -> FloatMap:
    """Return the log energy of GAN-SR's finest detail, where checkers and noise are."""
    detail = sources.gan_luma - blur(sources.gan_luma, FINEST_SIGMA)
    return np.asarray(np.log(blur(detail * detail, BAND_SIGMA) + ENERGY_FLOOR), np.float32)


def measure_activity(sources: Sources, of_gan: bool, sigma: float) -> FloatMap:
    """Return the log variance of luma in a window: what the place is like, right or wrong."""
    moments = sources.compute_moments("reference", sigma)
    variance = moments.gan if of_gan else moments.other
    return np.asarray(np.log(variance + CONTRAST_FLOOR), np.float32)


def list_signals() -> list[Signal]:
    """Return these signals."""
    made = [
        Signal(name="finest", about="energy of the finest detail of GAN-SR", compute=measure_finest)
    ]
    for band in range(len(BANDS)):
        octave = "sigmas {:g} to {:g} px".format(*BANDS[band])
        made += [
            Signal(
                name=f"band-{band}",
                about=f"energy of GAN-SR, {octave}",
                compute=partial(measure_band, band=band),
            ),
            Signal(
                name=f"band-reference-{band}",
                about=f"energy of GAN-SR over that of the reference, {octave}",
                compute=partial(compare_band, other="reference", band=band),
            ),
            Signal(
                name=f"band-lr-{band}",
                about=f"energy of GAN-SR over that of LR, {octave}",
                compute=partial(compare_band, other="lr", band=band),
                needs_lr=True,
            ),
        ]
    made += [
        Signal(
            name=f"activity-{name}-{sigma:g}",
            about=f"local variance, window of sigma {sigma:g} px",
            compute=partial(measure_activity, of_gan=of_gan, sigma=sigma),
        )
        for name, of_gan in (("gan", True), ("reference", False))
        for sigma in SIGMAS
    ]
    return made
