"""How far detector and reviewer disagree, which the queue orders by."""

from collections.abc import Sequence
from contextlib import suppress

from desra_studio.errors import NotFoundError
from desra_studio.imaging.arrays import Mask
from desra_studio.imaging.masks import decode_mask_png
from desra_studio.metrics.mask_metrics import measure_iou
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, reviews
from desra_studio.storage.datasets import ImageRecord
from desra_studio.storage.label_tables import MaskRevision
from desra_studio.storage.queue_entries import CHUNK, cut
from desra_studio.storage.tables import Detection


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
        return compare_mask(studio, decode_mask_png(studio.blobs.get(revision.mask_sha)), detection)
    return None


def compare_mask(studio: Studio, mask: Mask, detection: Detection) -> float | None:
    """Do as `compare_with_detection` with a mask in memory, (H, W) bool."""
    with suppress(NotFoundError):
        return 1 - measure_iou(mask, decode_mask_png(studio.blobs.get(detection.mask_sha)))
    return None


def measure_disagreement(studio: Studio, image_id: int) -> None:
    """Measure how far the detector and the current mask of an image disagree, and keep it.

    To be called after the answer to whoever made that mask: two masks are read.
    """
    with suppress(NotFoundError):  # the image is gone meanwhile
        with studio.database.read() as session:
            record = datasets.get_record(session, image_id)
        keep_disagreements(studio, [record])


def measure_disagreements(studio: Studio, dataset_id: int) -> None:
    """Measure them for all images of a dataset that have a mask, as after a new detection."""
    with studio.database.read() as session:
        records = datasets.list_records(session, datasets.get_dataset(session, dataset_id))
    keep_disagreements(studio, records)


def measure_unmeasured(studio: Studio, dataset_id: int, image_ids: Sequence[int]) -> None:
    """Measure those of a dataset's images whose mask another one took the place of just now.

    To be called after the answer, as `measure_disagreement`.
    """
    for ids in cut(image_ids, CHUNK):
        with studio.database.read() as session:
            dataset = datasets.get_dataset(session, dataset_id)
            records = datasets.list_records(session, dataset, ids)
        keep_disagreements(
            studio,
            [record for record in records if record.review and record.review.disagreement is None],
        )


def keep_disagreements(studio: Studio, records: list[ImageRecord]) -> None:
    """Measure how far detector and current mask of images disagree, and keep it."""
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
