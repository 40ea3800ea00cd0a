"""Queries on training sets."""

import hashlib

from sqlalchemy import select

from desra_studio.storage.database import Session
from desra_studio.storage.tables import MaskRevision, TrainingSample, TrainingSet


def freeze_training_set(
    session: Session, dataset_id: int, revisions: list[MaskRevision]
) -> TrainingSet:
    """Return the training set of exactly these revisions; the same choice is stored once.

    Its hash covers image, model and mask of every sample, in order of image.
    """
    ordered = sorted(revisions, key=lambda revision: revision.image_id)
    digest = hashlib.sha256()
    for revision in ordered:
        digest.update(f"{revision.id} {revision.image_id} {revision.model_id} ".encode())
        digest.update(f"{revision.mask_sha}\n".encode())
    found = session.scalar(select(TrainingSet).where(TrainingSet.hash == digest.hexdigest()))
    if found:
        return found
    training_set = TrainingSet(dataset_id=dataset_id, hash=digest.hexdigest())
    session.add(training_set)
    session.flush()
    session.add_all(
        TrainingSample(training_set_id=training_set.id, revision_id=revision.id)
        for revision in ordered
    )
    return training_set


def list_samples(session: Session, training_set_id: int) -> list[MaskRevision]:
    """Return the revisions of a training set in order of image."""
    query = (
        select(MaskRevision)
        .join(TrainingSample, TrainingSample.revision_id == MaskRevision.id)
        .where(TrainingSample.training_set_id == training_set_id)
        .order_by(MaskRevision.image_id)
    )
    return list(session.scalars(query))
