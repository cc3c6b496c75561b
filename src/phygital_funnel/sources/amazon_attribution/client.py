"""The wire of Amazon Attribution: lists that come whole, and reports page by page (api-contracts 6)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import orjson

from phygital_funnel.errors import RequestRefused, SchemaDrift, SourceUnreachable
from phygital_funnel.settings import Settings
from phygital_funnel.sources.amazon_ads_api import AGAIN, AmazonAdsApi, Answer, InternalError, Operation
from phygital_funnel.sources.amazon_attribution.streams import SOURCE
from phygital_funnel.sources.http import retrying

REPORT_PATH = "/attribution/report"
PAGE_ROWS = 5000
TRIES_OF_A_LONG_RANGE = 3
"""HTTP 500 that often for a report of several days is taken for one that asks for too much."""
API = Operation("attribution", 1, 4)


class RangeTooLong(RequestRefused):
    """Amazon fails, time after time, to begin a report of several days; shorter ones may work."""


@dataclass(frozen=True)
class ReportPage:
    """A page of a report.

    Args:
        rows: as they came.
        cursor: leads to the next page; empty at the end.
        digest: of the rows, to notice a page that comes again.
        request_id: Amazon's id of the request.
    """

    rows: list[dict[str, Any]]
    cursor: str
    digest: str
    request_id: str


class AmazonAttribution:
    """Calls the API for whatever profile is asked for.

    Raises:
        ConfigError: the credentials file is missing or incomplete.
    """

    def __init__(self, settings: Settings) -> None:
        self._api = AmazonAdsApi(settings, SOURCE)

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def get(self, path: str, where: str, profile: str, parameters: dict[str, Any] | None = None) -> Answer:
        """What a GET of a path answers.

        Args:
            path: on the host.
            where: what is being read, for messages.
            profile: in whose name; empty for none.
            parameters: of the query.
        """
        return self._api.call(API, "GET", path, where=where, profile=profile, params=parameters or {})

    def report_page(
        self,
        profile: str,
        where: str,
        request: dict[str, Any],
        cursor: str = "",
        before: str = "",
        *,
        can_split: bool = False,
    ) -> ReportPage:
        """One page of a report.

        Args:
            profile: in whose name.
            where: what is being read, for messages: stream, profile, dates and page.
            request: type, range and metrics.
            cursor: of the page before; empty for the first page. It goes back unchanged, as the text it came as.
            before: digest of the page before.
            can_split: whether a shorter range can be asked for instead.

        Raises:
            RangeTooLong: Amazon fails to begin the report, and it can be split.
            SchemaDrift: the answer is no page of a report.
            TransientSourceError: throttled, unreachable, or pages that are short or come again, time after time.
        """
        body = {**request, "count": PAGE_ROWS, "cursorId": cursor or None}

        def ask() -> ReportPage:
            answer = self._api.call_once(API, "POST", REPORT_PATH, where=where, profile=profile, json=body)
            return _page(answer, where, before)

        return retrying(_giving_up_early(ask, where) if can_split else ask, scale=self._api.scale)


def _giving_up_early(ask: Callable[[], ReportPage], where: str) -> Callable[[], ReportPage]:
    failures = count(1)

    def ask_again() -> ReportPage:
        try:
            return ask()
        except InternalError as error:
            if next(failures) < TRIES_OF_A_LONG_RANGE:
                raise
            raise RangeTooLong(SOURCE, f"{where} was answered with 500 {TRIES_OF_A_LONG_RANGE} times.") from error

    return ask_again


def _page(answer: Answer, where: str, before: str) -> ReportPage:
    rows = list_in(answer.body, ("reports",), where)
    cursor = answer.body.get("cursorId")
    if not isinstance(cursor, str | None):
        raise SchemaDrift(SOURCE, where, retyped={"cursorId": "something else than text"})
    digest = hashlib.sha256(orjson.dumps(rows)).hexdigest()[:32] if rows else ""
    _check_whole(rows, answer, where)
    if rows and digest == before:
        raise SourceUnreachable(
            SOURCE,
            f"{where} is the page before again. {AGAIN}",
            request_id=answer.request_id,
        )
    return ReportPage(rows, cursor or "", digest, answer.request_id)


def _check_whole(rows: list[dict[str, Any]], answer: Answer, where: str) -> None:
    """Fewer rows than announced are no page.

    Above a page's length, ``size`` could only be that of the whole report; then it says nothing of this page.
    """
    size = answer.body.get("size")
    if isinstance(size, int) and len(rows) < size <= PAGE_ROWS:
        raise SourceUnreachable(
            SOURCE,
            f"{where} announced {size} rows and sent {len(rows)}. {AGAIN}",
            request_id=answer.request_id,
        )


def list_in(body: Any, keys: tuple[str, ...], where: str) -> list[dict[str, Any]]:
    """The list of objects in an answer.

    Args:
        body: of the answer.
        keys: names under which it may stand; none when it is the body.
        where: for the message.

    Raises:
        SchemaDrift: there is none.
    """
    name, found = "the answer", body
    if keys:
        if not isinstance(body, dict):
            raise SchemaDrift(SOURCE, where, retyped={name: "something else than an object"})
        named = [key for key in keys if key in body]
        if not named:
            raise SchemaDrift(SOURCE, where, missing=keys[:1], unexpected=body)
        name, found = named[0], body[named[0]]
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise SchemaDrift(SOURCE, where, retyped={name: "something else than a list of objects"})
    return found
