"""A thin client of Amazon Attribution (api-contracts 5 and 6)."""

from collections.abc import Iterator
from typing import Any

import httpx

from phygital_funnel.errors import RateLimited, RequestRefused, SourceError, SourceUnreachable, TruncatedReport
from phygital_funnel.settings import Settings
from phygital_funnel.sources.amazon_attribution.streams import SOURCE
from phygital_funnel.sources.amazon_auth import AccessTokens
from phygital_funnel.sources.http import HttpClient, RateLimit, json_body, refused_credentials, retrying

BASE_URL = "https://advertising-api.amazon.com"
PAGE_ROWS = 5000
MOST_PAGES = 10_000
REQUESTS_PER_SECOND = 2


class AmazonAttribution:
    """Calls the API for whatever profile is asked for.

    Raises:
        ConfigError: the credentials file is missing or incomplete.
    """

    def __init__(self, settings: Settings) -> None:
        self._tokens = AccessTokens(settings, SOURCE)
        self._http = HttpClient(SOURCE, settings.source(SOURCE).base_url or BASE_URL)
        self._limit = RateLimit(REQUESTS_PER_SECOND, 5, scale=settings.request_rate_scale)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
        self._tokens.close()

    def profiles(self) -> tuple[list[dict[str, Any]], str]:
        """All advertising profiles the credentials reach, and the request's id."""
        return self._call("GET", "/v2/profiles", profile=None)

    def report(self, profile: str, request: dict[str, Any]) -> Iterator[tuple[list[dict[str, Any]], str]]:
        """Pages of a report and the ids of their requests.

        Raises:
            TruncatedReport: the cursor never ends.
        """
        cursor = None
        for _ in range(MOST_PAGES):
            body, request_id = self._call(
                "POST", "/attribution/report", profile=profile, json={**request, "count": PAGE_ROWS, "cursorId": cursor}
            )
            yield body.get("reports") or [], request_id
            # The cursor is JSON text inside JSON and goes back unchanged, as a string.
            cursor = body.get("cursorId")
            if not cursor:
                return
        raise TruncatedReport(SOURCE, f"the report of profile {profile} did not end after {MOST_PAGES} pages.")

    def _call(self, method: str, path: str, *, profile: str | None, **arguments: Any) -> tuple[Any, str]:
        return retrying(lambda: self._call_once(method, path, profile, arguments))

    def _call_once(self, method: str, path: str, profile: str | None, arguments: dict[str, Any]) -> tuple[Any, str]:
        response = self._send(method, path, profile, arguments)
        if response.status_code == 401:  # an expired token is renewed once; refused again, it is the credentials
            self._tokens.forget()
            response = self._send(method, path, profile, arguments)
        request_id = response.headers.get("x-amzn-RequestId", "")
        if response.status_code != 200:
            raise _error(path, profile, response, request_id)
        return json_body(SOURCE, response), request_id

    def _send(self, method: str, path: str, profile: str | None, arguments: dict[str, Any]) -> httpx.Response:
        self._limit.wait()
        headers = {
            "Authorization": f"Bearer {self._tokens.get_lwa_access_token()}",
            "Amazon-Advertising-API-ClientId": self._tokens.credentials["client_id"],
        }
        if profile is not None:
            headers["Amazon-Advertising-API-Scope"] = profile
        return self._http.send(method, path, headers=headers, **arguments)


def _error(path: str, profile: str | None, response: httpx.Response, request_id: str) -> SourceError:
    what = f"{path} for profile {profile} answered {response.status_code}: {response.text[:200]}"
    if response.status_code == 429:
        wait = response.headers.get("Retry-After", "")
        return RateLimited(SOURCE, what, retry_after=float(wait) if wait.isdigit() else None, request_id=request_id)
    if response.status_code in (401, 403):
        return refused_credentials(SOURCE, what)
    if response.status_code >= 500:
        return SourceUnreachable(SOURCE, what, request_id=request_id)
    return RequestRefused(SOURCE, what, request_id=request_id)
