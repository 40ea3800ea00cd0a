"""What a verdict on one component would do to the scores of its dataset."""

from dataclasses import dataclass

from desra_studio.errors import InputError
from desra_studio.metrics.attribution import attribute_component
from desra_studio.metrics.mask_metrics import SetScore, score_image, summarize_scores
from desra_studio.services.review.regions import pick_component
from desra_studio.services.scores.set_scorer import SetScorer
from desra_studio.storage import datasets


@dataclass(frozen=True)
class AttributedScore:
    """Figures of a dataset over so many images; None where there is nothing to count."""

    iou: float | None
    precision: float | None
    recall: float | None
    images: int


@dataclass(frozen=True)
class VerdictEffect:
    """What a verdict on a detected component does to the figures of its dataset.

    Attributes:
        before: the figures as they are.
        accepted: with the component in the manual mask.
        rejected: with it left out.
        images: labelled ones besides the component's.
    """

    before: AttributedScore
    accepted: AttributedScore
    rejected: AttributedScore
    images: int


def attribute_verdict(scorer: SetScorer, image_id: int, x: int, y: int) -> VerdictEffect:
    """Return what accepting or rejecting the detected component over a pixel does.

    The manual mask as it stands is the image's saved one; where none is, the detector's own, which
    is what Review shows until somebody changes it.

    Args:
        scorer: of the installation.
        image_id: whose component it is.
        x: of a pixel of the component, in px of the image.
        y: of the same pixel.

    Raises:
        InputError: no detection, or no detected component there.
        NotFoundError: the image is gone, or a stored mask is missing.
    """
    with scorer.studio.database.read() as session:
        record = datasets.get_record(session, image_id)
        dataset = datasets.get_dataset(session, record.image.dataset_id)
        records = datasets.list_records(session, dataset)
    if record.detection is None:
        raise InputError(f"Nothing was detected in {record.image.name} yet. Detect first.")
    prediction = scorer.read(record.detection.mask_sha)
    component = pick_component(prediction, x, y)
    saved = scorer.read(record.revision.mask_sha) if record.revision else None
    manual = prediction if saved is None else saved
    others = [
        scorer.score(other.detection.mask_sha if other.detection else None, other.label)[0]
        for other in records
        if other.label and other.image.id != image_id
    ]
    result = attribute_component(prediction, manual, component, others)
    own = [score_image(prediction, saved)] if saved is not None and record.label else []
    return VerdictEffect(
        before=_describe(summarize_scores([*others, *own])),
        accepted=_describe(result.accepted),
        rejected=_describe(result.rejected),
        images=len(others),
    )


def _describe(score: SetScore) -> AttributedScore:
    return AttributedScore(score.iou, score.precision, score.recall, score.images)
