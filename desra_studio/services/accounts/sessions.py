"""Signing in and out, and who somebody is by what their browser carries."""

from dataclasses import dataclass
from datetime import timedelta

from desra_studio.errors import InputError
from desra_studio.services.accounts.passwords import check_password, hash_password, is_password
from desra_studio.services.accounts.tokens import hash_token, make_token, read_token, sign_token
from desra_studio.services.checks import MAX_PERSON, join_words
from desra_studio.services.studio import Studio
from desra_studio.storage import users
from desra_studio.storage.base import now
from desra_studio.storage.database import Session
from desra_studio.storage.tables import User
from desra_studio.vocabulary import Role


@dataclass(frozen=True)
class Account:
    """Who sends a request.

    Attributes:
        name: proven by a password; None for whoever sits at a machine on which nobody signs in.
        role: what they may do.
    """

    name: str | None
    role: Role


LOCAL = Account(None, Role.ADMIN)
"""Whoever works on this machine, while there are no users: they could read the files anyway."""


@dataclass(frozen=True)
class SignedIn:
    """A session that began: whose it is, and the cookie's value."""

    account: Account
    cookie: str


def find_account(studio: Studio, cookie: str) -> Account | None:
    """Return whose a cookie is; `LOCAL` while there are no users; None for nobody."""
    with studio.database.read() as session:
        token = read_token(studio, cookie) if cookie else None
        user = users.find_signed_in(session, hash_token(token), now()) if token else None
        if user is not None and user.role is not None:
            return Account(user.name, user.role)
        return None if users.has_users(session) else LOCAL


def sign_in(studio: Studio, name: str, password: str) -> SignedIn | None:
    """Begin a session; None where name and password do not belong together."""
    with studio.database.read() as session:
        known = join_words(name)[:MAX_PERSON]
        user = users.find_user(session, known) if known.isprintable() else None
        hashed = user.password if user and user.role and not user.disabled_at else None
    if not is_password(password, hashed) or user is None:
        return None
    with studio.database.write() as session:
        user = users.find_user(session, user.name)
        # Disabled, or with another password, since it was looked at.
        if user is None or user.disabled_at or user.password != hashed:
            return None
        return begin_session(studio, session, user)


def sign_out(studio: Studio, cookie: str) -> None:
    """End the session of a cookie, if it is one."""
    token = read_token(studio, cookie)
    if token:
        with studio.database.write() as session:
            users.end_session(session, hash_token(token))


def accept_invitation(studio: Studio, invitation: str, password: str) -> SignedIn:
    """Give an invited user the password that they chose, once, and begin a session.

    Raises:
        InputError: no such invitation, one that is over or was used, or no password to have.
    """
    name = read_invitation(studio, invitation)
    check_password(password, name)
    hashed = hash_password(password)
    with studio.database.write() as session:
        user = _find_invited(session, invitation)
        user.password, user.invitation, user.invited_until = hashed, None, None
        users.end_sessions(session, user)
        return begin_session(studio, session, user)


def read_invitation(studio: Studio, invitation: str) -> str:
    """Return whom an invitation is for.

    Raises:
        InputError: no such invitation, or one that is over or was used.
    """
    with studio.database.read() as session:
        return _find_invited(session, invitation).name


def change_password(studio: Studio, account: Account, cookie: str, old: str, new: str) -> None:
    """Give somebody another password, and sign them out in their other browsers.

    Raises:
        InputError: the old password is wrong, or the new one is none to have.
    """
    name = account.name or ""
    with studio.database.read() as session:
        user = users.find_user(session, name)
        hashed = user.password if user else None
    if not is_password(old, hashed):
        raise InputError("That is not your password. Nothing was changed.")
    check_password(new, name)
    fresh = hash_password(new)
    with studio.database.write() as session:
        user = users.find_user(session, name)
        if user is not None:
            user.password = fresh
            users.end_sessions(session, user, hash_token(read_token(studio, cookie) or ""))


def begin_session(studio: Studio, session: Session, user: User) -> SignedIn:
    """Sign a user in, within a transaction that writes.

    Raises:
        InputError: they have no role.
    """
    if user.role is None:
        raise InputError(f"{user.name} is no user. Ask an admin for a role.")
    token, moment = make_token(), now()
    ends = moment + timedelta(hours=studio.settings.session_hours)
    users.add_session(session, user, hash_token(token), moment, ends)
    return SignedIn(Account(user.name, user.role), sign_token(studio, token))


def _find_invited(session: Session, invitation: str) -> User:
    user = users.find_invited(session, hash_token(invitation))
    if (
        user is None
        or user.disabled_at
        or user.invited_until is None
        or user.invited_until <= now()
    ):
        raise InputError("This invitation is over, or was used already. Ask for another one.")
    return user
