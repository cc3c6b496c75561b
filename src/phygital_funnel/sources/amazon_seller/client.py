"""The Selling Partner API's reports, by the official client behind our own limiter and retries (api-contracts 7)."""

import gzip
import logging
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from phygital_funnel.errors import RateLimited, RequestRefused, SourceError, SourceUnreachable, TruncatedReport
from phygital_funnel.settings import Settings
from phygital_funnel.sources.amazon_auth import AccessTokens
from phygital_funnel.sources.amazon_seller.streams import SOURCE
from phygital_funnel.sources.http import HttpClient, RateLimit, refused_credentials, retrying

logger = logging.getLogger(__name__)

HOSTS = {
    "NA": "https://sellingpartnerapi-na.amazon.com",
    "EU": "https://sellingpartnerapi-eu.amazon.com",
    "FE": "https://sellingpartnerapi-fe.amazon.com",
}
NORTH_AMERICA = frozenset({"ATVPDKIKX0DER", "A2EUQ1WTGCTBG2", "A1AM78C64UM0Y8", "A2Q3Y263D00KWC"})
FAR_EAST = frozenset({"A1VC38T7YXB528", "A39IBJ37TRP1C6", "A19VAU5U5O7RUS"})
# Usage plans, requests per second and burst (api-contracts 7.2).
USAGE_PLANS = {"create_report": (0.0167, 15), "get_report": (2.0, 15), "get_report_document": (0.0167, 15)}
FIRST_POLL_SECONDS = 2.0
LONGEST_POLL_SECONDS = 60.0
REPORT_DEADLINE_SECONDS = 3600.0
CALL_TIMEOUT_SECONDS = 60
T = TypeVar("T")


class AmazonReports:
    """Creates, awaits and downloads reports of one marketplace.

    Args:
        settings: base URL and credentials.
        marketplace_id: decides the regional host when no base URL is set.

    Raises:
        ConfigError: the credentials file is missing or incomplete.
    """

    def __init__(self, settings: Settings, marketplace_id: str) -> None:
        self._tokens = AccessTokens(settings, SOURCE)
        self._marketplace_id = marketplace_id
        self._scale = settings.request_rate_scale
        base_url = settings.source(SOURCE).base_url or HOSTS[_region(marketplace_id)]
        self._api = _reports_api(base_url, self._tokens)
        self._http = HttpClient(SOURCE, base_url)
        self._limits = {
            operation: RateLimit(rate, burst, scale=self._scale) for operation, (rate, burst) in USAGE_PLANS.items()
        }

    def close(self) -> None:
        """Close the connections, the official client's among them."""
        self._http.close()
        self._tokens.close()
        self._api.api_client.rest_client.pool_manager.clear()

    @contextmanager
    def report(self, report_type: str, start: datetime, end: datetime) -> Iterator[tuple[Path | None, str]]:
        """The report's text in a temporary UTF-8 file, or None when the platform has no data, and the report's id.

        Raises:
            SourceError: the report failed, did not end in time, or arrived incomplete.
        """
        report_id = self._create(report_type, start, end)
        document_id = self._await(report_id)
        with TemporaryDirectory(prefix="phygital-") as folder:
            yield (self._download(document_id, Path(folder)) if document_id else None), report_id

    def _create(self, report_type: str, start: datetime, end: datetime) -> str:
        body = {
            "reportType": report_type,
            "marketplaceIds": [self._marketplace_id],
            "dataStartTime": start.isoformat(),
            "dataEndTime": end.isoformat(),
        }
        return str(self._call("create_report", lambda: self._api.create_report(body)).report_id)

    def _await(self, report_id: str) -> str | None:
        """The document id of a finished report, None when it was cancelled for want of data."""
        deadline = time.monotonic() + REPORT_DEADLINE_SECONDS
        pause = FIRST_POLL_SECONDS / self._scale
        while time.monotonic() < deadline:
            report = self._call("get_report", lambda: self._api.get_report(report_id))
            if report.processing_status == "DONE":
                return str(report.report_document_id)
            if report.processing_status == "CANCELLED":
                logger.info("report %s was cancelled: the platform has no data for it", report_id)
                return None
            if report.processing_status == "FATAL":
                raise SourceError(
                    SOURCE, f"report {report_id} failed on the platform (FATAL); run again.", request_id=report_id
                )
            time.sleep(pause)
            pause = min(pause * 1.5, LONGEST_POLL_SECONDS / self._scale)
        raise SourceUnreachable(SOURCE, f"report {report_id} was not ready after {REPORT_DEADLINE_SECONDS:.0f} s.")

    def _download(self, document_id: str, folder: Path) -> Path:
        def fetch() -> Path:
            # The link lives five minutes, so a retry asks for a new one.
            document = self._call("get_report_document", lambda: self._api.get_report_document(document_id))
            raw = folder / "document"
            with self._http.download(document.url) as response, raw.open("wb") as file:
                for chunk in response.iter_bytes():
                    file.write(chunk)
            return _text(raw, compressed=document.compression_algorithm == "GZIP")

        return retrying(fetch)

    def _call(self, operation: str, call: Callable[[], T]) -> T:
        def once() -> T:
            self._limits[operation].wait()
            return _translated(operation, self._tokens, call)

        return retrying(once)


def _reports_api(base_url: str, tokens: AccessTokens) -> Any:
    # Importing the official client installs a handler on the root logger, which belongs to the host program.
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    from spapi import ApiClient, Configuration
    from spapi.api.reports_v2021_06_30.reports_api import ReportsApi

    root.handlers[:] = handlers
    root.setLevel(level)
    configuration = Configuration()
    configuration.host = base_url
    configuration.access_token_cache = tokens
    return ReportsApi(ApiClient(configuration))


def _translated(operation: str, tokens: AccessTokens, call: Callable[[], T]) -> T:
    from spapi import ApiException
    from urllib3.exceptions import HTTPError

    try:
        return call()
    except HTTPError as error:
        raise SourceUnreachable(SOURCE, f"{operation} got no answer ({type(error).__name__}).") from error
    except ApiException as error:
        if error.status != 403:
            raise _error(operation, error) from error
    tokens.forget()  # an expired token is renewed once; refused again, it is the credentials
    try:
        return call()
    except ApiException as error:
        raise _error(operation, error) from error


def _error(operation: str, error: Any) -> SourceError:
    request_id = (error.headers or {}).get("x-amzn-RequestId", "")
    what = f"{operation} answered {error.status}: {str(error.body)[:200]}"
    if error.status == 429:
        return RateLimited(SOURCE, what, request_id=request_id)
    if error.status in (401, 403):
        return refused_credentials(SOURCE, what)
    if error.status == 0 or error.status >= 500:
        return SourceUnreachable(SOURCE, what, request_id=request_id)
    return RequestRefused(SOURCE, what, request_id=request_id)


def _region(marketplace_id: str) -> str:
    if marketplace_id in NORTH_AMERICA:
        return "NA"
    return "FE" if marketplace_id in FAR_EAST else "EU"


def _text(raw: Path, *, compressed: bool) -> Path:
    """The document as UTF-8 text; some European files come in Windows-1252."""
    try:
        content = gzip.decompress(raw.read_bytes()) if compressed else raw.read_bytes()
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise TruncatedReport(
            SOURCE, f"the report's document broke off ({error}). Nothing of it was landed: extract again."
        ) from error
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    path = raw.with_suffix(".tsv")
    path.write_text(text, encoding="utf-8", newline="")
    return path
