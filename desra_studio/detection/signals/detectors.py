"""The maps of detectors as signals: D, local SSIM and LDL's variance."""

from functools import partial

import numpy as np

from desra_studio.detection.detector import compute_d_map
from desra_studio.detection.ldl import compute_ldl_map
from desra_studio.detection.map_detector import FloatMap
from desra_studio.detection.signals.signal import Signal
from desra_studio.detection.signals.sources import Other, Sources
from desra_studio.detection.ssim import compute_ssim_map


def compute_deviation(sources: Sources) -> FloatMap:
    """Return the root of LDL's map, which spans four powers of ten."""
    return np.sqrt(compute_ldl_map(sources.gan_sr, sources.reference))


def compute_d(sources: Sources, other: Other) -> FloatMap:
    """Return DeSRA's D, 0..1."""
    return compute_d_map(sources.gan_sr, sources.pick(other))


def compute_ssim(sources: Sources, other: Other) -> FloatMap:
    """Return local SSIM of RGB, -1..1."""
    return compute_ssim_map(sources.gan_sr, sources.pick(other))


def list_signals() -> list[Signal]:
    """Return these signals, D and SSIM against the reference and against LR."""
    others: tuple[Other, ...] = ("reference", "lr")
    parts = {"d": (compute_d, "DeSRA's D"), "ssim": (compute_ssim, "local SSIM of RGB")}
    compared = [
        Signal(
            name=f"{name}-{other}",
            about=f"{about} against the {other}",
            compute=partial(compute, other=other),
            needs_lr=other == "lr",
        )
        for other in others
        for name, (compute, about) in parts.items()
    ]
    deviation = Signal(
        name="ldl", about="LDL's local variance, its root", compute=compute_deviation
    )
    return [deviation, *compared]
