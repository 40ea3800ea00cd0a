"""Who works here: a name that the page sends with each request. It is told, not proven."""

from typing import Annotated
from urllib.parse import unquote

from fastapi import Header

from desra_studio.errors import InputError

MAX_NAME = 100


def read_user(x_studio_user: Annotated[str, Header()] = "") -> str | None:
    """Return the name that a request carries, percent-encoded; None where it has none.

    Raises:
        InputError: longer than 100 characters, or with characters that cannot be seen.
    """
    name = " ".join(unquote(x_studio_user).split())
    if len(name) > MAX_NAME or not name.isprintable():
        raise InputError(f"A name has up to {MAX_NAME} printable characters, got {name!r}.")
    return name or None
