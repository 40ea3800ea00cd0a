"""An image's document: all that the canvas needs to show it and to edit its mask."""

from typing import Any

from desra_studio.detection.detector import DetectorParams
from desra_studio.services.review.labels import read_label
from desra_studio.services.review.opinions import describe_opinions
from desra_studio.services.studio import Studio
from desra_studio.setting import complete_settings
from desra_studio.storage import datasets, drafts
from desra_studio.storage.datasets import ImageRecord
from desra_studio.storage.label_tables import Draft, MaskRevision
from desra_studio.storage.tables import Detection, Rendition


def describe_image(studio: Studio, image_id: int, author: str | None = None) -> dict[str, Any]:
    """Return all that the canvas needs to show an image and edit its mask.

    Args:
        studio: the installation.
        image_id: of the image.
        author: who asks: it tells of their draft, and of their own label where several people are
            asked for theirs; None is the author of the settings.

    Raises:
        NotFoundError: the image is gone, or not upscaled yet.
    """
    author = author or studio.settings.author
    with studio.database.read() as session:
        record = datasets.get_record(session, image_id)
        fine_tuned = datasets.list_fine_tuned(session, record)
        label = read_label(session, record, author)
        opinions = describe_opinions(studio, session, record, author)
        draft = drafts.find_draft(session, image_id, record.gan.model_id, author)
    return {
        "id": record.image.id,
        "name": record.image.name,
        "width": record.image.width,
        "height": record.image.height,
        "state": label.state,
        "version": label.version,
        "gan": _name_rendition(record.gan),
        "mse": _name_rendition(record.mse),
        "lr": _describe_lr(record),
        "fine_tuned": [
            {"model": model.name, **_name_rendition(rendition)} for model, rendition in fine_tuned
        ],
        "revision": describe_revision(label.revision) if label.revision else None,
        "detection": _describe_detection(record.detection) if record.detection else None,
        "opinions": opinions,
        "draft": _describe_draft(draft) if draft else None,
    }


def describe_revision(revision: MaskRevision) -> dict[str, Any]:
    """Return a revision as plain values."""
    return {
        "id": revision.id,
        "number": revision.number,
        "author": revision.author,
        "origin": revision.origin,
        "area_px": revision.area_px,
        "note": revision.note,
        "sha": revision.mask_sha,
        "saved_at": revision.created_at.isoformat(),
    }


def _describe_detection(detection: Detection) -> dict[str, Any]:
    return {
        "id": detection.id,
        "sha": detection.mask_sha,
        "map_sha": detection.map_sha,
        "labels_sha": detection.labels_sha,
        "params": complete_settings(DetectorParams, detection.params).as_dict(),
        "regions": detection.regions,
        "segmentation": detection.segmentation,
    }


def _describe_draft(draft: Draft) -> dict[str, Any]:
    return {"base_version": draft.base_version, "updated_at": draft.updated_at.isoformat()}


def _describe_lr(record: ImageRecord) -> dict[str, Any] | None:
    image = record.image
    if image.lr_sha is None or not image.scale:
        return None
    return {
        "sha": image.lr_sha,
        "width": image.width // image.scale,
        "height": image.height // image.scale,
    }


def _name_rendition(rendition: Rendition) -> dict[str, Any]:
    return {"id": rendition.id, "sha": rendition.blob_sha}
