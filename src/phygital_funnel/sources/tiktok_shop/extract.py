"""Reads the streams of TikTok Shop for one shop."""

from collections.abc import Iterator
from typing import Any

from phygital_funnel import clock
from phygital_funnel.settings import Settings
from phygital_funnel.sources.stream import Extraction, Page, Stream, Window
from phygital_funnel.sources.tiktok_shop.client import TikTokShop
from phygital_funnel.sources.tiktok_shop.listing import PageReader
from phygital_funnel.sources.tiktok_shop.paging import by_time, by_token
from phygital_funnel.sources.tiktok_shop.requests import Listing, Paging
from phygital_funnel.sources.tiktok_shop.rows import Rows


class TikTokShopExtractor:
    """Reads any stream of the source; one instance holds one connection pool.

    Args:
        settings: base URL, credentials and shops.
    """

    def __init__(self, settings: Settings) -> None:
        self._client = TikTokShop(settings)

    def extract(self, stream: Stream, account: str, window: Window) -> Iterator[Extraction]:
        """Read one stream of one shop.

        Raises:
            SourceError: while pages are read; nothing of the failing window may be landed.
        """
        listing: Listing = stream.request
        reader = PageReader(self._client, stream, account)
        if listing.paging is Paging.WHOLE:
            yield Extraction(stream, lambda cursor: self._shop(stream, account), account)
        elif not listing.time:
            yield Extraction(stream, by_token(reader, listing, None), account)
        else:
            read = by_time if listing.paging is Paging.BY_TIME else by_token
            for part in stream.reread.windows(window, clock.today()):
                yield Extraction(stream, read(reader, listing, part), account, window=part)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _shop(self, stream: Stream, account: str) -> Iterator[Page]:
        shop: dict[str, Any]
        shop, request_id = self._client.shop(account)
        yield Page(Rows(stream, account).of([shop], 1), request_id)
