"""Who works here: a name that the page sends with each request. It is told, not proven."""

from typing import Annotated
from urllib.parse import unquote

from fastapi import Header

from desra_studio.services.checks import check_person


def read_user(x_studio_user: Annotated[str, Header()] = "") -> str | None:
    """Return the name that a request carries, percent-encoded; None where it has none.

    Raises:
        InputError: longer than 100 characters, or with characters that cannot be seen.
    """
    return check_person(unquote(x_studio_user)) or None
