"""Login with Amazon: access tokens for the Ads and Selling Partner APIs (api-contracts 5)."""

import threading
import time
from typing import Any

import httpx

from phygital_funnel.errors import RateLimited, SourceUnreachable
from phygital_funnel.settings import Settings
from phygital_funnel.sources.http import HttpClient, json_body, read_credentials, refused_credentials, retrying
from phygital_funnel.sources.limits import account_digest

LWA_BASE_URL = "https://api.amazon.com"
CREDENTIAL_NAMES = ("client_id", "client_secret", "refresh_token")
# A token is renewed early, so that none expires on its way to the platform.
MARGIN_SECONDS = 60.0
MARGIN_SHARE = 0.1
DEFAULT_LIFE_SECONDS = 3600.0
LONGEST_REASON = 80


class _Token:
    """The access token of one set of credentials."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.text = ""
        self.renew_at = 0.0  # of time.monotonic(): a token lives in real time, whatever the simulated clock says


# All clients of this process that have the same credentials share one token. Other processes ask for their own:
# sharing with them would mean to write a secret to disk, and Amazon leaves earlier tokens valid.
_TOKENS: dict[str, _Token] = {}
_TOKENS_LOCK = threading.Lock()


class AccessTokens:
    """Hands out a valid access token, renewing it when it is about to expire.

    Args:
        settings: base URL and credentials file.
        source: whose credentials.

    Raises:
        ConfigError: the credentials file is missing or incomplete.
    """

    def __init__(self, settings: Settings, source: str) -> None:
        self._source = source
        self.credentials = read_credentials(source, settings.source(source).credentials_file, CREDENTIAL_NAMES)
        base_url = settings.lwa_base_url or LWA_BASE_URL
        self._http = HttpClient(source, base_url)
        self._scale = settings.request_rate_scale
        key = account_digest(base_url, *self.credentials.values())
        with _TOKENS_LOCK:
            self._token = _TOKENS.setdefault(key, _Token())

    def get_lwa_access_token(self) -> str:
        """As ``token``, repeated as long as the error is one that passes.

        The name is the one the official SP-API client expects of a token cache.
        """
        return retrying(self.token, scale=self._scale)

    def token(self) -> str:
        """A token that is not about to expire; asked for once, however many threads want it.

        Raises:
            AuthError: the refresh token or the client is not accepted.
            TransientSourceError: Login with Amazon did not answer as it should.
        """
        with self._token.lock:
            asked_at = time.monotonic()
            if asked_at >= self._token.renew_at:
                self._token.text, life = self._request()
                self._token.renew_at = asked_at + life - min(MARGIN_SECONDS, life * MARGIN_SHARE)
            return self._token.text

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def forget(self, token: str | None = None) -> None:
        """Drop the token, because a platform called it expired.

        Args:
            token: the one that was refused; another thread may have renewed it since, and that one stays. None means
                whatever there is.
        """
        with self._token.lock:
            if token is None or token == self._token.text:
                self._token.renew_at = 0.0

    def masked(self, text: str) -> str:
        """The text without any of the secrets, should a platform have echoed one."""
        for secret in filter(None, (self._token.text, *self.credentials.values())):
            text = text.replace(secret, "***")
        return text

    def _request(self) -> tuple[str, float]:
        form = {"grant_type": "refresh_token", **self.credentials}
        response = self._http.send("POST", "/auth/o2/token", data=form)
        if response.status_code in (400, 401, 403):
            reason = self._reason(response)
            raise refused_credentials(self._source, f"Login with Amazon answered {response.status_code} ({reason})")
        if response.status_code == 429:
            raise RateLimited(self._source, "Login with Amazon throttled the token request.")
        if response.status_code != 200:
            raise SourceUnreachable(self._source, f"Login with Amazon answered {response.status_code}.")
        try:
            body = json_body(self._source, response)
        except SourceUnreachable:
            # The usual words quote the body, and this one holds the token.
            what = "Login with Amazon answered 200 and no whole JSON."
            raise SourceUnreachable(self._source, what) from None
        return self._granted(body)

    def _granted(self, body: Any) -> tuple[str, float]:
        """The token and its life in seconds."""
        token = body.get("access_token") if isinstance(body, dict) else None
        if not isinstance(token, str) or not token:
            raise SourceUnreachable(
                self._source, "Login with Amazon answered 200 without an access_token; if that lasts, ask Amazon."
            )
        life = body.get("expires_in")
        is_life = isinstance(life, int | float) and life > 0
        return token, float(life) if is_life else DEFAULT_LIFE_SECONDS

    def _reason(self, response: httpx.Response) -> str:
        body = json_body(self._source, response)
        reason = body.get("error") if isinstance(body, dict) else None
        return self.masked(str(reason or "refused")[:LONGEST_REASON])
