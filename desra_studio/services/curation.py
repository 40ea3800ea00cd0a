"""Choosing samples for fine-tuning and looking at their pseudo ground truth."""

from dataclasses import asdict, dataclass
from typing import Any

from desra_studio.errors import InputError
from desra_studio.finetune.config import CHECKPOINT as CHECKPOINT
from desra_studio.finetune.config import PRESETS as PRESETS
from desra_studio.finetune.config import QUICK as QUICK
from desra_studio.finetune.config import DeriveConfig as DeriveConfig
from desra_studio.finetune.config import FinetuneConfig as FinetuneConfig
from desra_studio.finetune.config import get_preset as get_preset
from desra_studio.finetune.pseudo_gt import FEATHER_SIGMA_PX as FEATHER_SIGMA_PX
from desra_studio.finetune.pseudo_gt import compose_pseudo_gt
from desra_studio.imaging.arrays import RgbImage
from desra_studio.imaging.io import decode_png, encode_png
from desra_studio.imaging.masks import decode_mask_png
from desra_studio.services.jobs import restart_job, start_job, view_job
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, models, reviews
from desra_studio.storage.tables import MaskRevision, State
from desra_studio.storage.training_sets import freeze_training_set

MINIMUM_SAMPLES = 3


@dataclass(frozen=True)
class Candidate:
    """An accepted image, ready to be trained on or with the reason why not.

    Attributes:
        image_id, name: of the image.
        gan_id, gan_sha: its GAN-SR.
        revision_id, mask_sha: its current mask.
        area_share: marked share of the image, 0..1.
        problem: why it cannot be trained on, or empty.
    """

    image_id: int
    name: str
    gan_id: int
    gan_sha: str
    revision_id: int
    mask_sha: str
    area_share: float
    problem: str


def list_candidates(studio: Studio, dataset_id: int) -> list[Candidate]:
    """Return the accepted images of a dataset, by name."""
    with studio.database.read() as session:
        dataset = datasets.get_dataset(session, dataset_id)
        return [
            Candidate(
                image_id=record.image.id,
                name=record.image.name,
                gan_id=record.gan.id,
                gan_sha=record.gan.blob_sha,
                revision_id=record.revision.id,
                mask_sha=record.revision.mask_sha,
                area_share=record.revision.area_px / (record.image.width * record.image.height),
                problem=_find_problem(record),
            )
            for record in datasets.list_records(session, dataset)
            if record.state is State.ACCEPTED and record.revision
        ]


def render_pseudo_gt(
    studio: Studio, revision_id: int, feather_sigma: float = FEATHER_SIGMA_PX
) -> bytes:
    """Return the pseudo-GT that a mask revision gives, as PNG.

    Raises:
        NotFoundError: no such revision, or a stored file is missing.
    """
    with studio.database.read() as session:
        revision = reviews.get_revision(session, revision_id)
        record = datasets.get_record(session, revision.image_id)
    return encode_png(compose_stored_pseudo_gt(studio, record, revision, feather_sigma))


def compose_stored_pseudo_gt(
    studio: Studio, record: datasets.ImageRecord, revision: MaskRevision, feather_sigma: float
) -> RgbImage:
    """Compose the pseudo-GT, (H, W, 3) uint8 RGB, that a revision gives of its image.

    What the page previews and what the trainer learns from are this one image.
    """
    return compose_pseudo_gt(
        decode_png(studio.blobs.get(record.gan.blob_sha)),
        decode_png(studio.blobs.get(record.mse.blob_sha)),
        decode_mask_png(studio.blobs.get(revision.mask_sha)),
        feather_sigma,
    )


def start_finetune(
    studio: Studio,
    dataset_id: int,
    revision_ids: list[int],
    model_id: int,
    settings: FinetuneConfig,
    feather_sigma: float = FEATHER_SIGMA_PX,
) -> int:
    """Freeze the chosen samples as a training set, start the job and return its id.

    Args:
        studio: the installation.
        dataset_id: whose images they are.
        revision_ids: current masks of accepted images, as they were seen when chosen.
        model_id: the generator to start from.
        settings: of the training.
        feather_sigma: softens the masks' edges, in px.

    Raises:
        InputError: too few samples, or one that cannot be trained on.
    """
    with studio.database.write() as session:
        dataset = datasets.get_dataset(session, dataset_id)
        chosen = [
            record
            for record in datasets.list_records(session, dataset)
            if record.label and record.label.id in set(revision_ids)
        ]
        if len(revision_ids) < MINIMUM_SAMPLES:
            raise InputError(
                f"Choose at least {MINIMUM_SAMPLES} accepted samples, "
                f"{len(revision_ids)} are chosen."
            )
        if len(chosen) < len(revision_ids):
            raise InputError(
                f"{len(revision_ids) - len(chosen)} of the chosen masks were changed or are no "
                "longer accepted. Reload the page and choose again."
            )
        scale = models.get_model(session, model_id).scale
        revisions = []
        for record in chosen:
            problem = _find_problem(record)
            if not problem and record.image.scale != scale:
                problem = f"is x{record.image.scale}, but the generator is x{scale}"
            if problem:
                raise InputError(f"{record.image.name} {problem}.")
            if record.label:
                revisions.append(record.label)
        training_set = freeze_training_set(session, dataset_id, revisions)
        config: dict[str, Any] = {
            "dataset_id": dataset_id,
            "training_set_id": training_set.id,
            "training_set_hash": training_set.hash,
            "model_id": model_id,
            "samples": len(revisions),
            "feather_sigma": feather_sigma,
            **asdict(settings),
        }
    return start_job(studio, "finetune", config)


def resume_finetune(studio: Studio, run_id: int) -> int:
    """Start a run again that was cancelled, failed or lost; it goes on from its last checkpoint.

    Returns:
        The run's id: it is the same run.

    Raises:
        NotFoundError: no such run.
        InputError: not a fine-tuning, one that is active or done, or one without a checkpoint.
    """
    job = view_job(studio, run_id)
    if job.kind != "finetune":
        raise InputError(f"Job {run_id} is of the kind {job.kind}. Resume a fine-tuning.")
    if not (studio.run_folder(run_id) / CHECKPOINT).exists():
        raise InputError(f"Job {run_id} ended before its first checkpoint. Start it anew.")
    return restart_job(studio, run_id)


def _find_problem(record: datasets.ImageRecord) -> str:
    if record.image.lr_sha is None:
        return "has no LR image, import it with an LR folder"
    if record.revision is None or record.revision.area_px == 0:
        return "has an empty mask, there is nothing to delete"
    return ""
