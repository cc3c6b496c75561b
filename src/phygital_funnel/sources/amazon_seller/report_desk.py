"""From the wish for a report to its document: asked for once, found again, awaited, checked (api-contracts 7.5)."""

import json
import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from phygital_funnel import clock
from phygital_funnel.errors import (
    AuthError,
    RateLimited,
    RequestRefused,
    SchemaDrift,
    SourceError,
    SourceUnreachable,
    TransientSourceError,
)
from phygital_funnel.settings import Settings
from phygital_funnel.sources.amazon_seller.client import NotKnown, SellerClient
from phygital_funnel.sources.amazon_seller.documents import Documents, Fetched
from phygital_funnel.sources.amazon_seller.json_report import read_members
from phygital_funnel.sources.amazon_seller.streams import SOURCE, Report
from phygital_funnel.sources.http import retrying
from phygital_funnel.sources.reports import RequestedReport, RequestedReports, report_key
from phygital_funnel.sources.stream import Window

logger = logging.getLogger(__name__)

WAITING = ("IN_QUEUE", "IN_PROGRESS")
DONE, CANCELLED, FATAL = "DONE", "CANCELLED", "FATAL"
# A report that was done so long ago would land figures that old; it is asked for anew.
STALE = timedelta(hours=2)
# Until then it is looked for whether a request whose answer was lost created a report.
LOOKED_FOR = timedelta(days=1)
# Amazon cancels a daily report that is asked for again within four hours: the one made then is the answer.
REPEATED_WITHIN = timedelta(hours=4, minutes=10)
CLOCKS_DIFFER = timedelta(minutes=2)
FIRST_PAUSE_SECONDS = 2.0
PAUSE_GROWTH = 1.5
LONGEST_PAUSE_SECONDS = 60.0
DEADLINE_SECONDS = 3600.0
LONGEST_REASON = 300
_SPECIFICATION = "reportSpecification"
_DATES = ("dataStartTime", "dataEndTime")


@dataclass(frozen=True)
class Asked:
    """A report that is wanted.

    Args:
        report: its type.
        marketplace_id: of one marketplace.
        window: dates, both included.
        options: the report's own options, with those of the moment.
    """

    report: Report
    marketplace_id: str
    window: Window
    options: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.report.report_type} of {self.marketplace_id}, {self.window.start} to {self.window.end}"

    def key(self, seller: str) -> str:
        """What it is remembered by; the end of a window that is not over yet is no part of it."""
        dates = [self.window.start.isoformat(), self.window.end.isoformat()]
        name = {"type": self.report.report_type, "dates": dates, "options": dict(self.options)}
        return report_key(SOURCE, f"{seller}/{self.marketplace_id}", name)

    def body(self, now: datetime) -> dict[str, Any]:
        """The request."""
        start = datetime(self.window.start.year, self.window.start.month, self.window.start.day, tzinfo=UTC)
        end = start + timedelta(days=len(self.window.days()))
        end = end - timedelta(seconds=1) if self.report.whole_days else min(end, now.replace(microsecond=0))
        body: dict[str, Any] = {
            "reportType": self.report.report_type,
            "marketplaceIds": [self.marketplace_id],
            "dataStartTime": start.isoformat(),
            "dataEndTime": end.isoformat(),
        }
        return body | ({"reportOptions": dict(self.options)} if self.options else {})


class ReportDesk:
    """Asks for reports and gives their documents.

    Args:
        settings: where reports under way are remembered.
        client: asks the platform.
    """

    def __init__(self, settings: Settings, client: SellerClient) -> None:
        self._client = client
        self._documents = Documents(client)
        self._requested = RequestedReports(settings)

    def close(self) -> None:
        """Close the connections."""
        self._documents.close()
        self._client.close()

    def waiting(self, asked: Asked) -> str:
        """The report's id while it is being made, asking for it if need be; empty when ``fetch`` would not wait.

        Raises:
            TransientSourceError: the platform gave it up; the next attempt asks for another.
        """
        report = self._looked(asked)
        return str(report["reportId"]) if report["processingStatus"] in WAITING else ""

    def ask_ahead(self, wanted: Iterable[Asked]) -> None:
        """Ask for reports that are read later, so that they are made meanwhile.

        Whatever is refused here is asked for once more, and speaks, when the report's own turn comes.
        """
        for asked in wanted:
            known = self._requested.find(asked.key(self._client.seller))
            if known is not None and known.report_id:
                continue
            try:
                self._created(asked, is_retried=False)
            except SourceError as error:
                logger.info("%s %s could not be asked for ahead: %s", SOURCE, asked, error)
                return

    def fetch(self, asked: Asked, path: Path) -> Fetched | None:
        """The report's document, written to ``path``; None when the platform has no data.

        A cancelled report means that there is no data, or that an equal one was made shortly before. Without such a
        one it is asked for a second time, because somebody may have cancelled it.

        Raises:
            TransientSourceError: the platform gave it up, or is not ready in time.
            SourceError: it arrived incomplete, or is another report.
        """
        for is_last in (False, True):
            report = self._finished(asked)
            found = self._document(asked, report, path) if report["processingStatus"] == DONE else None
            if found is None and not is_last:
                found = self._equal_document(asked, path)
            if found is not None:
                return found
            self.forget(asked)
            if report["processingStatus"] == DONE and is_last:
                raise SourceError(SOURCE, f"{asked}: the platform gave a report of other dates or options. Run again.")
        logger.info("%s %s was cancelled twice: the platform has no data", SOURCE, asked)
        return None

    def forget(self, asked: Asked) -> None:
        """Drop a report that was landed or is of no use; the next one is asked for anew."""
        self._requested.forget(asked.key(self._client.seller))

    def _finished(self, asked: Asked) -> dict[str, Any]:
        deadline = time.monotonic() + DEADLINE_SECONDS
        pause = FIRST_PAUSE_SECONDS
        while (report := self._looked(asked))["processingStatus"] in WAITING:
            if time.monotonic() > deadline:
                raise TransientSourceError(
                    SOURCE,
                    f"report {report['reportId']} ({asked}) is still {report['processingStatus']} after "
                    f"{DEADLINE_SECONDS / 60:.0f} minutes; the next attempt takes it up.",
                )
            time.sleep(pause / self._client.scale)
            pause = min(pause * PAUSE_GROWTH, LONGEST_PAUSE_SECONDS)
        return report

    def _looked(self, asked: Asked) -> dict[str, Any]:
        """What the platform says of the report, which is asked for if it was not yet."""
        report = self._known(asked) or self._client.report(self._created(asked), str(asked))
        if report["processingStatus"] == FATAL:
            self.forget(asked)
            raise TransientSourceError(
                SOURCE,
                f"report {report['reportId']} ({asked}) failed on the platform (FATAL): {self._failure(asked, report)} "
                "Nothing of it was landed; the next attempt asks for another. If that fails too, shorten the window.",
            )
        if report["processingStatus"] not in (*WAITING, DONE, CANCELLED):
            found = f"{report['processingStatus']!r}, which is no status we know"
            raise SchemaDrift(SOURCE, f"report {report['reportId']} ({asked})", retyped={"processingStatus": found})
        return report

    def _known(self, asked: Asked) -> dict[str, Any] | None:
        key = asked.key(self._client.seller)
        known = self._requested.find(key)
        if known is None or not known.report_id:
            return None
        try:
            report = {**self._client.report(known.report_id, str(asked)), "reportId": known.report_id}
        except NotKnown:
            return None
        if report["processingStatus"] in WAITING:
            self._requested.remember(key, known.report_id)  # seen unfinished now: it ages from here on
        return None if _is_stale(known, report) else report

    def _created(self, asked: Asked, *, is_retried: bool = True) -> str:
        """The id of a new report, or of one that an earlier request created whose answer was lost."""
        key = asked.key(self._client.seller)
        body = asked.body(clock.now())
        lost_at = _lost_at(self._requested.find(key))

        def create() -> str:
            nonlocal lost_at
            # The listing does not tell options, by which the reports of single products differ.
            if lost_at is not None and not asked.report.per_listing:
                for found in self._equal(asked, body, lost_at):
                    return str(found["reportId"])
            begun = clock.now()
            if lost_at is None:
                self._requested.remember(key, "")  # so that a killed attempt is known to have asked
            try:
                return self._client.create_report(body, str(asked))
            except SourceUnreachable:
                lost_at = lost_at or begun
                raise
            except (RateLimited, RequestRefused, AuthError):  # surely not created
                if lost_at is None:
                    self._requested.forget(key)
                raise

        report_id = retrying(create, scale=self._client.scale) if is_retried else create()
        self._requested.remember(key, report_id)
        return report_id

    def _equal(self, asked: Asked, body: Mapping[str, Any], since: datetime) -> list[dict[str, Any]]:
        """Reports of the same type, marketplace and range, the newest first."""
        listed = self._client.reports(asked.report.report_type, asked.marketplace_id, since - CLOCKS_DIFFER, str(asked))
        same = [report for report in listed if _range(report) == _range(body)]
        return sorted(same, key=lambda report: str(report.get("createdTime")), reverse=True)

    def _equal_document(self, asked: Asked, path: Path) -> Fetched | None:
        now = clock.now()
        body = asked.body(now)
        equal = retrying(lambda: self._equal(asked, body, now - REPEATED_WITHIN), scale=self._client.scale)
        for report in equal:
            self._requested.remember(asked.key(self._client.seller), str(report["reportId"]))
            finished = self._finished(asked)
            found = self._document(asked, finished, path) if finished["processingStatus"] == DONE else None
            if found is not None:
                return found
        return None

    def _document(self, asked: Asked, report: Mapping[str, Any], path: Path) -> Fetched | None:
        """The document of a finished report; None when it answers another request."""
        document_id = report.get("reportDocumentId")
        if not isinstance(document_id, str) or not document_id:
            raise SchemaDrift(
                SOURCE, f"the finished report {report['reportId']} ({asked})", missing=["reportDocumentId"]
            )
        fetched = self._documents.fetch(document_id, path, str(asked))
        return fetched if _answers(asked, path) else None

    def _failure(self, asked: Asked, report: Mapping[str, Any]) -> str:
        """Why a report failed, in the platform's words."""
        document_id = report.get("reportDocumentId")
        if not isinstance(document_id, str) or not document_id:
            return "it does not say why."
        from tempfile import TemporaryDirectory

        try:
            with TemporaryDirectory(prefix="phygital-") as folder:
                path = self._documents.fetch(document_id, Path(folder) / "failure.txt", str(asked)).path
                with path.open(encoding="utf-8") as file:
                    text = file.read(10 * LONGEST_REASON)
        except SourceError as error:
            return f"its reason cannot be read ({type(error).__name__})."
        return repr(_details(text)[:LONGEST_REASON]) + "."


def _is_stale(known: RequestedReport, report: Mapping[str, Any]) -> bool:
    """Whether a finished report is too old. One in the queue never is: another would only queue behind it.

    One that was asked for, adopted, or seen unfinished a short while ago is taken whatever date it gives.
    """
    if report["processingStatus"] not in (DONE, CANCELLED, FATAL):
        return False
    now = clock.now()
    ended = _instant(report.get("processingEndTime")) or known.requested_at
    return min(abs(now - known.requested_at), abs(now - ended)) > STALE


def _lost_at(earlier: RequestedReport | None) -> datetime | None:
    """When a report was asked for whose id is not known; None when there was no such request of late."""
    if earlier is None or earlier.report_id or abs(clock.now() - earlier.requested_at) > LOOKED_FOR:
        return None
    return earlier.requested_at


def _instant(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _range(report: Mapping[str, Any]) -> tuple[Any, ...]:
    instants = (_instant(report.get(name)) or object() for name in _DATES)  # an object equals nothing
    return (*instants, report.get("marketplaceIds"))


def _answers(asked: Asked, path: Path) -> bool:
    """Whether a JSON report says that it is the one asked for; flat files, and others that say nothing, are taken."""
    names = tuple(array.name for array in asked.report.arrays)
    specification: Any = None
    for name, value in read_members(path, names, str(asked)) if names else ():
        if name == _SPECIFICATION or name in names:
            specification = value if name == _SPECIFICATION else None
            break
    if not isinstance(specification, dict):
        return True
    body = asked.body(clock.now())
    dates = all(str(specification.get(name, body[name]))[:10] == body[name][:10] for name in _DATES)
    options = specification.get("reportOptions") or {}
    return (
        dates
        and specification.get("reportType") == asked.report.report_type
        and specification.get("marketplaceIds") == [asked.marketplace_id]
        and all(options.get(name) == value for name, value in asked.options.items())
    )


def _details(text: str) -> str:
    try:
        return str(json.loads(text)["errorDetails"])
    except (ValueError, TypeError, KeyError):
        return text.strip()
