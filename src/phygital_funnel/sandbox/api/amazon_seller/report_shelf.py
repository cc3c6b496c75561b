"""Reports that were asked for: their states, their documents and the urls that these are fetched from."""

import gzip
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from threading import Lock
from typing import Any, TypeVar

import orjson

from phygital_funnel.sandbox.api.amazon_seller.report_request import ReportRequest, Unreportable
from phygital_funnel.sandbox.api.amazon_seller.report_types import ReportType
from phygital_funnel.sandbox.world.times import micros

IN_QUEUE, IN_PROGRESS, DONE, CANCELLED, FATAL = "IN_QUEUE", "IN_PROGRESS", "DONE", "CANCELLED", "FATAL"
STATES = (CANCELLED, DONE, FATAL, IN_PROGRESS, IN_QUEUE)
POLLS_IN_QUEUE, POLLS_UNTIL_FINISHED = 1, 3
"""A report is taken up after it was looked at once, and finished when it is looked at for the third time."""
DOCUMENT_SECONDS = 300
DUPLICATE_SECONDS = 60.0
DAILY_INTERVAL = timedelta(hours=4)
ENCODINGS = {"FR": "cp1252"}
"""Amazon writes some European flat files in the Windows code page and says so in the document's content type."""
_DOCUMENT_PREFIX = "amzn1.spdoc.1.4.na.sbx-"
_MOST_REPORTS, _MOST_URLS, _MOST_DOCUMENTS = 20_000, 20_000, 8
_T = TypeVar("_T")


@dataclass
class Report:
    """One report.

    Args:
        report_id: the platform's number.
        request: what was asked for.
        created_at: in the sandbox's time; the report shows what was known then.
        asked_at: in seconds of real time.
        fate: FATAL or CANCELLED when it is known from the start to end so.
    """

    report_id: str
    request: ReportRequest
    created_at: datetime
    asked_at: float
    fate: str = ""
    polls: int = 0
    ended: str = field(default="", init=False)

    @property
    def document_id(self) -> str:
        """The number of the report's document."""
        return f"{_DOCUMENT_PREFIX}{self.report_id}.T2000000000000.2700"

    @property
    def state(self) -> str:
        """The processing status."""
        if self.ended:
            return self.ended
        return IN_QUEUE if self.polls <= POLLS_IN_QUEUE else IN_PROGRESS

    def as_dict(self) -> dict[str, Any]:
        """What getReport says of it."""
        body: dict[str, Any] = {"reportId": self.report_id, "reportType": self.request.report_type}
        created = {"createdTime": _seconds(self.created_at)}
        if self.state == CANCELLED:
            return body | created | {"processingStatus": CANCELLED}
        if self.state == FATAL:
            return body | created | {"processingStatus": FATAL, "reportDocumentId": self.document_id}
        body |= {
            "marketplaceIds": self.request.marketplace_ids,
            "dataStartTime": _seconds(self.request.start),
            "dataEndTime": _seconds(self.request.end),
        }
        return body | created | self._progress()

    def _progress(self) -> dict[str, Any]:
        started = {"processingStartTime": _seconds(self.created_at + timedelta(seconds=9))}
        if self.state == IN_QUEUE:
            return {"processingStatus": IN_QUEUE}
        if self.state == IN_PROGRESS:
            return started | {"processingStatus": IN_PROGRESS}
        ended = {"processingEndTime": _seconds(self.created_at + timedelta(seconds=98))}
        return started | ended | {"processingStatus": DONE, "reportDocumentId": self.document_id}


class ReportShelf:
    """Keeps the reports and writes their documents when they are due.

    Args:
        types: the report types by name.
        monotonic: seconds of real time.
    """

    def __init__(self, types: dict[str, ReportType], monotonic: Callable[[], float]) -> None:
        self._types = types
        self._monotonic = monotonic
        self._reports: OrderedDict[str, Report] = OrderedDict()
        self._documents: OrderedDict[str, bytes] = OrderedDict()
        self._urls: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._lock = Lock()
        self._serial = count(50_000_020_776)
        self._url_serial = count()

    def add(self, request: ReportRequest, now: datetime, fate: str = "") -> Report:
        """Take a request; one that repeats a recent equal one will be cancelled."""
        if not fate and self._is_duplicate(request, now):
            fate = CANCELLED
        report = Report(str(next(self._serial)), request, now, self._monotonic(), fate)
        with self._lock:
            _keep(self._reports, report.report_id, report, _MOST_REPORTS)
        return report

    def _is_duplicate(self, request: ReportRequest, now: datetime) -> bool:
        """Whether an equal report is still being made, or is a daily one that was made in the last hours."""
        for report in self.newest():
            if report.request != request or report.ended in (CANCELLED, FATAL) or report.fate:
                continue
            if not report.ended:
                return self._monotonic() - report.asked_at < DUPLICATE_SECONDS
            return self._types[request.report_type].is_daily and now - report.created_at < DAILY_INTERVAL
        return False

    def newest(self) -> Iterator[Report]:
        """All reports, the newest first."""
        with self._lock:
            return iter(list(reversed(self._reports.values())))

    def get(self, report_id: str) -> Report | None:
        """The report of a number; None when there is none."""
        return self._reports.get(report_id)

    def poll(self, report: Report) -> Report:
        """Look at a report, by which it moves on."""
        report.polls += 1
        if not report.ended and report.polls >= POLLS_UNTIL_FINISHED:
            report.ended = self._end(report)
        return report

    def _end(self, report: Report) -> str:
        if report.fate:
            return report.fate
        try:
            return DONE if self._document(report) else CANCELLED
        except Unreportable:
            return FATAL

    def with_document(self, document_id: str) -> Report | None:
        """The finished report that has a document; None when no document has the number."""
        report = self.get(document_id.removeprefix(_DOCUMENT_PREFIX).partition(".")[0])
        is_finished = report is not None and report.state in (DONE, FATAL)
        return report if report and is_finished and report.document_id == document_id else None

    def open_url(self, report: Report) -> str:
        """Key of a url that gives the report's document for five minutes of real time."""
        key = f"{report.report_id}-{next(self._url_serial):06d}"
        with self._lock:
            _keep(self._urls, key, (report.report_id, self._monotonic() + DOCUMENT_SECONDS), _MOST_URLS)
        return key

    def fetch(self, key: str) -> tuple[bytes, str] | None:
        """A gzip-compressed document and its encoding; None when the url has expired or never was."""
        report_id, expires_at = self._urls.get(key, ("", 0.0))
        report = self.get(report_id)
        if report is None or self._monotonic() >= expires_at:
            return None
        return self._document_or_error(report), self._encoding(report)

    def _document_or_error(self, report: Report) -> bytes:
        try:
            if report.fate != FATAL:
                return self._document(report)
            reason = "The report data for the requested date range is not available. Please try again later."
        except Unreportable as error:
            reason = str(error)
        return gzip.compress(orjson.dumps({"errorDetails": reason}), mtime=0)

    def _document(self, report: Report) -> bytes:
        """The compressed document, empty without data; written again when it was dropped, and always the same."""
        kept = self._documents.get(report.report_id)
        if kept is None:
            text = self._types[report.request.report_type].write(report.request, micros(report.created_at))
            body = text.encode(self._encoding(report), errors="replace")
            kept = gzip.compress(body, compresslevel=5, mtime=0) if body else b""
            with self._lock:
                _keep(self._documents, report.report_id, kept, _MOST_DOCUMENTS)
        return kept

    def _encoding(self, report: Report) -> str:
        is_flat_file = self._types[report.request.report_type].is_flat_file and report.ended != FATAL
        codes = {market.code for market in report.request.markets}
        return ENCODINGS.get("/".join(codes), "utf-8") if is_flat_file else "utf-8"


def _keep(shelf: "OrderedDict[str, _T]", key: str, value: _T, most: int) -> None:
    """Put something on a shelf, from which the oldest thing falls when it is full."""
    shelf[key] = value
    if len(shelf) > most:
        shelf.popitem(last=False)


def _seconds(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
