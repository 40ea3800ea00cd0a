"""DeSRA's detector: the artifact map of a pair, weighted by class, under a threshold."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from desra_studio.detection.artifact_map import (
    ArtifactMap,
    ContrastMaps,
    Precision,
    compare_contrast,
)
from desra_studio.detection.artifact_map_torch import compare_contrast_on
from desra_studio.detection.class_weights import compute_weight_map
from desra_studio.detection.map_detector import FloatMap, MapDetector, make_grid
from desra_studio.detection.regions import (
    ArtifactRegion,
    Direction,
    MarkedRegions,
    RegionParams,
    mark_regions,
)
from desra_studio.imaging.arrays import LabelMap, Mask, RgbImage, check_same_size
from desra_studio.setting import Setting

METHOD = "desra"
CPU = "cpu"


@dataclass(frozen=True, kw_only=True)
class DetectorParams(RegionParams):
    """What decides about a mask, besides the two images."""

    contrast_threshold: Annotated[
        float, Setting("Artifact where the weighted map is below it", above=0, most=1)
    ] = 0.7
    window_size: Annotated[
        int, Setting("Odd width of the map's Gaussian window in px", title="window")
    ] = 11
    class_weights: Annotated[
        str,
        Setting("Weight set: released, none, or one that was calibrated"),
    ] = "released"
    direction: Annotated[
        Direction,
        Setting("Which artifacts count: where GAN-SR is busier than MSE-SR, smoother, or both"),
    ] = "both"

    def describe(self, weighted: bool) -> str:
        """Return the settings in words; `weighted` tells whether there were class labels."""
        weights = f"{self.class_weights} class weights" if weighted else "all class weights 1"
        words = [f"contrast threshold {self.contrast_threshold:g}", self.describe_regions()]
        if self.window_size != 11:
            words.append(f"window {self.window_size} px")
        if self.direction != "both":
            words.append(f"only where the GAN is {self.direction}")
        return ", ".join([*words, weights])


@dataclass(frozen=True)
class Detection:
    """Everything the detector found in one pair.

    Attributes:
        maps: D before weights, and where GAN-SR is the busier of both; valid region only.
        adjusted: D after weights, the same array where every weight is 1.
        mask, regions, score: see `MarkedRegions`.
    """

    maps: ContrastMaps
    adjusted: ArtifactMap
    mask: Mask
    regions: tuple[ArtifactRegion, ...]
    score: float


def detect_artifacts(
    gan_sr: RgbImage,
    mse_sr: RgbImage,
    params: DetectorParams,
    labels: LabelMap | None = None,
    weights: NDArray[np.float32] | None = None,
    precision: Precision = "fast",
    device: str = CPU,
) -> Detection:
    """Mark the artifacts of GAN-SR against MSE-SR (DeSRA, sections 3.2 and 3.3).

    Args:
        gan_sr: (H, W, 3) uint8 RGB.
        mse_sr: (H, W, 3) uint8 RGB, the same size.
        params: thresholds, window and morphology.
        labels: (H, W) uint8 ADE20K indices of GAN-SR; without them every weight is 1.
        weights: (150,) float32 >= 1, of the classes; the released table where None.
        precision: see `compute_artifact_map`; of no effect on another device than the CPU.
        device: where the map is computed: `cpu` by OpenCV, any other by PyTorch.

    Raises:
        InputError: sizes or types that do not fit.
    """
    if device == CPU:
        maps = compare_contrast(gan_sr, mse_sr, params.window_size, precision)
    else:
        maps = compare_contrast_on(gan_sr, mse_sr, device, params.window_size)
    if labels is not None:
        check_same_size(gan_sr, labels, "GAN-SR", "the class map")
    adjusted = adjust_map(maps.d, labels, weights)
    found = detect_in_map(adjusted, maps.busier, params)
    return Detection(maps, adjusted, found.mask, found.regions, found.score)


def adjust_map(
    d: ArtifactMap, labels: LabelMap | None = None, weights: NDArray[np.float32] | None = None
) -> ArtifactMap:
    """Return clip(A[class] * D, 0, 1) (Equation 9), or D itself without labels.

    Args:
        d: (h, w) float32, the map's valid region.
        labels: (H, W) uint8 ADE20K indices of the whole image.
        weights: see `detect_artifacts`.
    """
    if labels is None:
        return d
    border = (labels.shape[0] - d.shape[0]) // 2
    weight_map = compute_weight_map(labels[border:-border, border:-border], weights)
    return np.minimum(np.multiply(d, weight_map, out=weight_map), 1, out=weight_map)


def detect_in_map(
    adjusted: ArtifactMap, busier: Mask | None, params: DetectorParams
) -> MarkedRegions:
    """Threshold a map that was computed and weighted before; the last part of `detect_artifacts`.

    Args:
        adjusted: what `adjust_map` returns.
        busier: (h, w) bool, the same size; None where it is not known.
        params: thresholds, window and morphology.
    """
    threshold = np.float32(params.contrast_threshold)
    excess = np.subtract(threshold, adjusted)
    excess /= threshold
    return mark_regions(excess, params, busier, params.window_size // 2, params.direction)


def compute_d_map(gan_sr: RgbImage, mse_sr: RgbImage) -> FloatMap:
    """Compute D of whole images; 1, no artifact, where the window leaves the image.

    See `compute_artifact_map`, whose map is that of the valid region alone.
    """
    window = DetectorParams.window_size
    d = compare_contrast(gan_sr, mse_sr, window).d
    return np.pad(d, window // 2, constant_values=1)


DESRA = MapDetector(
    title="DeSRA",
    compute=compute_d_map,
    artifact_side="below",
    threshold=DetectorParams.contrast_threshold,
    smallest=0,
    largest=1,
    # Below 0.4 little is left on any published image.
    grid=make_grid(0.4, 0.96),
)
