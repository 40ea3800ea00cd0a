"""Which images can be trained on, what speaks against them, and which ones are held out."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

from desra_studio.errors import InputError
from desra_studio.services.review.opinions import list_given
from desra_studio.services.review.regions import PROMINENT
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, regions
from desra_studio.storage.database import Session
from desra_studio.storage.datasets import ImageRecord
from desra_studio.storage.tables import Image
from desra_studio.vocabulary import Origin, State

HELD_OUT_SHARE = 0.25
MINIMUM_TRAINED = 2
"""Pictures that stay for training, whatever the held-out share."""
LARGE_SHARE = 0.5
"""Of an image that is marked: above it, most of what is learnt is MSE-SR."""
FAR_APART = 0.5
"""Dissent, 1 - mean IoU between opinions, above which a mask is not agreed on."""
RANK_SEED = "held out"


@dataclass(frozen=True)
class Candidate:
    """An accepted image, ready to be trained on or with the reason why not.

    Attributes:
        image_id, name: of the image.
        gan_id, gan_sha: its GAN-SR.
        revision_id, mask_sha: its current mask.
        area_share: marked share of the image, 0..1.
        problem: why it cannot be trained on, or empty.
        warnings: why one should look at it again before training on it.
        held_out_rank: 0..1; the samples of lowest rank are held out. Made from the picture alone,
            so that the next round holds out the same ones, and that copies have the same.
        prominence: share of voters, 0..1, who noticed the most prominent of its regions; None
            where nobody was asked.
        prominent: whether that counts as prominent.
    """

    image_id: int
    name: str
    gan_id: int
    gan_sha: str
    revision_id: int
    mask_sha: str
    area_share: float
    problem: str
    warnings: list[str]
    held_out_rank: float
    prominence: float | None = None
    prominent: bool = False


def list_candidates(studio: Studio, dataset_id: int) -> list[Candidate]:
    """Return the accepted images of a dataset, by name."""
    with studio.database.read() as session:
        dataset = datasets.get_dataset(session, dataset_id)
        found = [
            make_candidate(session, record) for record in datasets.list_records(session, dataset)
        ]
    return [candidate for candidate in found if candidate]


def make_candidate(session: Session, record: ImageRecord) -> Candidate | None:
    """Describe an image as a sample; None where it is not accepted."""
    revision = record.revision
    if record.state is not State.ACCEPTED or revision is None:
        return None
    share = revision.area_px / (record.image.width * record.image.height)
    problem = ""
    if record.image.lr_sha is None:
        problem = "has no LR image, import it with an LR folder"
    elif revision.area_px == 0:
        problem = "has an empty mask, there is nothing to delete"
    asked = [one.prominence for one in regions.list_regions(session, [revision.id])]
    prominence = max((share for share in asked if share is not None), default=None)
    warnings = ["marks more than half of the image"] if share > LARGE_SHARE else []
    return Candidate(
        image_id=record.image.id,
        name=record.image.name,
        gan_id=record.gan.id,
        gan_sha=record.gan.blob_sha,
        revision_id=revision.id,
        mask_sha=revision.mask_sha,
        area_share=share,
        problem=problem,
        warnings=warnings + _find_disagreement(session, record),
        held_out_rank=rank_image(record.image),
        prominence=prominence,
        prominent=prominence is not None and prominence >= PROMINENT,
    )


def rank_image(image: Image) -> float:
    """Return where an image stands in the order of holding out, 0..1, from its pixels alone."""
    seeded = f"{RANK_SEED} {image.lr_sha or image.name}".encode()
    # 12 hex digits are exact as a number in JavaScript, which orders by the same ranks.
    return int(hashlib.sha256(seeded).hexdigest()[:12], 16) / 16**12


def count_held_out(pictures: int, share: float) -> int:
    """Return how many of so many different pictures are held out.

    The share of them, rounded half up; at least 1 unless the share is 0, and never so many that
    fewer than 2 are left to train on.

    Raises:
        InputError: a share that is not in 0..1.
    """
    if not 0 <= share < 1:
        raise InputError(f"The held-out share must be at least 0 and below 1, got {share}.")
    if share == 0:
        return 0
    return max(0, min(max(1, math.floor(share * pictures + 0.5)), pictures - MINIMUM_TRAINED))


def split_held_out(
    candidates: Sequence[Candidate], share: float
) -> tuple[list[Candidate], list[Candidate]]:
    """Return the samples to train on and those that are held out, each in the order given.

    Samples whose LR images are the same, px by px, stay together: what was trained on would prove
    nothing under another name.

    Raises:
        InputError: see `count_held_out`.
    """
    ranks = sorted({candidate.held_out_rank for candidate in candidates})
    held_out = set(ranks[: count_held_out(len(ranks), share)])
    return (
        [candidate for candidate in candidates if candidate.held_out_rank not in held_out],
        [candidate for candidate in candidates if candidate.held_out_rank in held_out],
    )


def _find_disagreement(session: Session, record: ImageRecord) -> list[str]:
    review, revision = record.review, record.revision
    if review is None or revision is None:
        return []
    if review.opinions_wanted > 1:
        given = len(list_given(session, record))
        if given < review.opinions_wanted:
            return [f"not agreed on: {given} of {review.opinions_wanted} opinions"]
    settled = revision.origin is Origin.CONSENSUS
    if review.dissent is not None and review.dissent > FAR_APART and not settled:
        overlap = round(100 * (1 - review.dissent))
        return [f"not agreed on: the opinions' masks overlap by {overlap} % only"]
    return []
