"""From marked pixels to a mask and its regions: DeSRA's morphology, for every detector the same."""

from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from desra_studio.errors import InputError
from desra_studio.imaging.arrays import Mask
from desra_studio.imaging.masks import find_components
from desra_studio.setting import Setting, check_settings

Direction: TypeAlias = Literal["both", "busier", "smoother"]
"""Which artifacts to keep: those where GAN-SR varies more than MSE-SR, less, or both."""


@dataclass(frozen=True, kw_only=True)
class RegionParams:
    """What decides which marked pixels become artifact regions."""

    area_threshold: Annotated[
        int, Setting("Components of at most this many px are dropped", least=0, unit="px")
    ] = 4000
    area_share: Annotated[
        float | None,
        Setting(
            "Area threshold as a share of the image; where given, it counts instead of px",
            least=0,
            below=1,
        ),
    ] = None
    kernel_px: Annotated[
        int,
        Setting(
            "Odd side in px of the square that erodes and dilates; 1 for neither, and no holes are "
            "filled",
            title="kernel",
            least=1,
            most=99,
            unit="px",
        ),
    ] = 5
    dilations: Annotated[
        int, Setting("How often the mask is dilated, after one erosion", least=0, most=20)
    ] = 3

    def __post_init__(self) -> None:
        check_settings(self)
        if self.kernel_px % 2 == 0:
            raise InputError(f"The kernel must be odd, got {self.kernel_px} px.")

    def compute_area(self, image_px: int) -> float:
        """Return the area threshold in px for an image of `image_px` pixels."""
        return self.area_threshold if self.area_share is None else self.area_share * image_px

    def describe_regions(self) -> str:
        """Return the settings in words, those of the morphology only where they are not DeSRA's."""
        area = (
            f"area threshold {self.area_threshold} px"
            if self.area_share is None
            else f"area threshold {100 * self.area_share:g} % of the image"
        )
        if (self.kernel_px, self.dilations) == (5, 3):
            return area
        if self.kernel_px == 1:
            return f"{area}, no morphology"
        return f"{area}, kernel {self.kernel_px} px, {self.dilations} dilations"

    def as_dict(self) -> dict[str, Any]:
        """Return the parameters as plain values, for JSON and the database."""
        return asdict(self)


@dataclass(frozen=True)
class ArtifactRegion:
    """One component of a detected mask.

    Attributes:
        box: x, y, width, height in px of the whole image.
        area: in px.
        depth: mean of how far the map lies beyond the threshold, relative to it; 0..1, pixels that
            were only dilated into count as 0.
        busier: share, 0..1, of the marked pixels in which GAN-SR varies more than MSE-SR; None
            where the detector does not tell.
    """

    box: tuple[int, int, int, int]
    area: int
    depth: float
    busier: float | None = None


@dataclass(frozen=True)
class MarkedRegions:
    """A mask and its regions.

    Attributes:
        mask: (H, W) bool at the size of the image; a border without values is empty.
        regions: one per 8-connected component of `mask`.
        score: sum of area times depth over the regions, per px that has a value; 0..1.
    """

    mask: Mask
    regions: tuple[ArtifactRegion, ...]
    score: float


def mark_regions(
    excess: NDArray[np.float32],
    params: RegionParams,
    busier: Mask | None = None,
    border: int = 0,
    direction: Direction = "both",
) -> MarkedRegions:
    """Turn the pixels with a positive excess into regions (DeSRA, section 3.2).

    Args:
        excess: (h, w) float32, how far beyond the threshold a pixel is, relative to it; 0 or less
            where it is not marked.
        params: area and morphology.
        busier: (h, w) bool, where GAN-SR varies more than MSE-SR.
        border: px on each side of the image that `excess` lacks.
        direction: drops the components of the other one, by the majority of their marked pixels;
            of no effect without `busier`.
    """
    marked = excess > 0
    mask = clean_mask(marked, params.kernel_px, params.dilations)
    components = find_components(mask)
    image_px = (excess.shape[0] + 2 * border) * (excess.shape[1] + 2 * border)
    # Few pixels are marked: summing over these alone is many times faster than over all.
    inside = np.flatnonzero(marked)
    labels = components.labels.ravel()[inside]
    sums = np.bincount(labels, excess.ravel()[inside], len(components) + 1)[1:]
    shares: NDArray[np.float64] | None = None
    if busier is not None:
        counts = np.bincount(labels, minlength=len(components) + 1)[1:]
        busy = np.bincount(labels, busier.ravel()[inside], len(components) + 1)[1:]
        # A component without a marked pixel of its own cannot be: dilation starts from one.
        shares = np.asarray(busy / np.maximum(counts, 1), np.float64)
    large = components.areas > params.compute_area(image_px)
    kept = large & _match_direction(shares, direction, len(components))
    regions = [
        ArtifactRegion(
            box=(x + border, y + border, width, height),
            area=int(components.areas[index]),
            depth=float(sums[index] / components.areas[index]),
            busier=None if shares is None else float(shares[index]),
        )
        for index in np.flatnonzero(kept).tolist()
        for x, y, width, height in [components.boxes[index].tolist()]
    ]
    covered = np.flatnonzero(mask)
    mask.ravel()[covered] = kept[components.labels.ravel()[covered] - 1]
    return MarkedRegions(
        mask=np.pad(mask, border),
        regions=tuple(regions),
        score=float(sums[kept].sum() / excess.size),
    )


def _match_direction(
    shares: NDArray[np.float64] | None, direction: Direction, count: int
) -> NDArray[np.bool_]:
    if shares is None or direction == "both":
        return np.ones(count, np.bool_)
    return np.asarray((shares >= 0.5) == (direction == "busier"))


def clean_mask(mask: Mask, kernel_px: int = 5, dilations: int = 3) -> Mask:
    """Erode once, dilate, fill holes: removes specks, joins neighbours; a kernel of 1 does not."""
    if kernel_px == 1:
        return mask.copy()
    kernel = np.ones((kernel_px, kernel_px), np.uint8)
    eroded = cv2.erode(mask.view(np.uint8), kernel)
    return fill_holes(cv2.dilate(eroded, kernel, iterations=dilations).view(np.bool_))


def fill_holes(mask: Mask) -> Mask:
    """Mark what the background cannot reach from outside by steps in 8 directions.

    The same as SciPy's binary_fill_holes with a 3x3 structuring element, in one pass.
    """
    # A frame of background joins all outside parts; label 0 is the mask itself.
    outside = np.pad(~mask, 1, constant_values=True).view(np.uint8)
    _, labels = cv2.connectedComponents(outside, connectivity=8)
    return np.asarray(labels[1:-1, 1:-1] != labels[0, 0])
