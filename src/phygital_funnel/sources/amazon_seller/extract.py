"""Reads the streams of the Selling Partner API for one marketplace."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from phygital_funnel import clock
from phygital_funnel.errors import NotYetLanded, TruncatedReport
from phygital_funnel.settings import Settings
from phygital_funnel.sources.amazon_seller.catalogue import Catalogue
from phygital_funnel.sources.amazon_seller.client import SellerClient, host_of
from phygital_funnel.sources.amazon_seller.report_desk import Asked, ReportDesk
from phygital_funnel.sources.amazon_seller.rows import flat_file_pages, flattened, json_pages
from phygital_funnel.sources.amazon_seller.streams import SOURCE, Metrics, Report
from phygital_funnel.sources.stream import SATURDAY, Extraction, Page, Stream, Window

logger = logging.getLogger(__name__)

TOTAL, BY_ASIN = "total", "asin"
ASINS = "asin"
"""The option that names the products of a report."""
MOST_ASIN_CHARACTERS = 200
AHEAD = 10
"""Reports that are made while one is read: most of createReport's burst of 15, the rest is for other streams."""


class AmazonSellerExtractor:
    """Reads any stream of the source; marketplaces of one region share connections and a token."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._catalogue = Catalogue(settings)
        self._open = ExitStack()
        self._clients: dict[str, SellerClient] = {}
        self._desks: dict[str, ReportDesk] = {}

    def extract(self, stream: Stream, account: str, window: Window) -> Iterator[Extraction]:
        """Read one stream of one marketplace; a report that was asked for before is taken up, not asked for again.

        Raises:
            NotYetLanded: the stream needs reference files that are not landed.
        """
        if isinstance(stream.request, Metrics):
            yield from self._metrics(stream, account, window)
            return
        parts = _windows(stream, window)
        each_wanted = [self._wanted(stream, account, part) for part in parts]
        for number, (part, wanted) in enumerate(zip(parts, each_wanted, strict=True), start=1):
            later = list(islice(chain.from_iterable(each_wanted[number : number + AHEAD]), AHEAD))
            yield Extraction(
                stream,
                partial(self._report_pages, stream, wanted, later),
                account,
                window=part,
                on_landed=partial(self._forget, wanted),
            )

    def prepare(
        self, stream: Stream, account: str, window: Window, *, done: frozenset[Window | None] = frozenset()
    ) -> tuple[str, ...]:
        """Ask for the first reports that are missing, but for windows already ``done``; the ids of those not ready.

        Only as many as may be asked for at once, or a long load would never come to its first page: ``extract`` asks
        for the others while it reads.

        Raises:
            NotYetLanded: the stream needs reference files that are not landed.
            TransientSourceError: the platform gave a report up; the next attempt asks for another.
        """
        if isinstance(stream.request, Metrics):
            return ()
        missing = (part for part in _windows(stream, window) if part not in done)
        wanted = chain.from_iterable(self._wanted(stream, account, part) for part in missing)
        return tuple(report_id for asked in islice(wanted, AHEAD) if (report_id := self._desk(account).waiting(asked)))

    def close(self) -> None:
        """Close the connections."""
        self._open.close()

    def _wanted(self, stream: Stream, account: str, window: Window) -> list[Asked]:
        """The reports that make up a window of the stream: one, or one for each handful of products."""
        report: Report = stream.request
        if not report.per_listing:
            return [Asked(report, account, window, report.options)]
        asins = self._catalogue.asins(account, stream)
        if not asins:
            raise NotYetLanded(
                SOURCE,
                f"{stream.name} is asked for product by product, and the landed reference.listings has none for "
                f"{account}. Add them there, run `phygital extract reference`, then this again.",
            )
        return [Asked(report, account, window, {**report.options, ASINS: text}) for text in _handfuls(asins)]

    def _report_pages(self, stream: Stream, wanted: list[Asked], later: list[Asked], cursor: Any) -> Iterator[Page]:
        """Pages of the reports, one after the other; the cursor is the last product of those that were read."""
        left = wanted if cursor is None else _after(wanted, cursor)
        for number, asked in enumerate(left, start=1):
            self._ask(asked, [*left[number:], *later][:AHEAD])
            following = None if asked is left[-1] else asked.options[ASINS].split()[-1]
            try:
                yield from _with_cursor(self._pages_of(stream, asked), following)
            except TruncatedReport:
                self._desk(asked.marketplace_id).forget(asked)  # the next attempt asks for another
                raise

    def _ask(self, asked: Asked, ahead: list[Asked]) -> None:
        """Ask for the report to be read now, and then for those after it, which are made while it is read."""
        if ahead:
            desk = self._desk(asked.marketplace_id)
            desk.waiting(asked)  # first, because the platform works in the order of the requests
            desk.ask_ahead(ahead)

    def _pages_of(self, stream: Stream, asked: Asked) -> Iterator[Page]:
        with TemporaryDirectory(prefix="phygital-") as folder:
            path = Path(folder) / f"{asked.marketplace_id}_{asked.window.start}_{asked.window.end}.tsv"
            fetched = self._desk(asked.marketplace_id).fetch(asked, path)
            if fetched is None:
                return
            pages: Iterator[Any] = (
                json_pages(path, asked) if asked.report.arrays else flat_file_pages(path, stream, asked)
            )
            for rows in pages:
                yield Page(rows, fetched.request_id)

    def _forget(self, wanted: list[Asked]) -> None:
        for asked in wanted:
            self._desk(asked.marketplace_id).forget(asked)

    def _metrics(self, stream: Stream, account: str, window: Window) -> Iterator[Extraction]:
        zone, asins = self._catalogue.zone(account, stream), self._catalogue.asins(account, stream)
        if not asins:
            logger.warning(
                "%s %s of %s: only the totals are read, because the landed reference.listings has no products for it; "
                "add them there and run `phygital extract reference`",
                SOURCE,
                stream.name,
                account,
            )
        for part in stream.reread.windows(window, clock.today()):
            interval = _hours(part, zone)
            if interval is None:
                continue
            asked = partial(self._metrics_pages, stream, account, interval, zone)
            yield Extraction(stream, partial(asked, [""]), account, TOTAL, part)
            if asins:
                yield Extraction(stream, partial(asked, asins), account, BY_ASIN, part)

    def _metrics_pages(
        self, stream: Stream, account: str, interval: str, zone: ZoneInfo, asins: list[str], cursor: Any
    ) -> Iterator[Page]:
        """One page for each product; the cursor is the next one, in alphabetical order."""
        left = [asin for asin in asins if asin >= (cursor or "")]
        for asin, following in zip(left, [*left[1:], None], strict=True):
            chosen = {"asin": asin} if asin else {}
            answer = self._client(account).order_metrics(
                account, interval, stream.request.granularity, granularity_time_zone=zone.key, **chosen
            )
            level = {"marketplace_id": account, "level": BY_ASIN if asin else TOTAL, "asin": asin or None}
            yield Page([{**flattened(row), **level} for row in answer.body["payload"]], answer.request_id, following)

    def _desk(self, account: str) -> ReportDesk:
        client = self._client(account)
        key = host_of(account)
        if key not in self._desks:
            self._desks[key] = ReportDesk(self._settings, client)
            self._open.callback(self._desks[key].close)
        return self._desks[key]

    def _client(self, account: str) -> SellerClient:
        key = host_of(account)
        if key not in self._clients:
            self._clients[key] = SellerClient(self._settings, account)
            self._open.callback(self._clients[key].close)
        return self._clients[key]


def _windows(stream: Stream, window: Window) -> list[Window]:
    """The windows to ask for. Days to come hold nothing and say nothing, and neither do reports of days not over."""
    today = clock.today()
    newest = today - timedelta(days=1) if stream.request.whole_days else today
    if window.start > newest:
        return []
    windows = stream.reread.windows(Window(window.start, min(window.end, newest)), today)
    return [week for each in windows for week in _weeks(each)] if stream.request.whole_weeks else windows


def _weeks(window: Window) -> list[Window]:
    """The weeks from Sunday to Saturday that end in a window; one across its start would be in no window else."""
    saturdays = [day for day in window.days() if day.weekday() == SATURDAY]
    return [Window(saturday - timedelta(days=6), saturday) for saturday in saturdays]


def _handfuls(asins: list[str]) -> list[str]:
    """The products in texts of as many as one report takes, joined by blanks."""
    texts: list[str] = []
    for asin in asins:
        if texts and len(texts[-1]) + 1 + len(asin) <= MOST_ASIN_CHARACTERS:
            texts[-1] += f" {asin}"
        else:
            texts.append(asin)
    return texts


def _hours(window: Window, zone: ZoneInfo) -> str | None:
    """The window's hours that are over, in the marketplace's own days; None when none is."""
    start, end = (datetime.combine(day, time.min, zone) for day in (window.start, window.end + timedelta(days=1)))
    now = clock.now().astimezone(zone).replace(minute=0, second=0, microsecond=0)
    # Compared as instants: on the wall clock of a zone some hours come twice.
    end = min(end, now, key=lambda moment: moment.timestamp())
    if start.timestamp() >= end.timestamp():
        return None
    return "--".join(moment.isoformat(timespec="seconds") for moment in (start, end))


def _after(wanted: list[Asked], last: str) -> list[Asked]:
    """The reports of the products that follow the last one that was read."""
    asins = [asin for asked in wanted for asin in asked.options[ASINS].split() if asin > last]
    return [replace(wanted[0], options={**wanted[0].options, ASINS: text}) for text in _handfuls(asins)]


def _with_cursor(pages: Iterator[Page], following: str | None) -> Iterator[Page]:
    """Only behind the last page of a report can reading be taken up again: with the next report."""
    if following is None:
        yield from pages
        return
    held: Page | None = None
    for page in pages:
        if held is not None:
            yield held
        held = page
    if held is not None:
        yield replace(held, cursor=following)
