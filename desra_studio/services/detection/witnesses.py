"""Who judges what fine-tuning did: detectors, each with its own rule of when an artifact is gone.

D is what the contrast loss asks for; the others are asked for by no loss. But all of them compare
with MSE-SR, which is what a pseudo-GT is inside a mask: none is independent of that. Ground truth
and voters are.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desra_studio.detection.baseline_detector import (
    BaselineParams,
    MapMaker,
    compute_baseline_map,
    detect_in_baseline_map,
)
from desra_studio.detection.detector import DetectorParams, detect_artifacts
from desra_studio.imaging.arrays import LabelMap, RgbImage
from desra_studio.metrics.fates import Evidence, Rule


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What witnesses know of an image besides an output.

    Attributes:
        mse: MSE-SR, (H, W, 3) uint8 RGB.
        params: of D; the others take its morphology and area threshold.
        labels, weights: classes of the image and their weights, for D; None for none.
    """

    mse: RgbImage
    params: DetectorParams
    labels: LabelMap | None = None
    weights: NDArray[np.float32] | None = None


@dataclass(frozen=True, kw_only=True)
class Witness:
    """A judge of artifacts.

    Attributes:
        title: as people read it.
        asks: what it goes by, in a sentence.
        look: what it sees in an output, (H, W, 3) uint8 RGB, of a scene.
        rule: when it says that an artifact is gone.
    """

    title: str
    asks: str
    look: Callable[[RgbImage, Scene], Evidence]
    rule: Rule


def look_by_d(output: RgbImage, scene: Scene) -> Evidence:
    """Return what DeSRA's detector sees: 1 - D, weighted by class, and its mask."""
    found = detect_artifacts(output, scene.mse, scene.params, scene.labels, scene.weights)
    depth = np.pad(1 - found.adjusted, scene.params.window_size // 2)
    return Evidence(np.asarray(depth, np.float32), found.mask)


def look_by_ssim(output: RgbImage, scene: Scene) -> Evidence:
    """Return what local SSIM with MSE-SR sees: 1 - SSIM, and the mask at its usual threshold."""
    values, evidence = _look_by("ssim", output, scene)
    return Evidence(1 - values, evidence)


def look_by_ldl(output: RgbImage, scene: Scene) -> Evidence:
    """Return what the LDL-style detector sees: its map, and the mask at its usual threshold."""
    return Evidence(*_look_by("ldl", output, scene))


def make_network_witness(params: BaselineParams, network: MapMaker) -> Witness:
    """Return a network as a witness, which looks at the output alone."""

    def look(output: RgbImage, scene: Scene) -> Evidence:
        values = compute_baseline_map(output, scene.mse, params, network)
        return Evidence(values, detect_in_baseline_map(values, params).mask)

    return Witness(
        title=params.network_name,
        asks="Gone where the network marks nothing of it any more.",
        look=look,
        rule=Rule(),
    )


WITNESSES = {
    "D": Witness(
        title="D, DeSRA's detector",
        asks="Gone where the detector marks nothing of it any more.",
        look=look_by_d,
        rule=Rule(),
    ),
    "SSIM": Witness(
        title="Local SSIM",
        asks="Gone where the mean SSIM with MSE-SR inside it is above 0.75.",
        look=look_by_ssim,
        rule=Rule(gone_below=0.25),
    ),
    "LDL-style": Witness(
        title="LDL-style",
        asks="Gone where the mean of LDL's map inside it is below a quarter of what it was.",
        look=look_by_ldl,
        # The lowest of the thresholds that DeSRA's comparison took.
        rule=Rule(seen_from=0.001, gone_below=0.25, relative=True),
    ),
}
"""Name -> witness; those that need no file."""
TRAINED_ON_BY_CONTRAST = ("D",)
"""Witnesses that the contrast loss asks for: it compares the very deviations that D does."""


def _look_by(
    method: str, output: RgbImage, scene: Scene
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    params = BaselineParams(
        method=method,
        area_threshold=scene.params.area_threshold,
        area_share=scene.params.area_share,
        kernel_px=scene.params.kernel_px,
        dilations=scene.params.dilations,
    )
    values = compute_baseline_map(output, scene.mse, params)
    return values, detect_in_baseline_map(values, params).mask
