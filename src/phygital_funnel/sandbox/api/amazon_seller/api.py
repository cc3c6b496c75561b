"""Selling Partner API: the reports of 2021-06-30 for the all-orders file (api-contracts 7.5)."""

import gzip
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from phygital_funnel.sandbox.api.limits import LIMITS
from phygital_funnel.sandbox.api.orders_report import ENCODINGS, OrdersReport
from phygital_funnel.sandbox.api.state import Sandbox, seller_error
from phygital_funnel.sandbox.world.catalogue import MARKETS

PREFIX = "/reports/2021-06-30"
REPORT_TYPE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
MAX_RANGE = timedelta(days=31)
DOCUMENT_SECONDS = 300
_EXPIRED_DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
)


class InvalidInput(Exception):
    """A request that the API answers with HTTP 400."""


@dataclass
class _Report:
    report_id: str
    market: str
    start: datetime
    end: datetime
    created_at: datetime
    text: str
    polls: int = 0

    @property
    def document_id(self) -> str:
        return f"amzn1.spdoc.1.4.na.sbx-{self.report_id}.T2000000000000.2700"


class Seller:
    """The Selling Partner API of a sandbox.

    Args:
        sandbox: the shared state.
        client_id: the application whose tokens are accepted.
        monotonic: seconds of real time, in which document urls expire.
    """

    def __init__(self, sandbox: Sandbox, client_id: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._sandbox = sandbox
        self._client_id = client_id
        self._monotonic = monotonic
        self._orders = OrdersReport(sandbox.world)
        self._reports: dict[str, _Report] = {}
        self._urls: dict[str, tuple[str, float]] = {}
        self._serial = count(50_000_020_776)
        self._markets = {market.marketplace_id: market for market in MARKETS}

    def routes(self) -> list[Route]:
        """The endpoints served."""
        return [
            Route(f"{PREFIX}/reports", self._guarded("createReport", self._create), methods=["POST"]),
            Route(f"{PREFIX}/reports/{{report_id}}", self._guarded("getReport", self._poll)),
            Route(f"{PREFIX}/documents/{{document_id}}", self._guarded("getReportDocument", self._locate)),
            Route("/_blob/{key}", self._fetch),
        ]

    def _guarded(self, operation: str, handler: Callable[[Request, bytes], Response]) -> Any:
        """Check token and quota, then answer with the operation's rate in a header."""

        async def answer(request: Request) -> Response:
            token = request.headers.get("x-amz-access-token", "")
            if self._sandbox.tokens.owner(token) != self._client_id:
                return refused_token()
            if not self._sandbox.throttle.admits(operation, self._client_id):
                return exceeded_quota()
            try:
                response = await run_in_threadpool(handler, request, await request.body())
            except InvalidInput as refusal:
                return seller_error(400, "InvalidInput", str(refusal))
            response.headers["x-amzn-RateLimit-Limit"] = str(LIMITS[operation].rate)
            response.headers["x-amzn-RequestId"] = self._sandbox.request_id()
            return response

        return answer

    def _create(self, request: Request, body: bytes) -> Response:
        wanted = _json_object(body)
        if wanted.get("reportType") != REPORT_TYPE:
            raise InvalidInput(f"Report type {wanted.get('reportType')!r} is not supported.")
        marketplaces = wanted.get("marketplaceIds")
        if not isinstance(marketplaces, list) or len(marketplaces) != 1 or marketplaces[0] not in self._markets:
            raise InvalidInput("marketplaceIds must hold one marketplace of the selling partner.")
        now = self._sandbox.now
        end = _time(wanted, "dataEndTime", now)
        start = _time(wanted, "dataStartTime", end - timedelta(days=1))
        if end - start > MAX_RANGE:
            raise InvalidInput(f"The range from dataStartTime to dataEndTime exceeds {MAX_RANGE.days} days.")
        market = self._markets[marketplaces[0]].code
        text = self._orders.write(market, start, end, now)
        report = _Report(str(next(self._serial)), market, start, end, now, text)
        self._reports[report.report_id] = report
        return JSONResponse({"reportId": report.report_id}, status_code=202)

    def _poll(self, request: Request, body: bytes) -> Response:
        report = self._reports.get(request.path_params["report_id"])
        if report is None:
            return seller_error(404, "NotFound", "Report not found.")
        report.polls += 1
        return JSONResponse(_status(report))

    def _locate(self, request: Request, body: bytes) -> Response:
        document_id = request.path_params["document_id"]
        report = next((r for r in self._reports.values() if r.document_id == document_id and r.polls >= 3), None)
        if report is None or not report.text:
            return seller_error(404, "NotFound", "Report document not found.")
        key = f"{report.report_id}-{len(self._urls):06d}"
        self._urls[key] = (report.report_id, self._monotonic() + DOCUMENT_SECONDS)
        url = f"{self._sandbox.base_url}/_blob/{key}?X-Amz-Expires={DOCUMENT_SECONDS}"
        return JSONResponse({"reportDocumentId": document_id, "url": url, "compressionAlgorithm": "GZIP"})

    async def _fetch(self, request: Request) -> Response:
        report_id, expires_at = self._urls.get(request.path_params["key"], ("", 0.0))
        if not report_id or self._monotonic() >= expires_at:
            return Response(_EXPIRED_DOCUMENT, status_code=403, media_type="application/xml")
        report = self._reports[report_id]
        encoding = ENCODINGS.get(report.market, "utf-8")
        body = gzip.compress(report.text.encode(encoding), mtime=0)
        return Response(body, headers={"content-type": f"text/plain; charset={encoding}"})


def refused_token() -> Response:
    """What an unknown or expired access token gets."""
    details = "The access token you provided has expired."
    return seller_error(403, "Unauthorized", "Access to requested resource is denied.", details)


def exceeded_quota() -> Response:
    """What a request above the usage plan gets; it carries no hint how long to wait."""
    return seller_error(429, "QuotaExceeded", "You exceeded your quota for the requested resource.")


def _status(report: _Report) -> dict[str, Any]:
    """The report's state, which moves on with every poll."""
    body: dict[str, Any] = {"reportId": report.report_id, "reportType": REPORT_TYPE}
    finished = {"processingStatus": "DONE", "reportDocumentId": report.document_id}
    created = {"createdTime": report.created_at.isoformat(timespec="seconds")}
    if report.polls >= 3 and not report.text:
        return body | created | {"processingStatus": "CANCELLED"}
    window = {
        "marketplaceIds": [market.marketplace_id for market in MARKETS if market.code == report.market],
        "dataStartTime": report.start.isoformat(timespec="seconds"),
        "dataEndTime": report.end.isoformat(timespec="seconds"),
    }
    started = {"processingStartTime": (report.created_at + timedelta(seconds=9)).isoformat(timespec="seconds")}
    ended = {"processingEndTime": (report.created_at + timedelta(seconds=98)).isoformat(timespec="seconds")}
    if report.polls >= 3:
        return body | window | created | started | ended | finished
    if report.polls == 2:
        return body | window | created | started | {"processingStatus": "IN_PROGRESS"}
    return body | window | created | {"processingStatus": "IN_QUEUE"}


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError as error:
        raise InvalidInput("The request body is not valid JSON.") from error
    if not isinstance(value, dict):
        raise InvalidInput("The request body is not an object.")
    return value


def _time(wanted: dict[str, Any], name: str, default: datetime) -> datetime:
    text = wanted.get(name)
    if text is None:
        return default
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise InvalidInput(f"{name} is not an ISO 8601 time.") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
