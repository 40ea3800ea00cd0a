"""Making queues anew, with the figures that an earlier version did not measure."""

from contextlib import suppress
from typing import Any

from desra_studio.detection.detector import METHOD, DetectorParams
from desra_studio.detection.figures import measure_uncertainty, name_regions
from desra_studio.errors import NotFoundError
from desra_studio.imaging.io import decode_label_map
from desra_studio.imaging.masks import decode_mask_png
from desra_studio.services.detection.live import read_stored_maps
from desra_studio.services.review.disagreement import keep_disagreements
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.storage import datasets
from desra_studio.storage.queue_entries import refresh_dataset
from desra_studio.storage.tables import Detection


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
    keep_disagreements(studio, records)
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
