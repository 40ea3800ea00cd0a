"""Queries on who works here."""

from sqlalchemy import select

from desra_studio.storage.database import Session
from desra_studio.storage.tables import User


def find_user(session: Session, name: str) -> User | None:
    """Return the user of this name, if there is one."""
    return session.scalar(select(User).where(User.name == name))


def put_user(session: Session, name: str) -> User:
    """Return the user of this name, made now if there is none."""
    user = find_user(session, name)
    if user is None:
        user = User(name=name, settings={})
        session.add(user)
        session.flush()
    return user
