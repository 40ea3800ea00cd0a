"""An image's document: all that the canvas needs to show it and to edit its mask."""

from dataclasses import dataclass
from typing import Any

from desra_studio.detection.detector import DetectorParams
from desra_studio.services.review.labels import read_label
from desra_studio.services.review.opinions import OpinionSummary, describe_opinions
from desra_studio.services.studio import Studio
from desra_studio.setting import complete_settings
from desra_studio.storage import datasets, drafts, veils
from desra_studio.storage.datasets import ImageRecord
from desra_studio.storage.label_tables import Draft, MaskRevision
from desra_studio.storage.tables import Detection, Rendition
from desra_studio.vocabulary import MadeBy, Origin, State


@dataclass(frozen=True)
class NamedRendition:
    """A model's output: its id, and the SHA-256 of its file."""

    id: int
    sha: str


@dataclass(frozen=True)
class FineTunedRendition:
    """The output of a fine-tuned model: the model's name, the output's id and SHA-256."""

    model: str
    id: int
    sha: str


@dataclass(frozen=True)
class LrDocument:
    """A low-resolution input: the SHA-256 of its file, and its size in px."""

    sha: str
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class RevisionDocument:
    """A mask revision.

    Attributes:
        id: of the revision.
        number: among the image's, from 1.
        author: who saved it.
        origin: where its pixels come from.
        made_by: what its author had seen of the detector.
        area_px: px that it marks.
        note: what its author says about it.
        sha: SHA-256 of the mask's file.
        saved_at: time in ISO 8601.
    """

    id: int
    number: int
    author: str
    origin: Origin
    made_by: MadeBy
    area_px: int
    note: str
    sha: str
    saved_at: str


@dataclass(frozen=True, kw_only=True)
class DetectionDocument:
    """What the detector found.

    Attributes:
        id: of the detection.
        sha: SHA-256 of its mask's file.
        map_sha: of its artifact map.
        labels_sha: of its regions' numbers, pixel by pixel; None where there are none.
        params: the detector's method and parameters.
        regions: what is known of each region.
        segmentation: identity of the network that named the classes; None where none did.
    """

    id: int
    sha: str
    map_sha: str
    labels_sha: str | None
    params: DetectorParams
    regions: list[dict[str, Any]]
    segmentation: str | None


@dataclass(frozen=True)
class DraftDocument:
    """A draft: the version that the painting started from, and when it came, in ISO 8601."""

    base_version: int
    updated_at: str


@dataclass(frozen=True, kw_only=True)
class ImageDocument:
    """All that the canvas needs to show an image and edit its mask, for the one who asks.

    Attributes:
        id, name: of the image.
        width, height: in px.
        state: how far the label is.
        version: that an edit has to start from.
        gan, mse: the two outputs that are compared.
        reference: what people call the second one: MSE-SR, or what takes its place.
        lr: the input; None where it is not known.
        fine_tuned: outputs of fine-tuned models.
        revision: the current mask; None where none was saved.
        veiled: whether it is labelled blind, so that nothing of the detector is told until then.
        detection: the newest one; None where nothing was detected yet, or it is veiled.
        opinions: what may be known of several people's; None where there are not several.
        draft: of the one who asks; None where there is none.
    """

    id: int
    name: str
    width: int
    height: int
    state: State
    version: int
    gan: NamedRendition
    mse: NamedRendition
    reference: str
    lr: LrDocument | None
    fine_tuned: list[FineTunedRendition]
    revision: RevisionDocument | None
    veiled: bool
    detection: DetectionDocument | None
    opinions: OpinionSummary | None
    draft: DraftDocument | None


def describe_image(studio: Studio, image_id: int, author: str | None = None) -> ImageDocument:
    """Return an image's document.

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
        dataset = datasets.get_dataset(session, record.image.dataset_id)
        reference = datasets.get_reference(dataset)
        fine_tuned = datasets.list_fine_tuned(session, record)
        label = read_label(session, record, author)
        veiled = veils.is_veiled(session, record, author)
        opinions = describe_opinions(studio, session, record, author)
        draft = drafts.find_draft(session, image_id, record.gan.model_id, author)
    return ImageDocument(
        id=record.image.id,
        name=record.image.name,
        width=record.image.width,
        height=record.image.height,
        state=label.state,
        version=label.version,
        gan=_name_rendition(record.gan),
        mse=_name_rendition(record.mse),
        reference=reference.title,
        lr=_describe_lr(record),
        fine_tuned=[
            FineTunedRendition(model.name, rendition.id, rendition.blob_sha)
            for model, rendition in fine_tuned
        ],
        revision=describe_revision(label.revision) if label.revision else None,
        veiled=veiled,
        detection=(
            _describe_detection(record.detection) if record.detection and not veiled else None
        ),
        opinions=opinions,
        draft=_describe_draft(draft) if draft else None,
    )


def describe_revision(revision: MaskRevision) -> RevisionDocument:
    """Return a revision as plain values."""
    return RevisionDocument(
        id=revision.id,
        number=revision.number,
        author=revision.author,
        origin=revision.origin,
        made_by=revision.made_by,
        area_px=revision.area_px,
        note=revision.note,
        sha=revision.mask_sha,
        saved_at=revision.created_at.isoformat(),
    )


def _describe_detection(detection: Detection) -> DetectionDocument:
    return DetectionDocument(
        id=detection.id,
        sha=detection.mask_sha,
        map_sha=detection.map_sha,
        labels_sha=detection.labels_sha,
        params=complete_settings(DetectorParams, detection.params),
        regions=detection.regions,
        segmentation=detection.segmentation,
    )


def _describe_draft(draft: Draft) -> DraftDocument:
    return DraftDocument(draft.base_version, draft.updated_at.isoformat())


def _describe_lr(record: ImageRecord) -> LrDocument | None:
    image = record.image
    if image.lr_sha is None or not image.scale:
        return None
    return LrDocument(image.lr_sha, image.width // image.scale, image.height // image.scale)


def _name_rendition(rendition: Rendition) -> NamedRendition:
    return NamedRendition(rendition.id, rendition.blob_sha)
