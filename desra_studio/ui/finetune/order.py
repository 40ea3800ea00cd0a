"""What the Fine-tune page offers, and what it sends back to start a run."""

from dataclasses import asdict
from typing import Annotated, Any

from pydantic import BaseModel, Field

from desra_studio.errors import InputError
from desra_studio.finetune.config import DIAL, PRESETS, FinetuneConfig
from desra_studio.finetune.pseudo_gt import FEATHER_SIGMA_PX
from desra_studio.services import devices
from desra_studio.services.datasets.listing import get_gan_model_id, get_reference
from desra_studio.services.finetune.candidates import HELD_OUT_SHARE
from desra_studio.services.finetune.cautions import (
    caution_reference,
    describe_obstacle,
    list_cautioned_candidates,
)
from desra_studio.services.finetune.discriminators import list_choices
from desra_studio.services.finetune.ordering import MINIMUM_SAMPLES, start_finetune
from desra_studio.services.models.registry import ModelView, list_generators
from desra_studio.services.studio import Studio
from desra_studio.setting import describe_settings, read_settings
from desra_studio.ui.shared.answers import MAX_VERSION

Id = Annotated[int, Field(ge=0, le=MAX_VERSION)]
MAX_FEATHER_PX = 50.0


class FinetuneOrder(BaseModel):
    """A run as the page asks for it.

    Attributes:
        revisions: the chosen masks.
        generator: the model to start from; None where none was chosen.
        settings: by the names of FinetuneConfig; None where a field was left empty.
        feather_sigma: softens the masks' edges, in px.
        held_out_share: share of the chosen images that are not trained on, 0..1.
        discriminator: the one to start from; None for a fresh one.
    """

    revisions: list[Id]
    generator: Id | None = None
    settings: dict[str, Any] = {}
    feather_sigma: float | None = FEATHER_SIGMA_PX
    held_out_share: float | None = HELD_OUT_SHARE
    discriminator: Id | None = None


def describe_choices(studio: Studio, dataset_id: int) -> dict[str, Any]:
    """Return what can be chosen for a run: samples, generators, presets and their values.

    `obstacle` is why nothing can be trained on, or empty; `made_by` the model of the dataset's
    GAN-SR, which is none of the generators where its outputs were imported; `reference_caution`
    what is to be known of what GAN-SR is compared with, or empty.
    """
    views = list_generators(studio)
    candidates = list_cautioned_candidates(studio, dataset_id)
    extra = {"feather_sigma": FEATHER_SIGMA_PX, "held_out_share": HELD_OUT_SHARE}
    judges = list_choices(studio)
    on_cpu = devices.guess_device(studio.settings.device) == devices.CPU
    return {
        "candidates": [asdict(one) for one in candidates],
        "minimum": MINIMUM_SAMPLES,
        "obstacle": describe_obstacle(studio, dataset_id, candidates),
        "generators": [
            {"id": view.id, "label": view.label, "discriminators": asdict(judges[view.id])}
            for view in views
        ],
        "generator": _guess_generator(studio, dataset_id, views),
        "made_by": get_gan_model_id(studio, dataset_id),
        "reference_caution": caution_reference(get_reference(studio, dataset_id)),
        "presets": {name: asdict(settings) | extra for name, settings in PRESETS.items()},
        "preset": "quick" if on_cpu else "paper",
        "dial": [asdict(stop) for stop in DIAL],
        "settings": {
            name: asdict(view) for name, view in describe_settings(FinetuneConfig).items()
        },
    }


def start_run(studio: Studio, dataset_id: int, order: FinetuneOrder) -> int:
    """Start what was ordered and return the run's id.

    Raises:
        InputError: something is missing or out of range; see `ordering.start_finetune`.
    """
    if order.generator is None:
        raise InputError("Choose a generator, or add its weight file first.")
    if order.feather_sigma is None or order.held_out_share is None:
        raise InputError("Fill in the feather and the held-out share.")
    if not 0 <= order.feather_sigma <= MAX_FEATHER_PX:
        raise InputError(f"The feather must be in 0..50 px, got {order.feather_sigma:g}.")
    return start_finetune(
        studio,
        dataset_id,
        order.revisions,
        order.generator,
        read_settings(FinetuneConfig, order.settings),
        order.feather_sigma,
        order.held_out_share,
        order.discriminator,
    )


def _guess_generator(studio: Studio, dataset_id: int, views: list[ModelView]) -> int | None:
    """Return what made the dataset's GAN-SR.

    Where only its outputs were imported, the newest model that a person added is the best guess;
    the bundled one never is.
    """
    own = get_gan_model_id(studio, dataset_id)
    if any(view.id == own for view in views):
        return own
    return next((view.id for view in views if not (view.fine_tuned or view.bundled)), None)
