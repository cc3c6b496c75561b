"""Answers recorded exchanges over real HTTP, so that an extractor meets exactly the bytes of a fixture."""

import base64
import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

BASE = "{base}"
MUTE = 0
_LWA = {"access_token": "Atza|replayed", "refresh_token": "Atzr|replayed", "token_type": "bearer", "expires_in": 3600}
_PAIR = {"access_token": "replayed", "refresh_token": "replayed-next", "open_id": "replayed"}
SIGN_IN = {
    ("POST", "/auth/o2/token"): _LWA,
    ("POST", "/open_api/v1.3/tt_user/oauth2/refresh_token/"): {
        "code": 0,
        "message": "OK",
        "request_id": "signed-in",
        "data": {**_PAIR, "token_type": "Bearer", "expires_in": 86_400, "refresh_token_expires_in": 31_536_000},
    },
    ("GET", "/api/v2/token/refresh"): {
        "code": 0,
        "message": "success",
        "request_id": "signed-in",
        "data": {
            **_PAIR,
            "access_token_expire_in": 4_102_444_800,
            "refresh_token_expire_in": 4_102_444_800,
            "user_type": 0,
        },
    },
}
"""Token exchanges, answered unless the fixture has its own."""


@dataclass(frozen=True)
class Request:
    """What a client sent: parameters of the query and, of a JSON or form body, its own."""

    method: str
    path: str
    parameters: dict[str, Any]
    headers: dict[str, str]


@dataclass
class Replay:
    """A server that answers each method and path with its exchanges in order; the last one repeats.

    An exchange with ``when`` answers only requests whose parameters hold all of it.

    Args:
        exchanges: as in a fixture's file.
    """

    exchanges: list[dict[str, Any]]
    url: str = ""
    requests: list[Request] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    _used: set[int] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: Request) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body for a request."""
        with self._lock:
            self.requests.append(request)
            exchange = self._next(request)
        if exchange is not None:
            return exchange.get("status", 200), self._headers(exchange), self._body(exchange)
        signed_in = SIGN_IN.get((request.method, request.path))
        if signed_in is not None:
            return 200, {"Content-Type": "application/json"}, json.dumps(signed_in).encode()
        self.unexpected.append(f"{request.method} {request.path}")
        return 404, {"Content-Type": "text/plain"}, f"no exchange for {request.method} {request.path}".encode()

    def _next(self, request: Request) -> dict[str, Any] | None:
        fitting = [
            number
            for number, exchange in enumerate(self.exchanges)
            if (exchange["method"], exchange["path"]) == (request.method, request.path)
            and all(_found(request.parameters, name, value) for name, value in exchange.get("when", {}).items())
        ]
        if not fitting:
            return None
        chosen = next((n for n in fitting if n not in self._used), fitting[-1])
        self._used.add(chosen)
        return self.exchanges[chosen]

    def _headers(self, exchange: dict[str, Any]) -> dict[str, str]:
        kind = "application/json" if "json" in exchange else "text/plain; charset=utf-8"
        return {"Content-Type": kind, **{name: self._here(text) for name, text in exchange.get("headers", {}).items()}}

    def _body(self, exchange: dict[str, Any]) -> bytes:
        if "base64" in exchange:
            return base64.b64decode(exchange["base64"])
        if "gzip_text" in exchange:
            return gzip.compress(self._here(exchange["gzip_text"]).encode(), mtime=0)
        text = exchange["text"] if "text" in exchange else json.dumps(exchange.get("json", {}), ensure_ascii=False)
        return self._here(text).encode()

    def _here(self, text: str) -> str:
        return text.replace(BASE, self.url)


def _found(parameters: dict[str, Any], name: str, value: Any) -> bool:
    given = parameters.get(name)
    return given == value or str(given) == str(value)


@contextmanager
def serving(replay: Replay) -> Iterator[Replay]:
    """Answer on a free port of this machine until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Header and body leave in two writes; delayed acknowledgements would cost 40 ms each.
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            status, headers, body = replay.answer(_request(self))
            if status == MUTE:
                self.close_connection = True
                return
            self.send_response(status)
            # A fixture that announces more bytes than it has breaks off in the middle.
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection |= int(headers.get("Content-Length", len(body))) > len(body)

        do_GET = do_POST = do_PUT = do_HEAD = _answer  # noqa: N815  the names http.server looks for

        def log_message(self, *arguments: object) -> None:
            """Stay quiet; what was asked for is in ``requests``."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        replay.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield replay
        finally:
            server.shutdown()
            thread.join()


def _request(handler: BaseHTTPRequestHandler) -> Request:
    url = urlsplit(handler.path)
    body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
    parameters: dict[str, Any] = dict(parse_qsl(url.query, keep_blank_values=True))
    kind = handler.headers.get("Content-Type", "")
    if body and "json" in kind:
        posted = json.loads(body)
        parameters |= posted if isinstance(posted, dict) else {"": posted}
    elif body and "urlencoded" in kind:
        parameters |= dict(parse_qsl(body.decode()))
    return Request(handler.command, url.path, parameters, dict(handler.headers.items()))
