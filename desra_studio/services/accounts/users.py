"""Who may work here, as an admin sees and changes it."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from desra_studio.errors import InputError, NotFoundError
from desra_studio.services.accounts.passwords import check_password, hash_password
from desra_studio.services.accounts.tokens import hash_token, make_token
from desra_studio.services.checks import check_person
from desra_studio.services.studio import Studio
from desra_studio.storage import users
from desra_studio.storage.base import now
from desra_studio.storage.database import Session
from desra_studio.storage.tables import User
from desra_studio.vocabulary import Role

INVITED_DAYS = 7


class Standing(enum.StrEnum):
    """Whether somebody can sign in."""

    ACTIVE = "active"
    INVITED = "invited"
    DISABLED = "disabled"
    KNOWN = "no user"


@dataclass(frozen=True)
class UserView:
    """Somebody who works here, or did.

    Attributes:
        name: that stands beside their masks.
        role: None for a name that worked here before there were users.
        standing: whether they can sign in.
        works: masks and opinions under the name.
        signed_in: when they last signed in, of sessions that are not over.
    """

    name: str
    role: Role | None
    standing: Standing
    works: int
    signed_in: datetime | None


def list_users(studio: Studio) -> list[UserView]:
    """Return all users, and the names that something was made under, by name."""
    with studio.database.read() as session:
        works, seen = users.count_works(session), users.list_last_seen(session)
        known = users.list_users(session)
    views = {
        name: UserView(name, None, Standing.KNOWN, count, None) for name, count in works.items()
    }
    for user in known:
        if user.role or user.name in works:
            views[user.name] = UserView(
                user.name, user.role, _tell_standing(user), works.get(user.name, 0),
                seen.get(user.id),
            )  # fmt: skip
    return [views[name] for name in sorted(views)]


def is_open(studio: Studio) -> bool:
    """Tell whether nobody signs in here, since there are no users."""
    with studio.database.read() as session:
        return not users.has_users(session)


def has_admin(studio: Studio) -> bool:
    """Tell whether there is an admin who can sign in."""
    with studio.database.read() as session:
        return users.count_admins(session) > 0


def add_user(studio: Studio, name: str, role: Role, password: str | None = None) -> str | None:
    """Add a user whose name nobody worked under before.

    Args:
        studio: the installation.
        name: theirs; single spaces are put between its words.
        role: what they may do.
        password: theirs; None lets them choose one.

    Returns:
        the invitation with which they choose a password; None where they have one.

    Raises:
        InputError: no name, one that is taken or worked here, or no password to have.
    """
    name = _check_name(name)
    hashed = _hash_checked(password, name)
    with studio.database.write() as session:
        user = users.find_user(session, name)
        if user is not None and user.role:
            raise InputError(f"{name} is a user already, a {user.role}. Choose another name.")
        if users.count_works(session).get(name):
            raise InputError(
                f"{name} worked here before there were users. If it is the same person: "
                f"desra-studio users adopt {_quote(name)} --role {role}. If not, choose another "
                "name, or their masks would be taken for the new user's."
            )
        return _admit(users.put_user(session, name), role, hashed)


def adopt_user(studio: Studio, name: str, role: Role, password: str | None = None) -> str | None:
    """Make a name that worked here before a user, so that its labels keep their author.

    Returns:
        the invitation with which they choose a password; None where they have one.

    Raises:
        NotFoundError: nobody worked under the name.
        InputError: it is a user's already, or no password to have.
    """
    name = _check_name(name)
    hashed = _hash_checked(password, name)
    with studio.database.write() as session:
        user = users.find_user(session, name)
        if user is not None and user.role:
            raise InputError(f"{name} is a user already, a {user.role}. Nothing was changed.")
        if not users.count_works(session).get(name):
            names = [known for known in users.count_works(session) if known != name]
            raise NotFoundError(
                f"Nobody named {name} worked here (known: {', '.join(sorted(names)) or 'nobody'}). "
                "Add a new user with: desra-studio users add"
            )
        return _admit(users.put_user(session, name), role, hashed)


def invite_again(studio: Studio, name: str) -> str:
    """Return a new invitation for a user, who chooses another password with it.

    The one before is over; the password they have counts until they chose.

    Raises:
        NotFoundError: no such user.
        InputError: they are disabled.
    """
    with studio.database.write() as session:
        user = _get_user(session, name)
        if user.disabled_at:
            raise InputError(f"{name} is disabled. Enable them first.")
        return _invite(user)


def set_password(studio: Studio, name: str, password: str) -> None:
    """Give a user a password, and sign them out everywhere.

    Raises:
        NotFoundError: no such user.
        InputError: no password to have.
    """
    check_password(password, name)
    hashed = hash_password(password)
    with studio.database.write() as session:
        user = _get_user(session, name)
        user.password, user.invitation, user.invited_until = hashed, None, None
        users.end_sessions(session, user)


def set_role(studio: Studio, name: str, role: Role) -> None:
    """Let a user do more, or less.

    Raises:
        NotFoundError: no such user.
        InputError: they are the last admin.
    """
    with studio.database.write() as session:
        user = _get_user(session, name)
        if role is not Role.ADMIN:
            _refuse_last_admin(session, user)
        user.role = role


def disable_user(studio: Studio, name: str) -> None:
    """Let a user in no more, from this moment; what they made stays theirs.

    Raises:
        NotFoundError: no such user.
        InputError: they are the last admin.
    """
    with studio.database.write() as session:
        user = _get_user(session, name)
        _refuse_last_admin(session, user)
        user.disabled_at = user.disabled_at or now()
        user.invitation = user.invited_until = None
        users.end_sessions(session, user)


def enable_user(studio: Studio, name: str) -> None:
    """Let a user in again who was disabled.

    Raises:
        NotFoundError: no such user.
    """
    with studio.database.write() as session:
        _get_user(session, name).disabled_at = None


def _tell_standing(user: User) -> Standing:
    if not user.role:
        return Standing.KNOWN
    if user.disabled_at:
        return Standing.DISABLED
    return Standing.ACTIVE if user.password or user.subject else Standing.INVITED


def _check_name(name: str) -> str:
    checked = check_person(name)
    if not checked:
        raise InputError("A user needs a name. It stands beside what they make.")
    return checked


def _hash_checked(password: str | None, name: str) -> str | None:
    if password is None:
        return None
    check_password(password, name)
    return hash_password(password)


def _admit(user: User, role: Role, hashed: str | None) -> str | None:
    user.role, user.password, user.disabled_at = role, hashed, None
    return None if hashed else _invite(user)


def _invite(user: User) -> str:
    token = make_token()
    user.invitation = hash_token(token)
    user.invited_until = now() + timedelta(days=INVITED_DAYS)
    return token


def _get_user(session: Session, name: str) -> User:
    user = users.find_user(session, name)
    if user is None or not user.role:
        raise NotFoundError(f"There is no user {name}. See: desra-studio users list")
    return user


def _refuse_last_admin(session: Session, user: User) -> None:
    can_sign_in = (user.password or user.subject) and not user.disabled_at
    if user.role is Role.ADMIN and can_sign_in and users.count_admins(session) == 1:
        raise InputError(
            f"{user.name} is the last admin who can sign in. Make somebody else one first."
        )


def _quote(name: str) -> str:
    return f'"{name}"' if " " in name else name
