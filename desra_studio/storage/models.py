"""Queries on models."""

from sqlalchemy import select

from desra_studio.errors import InputError
from desra_studio.storage.database import Session, get_row
from desra_studio.storage.tables import Model, ModelRole


def add_model(
    session: Session,
    name: str,
    role: ModelRole,
    *,
    architecture: str | None = None,
    scale: int | None = None,
    file_sha: str | None = None,
    parent_run_id: int | None = None,
) -> Model:
    """Add a model and return it with its id.

    Raises:
        InputError: the name is taken.
    """
    if find_model(session, name):
        raise InputError(f"A model named {name!r} exists already. Choose another name.")
    model = Model(
        name=name,
        role=role,
        architecture=architecture,
        scale=scale,
        file_sha=file_sha,
        parent_run_id=parent_run_id,
    )
    session.add(model)
    session.flush()
    return model


def find_model(session: Session, name: str) -> Model | None:
    """Return the model of this name, if there is one."""
    return session.scalar(select(Model).where(Model.name == name))


def get_model(session: Session, model_id: int) -> Model:
    """Return a model by id; NotFoundError where there is none."""
    return get_row(session, Model, model_id, "Model")


def list_runnable_models(session: Session) -> list[Model]:
    """Return the models that have weights, newest first."""
    query = select(Model).where(Model.file_sha.is_not(None)).order_by(Model.id.desc())
    return list(session.scalars(query))
