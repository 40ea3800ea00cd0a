"""The maps of detectors as signals: D, local SSIM and LDL's variance."""

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


def list_signals() -> list[Signal]:
    """Return these signals, D and SSIM against the reference and against LR."""
    others: tuple[Other, ...] = ("reference", "lr")
    made = [Signal(name="ldl", about="LDL's local variance, its root", compute=compute_deviation)]
    for other in others:
        made += [
            Signal(
                name=f"d-{other}",
                about=f"DeSRA's D against the {other}",
                compute=lambda sources, other=other: compute_d_map(
                    sources.gan_sr, sources.pick(other)
                ),
                needs_lr=other == "lr",
            ),
            Signal(
                name=f"ssim-{other}",
                about=f"local SSIM of RGB against the {other}",
                compute=lambda sources, other=other: compute_ssim_map(
                    sources.gan_sr, sources.pick(other)
                ),
                needs_lr=other == "lr",
            ),
        ]
    return made
