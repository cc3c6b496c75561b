"""Faults that a test orders: the next responses under a path go wrong in a chosen way."""

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send

from phygital_funnel.sandbox.api import refusals, spoil
from phygital_funnel.sandbox.api.exchange import Answer, ask, body_of
from phygital_funnel.sandbox.api.fault_book import MAX_SECONDS
from phygital_funnel.sandbox.api.pages import PageMemory, listing_of, parsed, rows_of
from phygital_funnel.sandbox.api.state import Sandbox

FAMILY_KINDS = frozenset({"fatal_report", "cancelled_report", "failed_task"})
"""Faults that only the family itself can play: how a report that was asked for ends."""
_DELAYS = frozenset({"slow"})
_PAGES = frozenset({"duplicate_page"})
KINDS = {
    "throttle": "The platform's usual throttling: TikTok 40100, Shop 36009002, Ads 429 with Retry-After, SP-API 429.",
    "throttle_bare": "Throttled without a hint how long to wait.",
    "throttle_hint": "Throttled with Retry-After wherever the answer is an HTTP 429.",
    "too_early": "425: an identical Ads v3 report exists.",
    "server_error": "TikTok 50000, Shop 36009003, the others HTTP 500.",
    "bad_gateway": "HTTP 502 with a page of HTML.",
    "maintenance": "TikTok 60001; Amazon HTTP 503.",
    "revoked_token": "The token, or the refresh token, has been revoked.",
    "expired_token": "The token has expired: 401 on Ads, 403 on SP-API, 40102 on TikTok, 105002 on Shop.",
    "expired_document": "403 in XML, as an expired document url gets.",
    "malformed_row": "A line of a file ends in the middle.",
    "unknown_currency": "A line of the orders report has a currency that does not exist.",
    "negative_spend": "A TikTok report's spend is absurdly negative.",
    "truncate": "The body ends in the middle, and nothing says so.",
    "drop_connection": "The connection breaks in the middle of the body.",
    "slow": "The answer takes as many seconds as ordered.",
    "duplicate_page": "A page holds the rows of the page before it instead of its own.",
    "missing_page": "A page is empty although others follow.",
    "truncation_header": "TikTok warns in X-Tt-Ads-Throttle that rows are left out.",
    "fatal_report": "A report ends in FATAL or FAILED.",
    "cancelled_report": "A report is cancelled.",
    "failed_task": "A TikTok report task fails.",
}
"""Every fault that can be ordered, in a sentence."""


class ConnectionDropped(Exception):
    """Ends a response in the middle."""


class FaultyServer:
    """Wraps the servers and spoils the responses that due faults match."""

    def __init__(self, app: ASGIApp, sandbox: Sandbox) -> None:
        self._app = app
        self._sandbox = sandbox
        self._book = sandbox.faults
        self._pages = PageMemory()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not self._book.faults:
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        slow = self._book.take(path, _DELAYS)
        if slow:
            await asyncio.sleep(min(slow.seconds, MAX_SECONDS))
        refused = self._book.take(path, refusals.KINDS, lambda kind: refusals.can_refuse(path, kind))
        if refused:
            answer = refusals.refuse(self._sandbox, path, refused.kind, refused.seconds)
            await answer(scope, receive, send)
            return
        await self._spoil(scope, await ask(self._app, scope, receive), send)

    async def _spoil(self, scope: Scope, answer: Answer, send: Send) -> None:
        path = scope["path"]
        before = self._page_before(scope, answer) if self._book.is_due(path, _PAGES) else None
        fault = None
        if answer.status == 200:
            fault = self._book.take(path, spoil.KINDS, lambda kind: spoil.can_show(kind, path, answer, before))
        promised = spoil.spoil(fault.kind, answer, before) if fault else None
        is_dropped = fault is not None and fault.kind == "drop_connection"
        await answer.send(send, promised, is_whole=not is_dropped)
        if is_dropped:
            raise ConnectionDropped

    def _page_before(self, scope: Scope, answer: Answer) -> list[dict[str, object]] | None:
        rows = rows_of(parsed(answer.body))
        listing = listing_of(scope["path"], scope["query_string"], body_of(scope))
        return self._pages.swap(listing, rows) if rows is not None else None
