"""Fetching known models: from the network, or from a file that a person put in place."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from desra_studio.assets_folder import find_assets
from desra_studio.errors import ModelError, NotFoundError
from desra_studio.services.bundled import register_bundled_models
from desra_studio.services.models.downloads import check_sum, download_file, hold_lock
from desra_studio.services.models.listing import ModelDetails, describe_model
from desra_studio.services.models.networks import Network, read_network
from desra_studio.services.models.registry import register_network
from desra_studio.services.studio import Report, Studio, ignore_progress
from desra_studio.sr.catalog import CATALOG, CatalogEntry, find_entry
from desra_studio.storage import models
from desra_studio.storage.tables import Model
from desra_studio.vocabulary import ModelRole


def pull_model(
    studio: Studio,
    name: str,
    report: Report = ignore_progress,
    catalog: Sequence[CatalogEntry] = CATALOG,
) -> tuple[ModelDetails, bool]:
    """Fetch, check and register a model of the catalog, and pair it with its partner, if here.

    A file that a person put at `downloads/FILE` in the data directory is used instead of the
    network, and left there; what was fetched lies in a folder of its own, and is removed once it
    is stored.

    Returns:
        the model, and whether it is new: False where it was here already.

    Raises:
        NotFoundError: not in the catalog; lists what is.
        ModelError: it cannot be fetched, is being fetched already, or the file is not what the
            catalog says.
        InputError: it cannot be written.
    """
    entry = find_entry(name, catalog)
    if entry is None:
        known = ", ".join(entry.name for entry in catalog)
        raise NotFoundError(f"No known model is named {name!r}. There are: {known}.")
    if entry.is_bundled:
        register_bundled_models(studio.database, studio.blobs)
    if here := _find_details(studio, name):
        return here, False
    by_hand = studio.settings.data_dir.resolve() / "downloads" / entry.file
    fetched = by_hand.parent / ".fetching" / entry.file
    busy = f"{name} is being fetched already. Wait until that is done, or cancel it and try again."
    with hold_lock(fetched.with_name(f"{entry.file}.lock"), busy):
        network = _obtain_network(entry, by_hand, fetched, report)
        # It may have come another way meanwhile.
        here = _find_details(studio, name)
        if here is None:
            origin = {"source": entry.source, "url": entry.url, "licence": entry.licence}
            if entry.judges:
                origin["judges"] = entry.judges
            others = _find_partners(studio, entry, catalog)
            card = origin | network.describe_file()
            model_id = register_network(studio, name, ModelRole(entry.role), network, card, others)
        fetched.unlink(missing_ok=True)
    return (here, False) if here else (describe_model(studio, model_id), True)


def _find_details(studio: Studio, name: str) -> ModelDetails | None:
    with studio.database.read() as session:
        row = models.find_model(session, name)
    return describe_model(studio, row.id) if row else None


def _obtain_network(entry: CatalogEntry, by_hand: Path, fetched: Path, report: Report) -> Network:
    """Read the file that a person put in place, else one that is fetched, now or by a try before.

    A fetched file that cannot be used is removed.
    """
    if by_hand.exists():
        try:
            return _read_entry(entry, by_hand)
        except ModelError as error:
            raise ModelError(f"{by_hand} cannot be used: {error} Replace or remove it.") from error
    if not fetched.exists():
        _fetch_entry(entry, fetched, by_hand, report)
    try:
        return _read_entry(entry, fetched)
    except ModelError as error:
        fetched.unlink()
        raise ModelError(f"{entry.url} is not what it should be: {error}") from error


def _fetch_entry(entry: CatalogEntry, path: Path, by_hand: Path, report: Report) -> None:
    if entry.is_bundled:
        raise ModelError(
            f"{entry.name} ships with the studio, but {find_assets() / 'models' / entry.file} is "
            "missing. Install the studio again."
        )
    if not entry.url:
        raise ModelError(
            f"{entry.name} is not published where a program could fetch it. Get {entry.file} by "
            f"way of {entry.source}, put it at {by_hand} and try again."
        )
    try:
        download_file(entry.url, path, entry.sha256, report, entry.size_bytes)
    except ModelError as error:
        raise ModelError(f"{error} Or put the file at {by_hand} yourself and try again.") from error


def _read_entry(entry: CatalogEntry, path: Path) -> Network:
    check_sum(path, entry.sha256)
    network = read_network(path, ModelRole(entry.role))
    if network.scale not in (None, entry.scale):
        raise ModelError(f"It is x{network.scale}, but {entry.name} is x{entry.scale}.")
    return replace(network, scale=entry.scale)


def _find_partners(
    studio: Studio, entry: CatalogEntry, catalog: Sequence[CatalogEntry]
) -> list[Model]:
    """Return the models of the catalog to pair this one with, but none that was paired already."""
    if entry.judges:
        return []
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
