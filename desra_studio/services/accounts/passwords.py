"""Passwords: what may be one, and its hash by Argon2id (RFC 9106)."""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from desra_studio.errors import InputError

MIN_LETTERS, MAX_LETTERS = 8, 200
AT_ONCE = 2
"""Hashes that are computed at a time: each takes 64 MiB and fills a core."""

_HASHER = PasswordHasher()
_TURNS = threading.Semaphore(AT_ONCE)


def check_password(password: str, name: str) -> None:
    """Raise InputError where this is no password to have.

    Length is what counts (NIST SP 800-63B): there are no rules on kinds of letters.
    """
    if not MIN_LETTERS <= len(password) <= MAX_LETTERS:
        raise InputError(
            f"A password has {MIN_LETTERS} to {MAX_LETTERS} letters, this one {len(password)}. "
            "Take a few words that you can remember."
        )
    if name.casefold() in (password.casefold(), password.casefold() * 2):
        raise InputError("The password is the name. Take a few words that you can remember.")


def hash_password(password: str) -> str:
    """Return Argon2's text of a password: parameters, salt and hash."""
    with _TURNS:
        return _HASHER.hash(password)


def is_password(password: str, hashed: str | None) -> bool:
    """Tell whether a password is that of a hash.

    Without a hash this takes as long, so that nobody learns from it which names there are.
    """
    with _TURNS:
        if hashed is None:
            _HASHER.hash(password[:MAX_LETTERS])
            return False
        try:
            return _HASHER.verify(hashed, password[:MAX_LETTERS])
        except (VerificationError, InvalidHashError):
            return False
