"""What a browser carries to be known again: random tokens, signed with the installation's key.

The database has their SHA-256 alone: who reads it cannot sign in with what stands there.
"""

import hashlib
import os
import secrets
from pathlib import Path

from itsdangerous import BadSignature, Signer

from desra_studio.errors import InputError
from desra_studio.services.studio import Studio

KEY_FILE = "session.key"
KEY_BYTES = 32


def make_token() -> str:
    """Return a new random token of 256 bits, in letters that an address may hold."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """Return what the database knows a token by."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign_token(studio: Studio, token: str) -> str:
    """Return a token with the installation's signature, as a cookie carries it."""
    return _get_signer(studio).sign(token).decode()


def read_token(studio: Studio, signed: str) -> str | None:
    """Return the token of a cookie; None where the signature is not this installation's."""
    try:
        return _get_signer(studio).unsign(signed.encode("utf-8", "replace")).decode()
    except (BadSignature, UnicodeDecodeError):
        return None


def _get_signer(studio: Studio) -> Signer:
    key = _read_key(studio.settings.data_dir / KEY_FILE)
    return Signer(key, salt="desra-studio.session", digest_method=hashlib.sha256)


def _read_key(path: Path) -> bytes:
    """Return the key, made where there is none; of two that make it at once, the first counts."""
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        part.touch(mode=0o600, exist_ok=False)
        with part.open("wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, path)
        except FileExistsError:
            pass
        finally:
            part.unlink()
        key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise InputError(
            f"{path.name} in the data directory has {len(key)} bytes in place of {KEY_BYTES}. "
            "Delete it: a new one is made, and everybody signs in again."
        )
    return key
