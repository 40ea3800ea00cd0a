"""Which discriminator a generator is trained with: one that is here, or a fresh one."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desra_studio.errors import InputError
from desra_studio.finetune.config import FinetuneConfig
from desra_studio.services.models.downloads import check_sum
from desra_studio.services.models.registry import (
    load_stored_discriminator,
    resolve_discriminator,
)
from desra_studio.services.studio import Studio
from desra_studio.sr.catalog import CATALOG, CatalogEntry, find_entry
from desra_studio.storage import models, runs
from desra_studio.storage.database import Session
from desra_studio.storage.tables import Model
from desra_studio.vocabulary import ModelRole

if TYPE_CHECKING:
    from desra_studio.finetune.discriminator import UNetDiscriminator

FRESH = "fresh"
"""In place of a name: one that has learnt nothing yet."""
SENSIBLE_WARM_UP = 100
"""Iterations after which a fresh one tells pseudo-GT from output."""


@dataclass(frozen=True)
class DiscriminatorChoice:
    """What a generator can be trained with.

    Attributes:
        fitting: id and name of those that are here and fit, newest first.
        released: id of the one that the generator was released with; None where it is not here.
        missing: why it is not, in a sentence; empty where it is here or none is known.
    """

    fitting: list[tuple[int, str]]
    released: int | None
    missing: str


@dataclass(frozen=True)
class UsedDiscriminator:
    """The discriminator of a run.

    Attributes:
        network: None for a fresh one, and where the adversarial loss has no weight.
        about: what the new model's card says of it; empty where that loss has no weight.
        note: what the user has to know of it, or empty.
    """

    network: "UNetDiscriminator | None" = None
    about: str = ""
    note: str = ""


def list_choices(studio: Studio) -> dict[int, DiscriminatorChoice]:
    """Return what each generator can be trained with, by the generator's id."""
    with studio.database.read() as session:
        judges = models.list_runnable_models(session, ModelRole.DISCRIMINATOR)
        return {
            model.id: _choose(judges, model, find_released(session, model))
            for model in models.list_runnable_models(session, ModelRole.GAN)
        }


def check_discriminator(session: Session, model_id: int, generator: Model) -> None:
    """Raise InputError unless a model is a discriminator that fits a generator."""
    model = models.get_model(session, model_id)
    if model.role is not ModelRole.DISCRIMINATOR or model.file_sha is None:
        raise InputError(f"{model.name} is no discriminator. Choose one, or a fresh one.")
    if not _fits(model, generator):
        raise InputError(
            f"{model.name} judges x{model.scale}, but {generator.name} is x{generator.scale}. "
            "Choose another discriminator, or a fresh one."
        )


def find_released(session: Session, generator: Model) -> CatalogEntry | None:
    """Return the discriminator that a generator, or what it was fine-tuned from, came with."""
    for model in _list_ancestors(session, generator):
        for judge, released in _list_released():
            same = (model.name, model.architecture, model.scale) == (
                released.name, released.architecture, released.scale,
            )  # fmt: skip
            if same or model.card.get("sha256") == released.sha256:
                return judge
    return None


def use_stored(
    studio: Studio, settings: FinetuneConfig, generator: Model, discriminator_id: int | None
) -> UsedDiscriminator:
    """Load the discriminator that a run from the page was given; None for a fresh one.

    Raises:
        NotFoundError: it is gone, or its file is.
        ModelError: it is no discriminator.
    """
    if not settings.adversarial_weight:
        return UsedDiscriminator()
    with studio.database.read() as session:
        judge = None if discriminator_id is None else models.get_model(session, discriminator_id)
        released = find_released(session, generator)
    if judge is None:
        return _use_fresh(studio, settings, released)
    return UsedDiscriminator(load_stored_discriminator(studio, judge), judge.name)


def use_named(
    studio: Studio, settings: FinetuneConfig, generator: str, wanted: str | None
) -> UsedDiscriminator:
    """Load the discriminator that a command was given.

    Args:
        studio: the installation.
        settings: of the run.
        generator: a weight file, or the name of a model.
        wanted: the same, or FRESH; None for the one that the generator came with, if it is here.

    Raises:
        NotFoundError: neither a file nor a model of this name.
        ModelError: it is no discriminator.
    """
    if not settings.adversarial_weight:
        unused = f"{wanted} was not used: in these settings the adversarial loss has no weight."
        return UsedDiscriminator(note=unused if wanted else "")
    released = _find_released_with(studio, generator)
    if wanted is None and released and _is_here(studio, released):
        wanted = released.name
    if wanted in (None, FRESH):
        return _use_fresh(studio, settings, released)
    return UsedDiscriminator(resolve_discriminator(studio, wanted), wanted)


def _use_fresh(
    studio: Studio, settings: FinetuneConfig, released: CatalogEntry | None
) -> UsedDiscriminator:
    about, told = "a fresh one", []
    if released:
        here = _is_here(studio, released)
        why = "as was asked for" if here else _tell_missing(released)
        about = f"a fresh one in place of {released.name}, {why}"
        told.append(f"The discriminator was {about}.")
    if settings.discriminator_warm_up == 0:
        told.append(
            "The fresh discriminator knew nothing at first, and counted from the first iteration: "
            f"a discriminator warm-up of {SENSIBLE_WARM_UP} lets it learn before."
        )
    return UsedDiscriminator(about=about, note=" ".join(told))


def _find_released_with(studio: Studio, generator: str) -> CatalogEntry | None:
    path = Path(generator)
    if path.is_file():
        sha256 = check_sum(path)
        return next((judge for judge, one in _list_released() if one.sha256 == sha256), None)
    with studio.database.read() as session:
        model = models.find_model(session, generator)
        return find_released(session, model) if model else None


def _is_here(studio: Studio, entry: CatalogEntry) -> bool:
    with studio.database.read() as session:
        model = models.find_model(session, entry.name)
    return model is not None and model.role is ModelRole.DISCRIMINATOR


def _tell_missing(entry: CatalogEntry) -> str:
    return f"which is not in the registry: desra-studio models pull {entry.name}"


def _choose(
    judges: list[Model], generator: Model, released: CatalogEntry | None
) -> DiscriminatorChoice:
    fitting = [(judge.id, judge.name) for judge in judges if _fits(judge, generator)]
    here = next((id_ for id_, name in fitting if released and name == released.name), None)
    missing = ""
    if released and here is None:
        missing = f"{generator.name} came with {released.name}, {_tell_missing(released)}."
    return DiscriminatorChoice(fitting, here, missing)


def _fits(judge: Model, generator: Model) -> bool:
    return judge.scale in (None, generator.scale)


def _list_ancestors(session: Session, generator: Model) -> Iterator[Model]:
    """Yield a generator, what it was fine-tuned from, and so on."""
    model: Model | None = generator
    while model is not None:
        yield model
        run = runs.get_run(session, model.parent_run_id) if model.parent_run_id else None
        base = run.config.get("model_id") if run else None
        model = models.get_model(session, base) if base else None


def _list_released() -> list[tuple[CatalogEntry, CatalogEntry]]:
    """Return the discriminators of the catalog, each with the generator that it came with."""
    found = [(entry, find_entry(entry.judges)) for entry in CATALOG if entry.judges]
    return [(judge, generator) for judge, generator in found if generator]
