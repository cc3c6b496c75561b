"""The wire of the Amazon Ads reporting API v3: ask for a report, poll it, download it (api-contracts 8.1)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from phygital_funnel.errors import RequestRefused, SchemaDrift, SourceUnreachable
from phygital_funnel.settings import Settings
from phygital_funnel.sources.amazon_ads.streams import SOURCE
from phygital_funnel.sources.amazon_ads_api import AGAIN, AmazonAdsApi, Answer, Operation
from phygital_funnel.sources.http import retrying

PATH = "/reporting/reports"
REQUEST_TYPE = "application/vnd.createasyncreportrequest.v3+json"
CREATE = Operation("createAdsReport", 1, 4)
POLL = Operation("getAdsReport", 2, 6)
PENDING = frozenset({"PENDING", "PROCESSING"})
COMPLETED, FAILED, GONE = "COMPLETED", "FAILED", "GONE"
# The id comes last in a sentence that Amazon does not promise to keep; ids are UUIDs.
_DUPLICATE = re.compile(r"duplicate of\s*:?\s*([0-9A-Za-z][0-9A-Za-z-]{7,63})\s*$")
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{7,63}")


@dataclass(frozen=True)
class Status:
    """How far a report is.

    Args:
        name: PENDING, PROCESSING, COMPLETED or FAILED; GONE when Amazon does not know it (any more).
        url: where its file is, for about an hour; empty until it is completed.
        size: bytes of the file, if Amazon says so.
        reason: why it failed.
        request_id: Amazon's id of the request.
        generated_at: when it was completed, if Amazon says so.
    """

    name: str
    url: str = ""
    size: int | None = None
    reason: str = ""
    request_id: str = ""
    generated_at: datetime | None = None


class AmazonAdsReports:
    """Asks for reports and fetches them.

    Raises:
        ConfigError: the credentials file is missing or incomplete.
    """

    def __init__(self, settings: Settings) -> None:
        self._api = AmazonAdsApi(settings, SOURCE)

    @property
    def scale(self) -> float:
        """What our own waits are divided by."""
        return self._api.scale

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def create(self, profile: str, where: str, body: dict[str, Any]) -> str:
        """Ask for a report; the id of it, or of the equal one that Amazon is at work on already.

        Args:
            profile: in whose name.
            where: what is being read, for messages: stream, profile and dates.
            body: of the request.

        Raises:
            RequestRefused: the request is invalid.
            SchemaDrift: the answer names no report.
        """
        headers = {"Content-Type": REQUEST_TYPE}
        answer = self._api.call(
            CREATE, "POST", PATH, where=where, profile=profile, also={httpx.codes.TOO_EARLY}, json=body, headers=headers
        )
        if answer.status == httpx.codes.TOO_EARLY:
            return _duplicate_of(answer, where)
        report_id = answer.body.get("reportId") if isinstance(answer.body, dict) else None
        if not isinstance(report_id, str) or not _ID.fullmatch(report_id):
            raise SchemaDrift(SOURCE, f"{where}: the answer of {PATH}", missing=["reportId"])
        return report_id

    def status(self, profile: str, where: str, report_id: str) -> Status:
        """How far a report is; arguments as for ``create``.

        Raises:
            SchemaDrift: the answer has no status that is known.
        """
        return retrying(lambda: self._status_once(profile, where, report_id), scale=self.scale)

    def _status_once(self, profile: str, where: str, report_id: str) -> Status:
        path = f"{PATH}/{report_id}"
        answer = self._api.call_once(POLL, "GET", path, where=where, profile=profile, also={httpx.codes.NOT_FOUND})
        if answer.status == httpx.codes.NOT_FOUND:
            return Status(GONE, request_id=answer.request_id)
        body = answer.body if isinstance(answer.body, dict) else {}
        name = body.get("status")
        if name not in PENDING | {COMPLETED, FAILED}:
            raise SchemaDrift(SOURCE, f"{where}: {path}", retyped={"status": repr(str(name)[:40])})
        url, size = body.get("url"), body.get("fileSize")
        if name == COMPLETED and not isinstance(url, str):
            raise SchemaDrift(SOURCE, f"{where}: {path}, {COMPLETED},", missing=["url"])
        return Status(
            str(name),
            str(url or ""),
            size if isinstance(size, int) else None,
            repr(str(body.get("failureReason") or "no reason given")[:200]),
            answer.request_id,
            _instant(body.get("generatedAt")),
        )

    def fetch(self, profile: str, where: str, report_id: str, target: Path) -> str:
        """Download a completed report's gzip file to ``target``; the id of the request that named its url.

        Every try asks for the url anew, because urls expire.

        Raises:
            TransientSourceError: the download breaks off or stays short, time after time.
            RequestRefused: the report is not to be had any more.
        """
        return retrying(lambda: self._fetch_once(profile, where, report_id, target), scale=self.scale)

    def _fetch_once(self, profile: str, where: str, report_id: str, target: Path) -> str:
        status = self._status_once(profile, where, report_id)
        if status.name != COMPLETED:
            raise RequestRefused(
                SOURCE,
                f"{where}: report {report_id} was completed and now is {status.name}. {AGAIN}",
                request_id=status.request_id,
            )
        with self._api.http.download(status.url) as response, target.open("wb") as file:
            for chunk in response.iter_raw():
                file.write(chunk)
        _check_size(where, report_id, target.stat().st_size, status)
        return status.request_id


def _instant(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _check_size(where: str, report_id: str, size: int, status: Status) -> None:
    if status.size is not None and size != status.size:
        raise SourceUnreachable(
            SOURCE,
            f"{where}: the file of report {report_id} has {size} bytes, Amazon announced {status.size}. {AGAIN}",
            request_id=status.request_id,
        )


def _duplicate_of(answer: Answer, where: str) -> str:
    """The report that a 425 names; its text says ``The Request is a duplicate of : <id>``."""
    detail = answer.body.get("detail") if isinstance(answer.body, dict) else None
    found = _DUPLICATE.search(str(detail))
    if found is None:
        shown = f"{str(detail)[:80]!r}, without a report's id"
        raise SchemaDrift(SOURCE, f"{where}: the answer 425 of {PATH}", retyped={"detail": shown})
    return found[1]
