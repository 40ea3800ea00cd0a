"""The pair of small models that ships with the studio, so that it can be tried at once."""

import json
from math import prod

from desra_studio.assets_folder import find_assets
from desra_studio.errors import StudioError
from desra_studio.sr.catalog import CATALOG, CatalogEntry
from desra_studio.storage import models
from desra_studio.storage.blobs import BlobStore
from desra_studio.storage.database import Database, Session
from desra_studio.vocabulary import ModelRole

BUNDLED = tuple(entry for entry in CATALOG if entry.is_bundled)
HEADER_LENGTH_BYTES = 8


def register_bundled_models(database: Database, blobs: BlobStore) -> None:
    """Register the bundled pair, each with its partner, where it is not registered yet.

    Does nothing where the files do not ship. Costs one query where all is there; several processes
    may do it at once.

    Raises:
        StudioError: the database cannot be written.
        OSError: the files cannot be read or stored.
    """
    if _is_registered(database):
        return
    folder = find_assets() / "models"
    try:
        files = {entry.name: (folder / entry.file).read_bytes() for entry in BUNDLED}
    except FileNotFoundError:
        return
    shas = {name: blobs.put(data) for name, data in files.items()}
    cards = {entry.name: _make_card(entry, files[entry.name], shas) for entry in BUNDLED}
    try:
        with database.write() as session:
            _add_missing(session, shas, cards)
    except StudioError:
        # Without a write lock over the whole database, another process may have been faster.
        if not _is_registered(database):
            raise


def _is_registered(database: Database) -> bool:
    with database.read() as session:
        return len(models.find_models(session, [entry.name for entry in BUNDLED])) == len(BUNDLED)


def _add_missing(
    session: Session, shas: dict[str, str], cards: dict[str, dict[str, object]]
) -> None:
    found = models.find_models(session, shas)
    # The GAN-SR model last: lists begin with the newest, and it is the one to look at.
    for entry in reversed(BUNDLED):
        if entry.name not in found:
            found[entry.name] = models.add_model(
                session,
                entry.name,
                ModelRole(entry.role),
                architecture=entry.architecture,
                scale=entry.scale,
                file_sha=shas[entry.name],
                card=cards[entry.name],
            )
    for entry in BUNDLED:
        if entry.partner and found[entry.name].partner_id is None:
            found[entry.name].partner_id = found[entry.partner].id


def _make_card(entry: CatalogEntry, data: bytes, shas: dict[str, str]) -> dict[str, object]:
    return {
        "source": entry.source,
        "licence": entry.licence,
        "sha256": shas[entry.name],
        "parameters": count_parameters(data),
        # SRVGGNetCompact is made of convolutions alone and takes any size.
        "minimum_px": 1,
        "multiple_px": 1,
    }


def count_parameters(data: bytes) -> int:
    """Return how many numbers a safetensors file holds, from its header, without torch."""
    end = HEADER_LENGTH_BYTES + int.from_bytes(data[:HEADER_LENGTH_BYTES], "little")
    header = json.loads(data[HEADER_LENGTH_BYTES:end])
    return sum(prod(tensor["shape"]) for name, tensor in header.items() if name != "__metadata__")
