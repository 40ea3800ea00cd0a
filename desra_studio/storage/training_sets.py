"""Queries on training sets."""

import hashlib
from collections.abc import Collection

from sqlalchemy import select

from desra_studio.storage.database import Session
from desra_studio.storage.label_tables import MaskRevision
from desra_studio.storage.tables import TrainingSample, TrainingSet


def freeze_training_set(
    session: Session,
    dataset_id: int,
    revisions: list[MaskRevision],
    held_out_ids: Collection[int] = (),
) -> TrainingSet:
    """Return the training set of exactly these revisions; the same choice is stored once.

    Its hash covers image, model and mask of every sample, in order of image, and which are held
    out: the revisions whose ids are in `held_out_ids`.
    """
    ordered = sorted(revisions, key=lambda revision: revision.image_id)
    digest = hashlib.sha256()
    for revision in ordered:
        digest.update(f"{revision.id} {revision.image_id} {revision.model_id} ".encode())
        held_out = " held out" if revision.id in held_out_ids else ""
        digest.update(f"{revision.mask_sha}{held_out}\n".encode())
    found = session.scalar(select(TrainingSet).where(TrainingSet.hash == digest.hexdigest()))
    if found:
        return found
    training_set = TrainingSet(dataset_id=dataset_id, hash=digest.hexdigest())
    session.add(training_set)
    session.flush()
    session.add_all(
        TrainingSample(
            training_set_id=training_set.id,
            revision_id=revision.id,
            held_out=revision.id in held_out_ids,
        )
        for revision in ordered
    )
    return training_set


def list_samples(
    session: Session, training_set_id: int, held_out: bool | None = None
) -> list[MaskRevision]:
    """Return the revisions of a training set in order of image.

    Args:
        session: to ask.
        training_set_id: of the set.
        held_out: True for those that are held out, False for those trained on, None for all.
    """
    query = (
        select(MaskRevision)
        .join(TrainingSample, TrainingSample.revision_id == MaskRevision.id)
        .where(TrainingSample.training_set_id == training_set_id)
        .order_by(MaskRevision.image_id)
    )
    if held_out is not None:
        query = query.where(TrainingSample.held_out == held_out)
    return list(session.scalars(query))
