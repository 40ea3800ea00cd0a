"""Calibrating class weights on a team's own images, from a dataset or from folders."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from desra_studio.detection.artifact_map import compute_artifact_map
from desra_studio.detection.calibration import (
    MIN_IMAGES,
    MIN_PIXELS,
    CalibratedIntervals,
    ClassHistogram,
    compute_class_intervals,
)
from desra_studio.detection.class_weights import load_class_names, load_released_intervals
from desra_studio.errors import InputError
from desra_studio.imaging.io import decode_png
from desra_studio.services.detection.class_maps import open_class_source, read_class_map
from desra_studio.services.detection.folders import FolderClasses
from desra_studio.services.detection.weight_sets import RELEASED, check_new_name
from desra_studio.services.folders import FolderReader, naming
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.storage import datasets, weight_sets
from desra_studio.vocabulary import State


@dataclass(frozen=True)
class CalibrationConfig:
    """What a class needs for an interval of its own; else the released one stays.

    Attributes:
        min_pixels: over all images.
        min_images: in which it has a pixel.
    """

    min_pixels: int = MIN_PIXELS
    min_images: int = MIN_IMAGES


def calibrate_dataset(
    studio: Studio,
    dataset_id: int,
    name: str,
    config: CalibrationConfig | None = None,
    report: Report = ignore_progress,
    segmentation: str | None = None,
) -> dict[str, Any]:
    """Calibrate on the images that reviewers marked clean, and keep the set under a name.

    Args:
        studio: the installation.
        dataset_id: whose clean images count.
        name: of the new weight set.
        config: what a class needs.
        report: of the progress.
        segmentation: see `open_class_source`.

    Returns:
        {"name", "images", "segmentation", "calibrated": classes with an interval of their own,
        "classes": [{"index", "class", "interval", "released", "pixels", "images", "calibrated"}]}.

    Raises:
        InputError: the name is taken, no image is clean, or there is no segmentation network.
        CancelledError: from `report`.
    """
    name = check_new_name(studio, name)
    with studio.database.read() as session:
        dataset = datasets.get_dataset(session, dataset_id)
        records = [
            record
            for record in datasets.list_records(session, dataset)
            if record.state is State.CLEAN
        ]
    if not records:
        raise InputError(
            f"No image of {dataset.name} is marked clean. Mark clean ones in Review first: "
            "calibration learns how much GAN-SR and MSE-SR differ where nothing is wrong."
        )
    source = open_class_source(studio, RELEASED, segmentation)
    if source.mapper is None:
        raise InputError(f"Calibration needs the classes of the images. {source.note}")
    histogram = ClassHistogram()
    for index, record in enumerate(records):
        report(index, len(records), f"Reading {record.image.name}")
        labels = read_class_map(studio, source.mapper.map_image(record.gan.blob_sha))
        d = compute_artifact_map(
            decode_png(studio.blobs.get(record.gan.blob_sha)),
            decode_png(studio.blobs.get(record.mse.blob_sha)),
        )
        histogram.add(d, labels)
    report(len(records), len(records), "Done")
    origin = f"{len(records)} clean images of {dataset.name}"
    table = _compute(histogram, config)
    return _keep(studio, name, table, origin, source.mapper.identity, len(records))


def calibrate_folders(
    studio: Studio,
    gan: Path,
    mse: Path,
    name: str,
    classes: FolderClasses,
    reader: FolderReader,
    config: CalibrationConfig | None = None,
    report: Report = ignore_progress,
) -> dict[str, Any]:
    """Calibrate on two folders of pairs without artifacts; see `calibrate_dataset`.

    Returns:
        as `calibrate_dataset`, and "notes": a line per file that was left out or converted.

    Raises:
        InputError: no image could be used, the name is taken, or no classes.
    """
    name = check_new_name(studio, name)
    if classes.note:
        raise InputError(f"Calibration needs the classes of the images. {classes.note}")
    pairs = reader.match({"--gan": gan, "--mse": mse})

    def count(image: str) -> ClassHistogram:
        gan_sr, mse_sr = reader.read_together(list(pairs[image].values()))
        histogram = ClassHistogram()
        with naming(image):
            labels = classes.label(image, gan_sr)
            d = compute_artifact_map(gan_sr, mse_sr)
            if labels is not None:
                histogram.add(d, labels)
        return histogram

    histograms = reader.run(count, list(pairs), report)
    total = ClassHistogram()
    for histogram in histograms:
        total.merge(histogram)
    table = _compute(total, config)
    kept = _keep(studio, name, table, f"{gan} and {mse}", classes.identity, len(histograms))
    return kept | {"notes": reader.lines}


def _compute(histogram: ClassHistogram, config: CalibrationConfig | None) -> CalibratedIntervals:
    config = config or CalibrationConfig()
    if not histogram.pixels.any():
        raise InputError("No pixel was counted, so there is nothing to calibrate on.")
    return compute_class_intervals(
        histogram, load_released_intervals(), config.min_pixels, config.min_images
    )


def _keep(
    studio: Studio,
    name: str,
    table: CalibratedIntervals,
    source: str,
    segmentation: str,
    images: int,
) -> dict[str, Any]:
    rows = [
        {
            "interval": int(table.intervals[index]),
            "pixels": int(table.pixels[index]),
            "images": int(table.images[index]),
            "calibrated": bool(table.calibrated[index]),
        }
        for index in range(len(table.intervals))
    ]
    with studio.database.write() as session:
        weight_sets.add_weight_set(session, name, rows, source, segmentation, images)
    released = load_released_intervals()
    return {
        "name": name,
        "images": images,
        "segmentation": segmentation,
        "calibrated": int(np.count_nonzero(table.calibrated)),
        "classes": [
            {"index": index, "class": title, "released": int(released[index]), **row}
            for index, (title, row) in enumerate(zip(load_class_names(), rows, strict=True))
        ],
    }
