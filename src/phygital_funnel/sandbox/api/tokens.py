"""Login with Amazon: access tokens that expire in real time."""

import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN_SECONDS = 3600


@dataclass(frozen=True)
class Client:
    """A registered application with the refresh token of the account that authorised it."""

    client_id: str
    client_secret: str
    refresh_token: str


@dataclass
class Tokens:
    """Issues and checks access tokens.

    Args:
        clients: by client id.
        lifetime: seconds a token is valid.
        monotonic: seconds of real time.
    """

    clients: dict[str, Client]
    lifetime: float = TOKEN_SECONDS
    monotonic: Callable[[], float] = time.monotonic
    _issued: dict[str, tuple[str, float]] = field(default_factory=dict)
    _serial: "count[int]" = field(default_factory=lambda: count(1))

    def issue(self, client_id: str) -> str:
        """A new access token."""
        token = f"Atza|sbx-{next(self._serial):04d}"
        self._issued[token] = (client_id, self.monotonic() + self.lifetime)
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
        form = await request.form()
        client = self.clients.get(str(form.get("client_id", "")))
        if client is None or not _equal(str(form.get("client_secret", "")), client.client_secret):
            return _refusal(401, "invalid_client", "Client authentication failed")
        if form.get("grant_type") != "refresh_token":
            return _refusal(400, "unsupported_grant_type", "The authorization grant type is not supported")
        if not _equal(str(form.get("refresh_token", "")), client.refresh_token):
            return refused_grant()
        body = {
            "access_token": self.issue(client.client_id),
            "refresh_token": client.refresh_token,
            "token_type": "bearer",
            "expires_in": int(self.lifetime),
        }
        return JSONResponse(body)


def refused_grant() -> Response:
    """What a revoked or unknown refresh token gets."""
    return _refusal(400, "invalid_grant", "The request has an invalid grant parameter : refresh_token")


def _equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def _refusal(status: int, error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status_code=status)
