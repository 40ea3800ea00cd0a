"""Queries on models."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from desra_studio.errors import InputError, NotFoundError
from desra_studio.storage.database import Session, get_row
from desra_studio.storage.tables import Model
from desra_studio.vocabulary import ModelRole

TAKEN_AT = "taken_at"
"""On the card of a model that was taken from within a fine-tuning: after which iteration."""

REFERENCE = "reference"
"""On the card of a model that stands for what a dataset has in the place of MSE-SR: its title."""


def add_model(
    session: Session,
    name: str,
    role: ModelRole,
    *,
    architecture: str | None = None,
    scale: int | None = None,
    file_sha: str | None = None,
    parent_run_id: int | None = None,
    partner_id: int | None = None,
    card: dict[str, Any] | None = None,
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
        partner_id=partner_id,
        card=card or {},
    )
    session.add(model)
    session.flush()
    return model


def find_model(session: Session, name: str) -> Model | None:
    """Return the model of this name, if there is one."""
    return session.scalar(select(Model).where(Model.name == name))


def require_model(session: Session, name: str) -> Model:
    """Return the model of this name.

    Raises:
        NotFoundError: there is none; lists those there are.
    """
    model = find_model(session, name)
    if model is None:
        known = ", ".join(row.name for row in list_models(session))
        raise NotFoundError(f"No model named {name!r}. There are: {known or 'none yet'}.")
    return model


def find_free_name(session: Session, name: str) -> str:
    """Return this name, with a number appended where it is taken."""
    free, number = name, 2
    while find_model(session, free):
        free, number = f"{name} {number}", number + 1
    return free


def find_models(session: Session, names: Iterable[str]) -> dict[str, Model]:
    """Map those of these names that there are to their models, by one query."""
    query = select(Model).where(Model.name.in_(list(names)))
    return {model.name: model for model in session.scalars(query)}


def get_model(session: Session, model_id: int) -> Model:
    """Return a model by id; NotFoundError where there is none."""
    return get_row(session, Model, model_id, "Model")


def find_run_model(session: Session, run_id: int) -> Model | None:
    """Return the model that a fine-tuning made at its end, if it has."""
    made = list_run_models(session, run_id)
    return next((model for model in made if TAKEN_AT not in model.card), None)


def list_run_models(session: Session, run_id: int) -> list[Model]:
    """Return the models that a fine-tuning made, and those taken from within it, oldest first."""
    query = select(Model).where(Model.parent_run_id == run_id, Model.role == ModelRole.GAN)
    return list(session.scalars(query.order_by(Model.id)))


def list_models(session: Session) -> list[Model]:
    """Return all models, newest first."""
    return list(session.scalars(select(Model).order_by(Model.id.desc())))


def list_runnable_models(session: Session, role: ModelRole) -> list[Model]:
    """Return the models of a role that have weights, newest first."""
    query = select(Model).where(Model.file_sha.is_not(None), Model.role == role)
    return list(session.scalars(query.order_by(Model.id.desc())))
