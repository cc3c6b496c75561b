"""Reporting of version 3: reports are asked for, polled until they are made, and fetched (api-contracts 8.1)."""

import gzip
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from phygital_funnel.sandbox.api.amazon_ads.access import Call, Gate, Refused, json_object, json_response
from phygital_funnel.sandbox.api.amazon_ads.sponsored import Wanted, report_rows
from phygital_funnel.sandbox.api.amazon_ads.sponsored_request import parse
from phygital_funnel.sandbox.api.refusals import refuse
from phygital_funnel.sandbox.api.state import Sandbox
from phygital_funnel.sandbox.world.catalogue import Market
from phygital_funnel.sandbox.world.times import day_number

PATH = "/reporting/reports"
URL_SECONDS = 3600
POLLS_PENDING, POLLS_PROCESSING = 1, 2
"""After how many polls a report is still pending, and still being made; the next one finds it completed."""
GENERATION = timedelta(minutes=4, seconds=11)
"""What the timestamps say of the time it took to make a report; the clock of the sandbox stands still meanwhile."""
MAX_REPORTS = 5_000
"""Reports that are remembered; the oldest are forgotten."""
FATAL = frozenset({"fatal_report"})
REQUEST_TYPE = "application/vnd.createasyncreportrequest.v3+json"
_ACCEPTED_TYPES = ("", "application/json", REQUEST_TYPE)
_MEDIA = "application/vnd.{}asyncreportresponse.v3+json"


@dataclass
class _Report:
    """One report that was asked for.

    Args:
        report_id: as the API hands it out.
        key: the same for identical requests.
        market: whose profile asked.
        body: the request.
        wanted: what it asks for.
        created_at: by the sandbox's clock; the figures are those of that time.
        polls: how often its status was asked for.
        file: the gzip file, once it is made.
        is_failed: it ended without a file.
    """

    report_id: str
    key: bytes
    market: Market
    body: dict[str, Any]
    wanted: Wanted
    created_at: datetime
    polls: int = 0
    file: bytes = b""
    is_failed: bool = False

    @property
    def status(self) -> str:
        """What the API calls its state."""
        if self.is_failed:
            return "FAILED"
        if self.file:
            return "COMPLETED"
        return "PENDING" if self.polls <= POLLS_PENDING else "PROCESSING"


@dataclass
class _Urls:
    """Where files can be fetched for an hour of real time."""

    base_url: str
    monotonic: Callable[[], float]
    _files: dict[str, tuple[bytes, float]] = field(default_factory=dict)
    _serial: "count[int]" = field(default_factory=lambda: count(1))

    def sign(self, file: bytes) -> str:
        """A new url of a file."""
        now = self.monotonic()
        # Urls expire in the order in which they were given out.
        while self._files and next(iter(self._files.values()))[1] <= now:
            del self._files[next(iter(self._files))]
        key = f"{next(self._serial):06d}.json.gz"
        self._files[key] = (file, now + URL_SECONDS)
        return f"{self.base_url}/_blob/adsv3-{key}?X-Amz-Expires={URL_SECONDS}"

    def find(self, key: str) -> bytes | None:
        """The file behind a url; None when the url has expired or was never given out."""
        file, expires_at = self._files.get(key, (b"", 0.0))
        return file if file and self.monotonic() < expires_at else None


class AdsReporting:
    """The reports of Sponsored Products of a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._gate = Gate(sandbox, _refusal)
        self._reports: dict[str, _Report] = {}
        self._urls = _Urls(sandbox.base_url, sandbox.monotonic)
        self._serial = count(1)
        self._lock = Lock()

    def routes(self) -> list[Route]:
        """The endpoints served."""
        one = f"{PATH}/{{report_id}}"
        return [
            Route(PATH, self._gate.guarded("createAdsReport", self._create), methods=["POST"]),
            Route(one, self._gate.guarded("getAdsReport", self._poll), methods=["GET"]),
            Route(one, self._gate.guarded("getAdsReport", self._delete), methods=["DELETE"]),
            Route("/_blob/adsv3-{key}", self._fetch),
        ]

    def _create(self, call: Call) -> Response:
        market = _profile_of(call)
        media_type = call.request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type not in _ACCEPTED_TYPES:
            raise Refused(415, f"Unsupported Media Type: send {REQUEST_TYPE}")
        body = json_object(call.body)
        wanted = parse(body, self._today(market, self._sandbox.now))
        asked = [market.profile_id, body["startDate"], body["endDate"], body["configuration"]]
        key = orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)
        with self._lock:
            known = next((report for report in self._reports.values() if self._is_duplicate(report, key)), None)
            if known:
                raise Refused(425, f"The Request is a duplicate of : {known.report_id}")
            report = self._remember(_Report(self._new_id(), key, market, body, wanted, self._sandbox.now))
        return json_response(self._shown(report), _MEDIA.format("create"))

    def _is_duplicate(self, report: _Report, key: bytes) -> bool:
        """A request is refused while its twin is being made, and as long as it would give the very same figures."""
        is_current = report.status in ("PENDING", "PROCESSING") or report.created_at == self._sandbox.now
        return report.key == key and is_current and not report.is_failed

    def _remember(self, report: _Report) -> _Report:
        if len(self._reports) >= MAX_REPORTS:
            del self._reports[next(iter(self._reports))]
        self._reports[report.report_id] = report
        return report

    def _poll(self, call: Call) -> Response:
        with self._lock:
            report = self._find(call)
            report.polls += 1
            if report.polls > POLLS_PROCESSING and report.status == "PROCESSING":
                self._finish(report, call.request.url.path)
        return json_response(self._shown(report), _MEDIA.format("get"))

    def _finish(self, report: _Report, path: str) -> None:
        if self._sandbox.faults.take(path, FATAL):
            report.is_failed = True
            return
        days = self._sandbox.world["sponsored_days"]
        today = day_number(self._today(report.market, report.created_at))
        rows = report_rows(days, report.market, report.wanted, today)
        report.file = gzip.compress(orjson.dumps(rows), mtime=0)

    def _delete(self, call: Call) -> Response:
        with self._lock:
            report = self._find(call)
            if report.status != "PENDING":
                raise Refused(400, f"Report {report.report_id} is {report.status} and can no longer be cancelled")
            del self._reports[report.report_id]
        body = {"code": "200", "detail": "The report was deleted", "reportId": report.report_id}
        return json_response(body, _MEDIA.format("delete"))

    async def _fetch(self, request: Request) -> Response:
        file = self._urls.find(request.path_params["key"])
        if file is None:
            return refuse(self._sandbox, request.url.path, "expired_document")
        return Response(file, media_type="application/octet-stream")

    def _find(self, call: Call) -> _Report:
        report = self._reports.get(call.request.path_params["report_id"])
        if report is None or report.market != _profile_of(call):
            raise Refused(404, "Report not found")
        return report

    def _shown(self, report: _Report) -> dict[str, object]:
        made_at = report.created_at + GENERATION
        is_made = bool(report.file)
        return {
            "configuration": {"filters": None, **report.body["configuration"]},
            "createdAt": _time(report.created_at),
            "endDate": report.body["endDate"],
            "failureReason": "Report generation failed" if report.is_failed else None,
            "fileSize": len(report.file) if is_made else None,
            "generatedAt": _time(made_at) if is_made else None,
            "name": report.body.get("name"),
            "reportId": report.report_id,
            "startDate": report.body["startDate"],
            "status": report.status,
            "updatedAt": _time(made_at if is_made else report.created_at),
            "url": self._urls.sign(report.file) if is_made else None,
            "urlExpiresAt": _time(self._sandbox.now + timedelta(seconds=URL_SECONDS)) if is_made else None,
        }

    def _new_id(self) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"report {next(self._serial)}"))

    def _today(self, market: Market, now: datetime) -> date:
        return now.astimezone(ZoneInfo(market.timezone)).date()


def _profile_of(call: Call) -> Market:
    if call.market is None:
        raise Refused(401, "Unauthorized: not authorized to access scope")
    return call.market


def _refusal(status: int, reason: str) -> Response:
    return JSONResponse({"code": str(status), "detail": reason}, status_code=status)


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
