"""How far labels that were drawn blind agree with those that began from the detector's masks."""

from collections import defaultdict
from dataclasses import dataclass
from statistics import fmean

from desra_studio.references import MSE_SR
from desra_studio.services.review.opinions import compare_stored
from desra_studio.services.scores.dataset import DatasetScore
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, reviews
from desra_studio.vocabulary import MadeBy


@dataclass(frozen=True)
class BlindAgreement:
    """Blind and corrected masks of the same images.

    Attributes:
        images: that have both, whoever drew them.
        iou: mean over these of the IoU of the newest of each, 1 where both are empty; None where
            there is no such image.
    """

    images: int
    iou: float | None


def compare_making(studio: Studio, dataset_id: int) -> BlindAgreement:
    """Compare the blind and the corrected masks of a dataset's images that have both.

    Raises:
        NotFoundError: no such dataset, or a stored mask is missing.
    """
    with studio.database.read() as session:
        model_id = datasets.get_dataset(session, dataset_id).gan_model_id
        found = reviews.list_dataset_revisions(session, dataset_id, model_id) if model_id else []
    newest: dict[int, dict[MadeBy, str]] = defaultdict(dict)
    for revision in found:
        newest[revision.image_id][revision.made_by] = revision.mask_sha
    values = [
        compare_stored(studio.blobs, *sorted((masks[MadeBy.BLIND], masks[MadeBy.CORRECTED])))
        for masks in newest.values()
        if MadeBy.BLIND in masks and MadeBy.CORRECTED in masks
    ]
    return BlindAgreement(len(values), fmean(values) if values else None)


WORDS = {
    MadeBy.BLIND: "drawn blind",
    MadeBy.CORRECTED: "corrected",
    MadeBy.DETECTED: "accepted as detected",
    MadeBy.IMPORTED: "imported",
    MadeBy.CONSENSUS: "of a consensus",
}


def describe_making(score: DatasetScore, agreement: BlindAgreement) -> list[str]:
    """Return in sentences how the labels of a dataset were made, and what that says of its figures.

    Nothing where there is no label.
    """
    if not score.labelled:
        return []
    counts = [f"{number} {WORDS[way]}" for way, number in score.made_by.items() if number]
    lines = [f"Labels: {', '.join(counts)}."]
    if score.reference != MSE_SR.title:
        lines.append(
            f"GAN-SR is compared with {score.reference}: do not compare these figures with "
            "those of a dataset that has another reference."
        )
    if score.is_own:
        lines.append(
            "These masks are the detector's own: nobody corrected one, or drew one before it was "
            "shown. That it agrees with them says nothing about what it misses."
        )
    if score.leads_blind and score.made_by[MadeBy.BLIND] < score.labelled:
        lines.append(
            "The figures of the labels that were drawn blind come first: they owe nothing to the "
            "detector. The others began from its masks, and favour it."
        )
    if agreement.iou is not None:
        images = "1 image" if agreement.images == 1 else f"{agreement.images} images"
        lines.append(
            f"Blind and corrected masks of the same image agree: IoU {agreement.iou:.3f}, over "
            f"{images} with both."
        )
    return lines
