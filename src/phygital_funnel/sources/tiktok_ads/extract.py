"""Reads the streams of TikTok Ads for one advertiser."""

from collections.abc import Iterator
from typing import Any

from phygital_funnel.errors import RequestRefused
from phygital_funnel.settings import Settings
from phygital_funnel.sources.stream import Extraction, Stream, Window
from phygital_funnel.sources.tiktok_ads.client import Page, TikTokAds
from phygital_funnel.sources.tiktok_ads.streams import (
    AD_GROUPS,
    AD_REPORT_DAILY,
    ADS,
    ADVERTISERS,
    CAMPAIGNS,
    REPORT_METRICS,
    SOURCE,
)

LONGEST_DAILY_RANGE_DAYS = 30
ENTITY_PATHS = {CAMPAIGNS: "/campaign/get/", AD_GROUPS: "/adgroup/get/", ADS: "/ad/get/"}
# Without these filters the platform hides deleted entities, and their spend with them.
ALL_ENTITIES = {"primary_status": "STATUS_ALL"}
ALL_ADS = [{"field_name": "ad_status", "filter_type": "IN", "filter_value": '["STATUS_ALL"]'}]


class TikTokAdsExtractor:
    """Reads any stream of the source; one instance holds one connection pool."""

    def __init__(self, settings: Settings) -> None:
        self._client = TikTokAds(settings)

    def extract(self, stream: Stream, account: str, window: Window) -> Iterator[Extraction]:
        """Read one stream of one advertiser.

        Raises:
            SourceError: nothing of the failing window may be landed.
        """
        if stream == ADVERTISERS:
            yield self._advertiser(account)
        elif stream == AD_REPORT_DAILY:
            for part in window.reaching_back(stream.reread_days).split(LONGEST_DAILY_RANGE_DAYS):
                yield self._report(account, part)
        else:
            yield self._entities(stream, account)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _advertiser(self, account: str) -> Extraction:
        data, request_id = self._client.get(
            "/advertiser/info/", {"advertiser_ids": [account], "fields": list(ADVERTISERS.columns)}
        )
        rows = data.get("list") or []
        if not rows:
            raise RequestRefused(
                SOURCE, f"advertiser {account} is unknown; check PHYGITAL_TIKTOK_ADS_ACCOUNTS.", request_id=request_id
            )
        return Extraction(ADVERTISERS, rows, account, request_ids=(request_id,))

    def _entities(self, stream: Stream, account: str) -> Extraction:
        pages = list(self._client.pages(ENTITY_PATHS[stream], {"advertiser_id": account, "filtering": ALL_ENTITIES}))
        return _joined(stream, pages, [row for page in pages for row in page.rows], account, None)

    def _report(self, account: str, window: Window) -> Extraction:
        query = {
            "advertiser_id": account,
            "report_type": "BASIC",
            "service_type": "AUCTION",
            "data_level": "AUCTION_AD",
            "dimensions": ["ad_id", "stat_time_day"],
            "metrics": list(REPORT_METRICS),
            "start_date": window.start.isoformat(),
            "end_date": window.end.isoformat(),
            "filtering": ALL_ADS,
        }
        pages = list(self._client.pages("/report/integrated/get/", query))
        rows = [_flat(row, account) for page in pages for row in page.rows]
        return _joined(AD_REPORT_DAILY, pages, rows, account, window)


def _flat(row: dict[str, Any], account: str) -> dict[str, Any]:
    # The platform does not repeat the advertiser in the rows of a one-advertiser report.
    return {"advertiser_id": account, **(row.get("dimensions") or {}), **(row.get("metrics") or {})}


def _joined(
    stream: Stream, pages: list[Page], rows: list[dict[str, Any]], account: str, window: Window | None
) -> Extraction:
    return Extraction(
        stream, rows, account, window=window, pages=len(pages), request_ids=tuple(page.request_id for page in pages)
    )
