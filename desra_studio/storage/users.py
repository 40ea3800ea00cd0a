"""Queries on who works here."""

from datetime import datetime

from sqlalchemy import bindparam, delete, exists, func, or_, select

from desra_studio.storage.account_tables import UserSession
from desra_studio.storage.database import Session
from desra_studio.storage.label_tables import MaskRevision, Opinion
from desra_studio.storage.tables import User
from desra_studio.vocabulary import Role

# Asked with every request: built once, which takes longer than SQLite needs to carry them out.
_ANY_USERS = select(exists().where(User.role.is_not(None)))
_SIGNED_IN = (
    select(User)
    .join(UserSession, UserSession.user_id == User.id)
    .where(
        UserSession.token == bindparam("wanted"),
        UserSession.expires_at > bindparam("moment"),
        User.role.is_not(None),
        User.disabled_at.is_(None),
    )
)


def find_user(session: Session, name: str) -> User | None:
    """Return the user of this name, if there is one."""
    return session.scalar(select(User).where(User.name == name))


def find_invited(session: Session, invitation: str) -> User | None:
    """Return the user whom an invitation of this SHA-256 is for, if there is one."""
    return session.scalar(select(User).where(User.invitation == invitation))


def find_vouched(session: Session, subject: str) -> User | None:
    """Return the user whom a provider of single sign-on knows as this, if there is one."""
    return session.scalar(select(User).where(User.subject == subject))


def put_user(session: Session, name: str) -> User:
    """Return the user of this name, made now if there is none."""
    user = find_user(session, name)
    if user is None:
        user = User(name=name, settings={})
        session.add(user)
        session.flush()
    return user


def list_users(session: Session) -> list[User]:
    """Return all users and names that settings are kept of, by name."""
    return list(session.scalars(select(User).order_by(User.name)))


def count_works(session: Session) -> dict[str, int]:
    """Map every name that something was made under to how many masks and opinions those are."""
    counts: dict[str, int] = {}
    for table in (MaskRevision, Opinion):
        query = select(table.author, func.count()).group_by(table.author)
        for author, count in session.execute(query):
            counts[author] = counts.get(author, 0) + count
    return counts


def has_users(session: Session) -> bool:
    """Tell whether there is anybody who signs in, disabled or not."""
    return bool(session.scalar(_ANY_USERS))


def count_admins(session: Session) -> int:
    """Count the admins who can sign in."""
    query = select(func.count()).where(
        User.role == Role.ADMIN,
        User.disabled_at.is_(None),
        or_(User.password.is_not(None), User.subject.is_not(None)),
    )
    return session.scalar(query) or 0


def find_signed_in(session: Session, token: str, moment: datetime) -> User | None:
    """Return who is signed in under the SHA-256 of a token at a moment, unless disabled since."""
    return session.scalar(_SIGNED_IN, {"wanted": token, "moment": moment})


def add_session(
    session: Session, user: User, token: str, moment: datetime, expires_at: datetime
) -> None:
    """Sign a user in under the SHA-256 of a token, and forget sessions that are over."""
    session.execute(delete(UserSession).where(UserSession.expires_at <= moment))
    session.add(UserSession(user_id=user.id, token=token, created_at=moment, expires_at=expires_at))


def end_session(session: Session, token: str) -> None:
    """Sign out the browser of this token's SHA-256."""
    session.execute(delete(UserSession).where(UserSession.token == token))


def end_sessions(session: Session, user: User, but: str = "") -> None:
    """Sign a user out everywhere, but for the browser of one token's SHA-256."""
    session.execute(
        delete(UserSession).where(UserSession.user_id == user.id, UserSession.token != but)
    )


def list_last_seen(session: Session) -> dict[int, datetime]:
    """Map the users who are signed in to when they last signed in."""
    query = select(UserSession.user_id, func.max(UserSession.created_at)).group_by(
        UserSession.user_id
    )
    return dict(session.execute(query).all())
