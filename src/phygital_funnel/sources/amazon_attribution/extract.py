"""Reads the streams of Amazon Attribution for one profile."""

import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from phygital_funnel import clock
from phygital_funnel.errors import RequestRefused, TruncatedReport
from phygital_funnel.landing import Landing
from phygital_funnel.settings import Settings
from phygital_funnel.sources.amazon_ads_api import ColumnNames
from phygital_funnel.sources.amazon_attribution.client import AmazonAttribution, RangeTooLong, ReportPage, list_in
from phygital_funnel.sources.amazon_attribution.streams import SOURCE, Level, Listing, Report
from phygital_funnel.sources.amazon_attribution.unmasked import days_to_read_again
from phygital_funnel.sources.stream import Extraction, Page, Stream, Window, snake_case

logger = logging.getLogger(__name__)

MOST_PAGES = 10_000


class AmazonAttributionExtractor:
    """Reads any stream of the source; one instance holds one connection pool and one token."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client = AmazonAttribution(settings)

    def extract(self, stream: Stream, account: str, window: Window) -> Iterator[Extraction]:
        """Read one stream of one profile; nothing is asked for before an extraction's pages are read.

        Whoever lands each extraction before asking for the next also gets the days that have come out of the mask.
        """
        if isinstance(stream.request, Report):
            known = Landing.of(self._settings).newest(stream)
            yield from self._reports(stream, account, window, stream.request.levels)
            yield from self._unmasked(stream, stream.request, account, known)
        else:
            yield Extraction(stream, partial(self._listed, stream, account), account)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _listed(self, stream: Stream, account: str, cursor: Any) -> Iterator[Page]:
        listing: Listing = stream.request
        where = f"{stream.name} of {account}"
        answer = self._client.get(listing.path, where, "" if listing.account_key else account)
        rows = list_in(answer.body, listing.keys, where)
        if listing.account_key:
            rows = [row for row in rows if str(row.get(listing.account_key)) == account]
            if not rows:
                raise RequestRefused(
                    SOURCE,
                    f"profile {account} is not among those that {listing.path} lists for these credentials; check "
                    "PHYGITAL_AMAZON_ATTRIBUTION_ACCOUNTS and the region of PHYGITAL_AMAZON_ADS_BASE_URL.",
                    request_id=answer.request_id,
                )
            yield Page([_flat(row, listing) for row in rows], answer.request_id)
        else:
            yield Page([{**_flat(row, listing), "profile_id": account} for row in rows], answer.request_id)

    def _reports(self, stream: Stream, account: str, window: Window, levels: tuple[Level, ...]) -> Iterator[Extraction]:
        for asked in stream.reread.windows(window, clock.today()):
            for level in levels:
                # Which ids a row must have depends on the level, so each level is held to its own.
                of_level = replace(stream, required=(*stream.required, *level.ids))
                pages = partial(self._pages, of_level, level, account, asked)
                yield Extraction(of_level, pages, account, part=level.name, window=asked)

    def _unmasked(self, stream: Stream, report: Report, account: str, known: int) -> Iterator[Extraction]:
        """What Amazon shows by now of days that were read while a tag had fewer than ten clicks."""
        oldest = clock.today() - timedelta(days=stream.reread.history_days - 1)
        found = days_to_read_again(Landing.of(self._settings), stream, account, report.metrics, known)
        for level in report.levels:
            window = found.get(level.name)
            if window is not None and window.end >= oldest:
                logger.info(
                    "%s %s of %s: a tag has had its tenth click, so %s to %s are read again",
                    stream.relation, level.name, account, window.start, window.end,
                )  # fmt: skip
                yield from self._reports(stream, account, window, (level,))

    def _pages(self, stream: Stream, level: Level, account: str, window: Window, cursor: Any) -> Iterator[Page]:
        added = {"profile_id": account, "level": level.name} if level.name else {"profile_id": account}
        columns = ColumnNames()
        place = _Place.of(cursor) if cursor else _Place((window,))
        while place.windows:
            place, page = self._read(stream, level, account, place)
            rows = [{**{columns[name]: value for name, value in row.items()}, **added} for row in page.rows]
            yield Page(rows, page.request_id, place.as_json())

    def _read(self, stream: Stream, level: Level, account: str, place: "_Place") -> "tuple[_Place, ReportPage]":
        """The page at a place, and the place after it. Ranges Amazon cannot cope with are halved until it can."""
        while True:
            window = place.windows[0]
            level_of = f" {level.name}" if level.name else ""
            where = f"{stream.name}{level_of} of {account}, {window.start} to {window.end}, page {place.pages + 1}"
            can_split = window.start < window.end and not place.cursor
            try:
                page = self._client.report_page(
                    account,
                    where,
                    _body(stream.request, level, window),
                    place.cursor,
                    place.digest,
                    can_split=can_split,
                )
            except RangeTooLong:
                place = replace(place, windows=(*_halves(window), *place.windows[1:]))
            else:
                return place.after(page, where), page


@dataclass(frozen=True)
class _Place:
    """Where in a report reading stands, in a form that survives the process.

    Args:
        windows: dates that are still to be read, the first of them perhaps in part.
        cursor: Amazon's, within the first window.
        digest: of the page read last within it.
        pages: read so far.
    """

    windows: tuple[Window, ...]
    cursor: str = ""
    digest: str = ""
    pages: int = 0

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "_Place":
        windows = (Window(date.fromisoformat(start), date.fromisoformat(end)) for start, end in kept["windows"])
        return cls(tuple(windows), kept["cursor"], kept["digest"], kept["pages"])

    def as_json(self) -> dict[str, Any]:
        windows = [(window.start.isoformat(), window.end.isoformat()) for window in self.windows]
        return {**asdict(self), "windows": windows}

    def after(self, page: ReportPage, where: str) -> "_Place":
        pages = self.pages + 1
        if pages >= MOST_PAGES or (page.cursor and page.cursor == self.cursor):
            raise TruncatedReport(
                SOURCE,
                f"{where} leads to itself or never to an end, so the rest is out of reach. Nothing of it was landed; "
                "extract a shorter window.",
                request_id=page.request_id,
            )
        if page.cursor:
            return replace(self, cursor=page.cursor, digest=page.digest, pages=pages)
        return _Place(self.windows[1:], pages=pages)


def _body(report: Report, level: Level, window: Window) -> dict[str, Any]:
    body = {
        "reportType": report.report_type,
        "startDate": f"{window.start:%Y%m%d}",
        "endDate": f"{window.end:%Y%m%d}",
    }
    if level.name:
        body["groupBy"] = level.name
    if level.metrics:
        body["metrics"] = ",".join(level.metrics)
    return body


def _halves(window: Window) -> tuple[Window, Window]:
    first, second = window.split(-(-((window.end - window.start).days + 1) // 2))
    return first, second


def _flat(row: dict[str, Any], listing: Listing) -> dict[str, Any]:
    """One level of columns; fields of objects that are not expected stay as they are, for landing to judge."""
    prefixes, columns = dict(listing.within), dict(listing.columns)
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if name in prefixes and isinstance(value, dict):
            flat |= {columns.get(key, prefixes[name] + snake_case(key)): inner for key, inner in value.items()}
        else:
            flat[columns.get(name, snake_case(name))] = value
    return flat
