"""Faults that a test orders: the next responses under a path go wrong in a chosen way."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from phygital_funnel.sandbox.api.seller import exceeded_quota, refused_token
from phygital_funnel.sandbox.api.state import Sandbox, ads_error, seller_error
from phygital_funnel.sandbox.api.tokens import refused_grant

ABSURD_SPEND = "-999999.00"
UNKNOWN_CURRENCY = "XXQ"


class ConnectionDropped(Exception):
    """Ends a response in the middle."""


@dataclass
class Fault:
    """One ordered fault.

    Args:
        match: prefix of the paths it hits.
        kind: one of ``KINDS``.
        times: how many more responses it spoils.
    """

    match: str
    kind: str
    times: int = 1


@dataclass
class FaultBook:
    """The faults that are still due."""

    faults: list[Fault] = field(default_factory=list)

    def take(self, path: str, kinds: frozenset[str], body: bytes = b"") -> Fault | None:
        """The first due fault of the kinds for a path that its body can show; counted as used."""
        for fault in self.faults:
            if fault.kind in kinds and path.startswith(fault.match) and _shows(fault.kind, body):
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None


def _tear_line(text: str) -> str:
    """Break the second data line, or the only one: half of its fields are missing."""
    lines = text.split("\n")
    row = 2 if len(lines) > 3 else 1
    separator = "\t" if "\t" in lines[row] else ","
    fields = lines[row].split(separator)
    lines[row] = separator.join(fields[: len(fields) // 2])
    return "\n".join(lines)


def _spoil_currency(text: str) -> str:
    """Write a currency that does not exist into the first line that has one."""
    lines = text.split("\n")
    position = lines[0].split("\t").index("currency")
    for row, line in enumerate(lines[1:], start=1):
        fields = line.split("\t")
        if len(fields) > position and fields[position]:
            fields[position] = UNKNOWN_CURRENCY
            lines[row] = "\t".join(fields)
            break
    return "\n".join(lines)


def _spoil_spend(text: str) -> str:
    """Make every report row's spend absurdly negative."""
    envelope = json.loads(text)
    for row in envelope["data"]["list"]:
        row["metrics"]["spend"] = ABSURD_SPEND
    return json.dumps(envelope, separators=(",", ":"))


_EDITS: dict[str, Callable[[str], str]] = {
    "malformed_row": _tear_line,
    "unknown_currency": _spoil_currency,
    "negative_spend": _spoil_spend,
}
_REFUSALS = frozenset({"throttle", "server_error", "revoked_token"})
_BODY_FAULTS = frozenset({"truncate", "drop_connection", *_EDITS})
KINDS = _REFUSALS | _BODY_FAULTS


def _shows(kind: str, body: bytes) -> bool:
    """Whether a fault of this kind can be seen in a body, so that it is not spent on one that has no such rows."""
    text = _decoded(body)
    if kind == "malformed_row":
        return text.count("\n") >= 2 and not text.startswith(("{", "<"))
    if kind == "unknown_currency":
        return text.startswith("amazon-order-id")
    if kind == "negative_spend":
        return '"stat_time_day"' in text and '"spend"' in text
    return True


def _decoded(body: bytes) -> str:
    # Latin-1 gives every byte back as it was, whatever the real encoding.
    return (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode("latin-1")


def _edited(kind: str, body: bytes) -> bytes:
    text = _EDITS[kind](_decoded(body)).encode("latin-1")
    return gzip.compress(text, mtime=0) if body[:2] == b"\x1f\x8b" else text


def refusal(sandbox: Sandbox, path: str, kind: str) -> Response:
    """The refusal of one kind in the shape of the family that a path belongs to."""
    if path.startswith("/open_api"):
        code, message = {
            "throttle": (40100, "Too many requests. Please retry in some time."),
            "server_error": (50000, "System error. Please retry later."),
            "revoked_token": (40105, "Access token is incorrect or has been revoked."),
        }[kind]
        return sandbox.tiktok({}, code, message)
    if path.startswith("/auth/"):
        return refused_grant() if kind == "revoked_token" else ads_error(*_HTTP[kind])
    if path.startswith(("/reports", "/_blob")):
        internal = seller_error(500, "InternalFailure", "We encountered an internal error. Please try again.")
        return {"throttle": exceeded_quota(), "server_error": internal, "revoked_token": refused_token()}[kind]
    if path.startswith("/drop"):
        return Response(_HTTP[kind][1], status_code=_HTTP[kind][0])
    return ads_error(*_HTTP[kind], headers={"Retry-After": "1"} if kind == "throttle" else None)


_HTTP = {
    "throttle": (429, "Too Many Requests"),
    "server_error": (500, "Internal Server Error"),
    "revoked_token": (401, "Not authorized to access scope"),
}


class FaultyServer:
    """Wraps the servers and spoils the responses that due faults match."""

    def __init__(self, app: ASGIApp, sandbox: Sandbox, book: FaultBook) -> None:
        self._app = app
        self._sandbox = sandbox
        self._book = book

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not self._book.faults:
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        refused = self._book.take(path, _REFUSALS)
        if refused:
            await refusal(self._sandbox, path, refused.kind)(scope, receive, send)
            return
        start, body = await self._collect(scope, receive)
        fault = self._book.take(path, _BODY_FAULTS, body) if start["status"] == 200 else None
        await _send_spoiled(start, body, fault, send)

    async def _collect(self, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._app(scope, receive, keep)
        return messages[0], b"".join(message.get("body", b"") for message in messages[1:])


async def _send_spoiled(start: Message, body: bytes, fault: Fault | None, send: Send) -> None:
    kind = fault.kind if fault else ""
    promised = len(body)
    if kind in _EDITS:
        body = _edited(kind, body)
        promised = len(body)
    elif kind == "truncate":
        body = body[: len(body) // 2]
        promised = len(body)
    elif kind == "drop_connection":
        body = body[: len(body) // 2]
    headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
    await send({**start, "headers": [*headers, (b"content-length", str(promised).encode())]})
    await send({"type": "http.response.body", "body": body, "more_body": kind == "drop_connection"})
    if kind == "drop_connection":
        raise ConnectionDropped
