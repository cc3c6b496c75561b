"""Tokens of the TikTok applications that have refresh tokens: Accounts and Shop. They expire in real time."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from threading import Lock

from phygital_funnel.sandbox.api.credentials import TikTokApp

REFRESH_SECONDS = 365 * 86_400


@dataclass(frozen=True)
class Pair:
    """A fresh access token with the refresh token that renews it."""

    access_token: str
    refresh_token: str


@dataclass
class Grants:
    """Issues and checks the token pairs of one application.

    The pair of the credentials file is valid from the start. An authorisation code is good once. A new pair leaves the
    older ones valid until they expire, so that clients which refresh at the same moment do not lock each other out.

    Args:
        app: the application.
        access_seconds: how long an access token is valid.
        monotonic: seconds of real time.
    """

    app: TikTokApp
    access_seconds: float
    monotonic: Callable[[], float]
    _access: dict[str, float] = field(init=False)
    _refresh: dict[str, float] = field(init=False)
    _is_code_used: bool = field(init=False, default=False)
    _serial: "count[int]" = field(init=False, default_factory=lambda: count(1))
    _lock: Lock = field(init=False, default_factory=Lock)

    def __post_init__(self) -> None:
        start = self.monotonic()
        self._access = {self.app.access_token: start + self.access_seconds}
        self._refresh = {self.app.refresh_token: start + REFRESH_SECONDS}

    def is_app(self, app_id: str, secret: str) -> bool:
        """Whether these are the application's id and secret."""
        return _equal(app_id, self.app.app_id) and _equal(secret, self.app.secret)

    def exchange(self, auth_code: str) -> Pair | None:
        """The pair for the authorisation code; None when it is wrong or used."""
        with self._lock:
            if self._is_code_used or not _equal(auth_code, self.app.auth_code):
                return None
            self._is_code_used = True
            return self._issue()

    def refresh(self, refresh_token: str) -> Pair | None:
        """A new pair for a refresh token; None when it is unknown or has expired."""
        with self._lock:
            is_valid = self.monotonic() < self._refresh.get(refresh_token, 0.0)
            return self._issue() if is_valid else None

    def knows(self, access_token: str) -> bool:
        """Whether the token was ever issued."""
        return access_token in self._access

    def is_valid(self, access_token: str) -> bool:
        """Whether the token was issued and has not expired."""
        return self.monotonic() < self._access.get(access_token, 0.0)

    def _issue(self) -> Pair:
        number = next(self._serial)
        pair = Pair(f"{self.app.access_token}.{number}", f"{self.app.refresh_token}.{number}")
        now = self.monotonic()
        self._access[pair.access_token] = now + self.access_seconds
        self._refresh[pair.refresh_token] = now + REFRESH_SECONDS
        return pair


def _equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())
