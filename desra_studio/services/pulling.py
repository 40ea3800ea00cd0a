"""Fetching known models: from the network, or from a file that a person put in place."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desra_studio.assets_folder import find_assets
from desra_studio.errors import ModelError, NotFoundError
from desra_studio.services.bundled import register_bundled_models
from desra_studio.services.downloads import check_sum, download_file
from desra_studio.services.model_lists import ModelDetails, describe_model
from desra_studio.services.models import read_generator, register_generator
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.sr.catalog import CATALOG, CatalogEntry, find_entry
from desra_studio.storage import models
from desra_studio.storage.tables import Model, ModelRole

if TYPE_CHECKING:
    from desra_studio.sr.loader import Generator


def pull_model(
    studio: Studio,
    name: str,
    report: Report = ignore_progress,
    catalog: Sequence[CatalogEntry] = CATALOG,
) -> tuple[ModelDetails, bool]:
    """Fetch, check and register a model of the catalog, and pair it with its partner, if here.

    A file that a person put at `downloads/FILE` in the data directory is used instead of the
    network, and left there; what was fetched is removed once it is stored.

    Returns:
        the model, and whether it is new: False where it was here already.

    Raises:
        NotFoundError: not in the catalog; lists what is.
        ModelError: it cannot be fetched, or the file is not what the catalog says.
        InputError: it cannot be written.
    """
    entry = find_entry(name, catalog)
    if entry is None:
        known = ", ".join(entry.name for entry in catalog)
        raise NotFoundError(f"No known model is named {name!r}. There are: {known}.")
    if entry.is_bundled:
        register_bundled_models(studio)
    with studio.database.read() as session:
        row = models.find_model(session, name)
    if row is not None:
        return describe_model(studio, row.id), False
    path = studio.settings.data_dir.resolve() / "downloads" / entry.file
    is_by_hand = path.exists()
    if not is_by_hand:
        _fetch_entry(entry, path, report)
    try:
        generator, card = _read_entry(entry, path)
    except ModelError as error:
        if is_by_hand:
            raise ModelError(f"{path} cannot be used: {error} Replace or remove it.") from error
        path.unlink()
        raise ModelError(f"{entry.url} is not what it should be: {error}") from error
    facts = {"source": entry.source, "url": entry.url, "licence": entry.licence}
    others = _find_partners(studio, entry, catalog)
    model_id = register_generator(
        studio, name, ModelRole(entry.role), generator, facts | card, others
    )
    if not is_by_hand:
        path.unlink()
    return describe_model(studio, model_id), True


def _fetch_entry(entry: CatalogEntry, path: Path, report: Report) -> None:
    if entry.is_bundled:
        raise ModelError(
            f"{entry.name} ships with the studio, but {find_assets() / 'models' / entry.file} is "
            "missing. Install the studio again."
        )
    if not entry.url:
        raise ModelError(
            f"{entry.name} is not published where a program could fetch it. Get {entry.file} by "
            f"way of {entry.source}, put it at {path} and run the same command again."
        )
    download_file(entry.url, path, entry.sha256, report, entry.size_bytes)


def _read_entry(entry: CatalogEntry, path: Path) -> tuple["Generator", dict[str, Any]]:
    check_sum(path, entry.sha256)
    generator, card = read_generator(path)
    if generator.scale != entry.scale:
        raise ModelError(f"It is x{generator.scale}, but {entry.name} is x{entry.scale}.")
    return generator, card


def _find_partners(
    studio: Studio, entry: CatalogEntry, catalog: Sequence[CatalogEntry]
) -> list[Model]:
    """Return the models of the catalog to pair this one with, but none that was paired already."""
    names = [other.name for other in catalog if other.partner == entry.name]
    with studio.database.read() as session:
        found = models.find_models(session, [entry.partner, *names]).values()
    return [
        model
        for model in found
        if model.role != entry.role
        and model.scale == entry.scale
        and model.file_sha is not None
        and model.partner_id is None
    ]
