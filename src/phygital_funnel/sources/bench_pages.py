"""Serves ready-made pages of TikTok's daily report: ``python -m phygital_funnel.sources.bench_pages ROWS [SECONDS]``.

Prints its address. The shape is the sandbox's, which is the platform's: 18 metrics as text, 1,000 rows a page.
"""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

ADVERTISER = "7012345678901234501"
PATH = "/open_api/v1.3/report/integrated/get/"
PAGE_ROWS = 1000
_NUMBER, _TOTAL, _PAGES = b"1111111", b'"@total@"', b'"@pages@"'
_METRICS = {
    "impressions": 9731, "clicks": 211, "reach": 8045, "video_play_actions": 9002, "video_watched_2s": 4102,
    "video_watched_6s": 1804, "video_views_p25": 3902, "video_views_p50": 1702, "video_views_p75": 811,
    "video_views_p100": 402, "likes": 97, "comments": 11, "shares": 7, "follows": 3, "profile_visits": 29,
    "conversion": 13,
}  # fmt: skip


def page_template() -> bytes:
    """One page; its number, which is in every ad's id, and the totals are put in when it is asked for."""
    rows = [_row(number) for number in range(PAGE_ROWS)]
    info = {"page": "@page@", "page_size": PAGE_ROWS, "total_number": "@total@", "total_page": "@pages@"}
    data = {"list": rows, "page_info": info}
    body = {"code": 0, "message": "OK", "request_id": "20261105130000000000000000000001", "data": data}
    return json.dumps(body, separators=(",", ":")).encode()


def _row(number: int) -> dict[str, Any]:
    day = f"2026-11-{4 - number % 4:02d} 00:00:00"
    counts = {name: str((most * (number + 1)) // PAGE_ROWS) for name, most in _METRICS.items()}
    metrics = {"spend": f"{number * 0.37:.2f}", **counts, "average_video_play": f"{number % 90 / 10:.2f}"}
    return {"dimensions": {"ad_id": f"17811{_NUMBER.decode()}{number:04d}", "stat_time_day": day}, "metrics": metrics}


def serve(rows: int, seconds: float = 0.0) -> None:
    """Answer on a free port of this machine until the process is ended.

    Args:
        rows: of the report.
        seconds: how long each page takes, for tests that stop its reader half-way.
    """
    pages = -(-rows // PAGE_ROWS)
    whole = page_template().replace(_TOTAL, b"%d" % rows).replace(_PAGES, b"%d" % pages)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            number = int(parse_qs(urlsplit(self.path).query).get("page", ["1"])[0])
            time.sleep(seconds)
            body = whole.replace(_NUMBER, b"%07d" % number).replace(b'"@page@"', b"%d" % number)
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
            self.wfile.write(head + body)

        def log_message(self, *arguments: object) -> None:
            """Stay quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), *map(float, sys.argv[2:3]))
