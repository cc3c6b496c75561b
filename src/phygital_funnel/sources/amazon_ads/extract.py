"""Reads the reports of Amazon's sponsored ads for one profile."""

import logging
import time
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from phygital_funnel import clock
from phygital_funnel.errors import SchemaDrift, SourceUnreachable, TransientSourceError, TruncatedReport
from phygital_funnel.settings import Settings
from phygital_funnel.sources.amazon_ads.client import COMPLETED, FAILED, GONE, PENDING, AmazonAdsReports, Status
from phygital_funnel.sources.amazon_ads.rows import Rows, read_rows
from phygital_funnel.sources.amazon_ads.streams import SOURCE, Report
from phygital_funnel.sources.amazon_ads_api import ColumnNames
from phygital_funnel.sources.reports import RequestedReport, RequestedReports, report_key
from phygital_funnel.sources.stream import Extraction, Page, Stream, Window

logger = logging.getLogger(__name__)

# No zone is further behind: a day that has begun there has begun for every profile, and Amazon refuses later ones.
WESTERNMOST = timedelta(hours=12)
# A report that was completed so long ago would land figures that old; it is asked for anew.
STALE = timedelta(hours=6)
FIRST_PAUSE_SECONDS = 2.0
PAUSE_GROWTH = 1.5
LONGEST_PAUSE_SECONDS = 60.0
DEADLINE_SECONDS = 3.5 * 3600  # Amazon takes up to three hours


class AmazonAdsExtractor:
    """Reads any stream of the source; one instance holds one connection pool and one token."""

    def __init__(self, settings: Settings) -> None:
        self._client = AmazonAdsReports(settings)
        self._requested = RequestedReports(settings)

    def extract(self, stream: Stream, account: str, window: Window) -> Iterator[Extraction]:
        """Read one stream of one profile; a report that was asked for before is taken up, not asked for again."""
        for asked in _windows(stream, window):
            key = report_key(SOURCE, account, _body(stream, asked))
            yield Extraction(
                stream,
                partial(self._pages, stream, account, asked),
                account,
                window=asked,
                on_landed=partial(self._requested.forget, key),
            )

    def prepare(
        self, stream: Stream, account: str, window: Window, *, done: frozenset[Window | None] = frozenset()
    ) -> tuple[str, ...]:
        """Ask for the reports that are missing, but for windows already ``done``; the ids of those not ready.

        Raises:
            TransientSourceError: Amazon gave a report up; the next attempt asks for another.
        """
        waiting = []
        for asked in _windows(stream, window):
            if asked not in done:
                report_id, status = self._look(stream, account, asked)
                if status.name != COMPLETED:
                    waiting.append(report_id)
        return tuple(waiting)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _pages(self, stream: Stream, account: str, window: Window, cursor: Any) -> Iterator[Page]:
        report_id = self._await(stream, account, window)
        where = f"{_where(stream, account, window)}: the file of report {report_id}"
        columns = ColumnNames()
        with TemporaryDirectory(prefix="phygital-") as folder:
            path = Path(folder) / "report.json.gz"
            request_id = self._client.fetch(account, _where(stream, account, window), report_id, path)
            try:
                for number, rows in enumerate(read_rows(path, where), start=1):
                    _check_ids(rows, stream.request, f"{where}, page {number}")
                    added = {"profile_id": account}
                    yield Page([{**{columns[k]: v for k, v in row.items()}, **added} for row in rows], request_id)
            except TruncatedReport:
                # The file will not get better: the next attempt asks for another one.
                self._requested.forget(report_key(SOURCE, account, _body(stream, window)))
                raise

    def _await(self, stream: Stream, account: str, window: Window) -> str:
        """The id of the window's report, once it is completed."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        pause = FIRST_PAUSE_SECONDS
        while True:
            report_id, status = self._look(stream, account, window)
            if status.name == COMPLETED:
                return report_id
            if time.monotonic() > deadline:
                raise SourceUnreachable(
                    SOURCE,
                    f"{_where(stream, account, window)}: report {report_id} is still {status.name} after "
                    f"{DEADLINE_SECONDS / 3600:.1f} hours. Nothing of it was landed; the next attempt takes it up.",
                    request_id=status.request_id,
                )
            logger.info("%s report %s of profile %s is %s", SOURCE, report_id, account, status.name)
            time.sleep(pause / self._client.scale)
            pause = min(pause * PAUSE_GROWTH, LONGEST_PAUSE_SECONDS)

    def _look(self, stream: Stream, account: str, window: Window) -> tuple[str, Status]:
        """The window's report, asked for if need be, and how far it is."""
        body, where = _body(stream, window), _where(stream, account, window)
        key = report_key(SOURCE, account, body)
        known = self._requested.find(key)
        if known is not None:
            status = self._client.status(account, where, known.report_id)
            if status.name in PENDING:
                self._requested.remember(key, known.report_id)  # seen unfinished now: it ages from here on
            if status.name != GONE and not _is_stale(known, status):
                return known.report_id, self._unless_failed(status, where, key, known.report_id)
        report_id = self._client.create(account, where, body)
        self._requested.remember(key, report_id)
        status = self._client.status(account, where, report_id)
        return report_id, self._unless_failed(status, where, key, report_id)

    def _unless_failed(self, status: Status, where: str, key: str, report_id: str) -> Status:
        if status.name not in (FAILED, GONE):
            return status
        self._requested.forget(key)
        reason = status.reason if status.name == FAILED else "it is not known any more"
        raise TransientSourceError(
            SOURCE,
            f"{where}: Amazon gave up report {report_id}: {reason}. Nothing of it was landed; the next attempt asks "
            "for another. If that fails too, extract a shorter window.",
            request_id=status.request_id,
        )


def _is_stale(known: RequestedReport, status: Status) -> bool:
    """Whether a finished report is too old. One in the queue never is: another would only queue behind it.

    One that was asked for, or seen unfinished, a short while ago is taken whatever date it gives.
    """
    if status.name in PENDING:
        return False
    now = clock.now()
    return min(abs(now - known.requested_at), abs(now - (status.generated_at or known.requested_at))) >= STALE


def _where(stream: Stream, account: str, window: Window) -> str:
    return f"{stream.name} of {account}, {window.start} to {window.end}"


def _windows(stream: Stream, window: Window) -> list[Window]:
    """The windows to ask for; days that have not begun everywhere are left to a later run."""
    begun: date = (clock.now() - WESTERNMOST).date()
    if window.start > begun:
        return []
    return stream.reread.windows(Window(window.start, min(window.end, begun)), clock.today())


def _body(stream: Stream, window: Window) -> dict[str, Any]:
    """The request, which is what a report is recognised by."""
    report: Report = stream.request
    return {
        "name": f"{stream.name} {window.start} {window.end}",
        "startDate": window.start.isoformat(),
        "endDate": window.end.isoformat(),
        "configuration": {
            "adProduct": report.ad_product,
            "groupBy": list(report.group_by),
            "columns": list(report.columns),
            "reportTypeId": report.report_type,
            "timeUnit": "DAILY",
            "format": "GZIP_JSON",
        },
    }


def _check_ids(rows: Rows, report: Report, where: str) -> None:
    """An id beyond 64 bits would be read as a rounded number, and be another one's."""
    rounded = [name for name in report.ids if float in {type(row.get(name)) for row in rows}]
    if rounded:
        raise SchemaDrift(SOURCE, where, retyped=dict.fromkeys(rounded, "a number that is not whole or beyond 64 bits"))
