"""Running a baseline detector over folders of images, without the database."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from desra_studio.detection.baseline_detector import (
    BaselineParams,
    MapMaker,
    compute_baseline_map,
    detect_in_baseline_map,
)
from desra_studio.detection.detectors import FROM_FILES
from desra_studio.detection.regions import MarkedRegions
from desra_studio.errors import InputError
from desra_studio.imaging.arrays import RgbImage
from desra_studio.references import MSE_SR, Reference
from desra_studio.services.detection.detectors import (
    load_network,
    parse_detector,
    split_detector,
    split_network,
)
from desra_studio.services.detection.folders import write_masks
from desra_studio.services.folders import FolderReader
from desra_studio.services.studio import Report, ignore_progress


def detect_folders_by_baseline(
    gan: Path,
    mse: Path,
    out: Path,
    detector: str,
    regions: dict[str, Any],
    reader: FolderReader,
    save_maps: bool = False,
    device: str = "auto",
    report: Report = ignore_progress,
    reference: Reference = MSE_SR,
) -> dict[str, Any]:
    """Do as `detect_folders` with a baseline detector; maps are of the whole image, key `map`.

    Args:
        gan: folder of GAN-SR images.
        mse: folder of MSE-SR images of the same names, or of what `reference` says.
        out: folder to write into.
        detector: as `parse_detector` reads it.
        regions: fields of BaselineParams: area threshold, morphology, and whether they follow.
        reader: of the files.
        save_maps: whether to write `map/NAME.npz`, too.
        device: of a network.
        report: of the progress.
        reference: what GAN-SR is compared with.

    Returns:
        as `detect_folders`, with "detector" in place of "classes".

    Raises:
        InputError: no image could be used, an unknown detector, or a network that fails.
    """
    parsed = parse_detector(detector)
    if not isinstance(parsed, BaselineParams):
        raise InputError(f"{detector!r} is not a baseline. Use the options of DeSRA's detector.")
    params = replace(parsed, **regions)
    network = _open_network(detector, params, device)

    def detect_one(staged: Path, name: str, gan_sr: RgbImage, mse_sr: RgbImage) -> MarkedRegions:
        values = compute_baseline_map(gan_sr, mse_sr, params, network)
        if save_maps:
            np.savez_compressed(staged / "map" / f"{name}.npz", map=values)
        return detect_in_baseline_map(values, params)

    result = write_masks(gan, mse, out, save_maps, detect_one, reader, report, reference)
    return result | {"detector": params.describe()}


def _open_network(detector: str, params: BaselineParams, device: str) -> MapMaker | None:
    if params.method not in FROM_FILES:
        return None
    path, _ = split_network(split_detector(detector)[0])
    return load_network(path, params, device)
