"""Reads the streams of Amazon Attribution for one profile."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from phygital_funnel import clock
from phygital_funnel.errors import RequestRefused
from phygital_funnel.settings import Settings
from phygital_funnel.sources.amazon_attribution.client import AmazonAttribution
from phygital_funnel.sources.amazon_attribution.streams import LEVELS, PERFORMANCE, PRODUCTS, PROFILES, SOURCE
from phygital_funnel.sources.stream import Extraction, Stream, Window, snake_case

# How far back the platform answers; asking for more is an error there.
PRODUCTS_HISTORY_DAYS = 90
PERFORMANCE_HISTORY_DAYS = 390


class AmazonAttributionExtractor:
    """Reads any stream of the source; one instance holds one connection pool and one token."""

    def __init__(self, settings: Settings) -> None:
        self._client = AmazonAttribution(settings)

    def extract(self, stream: Stream, account: str, window: Window) -> Iterator[Extraction]:
        """Read one stream of one profile.

        Raises:
            SourceError: nothing of the failing report may be landed.
        """
        if stream == PROFILES:
            yield self._profile(account)
        elif stream == PRODUCTS:
            asked = _within_history(window.reaching_back(stream.reread_days), PRODUCTS_HISTORY_DAYS)
            yield self._report(PRODUCTS, account, asked, "", {"reportType": "PRODUCTS"})
        else:
            asked = _within_history(window.reaching_back(stream.reread_days), PERFORMANCE_HISTORY_DAYS)
            for level in LEVELS:
                request = {"reportType": "PERFORMANCE", "groupBy": level}
                yield self._report(PERFORMANCE, account, asked, level, request)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _profile(self, account: str) -> Extraction:
        profiles, request_id = self._client.profiles()
        rows = [_profile_row(profile) for profile in profiles if str(profile.get("profileId")) == account]
        if not rows:
            raise RequestRefused(
                SOURCE,
                f"profile {account} is unknown; check PHYGITAL_AMAZON_ATTRIBUTION_ACCOUNTS.",
                request_id=request_id,
            )
        return Extraction(PROFILES, rows, account, request_ids=(request_id,))

    def _report(self, stream: Stream, account: str, window: Window, level: str, request: dict[str, Any]) -> Extraction:
        dated = {**request, "startDate": f"{window.start:%Y%m%d}", "endDate": f"{window.end:%Y%m%d}"}
        pages = list(self._client.report(account, dated))
        added = {"profile_id": account, "level": level} if level else {"profile_id": account}
        return Extraction(
            stream,
            [
                {**added, **{snake_case(name): value for name, value in row.items()}}
                for rows, _ in pages
                for row in rows
            ],
            account,
            part=level,
            window=window,
            pages=len(pages),
            request_ids=tuple(request_id for _, request_id in pages),
        )


def _profile_row(profile: dict[str, Any]) -> dict[str, Any]:
    info = profile.get("accountInfo") or {}
    return {
        "profile_id": str(profile.get("profileId")),
        "country_code": profile.get("countryCode"),
        "currency_code": profile.get("currencyCode"),
        "timezone": profile.get("timezone"),
        "marketplace_string_id": info.get("marketplaceStringId"),
        "account_name": info.get("name"),
        "account_type": info.get("type"),
    }


def _within_history(window: Window, days: int) -> Window:
    """The part of the window the platform still holds; a window wholly before it is asked for as it is and refused."""
    oldest = clock.today() - timedelta(days=days - 1)
    return Window(max(window.start, oldest), window.end) if oldest <= window.end else window
