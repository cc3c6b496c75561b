"""The reports API of 2021-06-30 (api-contracts 7.5): create, watch, list, cancel, locate and fetch."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from phygital_funnel.sandbox.api.amazon_seller.gate import Call, Gate
from phygital_funnel.sandbox.api.amazon_seller.page_tokens import PageTokens
from phygital_funnel.sandbox.api.amazon_seller.parameters import Parameters
from phygital_funnel.sandbox.api.amazon_seller.refusals import InvalidInput, NotFound
from phygital_funnel.sandbox.api.amazon_seller.report_request import json_object, read_request
from phygital_funnel.sandbox.api.amazon_seller.report_shelf import (
    CANCELLED,
    DOCUMENT_SECONDS,
    FATAL,
    IN_QUEUE,
    STATES,
    Report,
    ReportShelf,
)
from phygital_funnel.sandbox.api.amazon_seller.report_types import ReportType
from phygital_funnel.sandbox.api.amazon_seller.wire import json_answer
from phygital_funnel.sandbox.api.state import Sandbox

PREFIX = "/reports/2021-06-30"
KEPT_DAYS = 90
DEFAULT_PAGE, LARGEST_PAGE = 10, 100
MOST_TYPES = 10
_FATES = {"fatal_report": FATAL, "cancelled_report": CANCELLED}
"""What a report ends as when a fault of a kind is ordered for its creation."""
_FILTERS = ("reportTypes", "processingStatuses", "marketplaceIds", "pageSize", "createdSince", "createdUntil")
_EXPIRED_DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
)


class Reports:
    """The endpoints.

    Args:
        sandbox: gives time, faults and the base url.
        gate: admits requests.
        types: the report types by name.
        tokens: page tokens.
    """

    def __init__(self, sandbox: Sandbox, gate: Gate, types: dict[str, ReportType], tokens: PageTokens) -> None:
        self._sandbox = sandbox
        self._gate = gate
        self._types = types
        self._tokens = tokens
        self._shelf = ReportShelf(types, sandbox.monotonic)
        self._markets = {market.marketplace_id: market for market in sandbox.world.markets if market.has_amazon}

    def routes(self) -> list[Route]:
        """The endpoints served."""
        report = f"{PREFIX}/reports/{{report_id}}"
        return [
            self._gate.route(f"{PREFIX}/reports", "createReport", self._create, "POST"),
            self._gate.route(f"{PREFIX}/reports", "getReports", self._list),
            self._gate.route(report, "getReport", self._poll),
            self._gate.route(report, "cancelReport", self._cancel, "DELETE"),
            self._gate.route(f"{PREFIX}/documents/{{document_id}}", "getReportDocument", self._locate),
            Route("/_blob/{key}", self._fetch),
        ]

    def _create(self, call: Call) -> Response:
        wanted = json_object(call.body)
        report_type = self._types.get(str(wanted.get("reportType")))
        if report_type is None:
            raise InvalidInput(f"Report type {str(wanted.get('reportType'))[:80]!r} is not supported.")
        request = read_request(wanted, self._markets, call.moment)
        report_type.check(request)
        fault = self._sandbox.faults.take(call.request.url.path, frozenset(_FATES))
        report = self._shelf.add(request, call.moment, _FATES[fault.kind] if fault else "")
        return json_answer({"reportId": report.report_id}, status=202)

    def _poll(self, call: Call) -> Response:
        return json_answer(self._shelf.poll(self._report(call)).as_dict())

    def _report(self, call: Call) -> Report:
        report = self._shelf.get(call.part("report_id"))
        if report is None:
            raise NotFound("Report not found.")
        return report

    def _list(self, call: Call) -> Response:
        filters = self._filters(call.parameters, call.moment)
        found = list(islice(self._matching(filters), filters["size"] + 1))
        body: dict[str, Any] = {"reports": [report.as_dict() for report in found[: filters["size"]]]}
        if len(found) > filters["size"]:
            last = int(found[filters["size"] - 1].report_id)
            body["nextToken"] = self._tokens.seal("getReports", filters | {"below": last})
        return json_answer(body)

    def _filters(self, parameters: Parameters, now: datetime) -> dict[str, Any]:
        token = parameters.text("nextToken")
        if token:
            if any(parameters.text(name) for name in _FILTERS):
                raise InvalidInput("nextToken must be sent alone.")
            return self._tokens.open("getReports", token)
        types = parameters.values("reportTypes")
        if not 1 <= len(types) <= MOST_TYPES:
            raise InvalidInput(f"Either nextToken or 1 to {MOST_TYPES} reportTypes must be provided.")
        since = parameters.time("createdSince") or now - timedelta(days=KEPT_DAYS)
        return {
            "types": types,
            "states": parameters.choices("processingStatuses", STATES) or list(STATES),
            "marketplaces": parameters.choices("marketplaceIds", self._markets),
            "since": since.isoformat(),
            "until": (parameters.time("createdUntil") or now).isoformat(),
            "size": parameters.number("pageSize", DEFAULT_PAGE, 1, LARGEST_PAGE),
            "below": None,
        }

    def _matching(self, filters: dict[str, Any]) -> Iterator[Report]:
        """Reports that fit, the newest first; looking at them moves them on as getReport does."""
        since, until = datetime.fromisoformat(filters["since"]), datetime.fromisoformat(filters["until"])
        for report in self._shelf.newest():
            if not since <= report.created_at <= until or report.request.report_type not in filters["types"]:
                continue
            if filters["below"] is not None and int(report.report_id) >= filters["below"]:
                continue
            if filters["marketplaces"] and not set(filters["marketplaces"]) & set(report.request.marketplace_ids):
                continue
            if self._shelf.poll(report).state in filters["states"]:
                yield report

    def _cancel(self, call: Call) -> Response:
        report = self._report(call)
        if report.state != IN_QUEUE:
            raise InvalidInput("Only reports with processingStatus IN_QUEUE can be cancelled.")
        report.ended = CANCELLED
        return json_answer({})

    def _locate(self, call: Call) -> Response:
        document_id = call.part("document_id")
        report = self._shelf.with_document(document_id)
        if report is None:
            raise NotFound("Report document not found.")
        url = f"{self._sandbox.base_url}/_blob/{self._shelf.open_url(report)}?X-Amz-Expires={DOCUMENT_SECONDS}"
        return json_answer({"reportDocumentId": document_id, "url": url, "compressionAlgorithm": "GZIP"})

    async def _fetch(self, request: Request) -> Response:
        found = await run_in_threadpool(self._shelf.fetch, request.path_params["key"])
        if found is None:
            return Response(_EXPIRED_DOCUMENT, status_code=403, media_type="application/xml")
        body, encoding = found
        return Response(body, headers={"content-type": f"text/plain; charset={encoding}"})
