"""From the artifact map to a mask and its components: DeSRA's threshold and morphology."""

from dataclasses import asdict, dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from desra_studio.detection.artifact_map import ArtifactMap, Precision, compute_artifact_map
from desra_studio.detection.class_weights import compute_weight_map
from desra_studio.errors import InputError
from desra_studio.imaging.arrays import LabelMap, Mask, RgbImage, check_same_size
from desra_studio.imaging.masks import Components, find_components

KERNEL_PX = 5
DILATIONS = 3


@dataclass(frozen=True)
class DetectorParams:
    """What decides about a mask, besides the two images.

    Attributes:
        contrast_threshold: artifact where the weighted map is below it, in (0, 1].
        area_threshold: components of at most this many px are dropped.
        window_size: odd width in px of the map's Gaussian window.
    """

    contrast_threshold: float = 0.7
    area_threshold: int = 4000
    window_size: int = 11

    def __post_init__(self) -> None:
        if not 0 < self.contrast_threshold <= 1:
            raise InputError(
                f"The contrast threshold must be above 0 and at most 1, "
                f"got {self.contrast_threshold}."
            )
        if self.area_threshold < 0:
            raise InputError(f"The area threshold must be 0 px or more, got {self.area_threshold}.")

    def as_dict(self) -> dict[str, float | int]:
        """Return the parameters as plain values, for JSON and the database."""
        return asdict(self)


@dataclass(frozen=True)
class ArtifactRegion:
    """One component of a detected mask.

    Attributes:
        box: x, y, width, height in px of the whole image.
        area: in px.
        depth: mean of how far the weighted map lies below the threshold, over the threshold;
            0..1, dilated pixels that lie above it count as 0.
    """

    box: tuple[int, int, int, int]
    area: int
    depth: float


@dataclass(frozen=True)
class Detection:
    """Everything the detector found in one pair.

    Attributes:
        artifact_map: D before weights, valid region only.
        mask: (H, W) bool at the size of the image; the map's border is empty.
        regions: one per 8-connected component of `mask`.
        score: sum of area times depth over the regions, per px of the map; 0..1.
    """

    artifact_map: ArtifactMap
    mask: Mask
    regions: tuple[ArtifactRegion, ...]
    score: float


def detect_artifacts(
    gan_sr: RgbImage,
    mse_sr: RgbImage,
    params: DetectorParams,
    labels: LabelMap | None = None,
    precision: Precision = "fast",
) -> Detection:
    """Mark the artifacts of GAN-SR against MSE-SR (DeSRA, sections 3.2 and 3.3).

    Args:
        gan_sr: (H, W, 3) uint8 RGB.
        mse_sr: (H, W, 3) uint8 RGB, the same size.
        params: thresholds and window.
        labels: (H, W) uint8 ADE20K indices of GAN-SR; without them every weight is 1.
        precision: see `compute_artifact_map`.

    Raises:
        InputError: sizes or types that do not fit.
    """
    d = compute_artifact_map(gan_sr, mse_sr, params.window_size, precision)
    if labels is not None:
        check_same_size(gan_sr, labels, "GAN-SR", "the class map")
    return detect_in_map(d, params, labels)


def detect_in_map(
    d: ArtifactMap, params: DetectorParams, labels: LabelMap | None = None
) -> Detection:
    """Threshold a map that was computed before; the second half of `detect_artifacts`."""
    border = params.window_size // 2
    adjusted = adjust_map(d, None if labels is None else labels[border:-border, border:-border])
    inner = clean_mask(adjusted < params.contrast_threshold)
    components = drop_small(find_components(inner), params.area_threshold)
    deficit = np.maximum(params.contrast_threshold - adjusted, 0) / params.contrast_threshold
    sums = np.bincount(components.labels.ravel(), deficit.ravel(), len(components) + 1)[1:]
    return Detection(
        artifact_map=d,
        mask=np.pad(components.labels > 0, border),
        regions=tuple(
            ArtifactRegion(
                box=(int(x) + border, int(y) + border, int(width), int(height)),
                area=int(area),
                depth=float(total / area),
            )
            for (x, y, width, height), area, total in zip(
                components.boxes, components.areas, sums, strict=True
            )
        ),
        score=float(sums.sum() / d.size),
    )


def adjust_map(d: ArtifactMap, labels: LabelMap | None) -> ArtifactMap:
    """Return clip(A[class] * D, 0, 1) (Equation 9), or D itself without labels."""
    if labels is None:
        return d
    return np.asarray(np.clip(d * compute_weight_map(labels), 0, 1), dtype=np.float32)


def clean_mask(mask: Mask) -> Mask:
    """Erode 5x5 once, dilate 5x5 three times, fill holes: removes specks, joins neighbours."""
    kernel = np.ones((KERNEL_PX, KERNEL_PX), np.uint8)
    eroded = cv2.erode(mask.view(np.uint8), kernel)
    return fill_holes(cv2.dilate(eroded, kernel, iterations=DILATIONS).view(np.bool_))


def fill_holes(mask: Mask) -> Mask:
    """Mark what the background cannot reach from outside by steps in 8 directions.

    The same as SciPy's binary_fill_holes with a 3x3 structuring element, in one pass.
    """
    # A frame of background joins all outside parts; label 0 is the mask itself.
    outside = np.pad(~mask, 1, constant_values=True).view(np.uint8)
    _, labels = cv2.connectedComponents(outside, connectivity=8)
    return np.asarray(labels[1:-1, 1:-1] != labels[0, 0])


def drop_small(components: Components, area_threshold: int) -> Components:
    """Keep the components whose area is strictly above `area_threshold` px, relabelled."""
    kept = components.areas > area_threshold
    relabel: NDArray[np.int32] = np.zeros(len(components) + 1, np.int32)
    relabel[1:][kept] = np.arange(1, kept.sum() + 1, dtype=np.int32)
    return Components(relabel[components.labels], components.areas[kept], components.boxes[kept])
