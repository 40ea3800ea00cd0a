"""Running the detector over datasets."""

from dataclasses import asdict, dataclass
from io import BytesIO

import numpy as np

from desra_studio.detection.artifact_map import ArtifactMap
from desra_studio.detection.detector import METHOD, DetectorParams, detect_artifacts
from desra_studio.detection.figures import measure_uncertainty, name_regions
from desra_studio.errors import InputError
from desra_studio.imaging.io import decode_png
from desra_studio.imaging.masks import encode_mask_png
from desra_studio.services.code_version import describe_code_version
from desra_studio.services.detection.class_maps import (
    ClassSource,
    open_class_source,
    read_class_map,
)
from desra_studio.services.detection.weight_sets import load_weights
from desra_studio.services.devices import choose_map_device
from desra_studio.services.job_configs import DetectJobConfig
from desra_studio.services.review.disagreement import measure_disagreements
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.storage import datasets
from desra_studio.storage.tables import Detection as DetectionRow
from desra_studio.storage.tables import Rendition


@dataclass(frozen=True)
class DatasetDetection:
    """What was detected in a dataset.

    Attributes:
        marked: images with artifacts.
        segmentation: identity of the network that named the classes; None without one.
        notes: why all weights are 1, where they are.
    """

    marked: int
    segmentation: str | None
    notes: list[str]


def detect_dataset(
    studio: Studio,
    dataset_id: int,
    params: DetectorParams,
    report: Report = ignore_progress,
    segmentation: str | None = None,
) -> DatasetDetection:
    """Detect on every pair of a dataset.

    Labels are not touched: a reviewer's mask stays what it is.

    Args:
        studio: the installation.
        dataset_id: of the dataset.
        params: of the detector.
        report: of the progress.
        segmentation: see `open_class_source`.

    Raises:
        InputError: nothing is upscaled yet, or a weight set or network that cannot be used.
    """
    with studio.database.read() as session:
        records = datasets.list_records(session, datasets.get_dataset(session, dataset_id))
    if not records:
        raise InputError("No image of this dataset is upscaled yet. Upscale it first.")
    load_weights(studio, params.class_weights)
    report(0, len(records), "Looking for the segmentation network")
    classes = open_class_source(studio, params.class_weights, segmentation)
    rows = []
    for index, record in enumerate(records):
        report(index, len(records), f"Detecting in {record.image.name}")
        rows.append(detect_pair(studio, record.gan, record.mse, params, classes))
    report(len(records), len(records), "Writing the detections")
    # All or none: masks of two thresholds in one dataset would be scored as one.
    with studio.database.write() as session:
        session.add_all(rows)
    measure_disagreements(studio, dataset_id)
    return DatasetDetection(
        marked=sum(row.area_px > 0 for row in rows),
        segmentation=classes.identity,
        notes=[classes.note] if classes.note else [],
    )


def detect_missing(
    studio: Studio,
    dataset_id: int,
    params: DetectorParams,
    report: Report = ignore_progress,
) -> DatasetDetection:
    """Detect on the pairs of a dataset that nothing was detected on, as on the others before.

    Args:
        studio: the installation.
        dataset_id: of the dataset.
        params: of the detector where nothing was detected in the dataset at all.
        report: of the progress.

    Raises:
        InputError: see `detect_dataset`, or the classes were named by a network that is not here.
    """
    with studio.database.read() as session:
        records = datasets.list_records(session, datasets.get_dataset(session, dataset_id))
    earlier = next((record.detection for record in records if record.detection), None)
    if earlier is None:
        return detect_dataset(studio, dataset_id, params, report)
    used = DetectorParams(**earlier.params)
    missing = [record for record in records if record.detection is None]
    classes = ClassSource(None, "")
    if earlier.segmentation:
        classes = open_class_source(studio, used.class_weights)
    if missing and classes.identity != earlier.segmentation:
        raise InputError(
            f"The other images' classes were named by {earlier.segmentation}, which is not here. "
            "Give its folder in DESRA_STUDIO_SEGMENTATION, and add the same again."
        )
    for index, record in enumerate(missing):
        report(index, len(missing), f"Detecting in {record.image.name}")
        row = detect_pair(studio, record.gan, record.mse, used, classes)
        with studio.database.write() as session:
            session.add(row)
    with studio.database.read() as session:
        records = datasets.list_records(session, datasets.get_dataset(session, dataset_id))
    return DatasetDetection(
        marked=sum(bool(record.detection and record.detection.area_px) for record in records),
        segmentation=classes.identity,
        notes=[],
    )


def make_detect_config(studio: Studio, dataset_id: int, params: DetectorParams) -> DetectJobConfig:
    """Return the configuration of a `detect` job, having seen that it can start.

    Raises:
        NotFoundError: no such dataset or weight set.
    """
    load_weights(studio, params.class_weights)
    with studio.database.read() as session:
        datasets.get_dataset(session, dataset_id)
    return DetectJobConfig(dataset_id, params)


def detect_pair(
    studio: Studio,
    gan: Rendition,
    mse: Rendition,
    params: DetectorParams,
    classes: ClassSource,
) -> DetectionRow:
    """Detect on two stored renditions, store what was found, and return the row to be written."""
    labels_sha = classes.mapper.map_image(gan.blob_sha) if classes.mapper else None
    return detect_labelled_pair(studio, gan, mse, params, labels_sha, classes.identity)


def detect_labelled_pair(
    studio: Studio,
    gan: Rendition,
    mse: Rendition,
    params: DetectorParams,
    labels_sha: str | None,
    segmentation: str | None,
) -> DetectionRow:
    """Do as `detect_pair` with a class map that is there already, or with none."""
    labels = read_class_map(studio, labels_sha) if labels_sha else None
    weights = load_weights(studio, params.class_weights)
    detection = detect_artifacts(
        decode_png(studio.blobs.get(gan.blob_sha)),
        decode_png(studio.blobs.get(mse.blob_sha)),
        params,
        labels if weights is not None else None,
        weights,
        device=choose_map_device(studio.settings),
    )
    return DetectionRow(
        image_id=gan.image_id,
        gan_rendition_id=gan.id,
        mse_rendition_id=mse.id,
        method=METHOD,
        params=params.as_dict(),
        map_sha=studio.blobs.put(encode_map(detection.maps.d)),
        busier_sha=studio.blobs.put(encode_mask_png(detection.maps.busier)),
        segmentation=segmentation,
        labels_sha=labels_sha,
        code_version=describe_code_version(),
        mask_sha=studio.blobs.put(encode_mask_png(detection.mask)),
        regions=name_regions(
            [asdict(region) for region in detection.regions], detection.mask, labels
        ),
        area_px=int(np.count_nonzero(detection.mask)),
        score=detection.score,
        uncertainty=measure_uncertainty(detection.adjusted, params.contrast_threshold),
    )


def encode_map(values: ArtifactMap) -> bytes:
    """Return a map as .npy, exact: thresholds moved later must give the detector's own masks."""
    buffer = BytesIO()
    np.save(buffer, values)
    return buffer.getvalue()
