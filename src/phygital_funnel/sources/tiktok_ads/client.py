"""A thin client of the TikTok Marketing API v1.3 (api-contracts 1)."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from phygital_funnel.errors import (
    RateLimited,
    RequestRefused,
    SourceError,
    SourceUnreachable,
    TruncatedReport,
)
from phygital_funnel.settings import Settings
from phygital_funnel.sources.http import (
    HttpClient,
    RateLimit,
    json_body,
    read_credentials,
    refused_credentials,
    retrying,
)
from phygital_funnel.sources.tiktok_ads.streams import SOURCE

logger = logging.getLogger(__name__)

BASE_URL = "https://business-api.tiktok.com"
PREFIX = "/open_api/v1.3"
PAGE_SIZE = 1000
# The default tier allows 10 requests a second; staying below it avoids the hours of lock-out that follow.
REQUESTS_PER_SECOND = 8
SUCCESS = frozenset({0, 20001})
THROTTLED = frozenset({40016, 40100, 40132, 40133, 61000})
REFUSED_CREDENTIALS = frozenset({40001, 40118, 40119, 40124, 40125, 40130, 40131, *range(40101, 40108)})
TRANSIENT = frozenset({40200, 40201, 40202, 40700, 60001, *range(50000, 60000)})


@dataclass(frozen=True)
class Page:
    """One page of a listing."""

    rows: list[dict[str, Any]]
    total_rows: int
    total_pages: int
    request_id: str


class TikTokAds:
    """Calls the API for whatever advertiser is asked for.

    Args:
        settings: base URL and credentials.

    Raises:
        ConfigError: the credentials file is missing or incomplete.
    """

    def __init__(self, settings: Settings) -> None:
        source = settings.source(SOURCE)
        token = read_credentials(SOURCE, source.credentials_file, ("access_token",))["access_token"]
        self._http = HttpClient(SOURCE, source.base_url or BASE_URL)
        self._headers = {"Access-Token": token}
        self._limit = RateLimit(REQUESTS_PER_SECOND, REQUESTS_PER_SECOND, scale=settings.request_rate_scale)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, path: str, parameters: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """The ``data`` object of one endpoint and the request's id; lists and objects go as JSON text.

        Raises:
            SourceError: of the type that the answer's code stands for.
        """
        query = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in parameters.items()
            if value is not None
        }
        return retrying(lambda: self._get_once(path, query))

    def pages(self, path: str, parameters: dict[str, Any]) -> Iterator[Page]:
        """All pages of a listing.

        Raises:
            TruncatedReport: the pages hold fewer or more rows than the platform announced.
        """
        received, number, last = 0, 1, 1
        while number <= last:
            data, request_id = self.get(path, {**parameters, "page": number, "page_size": PAGE_SIZE})
            info = data.get("page_info") or {}
            page = Page(
                data.get("list") or [], int(info.get("total_number", 0)), int(info.get("total_page", 0)), request_id
            )
            received += len(page.rows)
            last = page.total_pages
            number += 1
            yield page
        if received != page.total_rows:
            raise TruncatedReport(
                SOURCE,
                f"{path} announced {page.total_rows} rows and sent {received}, so pages moved while they were read. "
                "Nothing was landed: extract again.",
                request_id=page.request_id,
            )

    def _get_once(self, path: str, query: dict[str, str]) -> tuple[dict[str, Any], str]:
        self._limit.wait()
        response = self._http.send("GET", f"{PREFIX}{path}", params=query, headers=self._headers)
        if response.status_code != 200:  # the platform answers 200 even to errors; anything else is a gateway
            raise SourceUnreachable(SOURCE, f"{path} answered {response.status_code}.")
        body = json_body(SOURCE, response)
        request_id = str(body.get("request_id", ""))
        if body.get("code") not in SUCCESS:
            raise _error(path, body, request_id)
        if "X-Tt-Ads-Throttle" in response.headers:
            raise TruncatedReport(
                SOURCE,
                f"{path} matched more than 20,000 ads and kept only the newest. Nothing was landed: split the window.",
                request_id=request_id,
            )
        return body.get("data") or {}, request_id


def _error(path: str, body: dict[str, Any], request_id: str) -> SourceError:
    code, message = body.get("code"), str(body.get("message", ""))[:200]
    what = f"{path} answered code {code}: {message}"
    if code in THROTTLED:
        return RateLimited(SOURCE, what, request_id=request_id)
    if code in REFUSED_CREDENTIALS:
        return refused_credentials(SOURCE, what)
    if code in TRANSIENT:
        return SourceUnreachable(SOURCE, what, request_id=request_id)
    return RequestRefused(SOURCE, what, request_id=request_id)
