"""Reads the streams of one TikTok account."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

from phygital_funnel import clock
from phygital_funnel.errors import TruncatedReport
from phygital_funnel.settings import Settings
from phygital_funnel.sources.stream import Extraction, Page, Stream, Window
from phygital_funnel.sources.tiktok_organic.client import Posted, TikTokAccounts
from phygital_funnel.sources.tiktok_organic.requests import Posts
from phygital_funnel.sources.tiktok_organic.streams import SOURCE

MOST_EMPTY_PAGES = 50
"""Pages without a post that may follow each other: a thousand posts that were deleted in a row."""


class TikTokOrganicExtractor:
    """Reads any stream of the source; one instance holds one connection pool."""

    def __init__(self, settings: Settings) -> None:
        self._client = TikTokAccounts(settings)

    def extract(self, stream: Stream, account: str, window: Window) -> Iterator[Extraction]:
        """Read one stream of one account. Posts only show what they are today, whatever window is asked for.

        Raises:
            SourceError: when the pages are read; nothing of that window may be landed.
        """
        today = clock.today()
        if isinstance(stream.request, Posts):
            yield Extraction(stream, partial(self._posts, stream, account, today), account, window=Window(today, today))
            return
        for one in stream.reread.windows(window, today):
            yield Extraction(stream, partial(self._days, stream, account, one), account, window=one)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _posts(self, stream: Stream, account: str, today: date, cursor: Any) -> Iterator[Page]:
        added = {"business_id": account, "snapshot_date": today.isoformat()}
        place: dict[str, Any] | None = cursor or {"cursor": None, "seen": [], "empty": 0}
        while place is not None:
            seen = frozenset(place["seen"])
            page = self._client.posts(stream.request.path, stream.request.fields, account, place["cursor"], seen)
            place = _after(page, place, account)
            yield Page([{**added, **row} for row in page.rows], page.request_id, place)

    def _days(self, stream: Stream, account: str, window: Window, cursor: Any) -> Iterator[Page]:
        profile, days, request_id = self._client.profile(stream.request.path, stream.request.fields, account, window)
        yield Page([{"business_id": account, **profile, **day} for day in days], request_id)


def _after(page: Posted, place: dict[str, Any], account: str) -> dict[str, Any] | None:
    """The place after a page; None behind the last one."""
    if not page.has_more:
        return None
    empty = 0 if page.rows else place["empty"] + 1
    if empty > MOST_EMPTY_PAGES:
        raise TruncatedReport(
            SOURCE,
            f"videos of {account} came on {MOST_EMPTY_PAGES} pages without a post, and more was said to follow: the "
            "list would never end. Nothing of this window was landed: extract again later.",
            request_id=page.request_id,
        )
    return {"cursor": page.cursor, "seen": [*place["seen"], *page.ids], "empty": empty}
