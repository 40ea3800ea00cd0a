"""What routes have in common: what browsers may keep, and reading what pages send."""

from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request, Response

from desra_studio.errors import InputError
from desra_studio.services.accounts.sessions import Account
from desra_studio.ui.shared.identity import read_account, read_user

FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}
NEVER = {"Cache-Control": "no-store"}
MAX_MASK_BYTES = 64 * 1024 * 1024
MAX_VERSION = 2**31 - 1
User = Annotated[str | None, Depends(read_user)]
CurrentAccount = Annotated[Account, Depends(read_account)]


def keep_named(version: str) -> dict[str, str]:
    """Let browsers keep an answer if its address names the content: ids come again elsewhere."""
    return FOREVER if version else NEVER


def answer_packed(data: bytes, headers: dict[str, str]) -> Response:
    """Answer with bytes that are gzip-compressed already."""
    return Response(
        data,
        media_type="application/octet-stream",
        headers={"Content-Encoding": "gzip", **headers},
    )


async def read_body(request: Request, limit: int, what: str) -> bytes:
    """Return what was sent, never reading much more than may be.

    Raises:
        InputError: more than `limit` bytes; `what` is what people call it.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise InputError(f"{what} that was sent is larger than {limit} bytes.")
    return bytes(body)


async def save_body(request: Request, path: Path, limit: int, what: str) -> None:
    """Write what was sent to a file, never much more than may be.

    Raises:
        InputError: more than `limit` bytes, or the disk is full; `what` is what people call it.
    """
    size = 0
    try:
        with path.open("wb") as file:
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    raise InputError(f"{what} is larger than {limit} bytes.")
                file.write(chunk)
    except OSError as error:
        raise InputError(
            f"{what} cannot be stored: {error.strerror}. Free some space and try again."
        ) from error


def read_version(if_match: str) -> int:
    """Return the version number that an edit started from.

    Raises:
        InputError: not a number that a version can have.
    """
    text = if_match.strip('" ')
    if not (text.isascii() and text.isdecimal() and int(text[:11]) <= MAX_VERSION):
        raise InputError(f"If-Match must be the version number, got {if_match[:100]!r}.")
    return int(text)
