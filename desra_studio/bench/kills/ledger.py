"""What people were told is kept, thing by thing: written down before a kill, looked up after it."""

from dataclasses import dataclass
from typing import TypeAlias

from desra_studio.errors import NotFoundError
from desra_studio.services.studio import Studio
from desra_studio.storage import datasets, models, regions, reviews, studies
from desra_studio.storage.database import Session
from desra_studio.storage.study_tables import Study
from desra_studio.storage.tables import Dataset


@dataclass(frozen=True)
class Kept:
    """What one thing is known by: facts of its row, and the addresses of its files."""

    facts: tuple[object, ...]
    files: tuple[str | None, ...] = ()


Ledger: TypeAlias = dict[tuple[str, object], Kept]
"""By table, and number or name."""


def read_ledger(studio: Studio) -> Ledger:
    """Write down all models, images, masks, labels of regions, studies and votes."""
    ledger: Ledger = {}
    with studio.database.read() as session:
        for model in models.list_models(session):
            ledger["model", model.name] = Kept((model.role, model.scale), (model.file_sha,))
        for dataset in datasets.list_datasets(session):
            ledger |= _read_dataset(session, dataset)
        for study in studies.list_studies(session):
            ledger |= _read_study(session, study)
    return ledger


def find_lost(studio: Studio, ledger: Ledger) -> list[str]:
    """Return one line for each thing of a ledger that is gone, another one, or without its file."""
    found = read_ledger(studio)
    lost = []
    for (table, name), kept in ledger.items():
        if (table, name) not in found:
            lost.append(f"lost: {table} {name} is gone")
        elif found[table, name] != kept:
            lost.append(f"lost: {table} {name} is {found[table, name]}, it was {kept}")
        elif any(sha and not _is_readable(studio, sha) for sha in kept.files):
            lost.append(f"lost: {table} {name} has a file that is missing or damaged")
    return lost


def _read_dataset(session: Session, dataset: Dataset) -> Ledger:
    ledger: Ledger = {("dataset", dataset.name): Kept((dataset.gan_model_id,))}
    for record in datasets.list_records(session, dataset):
        image, detection = record.image, record.detection
        ledger["image", image.id] = Kept(
            (dataset.name, image.name, record.state),
            (
                image.lr_sha,
                record.gan.blob_sha,
                record.mse.blob_sha,
                detection.mask_sha if detection else None,
            ),
        )
    if dataset.gan_model_id is None:
        return ledger
    revisions = reviews.list_dataset_revisions(session, dataset.id, dataset.gan_model_id)
    for revision in revisions:
        facts = (revision.image_id, revision.author, revision.area_px)
        ledger["mask_revision", revision.id] = Kept(facts, (revision.mask_sha,))
    for region in regions.list_regions(session, [revision.id for revision in revisions]):
        ledger["region", region.id] = Kept((region.revision_id, region.kind, region.severity))
    return ledger


def _read_study(session: Session, study: Study) -> Ledger:
    ledger: Ledger = {("study", study.name): Kept((study.manifest_sha, study.state))}
    for item in studies.list_items(session, study.id):
        ledger["study_item", item.id] = Kept((item.kind,), (item.blob_a, item.blob_b, item.blob_lr))
    for row in studies.list_votes(session, study.id):
        ledger["vote", row.vote.id] = Kept((row.trial.code, row.vote.answer))
    return ledger


def _is_readable(studio: Studio, sha: str) -> bool:
    try:
        studio.blobs.get(sha)
    except NotFoundError:
        return False
    return True
