"""Queries on the bin, and on what belongs to a dataset that may go there."""

from collections.abc import Collection

from sqlalchemy import func, or_, select

from desra_studio.storage.base import now
from desra_studio.storage.database import Session, get_row
from desra_studio.storage.datasets import IS_THERE
from desra_studio.storage.label_tables import MaskRevision, Review
from desra_studio.storage.study_tables import Study
from desra_studio.storage.tables import Dataset, Image, Model, Run


def list_deleted(session: Session, name: str | None = None) -> list[Dataset]:
    """Return the datasets in the bin, or those of a name, the last deleted first."""
    query = select(Dataset).where(~IS_THERE).order_by(Dataset.deleted_at.desc(), Dataset.id.desc())
    if name is not None:
        query = query.where(Dataset.name == name)
    return list(session.scalars(query))


def find_deleted(session: Session, dataset_id: int) -> Dataset | None:
    """Return a dataset in the bin; None where it is outside.

    Raises:
        NotFoundError: there is no such dataset at all.
    """
    dataset = get_row(session, Dataset, dataset_id, "Dataset")
    return None if dataset.deleted_at is None else dataset


def is_in_bin(session: Session, dataset_id: int) -> bool:
    """Tell whether a dataset is in the bin; one that does not exist is not."""
    dataset = session.get(Dataset, dataset_id)
    return dataset is not None and dataset.deleted_at is not None


def list_hidden_models(session: Session) -> Collection[int]:
    """Return the models that are nothing but outputs of a dataset in the bin, by id."""
    pair = or_(Dataset.gan_model_id == Model.id, Dataset.mse_model_id == Model.id)
    query = select(Model.id).join(Dataset, pair).where(~IS_THERE, Model.file_sha.is_(None))
    return set(session.scalars(query))


def count_revisions(session: Session, dataset_id: int) -> dict[str, int]:
    """Return how many masks each person saved in a dataset, by name."""
    query = (
        select(MaskRevision.author, func.count())
        .join(Image, Image.id == MaskRevision.image_id)
        .where(Image.dataset_id == dataset_id)
        .group_by(MaskRevision.author)
        .order_by(MaskRevision.author)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def list_working(session: Session, dataset_id: int) -> list[str]:
    """Return who works on an image of a dataset at this moment, by name."""
    query = (
        select(Review.claimed_by)
        .distinct()
        .join(Image, Image.id == Review.image_id)
        .where(Image.dataset_id == dataset_id, Review.claimed_until > now())
        .order_by(Review.claimed_by)
    )
    return [name for name in session.scalars(query) if name]


def list_study_states(session: Session, dataset_id: int) -> dict[str, str]:
    """Return the states of a dataset's studies by name, in the order they were made."""
    query = select(Study.name, Study.state).where(Study.dataset_id == dataset_id).order_by(Study.id)
    return {row[0]: row[1] for row in session.execute(query)}


def count_finetunings(session: Session, dataset_id: int) -> int:
    """Return how many fine-tunings used a dataset's masks."""
    query = select(func.count()).where(
        Run.kind == "finetune", Run.config["dataset_id"].as_integer() == dataset_id
    )
    return session.scalar(query) or 0
