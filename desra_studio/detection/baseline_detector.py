"""Baseline detectors: another map than D, then the same threshold, morphology and regions."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from desra_studio.detection.detectors import BASELINES, DETECTORS
from desra_studio.detection.map_detector import FloatMap
from desra_studio.detection.regions import MarkedRegions, RegionParams, mark_regions
from desra_studio.errors import InputError
from desra_studio.imaging.arrays import RgbImage


class MapMaker(Protocol):
    """What a file makes a map by: a TorchscriptDetector, or a LearnedDetector."""

    def compute_map(self, gan_sr: RgbImage, reference: RgbImage) -> FloatMap:
        """Return (H, W) float32 in 0..1, high where there is an artifact."""


@dataclass(frozen=True, kw_only=True)
class BaselineParams(RegionParams):
    """What decides about a baseline's mask, besides the images.

    Attributes:
        method: a key of BASELINES.
        threshold: artifact where the map is beyond it; the baseline's own where None is given.
        cleaned: whether DeSRA's morphology and area threshold follow; without them every marked
            pixel counts.
        network: for what a file makes, `network` and `learned`, the SHA-256 of that file.
        network_name: the file's name.
        input_px: for `network`, the side of the square it sees; 0 for the image's own size.
    """

    method: str
    threshold: float | None = None
    cleaned: bool = True
    network: str = ""
    network_name: str = ""
    input_px: int = 512

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.method not in BASELINES:
            raise InputError(f"Unknown detector {self.method!r}. There are {', '.join(DETECTORS)}.")
        known = BASELINES[self.method]
        if not known.smallest <= self.limit <= known.largest:
            raise InputError(
                f"The threshold of {known.title} must be {known.smallest:g} to {known.largest:g}, "
                f"got {self.limit:g}. Its default is {known.threshold:g}."
            )

    @property
    def limit(self) -> float:
        """The threshold that counts."""
        return BASELINES[self.method].threshold if self.threshold is None else self.threshold

    def describe(self) -> str:
        """Return the settings in words."""
        known = BASELINES[self.method]
        title = f"{known.title} {self.network_name}".strip()
        regions = self.describe_regions() if self.cleaned else "every marked pixel"
        return f"{title} {known.artifact_side} {self.limit:g}, {regions}"


def compute_baseline_map(
    gan_sr: RgbImage, mse_sr: RgbImage, params: BaselineParams, network: MapMaker | None = None
) -> FloatMap:
    """Compute a baseline's map, (H, W) float32 of the whole image.

    Args:
        gan_sr: (H, W, 3) uint8 RGB.
        mse_sr: (H, W, 3) uint8 RGB, the same size.
        params: of the baseline.
        network: for the methods that a file makes, what it is.

    Raises:
        InputError: sizes or types that do not fit, or no file where one is needed.
    """
    compute = BASELINES[params.method].compute
    if compute is None:
        if network is None:
            raise InputError(f"The detector {params.method} needs its file. Give it.")
        return network.compute_map(gan_sr, mse_sr)
    return compute(gan_sr, mse_sr)


def detect_in_baseline_map(values: FloatMap, params: BaselineParams) -> MarkedRegions:
    """Threshold a baseline's map; depth is how far it lies beyond the threshold, 0..1.

    Args:
        values: (H, W) float32 of the whole image.
        params: threshold, area and morphology.
    """
    limit = np.float32(params.limit)
    if BASELINES[params.method].artifact_side == "below":
        excess = (limit - values) / np.float32(params.limit + 1)
    else:
        # 1 - t/v grows from 0 at the threshold towards 1, whatever the unit of the map.
        excess = (values - limit) / np.maximum(np.abs(values), np.float32(1e-12))
    if params.cleaned:
        return mark_regions(excess, params)
    return mark_regions(excess, RegionParams(area_threshold=0, kernel_px=1, dilations=0))
