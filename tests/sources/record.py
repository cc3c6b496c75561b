"""Records a fixture from the sandbox: ``python -m tests.sources.record tiktok_ads campaigns``.

Runs the stream's extractor against a tiny sandbox through a proxy that notes every exchange, and prints the fixture.
Sign-ins are left out; the proxy's address becomes ``{base}``. Cut the rows down by hand, with the totals they go with.
"""

import argparse
import gzip
import http.client
import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from phygital_funnel import pipeline
from phygital_funnel.sandbox.process import running
from phygital_funnel.settings import Settings
from phygital_funnel.sources.stream import Window

from .home import ACCOUNTS, NOW, SEED
from .replay import BASE, SIGN_IN

KEPT_HEADERS = ("x-tt-", "x-amzn-", "retry-after", "location", "content-encoding")
NOT_KEPT = ("x-amzn-ratelimit-limit",)


@contextmanager
def recording(upstream: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A proxy to ``upstream``: its address, and the exchanges it has seen so far."""
    seen: list[dict[str, Any]] = []

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            connection = http.client.HTTPConnection(urlsplit(upstream).netloc)
            connection.request(self.command, self.path, body, dict(self.headers.items()))
            answer = connection.getresponse()
            content = answer.read().replace(upstream.encode(), url.encode())
            connection.close()
            path = urlsplit(self.path).path
            if (self.command, path) not in SIGN_IN:
                seen.append(_exchange(self.command, path, answer, content, url))
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _pass_on  # noqa: N815  the names http.server looks for

        def log_message(self, *arguments: object) -> None:
            """Stay quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield url, seen
        server.shutdown()


def _exchange(method: str, path: str, answer: http.client.HTTPResponse, body: bytes, url: str) -> dict[str, Any]:
    headers = {
        name: value
        for name, value in answer.getheaders()
        if name.lower().startswith(KEPT_HEADERS) and name.lower() not in NOT_KEPT
    }
    exchange: dict[str, Any] = {"method": method, "path": path}
    if answer.status != http.client.OK:
        exchange["status"] = answer.status
    if headers:
        exchange["headers"] = headers
    return exchange | _body(body, url)


def _body(body: bytes, url: str) -> dict[str, Any]:
    try:
        text = (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode().replace(url, BASE)
    except UnicodeDecodeError:
        import base64

        return {"base64": base64.b64encode(body).decode()}
    if body[:2] == b"\x1f\x8b":
        return {"gzip_text": text}
    try:
        return {"json": json.loads(text)}
    except ValueError:
        return {"text": text}


def main() -> None:
    """Print the fixture of one stream."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source")
    parser.add_argument("stream")
    parser.add_argument("--account")
    parser.add_argument("--from", dest="start", default="2026-11-03")
    parser.add_argument("--to", dest="end", default="2026-11-04")
    parser.add_argument("--land-first", nargs="*", default=[], help="for example reference.listings")
    options = parser.parse_args()
    window = Window(datetime.fromisoformat(options.start).date(), datetime.fromisoformat(options.end).date())
    with (
        TemporaryDirectory() as folder,
        running("tiny", SEED, Path(folder), now=datetime.fromisoformat(NOW), rate_scale=1000.0) as sandbox,
        recording(sandbox.base_url) as (url, seen),
    ):
        os.environ |= {
            **{name: value.replace(sandbox.base_url, url) for name, value in sandbox.environment.items()},
            "PHYGITAL_HOME": f"{folder}/home",
        }
        settings = Settings.from_env()
        for name in options.land_first:
            pipeline.extract(settings, *name.split(".")[:1], window, stream=name.split(".")[1])
        seen.clear()
        account = options.account or ACCOUNTS.get(options.source)
        manifests = pipeline.extract(settings, options.source, window, account=account, stream=options.stream)
    rows = sum(manifest.row_count for manifest in manifests)
    json.dump({"about": "TODO.", "exchanges": seen, "rows": rows}, sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
