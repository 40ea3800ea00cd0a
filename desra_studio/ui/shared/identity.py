"""Who sends a request: the user who is signed in, or, where nobody signs in, a name that is told.

A told name is sent by the page with each request, and proves nothing.
"""

from typing import Annotated
from urllib.parse import unquote

from fastapi import Header, Request

from desra_studio.services.accounts.sessions import LOCAL, Account
from desra_studio.services.checks import check_person

ACCOUNT = "account"
"""Under which a request's state has whose it is, once the guard let it through."""


def find_sender(request: Request) -> Account:
    """Return who sends a request that came through the guard."""
    account = getattr(request.state, ACCOUNT, LOCAL)
    if not isinstance(account, Account):
        raise TypeError(f"The guard put {account!r} where an account belongs")
    return account


async def read_account(request: Request) -> Account:
    """Return the same, for a route: on the event loop, as a thread would take longer than this."""
    return find_sender(request)


async def read_user(request: Request, x_studio_user: Annotated[str, Header()] = "") -> str | None:
    """Return the name of whoever is signed in; else that which a request carries, percent-encoded.

    Returns:
        None where nobody signs in and none is told.

    Raises:
        InputError: longer than 100 characters, or with characters that cannot be seen.
    """
    return find_sender(request).name or check_person(unquote(x_studio_user)) or None
