"""Choosing samples for fine-tuning and looking at their pseudo ground truth."""

from desra_studio.errors import InputError
from desra_studio.finetune.config import (
    CHECKPOINT,
    FinetuneConfig,
)
from desra_studio.finetune.pseudo_gt import FEATHER_SIGMA_PX, compose_pseudo_gt
from desra_studio.imaging.arrays import RgbImage
from desra_studio.imaging.io import decode_png, encode_png
from desra_studio.imaging.masks import decode_mask_png
from desra_studio.services.finetune.candidates import (
    HELD_OUT_SHARE,
    Candidate,
    make_candidate,
    split_held_out,
)
from desra_studio.services.finetune.discriminators import check_discriminator
from desra_studio.services.job_configs import FinetuneJobConfig
from desra_studio.services.jobs import restart_job, start_job, view_job
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, models, reviews
from desra_studio.storage.database import Session
from desra_studio.storage.label_tables import MaskRevision
from desra_studio.storage.training_sets import freeze_training_set

MINIMUM_SAMPLES = 3


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
    held_out_share: float = HELD_OUT_SHARE,
    discriminator_id: int | None = None,
) -> int:
    """Freeze the chosen samples as a training set, start the job and return its id.

    Raises:
        InputError: see `order_finetune`, which has the arguments.
    """
    config = order_finetune(
        studio, dataset_id, revision_ids, model_id, settings, feather_sigma, held_out_share,
        discriminator_id,
    )  # fmt: skip
    return start_job(studio, "finetune", config.as_dict())


def order_finetune(
    studio: Studio,
    dataset_id: int,
    revision_ids: list[int],
    model_id: int,
    settings: FinetuneConfig,
    feather_sigma: float = FEATHER_SIGMA_PX,
    held_out_share: float = HELD_OUT_SHARE,
    discriminator_id: int | None = None,
) -> FinetuneJobConfig:
    """Freeze the chosen samples as a training set, and return the configuration of its job.

    Args:
        studio: the installation.
        dataset_id: whose images they are.
        revision_ids: current masks of accepted images, as they were seen when chosen.
        model_id: the generator to start from.
        settings: of the training.
        feather_sigma: softens the masks' edges, in px.
        held_out_share: of the samples, by image: they are not trained on but prove the new model;
            see `split_held_out`.
        discriminator_id: the discriminator to start from; None for a fresh one.

    Raises:
        InputError: too few samples, one that cannot be trained on, a share not in 0..1, or a
            discriminator that does not fit.
    """
    with studio.database.write() as session:
        chosen = _read_chosen(session, dataset_id, revision_ids, model_id)
        if discriminator_id is not None:
            check_discriminator(session, discriminator_id, models.get_model(session, model_id))
        trained, held_out = split_held_out([one for one, _ in chosen], held_out_share)
        training_set = freeze_training_set(
            session,
            dataset_id,
            [revision for _, revision in chosen],
            [candidate.revision_id for candidate in held_out],
        )
        return FinetuneJobConfig(
            dataset_id=dataset_id,
            training_set_id=training_set.id,
            training_set_hash=training_set.hash,
            model_id=model_id,
            samples=len(trained),
            held_out=len(held_out),
            held_out_share=held_out_share,
            feather_sigma=feather_sigma,
            discriminator_id=discriminator_id if settings.adversarial_weight else None,
            settings=settings,
        )


def _read_chosen(
    session: Session, dataset_id: int, revision_ids: list[int], model_id: int
) -> list[tuple[Candidate, MaskRevision]]:
    """Return the chosen samples with their masks, having seen that all can be trained on."""
    if len(revision_ids) < MINIMUM_SAMPLES:
        raise InputError(
            f"Choose at least {MINIMUM_SAMPLES} accepted samples, {len(revision_ids)} are chosen."
        )
    wanted = set(revision_ids)
    dataset = datasets.get_dataset(session, dataset_id)
    scale = models.get_model(session, model_id).scale
    chosen = []
    for record in datasets.list_records(session, dataset):
        candidate = make_candidate(session, record)
        if candidate is None or record.label is None or record.label.id not in wanted:
            continue
        problem = candidate.problem
        if not problem and record.image.scale != scale:
            problem = f"is x{record.image.scale}, but the generator is x{scale}"
        if problem:
            raise InputError(f"{record.image.name} {problem}.")
        chosen.append((candidate, record.label))
    if len(chosen) < len(revision_ids):
        raise InputError(
            f"{len(revision_ids) - len(chosen)} of the chosen masks were changed or are no "
            "longer accepted. Reload the page and choose again."
        )
    return chosen


def resume_finetune(studio: Studio, run_id: int) -> int:
    """Start a run again that was cancelled, failed or lost; it goes on from its last checkpoint.

    Returns:
        The run's id: it is the same run.

    Raises:
        NotFoundError: no such run.
        InputError: not a fine-tuning, one that is active or done, or one without a checkpoint.
    """
    check_resumable(studio, run_id)
    return restart_job(studio, run_id)


def check_resumable(studio: Studio, run_id: int) -> None:
    """Raise InputError unless a run is a fine-tuning that has a checkpoint to go on from."""
    job = view_job(studio, run_id)
    if job.kind != "finetune":
        raise InputError(f"Job {run_id} is of the kind {job.kind}. Resume a fine-tuning.")
    if not (studio.run_folder(run_id) / CHECKPOINT).exists():
        raise InputError(f"Job {run_id} ended before its first checkpoint. Start it anew.")
