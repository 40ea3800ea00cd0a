"""The figures that the queue orders by, measured in what is stored: maps, classes and masks."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from desra_studio.detection.artifact_map import ArtifactMap
from desra_studio.detection.detector import METHOD, DetectorParams
from desra_studio.errors import NotFoundError
from desra_studio.imaging.arrays import LabelMap, Mask
from desra_studio.imaging.io import decode_label_map
from desra_studio.imaging.masks import decode_mask_png, find_components
from desra_studio.metrics.mask_metrics import measure_iou
from desra_studio.services.live_detection import read_stored_maps
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.storage import datasets, reviews
from desra_studio.storage.datasets import ImageRecord
from desra_studio.storage.queue_entries import CHUNK, cut, refresh_dataset
from desra_studio.storage.tables import Detection, MaskRevision

NEAR = 0.1
"""How near to the threshold a value of the weighted map is uncertain."""


def measure_uncertainty(adjusted: ArtifactMap, threshold: float) -> float:
    """Return the share of a weighted map, 0..1, that lies within 0.1 of the contrast threshold.

    Args:
        adjusted: (h, w) float32, the valid region, see `adjust_map`.
        threshold: below which it is an artifact, in (0, 1].
    """
    near = (adjusted > threshold - NEAR) & (adjusted < threshold + NEAR)
    return float(np.count_nonzero(near) / near.size)


def list_region_classes(mask: Mask, labels: LabelMap) -> list[int]:
    """Return the class that most px of each component of a mask show, in order of the components.

    Args:
        mask: (H, W) bool.
        labels: (H, W) uint8 ADE20K indices.
    """
    components = find_components(mask)
    pairs = components.labels[mask].astype(np.int64) * 256 + labels[mask]
    counts = np.bincount(pairs, minlength=(len(components) + 1) * 256)
    return [int(index) for index in counts.reshape(-1, 256)[1:].argmax(axis=1)]


def name_regions(
    regions: list[dict[str, Any]], mask: Mask, labels: LabelMap | None
) -> list[dict[str, Any]]:
    """Return a detection's regions, each with its "class_index" where there are class labels."""
    if labels is None:
        return regions
    classes = list_region_classes(mask, labels)
    return [region | {"class_index": index} for region, index in zip(regions, classes, strict=True)]


def compare_with_detection(
    studio: Studio, revision: MaskRevision, detection: Detection
) -> float | None:
    """Return 1 - IoU of a saved mask and the detected one, 0 where both are empty.

    None where a stored file is missing: nobody's save is to fail for that.
    """
    if revision.mask_sha == detection.mask_sha:
        return 0.0
    if not revision.area_px or not detection.area_px:
        return 1.0 if revision.area_px or detection.area_px else 0.0
    with suppress(NotFoundError):
        saved, detected = (
            decode_mask_png(studio.blobs.get(row.mask_sha)) for row in (revision, detection)
        )
        return 1 - measure_iou(saved, detected)
    return None


def measure_disagreement(studio: Studio, image_id: int) -> None:
    """Measure how far the detector and the current mask of an image disagree, and keep it.

    To be called after the answer to a save: reading two masks takes longer than storing one.
    """
    with suppress(NotFoundError):  # the image is gone meanwhile
        with studio.database.read() as session:
            record = datasets.get_record(session, image_id)
        _keep_disagreements(studio, [record])


def measure_disagreements(studio: Studio, dataset_id: int) -> None:
    """Measure them for all images of a dataset that have a mask, as after a new detection."""
    with studio.database.read() as session:
        records = datasets.list_records(session, datasets.get_dataset(session, dataset_id))
    _keep_disagreements(studio, records)


def measure_unmeasured(studio: Studio, dataset_id: int, image_ids: Sequence[int]) -> None:
    """Measure those of a dataset's images whose mask another one took the place of just now.

    To be called after the answer, as `measure_disagreement`.
    """
    for ids in cut(image_ids, CHUNK):
        with studio.database.read() as session:
            dataset = datasets.get_dataset(session, dataset_id)
            records = datasets.list_records(session, dataset, ids)
        _keep_disagreements(
            studio,
            [record for record in records if record.review and record.review.disagreement is None],
        )


def rebuild_queue(studio: Studio, dataset_id: int, report: Report = ignore_progress) -> None:
    """Make a dataset's queue anew, and measure what an earlier version did not.

    Raises:
        NotFoundError: no such dataset.
    """
    with studio.database.read() as session:
        records = datasets.list_records(session, datasets.get_dataset(session, dataset_id))
    measured = {}
    for index, record in enumerate(records):
        report(index, len(records), f"Measuring {record.image.name}")
        detection = record.detection
        if detection and detection.uncertainty is None and detection.method == METHOD:
            with suppress(NotFoundError):
                measured[detection.id] = _measure_detection(studio, detection)
    _keep_disagreements(studio, records)
    with studio.database.write() as session:
        for detection_id, (uncertainty, regions) in measured.items():
            stored = datasets.get_detection(session, detection_id)
            stored.uncertainty, stored.regions = uncertainty, regions
        refresh_dataset(session, dataset_id)


def measure_missing(studio: Studio, report: Report = ignore_progress) -> None:
    """Rebuild the queues in which something is not measured, as after an upgrade or a crash."""
    with studio.database.read() as session:
        ids = datasets.list_unmeasured(session)
    for dataset_id in ids:
        rebuild_queue(studio, dataset_id, report)


def _measure_detection(studio: Studio, detection: Detection) -> tuple[float, list[dict[str, Any]]]:
    params = DetectorParams(**detection.params)
    maps = read_stored_maps(studio, detection, params.class_weights)
    regions = detection.regions
    if detection.labels_sha:
        mask = decode_mask_png(studio.blobs.get(detection.mask_sha))
        labels = decode_label_map(studio.blobs.get(detection.labels_sha))
        regions = name_regions(regions, mask, labels)
    return measure_uncertainty(maps.adjusted, params.contrast_threshold), regions


def _keep_disagreements(studio: Studio, records: list[ImageRecord]) -> None:
    measured = {
        (record.image.id, record.revision.id): compare_with_detection(
            studio, record.revision, record.detection
        )
        for record in records
        if record.revision and record.detection
    }
    if not measured:
        return
    models = {record.image.id: record.gan.model_id for record in records}
    with studio.database.write() as session:
        for (image_id, revision_id), value in measured.items():
            review = reviews.get_review(session, image_id, models[image_id])
            # Another mask may have been saved meanwhile; its own save measures it.
            if review.current_revision_id == revision_id:
                review.disagreement = value
