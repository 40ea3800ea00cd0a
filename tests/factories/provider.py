"""A small provider of OpenID Connect on this machine: it lets in whoever it is told to be."""

import base64
import hashlib
import secrets
import threading
import time
from contextlib import contextmanager
from urllib.parse import urlencode

import uvicorn
from fastapi import FastAPI, Form, Header, HTTPException
from fastapi.responses import RedirectResponse
from joserfc import jwt
from joserfc.jwk import RSAKey

from desra_studio.bench.server import find_free_port
from tests.patience import join_thread, wait_for

CLIENT, SECRET = "studio", "the client's secret"


class Provider:
    """Signs in, at once, whomever `claims` says; checks client, code and PKCE as the standard asks.

    Attributes:
        claims: of the next ID token, beside those that the standard asks for.
        forged: sign ID tokens with a key that is not among those it publishes.
    """

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.claims = {"sub": "17", "preferred_username": "Zoë"}
        self.forged = False
        self._key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, auto_kid=False)
        self._other = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, auto_kid=False)
        self._codes: dict[str, dict[str, str]] = {}

    def make_app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def describe() -> dict[str, object]:
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
            }

        @app.get("/keys")
        def list_keys() -> dict[str, object]:
            return {"keys": [self._key.as_dict(private=False)]}

        @app.get("/authorize")
        def authorize(
            client_id: str, redirect_uri: str, state: str, nonce: str, code_challenge: str
        ) -> RedirectResponse:
            assert client_id == CLIENT
            code = secrets.token_urlsafe()
            self._codes[code] = {"nonce": nonce, "challenge": code_challenge, "to": redirect_uri}
            return RedirectResponse(f"{redirect_uri}?{urlencode({'code': code, 'state': state})}")

        @app.post("/token")
        def give_token(
            code: str = Form(),
            redirect_uri: str = Form(),
            code_verifier: str = Form(),
            authorization: str = Header(),
        ) -> dict[str, object]:
            given = self._codes.pop(code, None)
            digest = hashlib.sha256(code_verifier.encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            client = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
            right = given and given["challenge"] == challenge and given["to"] == redirect_uri
            if not right or authorization != f"Basic {client}":
                raise HTTPException(400, "invalid_grant")
            return {
                "access_token": "x",
                "token_type": "Bearer",
                "id_token": self._make_id_token(given["nonce"]),
            }

        return app

    def _make_id_token(self, nonce: str) -> str:
        moment = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": moment, "exp": moment + 60}
        key = self._other if self.forged else self._key
        header = {"alg": "RS256", "kid": "one"}
        return jwt.encode(header, {**claims, "nonce": nonce, **self.claims}, key)


@contextmanager
def serve_provider():
    """Serve a provider while the context lasts."""
    port = find_free_port()
    provider = Provider(port)
    config = uvicorn.Config(provider.make_app(), host="127.0.0.1", port=port, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_for(lambda: server.started, "the provider")
        yield provider
    finally:
        server.should_exit = True
        join_thread(thread)
