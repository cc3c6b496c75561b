"""The outermost layer: every request gets an answer in its family's shape, however hostile it is."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from phygital_funnel.sandbox.api.exchange import BODY
from phygital_funnel.sandbox.api.faults import ConnectionDropped

MAX_BODY = 1_000_000
"""Bytes; no documented request comes near it."""
MAX_DRAINED = 100_000_000
"""Bytes of a body that are read and thrown away, so that the client gets to read the refusal."""
BODY_SECONDS = 30.0
_log = logging.getLogger(__name__)

Refuse = Callable[[str, str], Response]
"""Makes the refusal of a path of one kind: bad_request, too_large or server_error."""


class Disconnected(Exception):
    """The client has gone before its request was whole."""


class Guard:
    """Reads the request's body within bounds, and turns what no one caught into the family's server error.

    Args:
        app: what it wraps.
        refuse: makes the refusals.
        answers: counted by the first part of the path and the status.
    """

    def __init__(self, app: ASGIApp, refuse: Refuse, answers: Counter[str] | None = None) -> None:
        self._app = app
        self._refuse = refuse
        self._answers: Counter[str] = Counter() if answers is None else answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_started = False

        async def counted(message: Message) -> None:
            nonlocal is_started
            if message["type"] == "http.response.start":
                is_started = True
                self._answers[f"{_head(scope['path'])} {message['status']}"] += 1
            await send(message)

        try:
            refused = await self._run(scope, receive, counted)
        except (ConnectionDropped, asyncio.CancelledError):
            raise
        except Disconnected:
            return
        except Exception:  # noqa: BLE001  the last resort: whatever it is, the client gets an answer and we a log
            _log.exception("%s %r failed", scope["method"], scope["path"])
            refused = "server_error"
        if refused and not is_started:
            await self._refuse(scope["path"], refused)(scope, receive, counted)

    async def _run(self, scope: Scope, receive: Receive, send: Send) -> str | None:
        """Pass the request on; what it is to be refused as when it cannot be."""
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _read(receive)
        except TimeoutError:
            return "bad_request"
        if body is None:
            return "too_large"
        scope[BODY] = body
        await self._app(scope, _replay(body, receive), send)
        return None


async def _read(receive: Receive) -> bytes | None:
    """A request's body; None when it is too large."""
    parts: list[bytes] = []
    total = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        part = message.get("body", b"")
        total += len(part)
        if total <= MAX_BODY:
            parts.append(part)
        if not message.get("more_body") or total > MAX_DRAINED:
            return b"".join(parts) if total <= MAX_BODY else None


def _replay(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was read to the app, and after it whatever the server says."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


def _head(path: str) -> str:
    return "/" + path.lstrip("/").partition("/")[0][:40]
