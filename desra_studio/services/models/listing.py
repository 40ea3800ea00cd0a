"""All models at a glance: those that are here, and those that could be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from desra_studio.errors import NotFoundError
from desra_studio.services.studio import Studio
from desra_studio.sr.catalog import CATALOG, CatalogEntry
from desra_studio.sr.size_rule import SizeRule
from desra_studio.storage import dataset_bin, models
from desra_studio.storage.tables import Model

ModelState: TypeAlias = Literal["ready", "outputs only", "can be pulled"]


@dataclass(frozen=True)
class ModelDetails:
    """All that is known about a model.

    Attributes:
        id: None while it is only in the catalog.
        role: gan, mse or discriminator.
        architecture, scale, parameters: None where only outputs were imported, or not known yet.
        partner: name of the MSE-SR model that a GAN-SR model is compared with; of an MSE-SR model,
            the names of those that are compared with it.
        licence, source: empty where nobody told.
        state: whether it can be run, only its outputs are here, or it can be pulled.
        fine_tuned: whether it came out of a job of ours.
        card: what is stored beside the weights: source, sums, size rules.
    """

    id: int | None
    name: str
    role: str
    architecture: str | None
    scale: int | None
    parameters: int | None
    partner: str | None
    licence: str
    source: str
    state: ModelState
    fine_tuned: bool
    card: dict[str, Any]


def list_models(studio: Studio, catalog: Sequence[CatalogEntry] = CATALOG) -> list[ModelDetails]:
    """Return the models that are here, newest first, then those that can be pulled.

    What is nothing but the outputs of a dataset in the bin is there with it.
    """
    with studio.database.read() as session:
        rows = models.list_models(session)
        hidden = dataset_bin.list_hidden_models(session)
    names = {row.id: row.name for row in rows}
    partners: dict[int, list[str]] = {row.id: [] for row in rows}
    for row in rows:
        if row.partner_id is not None:
            partners[row.id].append(names[row.partner_id])
            partners[row.partner_id].append(row.name)
    known = {*names.values(), *(entry.name for entry in catalog if entry.is_bundled)}
    absent = [entry for entry in catalog if entry.name not in known]
    return [
        *(_describe_row(row, partners[row.id]) for row in rows if row.id not in hidden),
        *(_describe_entry(entry, catalog) for entry in absent),
    ]


def describe_model(studio: Studio, model_id: int) -> ModelDetails:
    """Return what is known about a model that is here; NotFoundError where it is gone."""
    for details in list_models(studio, ()):
        if details.id == model_id:
            return details
    raise NotFoundError(f"Model {model_id} does not exist (any more). Reload the page.")


def describe_size_rule(card: Mapping[str, Any]) -> str:
    """Return what a generator's card says of the sizes that it takes; empty where it says none."""
    if "multiple_px" not in card:
        return ""
    rule = SizeRule(card["minimum_px"], card["multiple_px"], card.get("square", False))
    if rule == SizeRule(1, 1):
        return "any"
    return f"{rule.describe()} The studio pads others by reflection; an ONNX export takes none."


def _describe_row(row: Model, partners: list[str]) -> ModelDetails:
    return ModelDetails(
        id=row.id,
        name=row.name,
        role=row.role,
        architecture=row.architecture,
        scale=row.scale,
        parameters=row.card.get("parameters"),
        partner=", ".join(partners) or None,
        licence=row.card.get("licence", ""),
        source=row.card.get("source", ""),
        state="outputs only" if row.file_sha is None else "ready",
        fine_tuned=row.parent_run_id is not None,
        card=row.card,
    )


def _describe_entry(entry: CatalogEntry, catalog: Sequence[CatalogEntry]) -> ModelDetails:
    partners = [other.name for other in catalog if other.partner == entry.name]
    return ModelDetails(
        id=None,
        name=entry.name,
        role=entry.role,
        architecture=entry.architecture,
        scale=entry.scale,
        parameters=None,
        partner=entry.partner or ", ".join(partners) or None,
        licence=entry.licence,
        source=entry.source,
        state="can be pulled",
        fine_tuned=False,
        card={"judges": entry.judges} if entry.judges else {},
    )
