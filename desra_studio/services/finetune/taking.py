"""Taking a point of a training as a model: not always the last iteration is the best."""

from dataclasses import dataclass, replace

from desra_studio.errors import InputError
from desra_studio.services.finetune.cards import describe_fine_tuned
from desra_studio.services.finetune.kept_weights import read_kept
from desra_studio.services.finetune.points import find_made
from desra_studio.services.job_configs import FinetuneJobConfig
from desra_studio.services.jobs import view_job
from desra_studio.services.studio import Studio
from desra_studio.storage import models
from desra_studio.storage.database import Session
from desra_studio.storage.models import TAKEN_AT
from desra_studio.vocabulary import ModelRole


@dataclass(frozen=True)
class TakenPoint:
    """The model that a point was made: its id and name."""

    model_id: int
    model: str


def take_point(studio: Studio, run_id: int, iteration: int) -> TakenPoint:
    """Make the weights of a point a model, once; of the last one the run's own, where it has one.

    Raises:
        NotFoundError: no such run, or its weights are not kept.
        InputError: not a fine-tuning, the model's name is taken, or the disk is full.
    """
    run = view_job(studio, run_id)
    if run.kind != "finetune":
        raise InputError(f"Job {run_id} is of the kind {run.kind}. Take a point of a fine-tuning.")
    config = FinetuneJobConfig.read(run.config)
    with studio.database.read() as session:
        made = find_made(models.list_run_models(session, run_id), run)
        base = models.get_model(session, run.config["model_id"])
        judge = _name_discriminator(session, run_id, config)
    if iteration in made:
        return TakenPoint(made[iteration].id, made[iteration].name)
    weights = read_kept(studio, run_id, iteration)
    config = replace(config, settings=replace(config.settings, iterations=iteration))
    card = describe_fine_tuned(base, config.samples, config, run.result.get("notes", []), judge)
    try:
        file_sha = studio.blobs.put(weights)
    except OSError as error:
        raise InputError(
            f"The weights cannot be stored in {studio.blobs.root} ({error.strerror or error}). "
            "Free some space and try again."
        ) from error
    with studio.database.write() as session:
        model = models.add_model(
            session,
            f"{base.name} fine-tuned {run_id} at {iteration}",
            ModelRole.GAN,
            architecture=base.architecture,
            scale=base.scale,
            file_sha=file_sha,
            parent_run_id=run_id,
            partner_id=base.partner_id,
            card=card | {TAKEN_AT: iteration},
        )
        return TakenPoint(model.id, model.name)


def _name_discriminator(session: Session, run_id: int, config: FinetuneJobConfig) -> str:
    """Return what the card of the run's own model says of it, or would say; empty without one."""
    own = models.find_run_model(session, run_id)
    if own is not None:
        return str(own.card.get("discriminator", ""))
    if not config.settings.adversarial_weight:
        return ""
    if config.discriminator_id is None:
        return "a fresh one"
    return models.get_model(session, config.discriminator_id).name
