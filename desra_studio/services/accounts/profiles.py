"""Who works here, and what each of them set: keys, panes."""

import json
from dataclasses import dataclass

from desra_studio.errors import InputError
from desra_studio.services.accounts.sessions import LOCAL, Account
from desra_studio.services.studio import Studio
from desra_studio.storage import users
from desra_studio.vocabulary import Role

MAX_SETTINGS_BYTES = 32_000
MAX_DEPTH = 8


@dataclass(frozen=True)
class UserProfile:
    """Who somebody is taken for.

    Attributes:
        name: what they told, or are signed in under; empty where they told none.
        author: what is written beside their masks.
        role: what they may do.
        signed_in: whether the name is proven.
        settings: what they set, by part of the studio.
    """

    name: str
    author: str
    role: Role
    signed_in: bool
    settings: dict[str, object]


def describe_user(studio: Studio, account: Account = LOCAL, name: str | None = None) -> UserProfile:
    """Return who somebody is taken for.

    Args:
        studio: the installation.
        account: theirs.
        name: that they told, or are signed in under; None is the author of the settings.
    """
    author = name or studio.settings.author
    with studio.database.read() as session:
        user = users.find_user(session, author)
    signed_in = account.name is not None
    settings = user.settings if user else {}
    return UserProfile(name or "", author, account.role, signed_in, settings)


def keep_settings(studio: Studio, settings: dict[str, object], name: str | None = None) -> None:
    """Keep what somebody set in place of what they had set before.

    Raises:
        InputError: larger than 32 kB, too deep, or with a value that cannot be kept.
    """
    check_settings(settings)
    with studio.database.write() as session:
        users.put_user(session, name or studio.settings.author).settings = settings


def parse_settings(data: bytes) -> dict[str, object]:
    """Read settings as a page sends them: {"settings": {...}} in JSON.

    Raises:
        InputError: anything else; see `keep_settings`.
    """
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError(f"The settings that were sent are not JSON: {error}.") from error
    settings = value.get("settings") if isinstance(value, dict) else None
    if not isinstance(settings, dict):
        raise InputError('Settings must be sent as {"settings": {...}}.')
    check_settings(settings)
    return settings


def check_settings(settings: dict[str, object]) -> None:
    """Raise InputError where `keep_settings` would."""
    if _measure_depth(settings) > MAX_DEPTH:
        raise InputError(f"Settings may be {MAX_DEPTH} levels deep, these are deeper.")
    try:
        size = len(json.dumps(settings, allow_nan=False, ensure_ascii=False).encode())
    except (TypeError, ValueError) as error:
        raise InputError(f"Settings hold a value that cannot be kept: {error}.") from error
    if size > MAX_SETTINGS_BYTES:
        raise InputError(f"Settings may have {MAX_SETTINGS_BYTES} bytes, these have {size}.")


def _measure_depth(value: object, depth: int = 1) -> int:
    """Return how deep a value goes, looking no further than one level too deep."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if depth > MAX_DEPTH:
        return depth
    return max((_measure_depth(item, depth + 1) for item in inner), default=depth)
