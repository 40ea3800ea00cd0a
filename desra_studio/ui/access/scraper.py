"""The token of a monitor, which has no session."""

import hmac

from starlette.datastructures import Headers
from starlette.types import Scope

from desra_studio.services.studio import Studio


def carries_token(scope: Scope, studio: Studio) -> bool:
    """Tell whether a request has `Authorization: Bearer` with the installation's token.

    How long that takes says nothing of the token.
    """
    token = studio.settings.metrics_token.encode()
    scheme, _, sent = Headers(scope=scope).get("authorization", "").partition(" ")
    is_same = hmac.compare_digest(sent.strip().encode("latin-1"), token)
    return bool(token) and scheme.lower() == "bearer" and is_same
