"""The Selling Partner API on the wire: the official client behind our own limits, retries and log (api-contracts 7)."""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import orjson

from phygital_funnel.errors import RateLimited, RequestRefused, SchemaDrift, SourceError, SourceUnreachable
from phygital_funnel.settings import Settings
from phygital_funnel.sources.amazon_auth import AccessTokens
from phygital_funnel.sources.amazon_seller.streams import SOURCE
from phygital_funnel.sources.http import refused_credentials, retrying
from phygital_funnel.sources.limits import RateLimits, account_digest

logger = logging.getLogger(__name__)
# Its debug log would show whole answers, presigned addresses among them.
logging.getLogger("spapi").setLevel(logging.INFO)

HOSTS = {
    "NA": "https://sellingpartnerapi-na.amazon.com",
    "EU": "https://sellingpartnerapi-eu.amazon.com",
    "FE": "https://sellingpartnerapi-fe.amazon.com",
}
NORTH_AMERICA = frozenset({"ATVPDKIKX0DER", "A2EUQ1WTGCTBG2", "A1AM78C64UM0Y8", "A2Q3Y263D00KWC"})
FAR_EAST = frozenset({"A1VC38T7YXB528", "A39IBJ37TRP1C6", "A19VAU5U5O7RUS"})
CONNECT_AND_READ_SECONDS = (10, 60)
LONGEST_REASON = 300
MOST_LISTED = 100
MOST_LIST_PAGES = 5
_ID = re.compile(r"[\w.:-]{1,200}")
_LATER = "run again later."
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\u00a0-\uffff]+")


@dataclass(frozen=True)
class Operation:
    """An operation and its usage plan (api-contracts 7.2), which a selling partner has once, not per marketplace.

    Args:
        name: the platform's.
        method: of HTTP.
        path: for the log.
        per_second: requests per second.
        burst: requests that may go at once.
    """

    name: str
    method: str
    path: str
    per_second: float
    burst: int


REPORTS = "/reports/2021-06-30"
CREATE_REPORT = Operation("createReport", "POST", f"{REPORTS}/reports", 0.0167, 15)
GET_REPORT = Operation("getReport", "GET", f"{REPORTS}/reports/{{reportId}}", 2.0, 15)
GET_REPORTS = Operation("getReports", "GET", f"{REPORTS}/reports", 0.0222, 10)
GET_DOCUMENT = Operation("getReportDocument", "GET", f"{REPORTS}/documents/{{reportDocumentId}}", 0.0167, 15)
GET_METRICS = Operation("getOrderMetrics", "GET", "/sales/v1/orderMetrics", 0.5, 15)


@dataclass(frozen=True)
class Answer:
    """What the platform answered: the JSON object of its body, and its id of the request."""

    body: dict[str, Any]
    request_id: str


@dataclass(frozen=True)
class _Call:
    """One call of the official client.

    Args:
        operation: what is called.
        about: what for.
        send: calls it, with the client's own settings as keywords.
    """

    operation: Operation
    about: str
    send: Callable[..., Any]

    def __str__(self) -> str:
        return f"{self.operation.name} for {self.about}"


class NotKnown(RequestRefused):
    """The platform does not know the report or document."""


class _TokenRefused(Exception):
    """The access token was not taken; the text says why."""


class SellerClient:
    """Asks one regional host in the name of one selling partner.

    Args:
        settings: base URL and credentials.
        marketplace_id: decides the regional host when no base URL is set.

    Raises:
        ConfigError: the credentials file is missing or incomplete.
        AuthError: Login with Amazon does not accept the credentials.
    """

    def __init__(self, settings: Settings, marketplace_id: str) -> None:
        self.scale = settings.request_rate_scale
        self._tokens = AccessTokens(settings, SOURCE)
        self.seller = account_digest(*(self._tokens.credentials[name] for name in ("client_id", "refresh_token")))
        self._limits = RateLimits(settings, SOURCE)
        self.base_url = settings.source(SOURCE).base_url or host_of(marketplace_id)
        self._api = _official_client(self.base_url, self._tokens)
        self._reports, self._sales = _operations_of(self._api)

    def close(self) -> None:
        """Close the connections."""
        self._tokens.close()
        self._api.rest_client.pool_manager.clear()

    def create_report(self, body: dict[str, Any], about: str) -> str:
        """Ask for a report once, without retries: a request whose answer was lost may have created it.

        Args:
            body: the request.
            about: what it is for, in the words of messages.

        Returns:
            The report's id.
        """
        call = _Call(CREATE_REPORT, about, lambda **how: self._reports.create_report(body, **how))
        return _text(self._once(call), "reportId", call)

    def report(self, report_id: str, about: str) -> dict[str, Any]:
        """What the platform says of a report.

        Raises:
            NotKnown: it does not know the report.
        """
        call = _Call(GET_REPORT, about, lambda **how: self._reports.get_report(report_id, **how))
        answer = self._asked(call)
        _text(answer, "processingStatus", call)
        return answer.body

    def reports(self, report_type: str, marketplace_id: str, since: datetime, about: str) -> list[dict[str, Any]]:
        """The newest reports of a type that were created since a time and not given up; asked for without retries."""
        filters: dict[str, Any] = {
            "report_types": [report_type],
            "marketplace_ids": [marketplace_id],
            "processing_statuses": ["DONE", "IN_PROGRESS", "IN_QUEUE"],
            "created_since": since.isoformat(timespec="seconds"),
            "page_size": MOST_LISTED,
        }
        reports: list[dict[str, Any]] = []
        for _ in range(MOST_LIST_PAGES):
            call = _Call(GET_REPORTS, about, partial(self._reports.get_reports, **filters))
            answer = self._once(call).body
            found, following = answer.get("reports"), answer.get("nextToken")
            if not isinstance(found, list):
                raise _drift(call, "reports", "a list")
            reports += [each for each in found if isinstance(each, dict) and _ID.fullmatch(str(each.get("reportId")))]
            if not following:
                break
            filters = {"next_token": str(following)}  # which must be sent alone
        return reports

    def document(self, document_id: str, about: str) -> tuple[str, bool, str]:
        """A document's address, which lives five minutes, whether it is compressed, and the request's id."""
        call = _Call(GET_DOCUMENT, about, lambda **how: self._reports.get_report_document(document_id, **how))
        answer = self._asked(call)
        url = answer.body.get("url")
        if not isinstance(url, str) or not url.startswith(("https://", "http://")):
            raise _drift(call, "url", "an address")
        return url, answer.body.get("compressionAlgorithm") == "GZIP", answer.request_id

    def order_metrics(self, marketplace_id: str, interval: str, granularity: str, **more: str) -> Answer:
        """Orders, units and sales by hour of an interval, in ``payload``."""
        call = _Call(
            GET_METRICS,
            f"{marketplace_id}, {interval}",
            lambda **how: self._sales.get_order_metrics([marketplace_id], interval, granularity, **more, **how),
        )
        answer = self._asked(call)
        payload = answer.body.get("payload")
        if not isinstance(payload, list) or not all(isinstance(row, dict) for row in payload):
            raise _drift(call, "payload", "a list of objects")
        return answer

    def _asked(self, call: "_Call") -> Answer:
        return retrying(lambda: self._once(call), scale=self.scale)

    def _once(self, call: "_Call") -> Answer:
        """One request; a refused token is renewed once, refused again it is the credentials."""
        try:
            return self._sent(call)
        except _TokenRefused:
            self._tokens.forget(self._api.default_headers.get("x-amz-access-token"))
        try:
            return self._sent(call)
        except _TokenRefused as refusal:
            what = f"{call} {refusal}, with a fresh token too; the app may lack a role for it"
            raise refused_credentials(SOURCE, what) from refusal

    def _sent(self, call: "_Call") -> Answer:
        from spapi import ApiException
        from urllib3.exceptions import HTTPError

        plan = call.operation
        self._limits.of(plan.name, self.seller, plan.per_second, plan.burst).wait()
        self._api.last_response = None
        started = time.monotonic()
        try:
            call.send(_request_timeout=CONNECT_AND_READ_SECONDS)
        except HTTPError as error:
            raise SourceUnreachable(SOURCE, f"{call} got no answer ({type(error).__name__}); {_LATER}") from error
        except ApiException as error:
            _log(plan, error.status, time.monotonic() - started, _request_id(error.headers))
            raise self._error(call, error) from error
        except (ValueError, TypeError, KeyError, AttributeError):
            # The client's models do not fit the answer. They are not used: they would drop new fields.
            pass
        return self._answer(call, self._api.last_response, time.monotonic() - started)

    def _answer(self, call: "_Call", response: Any, seconds: float) -> Answer:
        if response is None:
            raise SourceUnreachable(SOURCE, f"{call} answered bytes that are no text; {_LATER}")
        request_id = _request_id(response.getheaders())
        _log(call.operation, response.status, seconds, request_id)
        try:
            body = orjson.loads(response.data)
        except orjson.JSONDecodeError as error:
            shown = self._shown(str(response.data), 80)
            raise SourceUnreachable(
                SOURCE,
                f"{call} answered {response.status} with what is not JSON ({shown!r}); {_LATER}",
                request_id=request_id,
            ) from error
        if not isinstance(body, dict):
            raise _drift(call, "its body", "an object")
        return Answer(body, request_id)

    def _error(self, call: "_Call", error: Any) -> Exception:
        status, request_id = error.status or 0, _request_id(error.headers)
        reason = self._shown(_reason(error.body), LONGEST_REASON)
        what = f"answered {status} ({reason})" if status else f"got no answer ({self._shown(str(error.reason), 80)})"
        if status in (401, 403):
            return _TokenRefused(what)
        if status == 429:
            # The platform does not say how long to wait: until the usage plan gives the next request.
            refill = 1 / call.operation.per_second / self.scale
            advice = "run again later, when other programs of the seller leave some of its quota"
            return RateLimited(SOURCE, f"{call} {what}; {advice}.", retry_after=refill, request_id=request_id)
        if status == 0 or status >= 500:
            return SourceUnreachable(SOURCE, f"{call} {what}; {_LATER}", request_id=request_id)
        kind = NotKnown if status == 404 else RequestRefused
        return kind(
            SOURCE,
            f"{call} {what}. Check the dates asked for and PHYGITAL_AMAZON_SELLER_ACCOUNTS.",
            request_id=request_id,
        )

    def _shown(self, text: str, longest: int) -> str:
        return _UNPRINTABLE.sub(" ", self._tokens.masked(text)).strip()[:longest]


def host_of(marketplace_id: str) -> str:
    """The regional host that serves a marketplace."""
    if marketplace_id in NORTH_AMERICA:
        return HOSTS["NA"]
    return HOSTS["FE" if marketplace_id in FAR_EAST else "EU"]


def _official_client(base_url: str, tokens: AccessTokens) -> Any:
    # Importing and configuring it installs handlers on loggers that belong to the host program.
    loggers = [logging.getLogger(name) for name in (None, "spapi", "urllib3")]
    before = [(logger.handlers[:], logger.level) for logger in loggers]
    from spapi import ApiClient, Configuration
    from urllib3 import Retry

    # Without a default, every model it makes has a configuration with a log handler of its own, for good: a month of
    # hourly metrics would add thousands of handlers, each taking longer than the one before.
    Configuration.set_default(Configuration())
    configuration = Configuration()
    for logger, (handlers, level) in zip(loggers, before, strict=True):
        logger.handlers[:] = handlers
        logger.setLevel(level)
    configuration.host = base_url
    configuration.access_token_cache = tokens
    client = ApiClient(configuration)
    # Retries are ours, and a redirect would carry the access token to another host.
    client.rest_client.pool_manager.connection_pool_kw["retries"] = Retry(0)
    return client


def _operations_of(client: Any) -> tuple[Any, Any]:
    from spapi.api.reports_v2021_06_30.reports_api import ReportsApi
    from spapi.api.sales_v1.sales_api import SalesApi

    return ReportsApi(client), SalesApi(client)


def _request_id(headers: Any) -> str:
    return str(headers.get("x-amzn-RequestId", "")) if headers else ""


def _log(operation: Operation, status: int, seconds: float, request_id: str) -> None:
    known = {"source": SOURCE, "method": operation.method, "path": operation.path, "status": status}
    logger.info(
        "%s %s %s -> %s in %.2f s%s",
        *known.values(),
        seconds,
        f" [request id {request_id}]" if request_id else "",
        extra={**known, "seconds": round(seconds, 3), "request_id": request_id},
    )


def _reason(body: Any) -> str:
    """The platform's own words, or the beginning of whatever it sent instead."""
    try:
        (error, *_) = orjson.loads(body)["errors"]
        return " ".join(filter(None, (f"{error['code']}: {error['message']}", error.get("details"))))
    except (ValueError, TypeError, KeyError, AttributeError):
        return str(body or "no body")[:80]


def _text(answer: Answer, name: str, call: _Call) -> str:
    value = answer.body.get(name)
    # The platform's ids become parts of paths and file names here.
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise _drift(call, name, "a short text")
    return value


def _drift(call: _Call, name: str, expected: str) -> SourceError:
    return SchemaDrift(SOURCE, f"the answer to {call}", retyped={name: f"something else than {expected}"})
