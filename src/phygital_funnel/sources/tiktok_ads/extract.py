"""Reads the streams of TikTok Ads for one advertiser."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from phygital_funnel import clock
from phygital_funnel.errors import RequestRefused, SchemaDrift, TruncatedReport
from phygital_funnel.settings import Settings
from phygital_funnel.sources.stream import Coverage, Extraction, Page, Stream, Window
from phygital_funnel.sources.tiktok.codes import TooLarge
from phygital_funnel.sources.tiktok.paging import Keys
from phygital_funnel.sources.tiktok_ads.client import Listed, Row, TikTokAds
from phygital_funnel.sources.tiktok_ads.requests import Lookup, Report
from phygital_funnel.sources.tiktok_ads.streams import SOURCE


@dataclass(frozen=True)
class Place:
    """Where in a report or listing the next page is. A report is read in pieces when it is too large as a whole.

    Args:
        start: first day of the piece; empty in a listing without dates.
        days: length of a piece.
        page: next page of the piece.
        total: rows the piece has, once it is known.
        mark: of the page before.
    """

    start: str = ""
    days: int = 0
    page: int = 1
    total: int | None = None
    mark: str = ""

    @classmethod
    def of(cls, cursor: dict[str, Any] | None, window: Window | None) -> "Place":
        """The place that a cursor names, or the beginning."""
        if cursor is not None:
            return cls(**cursor)
        return cls(window.start.isoformat(), len(window.days())) if window else cls()

    def piece(self, window: Window) -> Window:
        """The days of the piece."""
        start = date.fromisoformat(self.start)
        return Window(start, min(window.end, start + timedelta(days=self.days - 1)))

    def after(self, page: Listed, window: Window | None) -> "Place | None":
        """The place after a page; None behind the last one."""
        if not page.is_last:
            return replace(self, page=self.page + 1, total=page.total, mark=page.mark)
        if window is None or self.piece(window).end == window.end:
            return None
        return Place((self.piece(window).end + timedelta(days=1)).isoformat(), self.days)


class TikTokAdsExtractor:
    """Reads any stream of the source; one instance holds one connection pool."""

    def __init__(self, settings: Settings) -> None:
        self._client = TikTokAds(settings)

    def extract(self, stream: Stream, account: str, window: Window) -> Iterator[Extraction]:
        """Read one stream of one advertiser; reports in as many windows as the platform answers at once.

        Raises:
            SourceError: when the pages are read; nothing of that window may be landed.
        """
        if isinstance(stream.request, Lookup):
            yield Extraction(stream, partial(self._lookup, stream, account), account)
        elif stream.coverage is Coverage.WINDOW:
            for one in stream.reread.windows(window, clock.today()):
                yield Extraction(stream, partial(self._pages, stream, account, one), account, window=one)
        else:
            yield Extraction(stream, partial(self._pages, stream, account, None), account)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _lookup(self, stream: Stream, account: str, cursor: Any) -> Iterator[Page]:
        rows, request_id = self._client.rows(
            stream.request.path, stream.request.query(account, stream.columns), account
        )
        if not rows:
            raise RequestRefused(
                SOURCE, f"advertiser {account} is unknown: check PHYGITAL_TIKTOK_ADS_ACCOUNTS.", request_id=request_id
            )
        yield Page(rows, request_id)

    def _pages(self, stream: Stream, account: str, window: Window | None, cursor: Any) -> Iterator[Page]:
        keys = Keys(repeats_a_group="stat_time_hour" in stream.columns)
        place: Place | None = Place.of(cursor, window)
        while place:
            page = self._read(stream, account, window, place)
            if page is None:
                place = replace(place, days=(place.days + 1) // 2)
                continue
            rows = _flat(stream, page.rows, account, place.page)
            place = place.after(page, window)
            yield Page(rows, page.request_id, asdict(place) if place else None)
            keys.add(*_keys(stream, rows))  # after the landing has refused keys that are none
        if repeated := keys.repeated():
            raise TruncatedReport(
                SOURCE,
                f"{stream.name} of {account} holds rows more than once{_of(repeated)}, so pages moved while they were "
                "read. Nothing of this window was landed: extract again.",
            )

    def _read(self, stream: Stream, account: str, window: Window | None, place: Place) -> Listed | None:
        """The page at a place; None when the piece must be smaller for the platform to answer it whole."""
        parameters = stream.request.query(account, stream.columns)
        if window:
            piece = place.piece(window)
            parameters |= {"start_date": piece.start.isoformat(), "end_date": piece.end.isoformat()}
        can_shrink = place.page == 1 and place.days > 1
        try:
            page = self._client.page(
                stream.request.path, parameters, account, stream.name, place.page, place.total, place.mark
            )
        except TooLarge:
            if not can_shrink:
                raise
            return None
        if not page.is_cut:
            return page
        if can_shrink:
            return None
        raise TruncatedReport(
            SOURCE,
            f"{stream.name} of {account}: TikTok warns (X-Tt-Ads-Throttle) that more than 20,000 ads match "
            f"{place.start or 'the listing'} and keeps only the newest. Nothing of this window was landed: divide the "
            "ads over more advertiser accounts, or ask TikTok's support.",
            request_id=page.request_id,
        )


def _of(groups: list[str]) -> str:
    named = ", ".join(group for group in groups[:3] if group)
    return f" ({named})" if named else ""


def _flat(stream: Stream, rows: list[Row], account: str, page: int) -> list[Row]:
    """The rows with the columns side by side."""
    if not isinstance(stream.request, Report):
        return rows
    try:
        # The platform does not repeat the advertiser in the rows of a one-advertiser report.
        return [{"advertiser_id": account, **row["dimensions"], **row["metrics"]} for row in rows]
    except (KeyError, TypeError) as error:
        where = f"{stream.name} of {account}, page {page}"
        raise SchemaDrift(SOURCE, where, missing=("dimensions", "metrics")) from error


def _keys(stream: Stream, rows: list[Row]) -> tuple[list[str], list[str]]:
    """Time and id of every row."""
    if isinstance(stream.request, Report):
        name, time = stream.request.dimensions
        return [row.get(time, "") for row in rows], [row.get(name, "") for row in rows]
    (name,) = stream.key
    return [""] * len(rows), [row.get(name, "") for row in rows]
