"""Login with Amazon: one access token, shared by the Ads and Selling Partner APIs (api-contracts 5)."""

import threading
from datetime import datetime, timedelta

import httpx

from phygital_funnel import clock
from phygital_funnel.errors import RateLimited, SourceUnreachable
from phygital_funnel.settings import Settings
from phygital_funnel.sources.http import HttpClient, json_body, read_credentials, refused_credentials, retrying

LWA_BASE_URL = "https://api.amazon.com"
CREDENTIAL_NAMES = ("client_id", "client_secret", "refresh_token")
# A token is renewed early, so that none expires between the check and the platform's own clock.
MARGIN = timedelta(seconds=60)


class AccessTokens:
    """Hands out a valid access token, renewing it when it is about to expire.

    Its one method is named as the official SP-API client expects of a token cache.
    """

    def __init__(self, settings: Settings, source: str) -> None:
        self._source = source
        self.credentials = read_credentials(source, settings.source(source).credentials_file, CREDENTIAL_NAMES)
        self._http = HttpClient(source, settings.lwa_base_url or LWA_BASE_URL)
        self._lock = threading.Lock()
        self._token = ""
        self._renew_at: datetime | None = None

    def get_lwa_access_token(self) -> str:
        """A token that is valid for at least a minute.

        Raises:
            AuthError: the refresh token or the client is not accepted.
        """
        with self._lock:
            if self._renew_at is None or clock.now() >= self._renew_at:
                self._renew()
            return self._token

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def forget(self) -> None:
        """Drop the token, because a platform called it expired."""
        with self._lock:
            self._renew_at = None

    def _renew(self) -> None:
        answer = retrying(self._request)
        body = json_body(self._source, answer)
        self._token = str(body["access_token"])
        self._renew_at = clock.now() + timedelta(seconds=float(body.get("expires_in", 3600))) - MARGIN

    def _request(self) -> httpx.Response:
        form = {"grant_type": "refresh_token", **self.credentials}
        response = self._http.send("POST", "/auth/o2/token", data=form)
        if response.status_code in (400, 401, 403):
            reason = json_body(self._source, response).get("error", "refused")
            raise refused_credentials(self._source, f"Login with Amazon answered {response.status_code} ({reason})")
        if response.status_code == 429:
            raise RateLimited(self._source, "Login with Amazon throttled the token request.")
        if response.status_code != 200:
            raise SourceUnreachable(self._source, f"Login with Amazon answered {response.status_code}.")
        return response
