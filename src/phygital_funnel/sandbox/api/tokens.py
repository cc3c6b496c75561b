"""Login with Amazon: access tokens that expire in real time (api-contracts 5)."""

import base64
import binascii
import hmac
import math
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from phygital_funnel.sandbox.api.credentials import Client

TOKEN_SECONDS = 3600
_NEEDS = {"refresh_token": "refresh_token", "authorization_code": "code"}
"""What each kind of grant must come with."""
_MAX_FIELDS = 50


@dataclass
class Tokens:
    """Issues and checks access tokens.

    A new token leaves the older ones of its application valid, so that clients may sign in at the same moment.

    Args:
        clients: by client id.
        lifetime: seconds a token is valid.
        monotonic: seconds of real time.
    """

    clients: dict[str, Client]
    lifetime: float = TOKEN_SECONDS
    monotonic: Callable[[], float] = time.monotonic
    _issued: dict[str, tuple[str, float]] = field(default_factory=dict)
    _used_codes: set[str] = field(default_factory=set)

    def issue(self, client_id: str) -> str:
        """A new access token."""
        now = self.monotonic()
        # Tokens expire in the order in which they were issued.
        while self._issued and next(iter(self._issued.values()))[1] <= now:
            del self._issued[next(iter(self._issued))]
        # Random, so that a token of an earlier run of the sandbox is not taken for one of this.
        token = f"Atza|sbx-{secrets.token_hex(20)}"
        self._issued[token] = (client_id, now + self.lifetime)
        return token

    def owner(self, token: str) -> str | None:
        """Client id of a valid token; None when it is unknown or has expired."""
        client_id, expires_at = self._issued.get(token, ("", 0.0))
        return client_id if client_id and self.monotonic() < expires_at else None

    def expire_all(self) -> None:
        """Make every token issued so far invalid."""
        self._issued.clear()

    def routes(self) -> list[Route]:
        """The token endpoint."""
        return [Route("/auth/o2/token", self._token, methods=["POST"])]

    async def _token(self, request: Request) -> Response:
        response = self._answer(_fields(request.headers.get("content-type", ""), await request.body()), request)
        response.headers.update({"Cache-Control": "no-store", "Pragma": "no-cache"})
        return response

    def _answer(self, given: dict[str, str] | None, request: Request) -> Response:
        if given is None:
            return _refusal(400, "invalid_request", "The request body cannot be read")
        given = _basic(request.headers.get("authorization", "")) | given
        missing = [name for name in ("grant_type", "client_id", "client_secret") if not given.get(name)]
        if missing:
            return _refusal(400, "invalid_request", f"The request is missing a required parameter : {missing[0]}")
        client = self.clients.get(given["client_id"])
        if client is None or not _equal(given["client_secret"], client.client_secret):
            return _refusal(401, "invalid_client", "Client authentication failed")
        needed = _NEEDS.get(given["grant_type"])
        if needed is None:
            return _refusal(400, "unsupported_grant_type", "The authorization grant type is not supported")
        if not given.get(needed):
            return _refusal(400, "invalid_request", f"The request is missing a required parameter : {needed}")
        if not self._is_granted(client, needed, given[needed]):
            return _refusal(400, "invalid_grant", f"The request has an invalid grant parameter : {needed}")
        body = {
            "access_token": self.issue(client.client_id),
            "refresh_token": client.refresh_token,
            "token_type": "bearer",
            "expires_in": math.ceil(self.lifetime),
        }
        return JSONResponse(body)

    def _is_granted(self, client: Client, kind: str, value: str) -> bool:
        if kind == "refresh_token":
            return _equal(value, client.refresh_token)
        if value in self._used_codes or not _equal(value, client.auth_code):
            return False
        self._used_codes.add(value)
        return True


def _fields(content_type: str, body: bytes) -> dict[str, str] | None:
    """The parameters of a request, as a form or as the JSON that some clients send; None when it is neither."""
    if content_type.partition(";")[0].strip().lower() == "application/json":
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError:
            return None
        return {name: str(text) for name, text in value.items()} if isinstance(value, dict) else None
    try:
        return dict(parse_qsl(body.decode(), max_num_fields=_MAX_FIELDS))
    except ValueError:
        return None


def _basic(header: str) -> dict[str, str]:
    """An application that names itself in the Authorization header, as OAuth lets it; empty when there is none."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return {}
    return {"client_id": client_id, "client_secret": secret}


def _equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(errors="surrogatepass"), expected.encode())


def _refusal(status: int, error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status_code=status)
