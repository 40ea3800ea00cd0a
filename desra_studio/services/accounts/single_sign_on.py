"""Users whom a provider of OpenID Connect vouches for: who they are here.

A provider knows somebody by issuer and subject, which never change (OpenID Connect Core, 5.7).
Names and addresses can be changed by their owners, so that they bind somebody once at most.
"""

from dataclasses import dataclass

from desra_studio.errors import ForbiddenError
from desra_studio.services.accounts.sessions import SignedIn, begin_session
from desra_studio.services.checks import check_person
from desra_studio.services.studio import Studio
from desra_studio.storage import users
from desra_studio.storage.database import Session
from desra_studio.storage.tables import User
from desra_studio.vocabulary import Role


@dataclass(frozen=True)
class Voucher:
    """What a provider says of somebody who signed in there.

    Attributes:
        issuer: the provider's own address.
        subject: who it is, among the provider's.
        name: that they would have here.
    """

    issuer: str
    subject: str
    name: str

    @property
    def key(self) -> str:
        """What the database knows them by."""
        return f"{self.issuer}#{self.subject}"


def sign_in_vouched(studio: Studio, voucher: Voucher, new_role: Role | None) -> SignedIn:
    """Begin the session of somebody a provider vouches for.

    The first time, they become the user of their name whom an admin added and who has no password;
    or, where newcomers have a role, a new one.

    Args:
        studio: the installation.
        voucher: what the provider says.
        new_role: of newcomers; None lets nobody in whom no admin added.

    Raises:
        ForbiddenError: they are no user, are disabled, or have a name that is somebody's already.
        InputError: a name that nobody can have.
    """
    name = check_person(voucher.name)
    with studio.database.write() as session:
        user = users.find_vouched(session, voucher.key)
        if user is None:
            user = _bind(session, name, new_role)
            user.subject, user.invitation, user.invited_until = voucher.key, None, None
            session.flush()
        if user.disabled_at or user.role is None:
            raise ForbiddenError(f"{user.name} is disabled. Ask an admin of your team.")
        return begin_session(studio, session, user)


def _bind(session: Session, name: str, new_role: Role | None) -> User:
    if not name:
        raise ForbiddenError("Your provider does not tell your name. Ask who runs this server.")
    user = users.find_user(session, name)
    if user is not None and user.role:
        if user.password or user.subject:
            raise ForbiddenError(
                f"{name} is a user already, who signs in another way. "
                "Ask an admin for another name."
            )
        return user
    if users.count_works(session).get(name):
        raise ForbiddenError(
            f"{name} worked here before there were users. If that was you, ask an admin to make "
            "the name a user; then sign in again."
        )
    if new_role is None:
        raise ForbiddenError(f"{name} is no user here. Ask an admin of your team to add the name.")
    user = users.put_user(session, name)
    user.role = new_role
    return user
