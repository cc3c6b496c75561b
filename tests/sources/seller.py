"""The exchanges of a Selling Partner API that makes reports, and the calls that read them."""

from collections.abc import Callable
from datetime import date
from typing import Any

from phygital_funnel import pipeline
from phygital_funnel.settings import Settings
from phygital_funnel.sources.amazon_seller.streams import ORDER_LINES
from phygital_funnel.sources.stream import Stream, Window

from .replay import Replay

REPORTS = "/reports/2021-06-30"
CREATE = ("POST", f"{REPORTS}/reports")
LIST = ("GET", f"{REPORTS}/reports")
WINDOW = Window(date(2026, 11, 3), date(2026, 11, 4))
HEADING = "\t".join(name.replace("_", "-") for name in ORDER_LINES.required)
LINE = "\t".join(f"{name}-1" for name in ORDER_LINES.required)
Home = Callable[..., Settings]


def created(report_id: str, **when: Any) -> dict[str, Any]:
    return {"method": "POST", "path": CREATE[1], "status": 202, "json": {"reportId": report_id}, "when": when}


def state(report_id: str, status: str, **more: str) -> dict[str, Any]:
    more |= {"reportDocumentId": f"D-{report_id}"} if status == "DONE" else {}
    body = {"reportId": report_id, "processingStatus": status, **more}
    return {"method": "GET", "path": f"{REPORTS}/reports/{report_id}", "json": body}


def document(report_id: str, text: str) -> list[dict[str, Any]]:
    place = {"url": f"{{base}}/_blob/{report_id}"}
    return [
        {"method": "GET", "path": f"{REPORTS}/documents/D-{report_id}", "json": place},
        {"method": "GET", "path": f"/_blob/{report_id}", "text": text},
    ]


def listed(*reports: dict[str, Any]) -> dict[str, Any]:
    return {"method": "GET", "path": LIST[1], "json": {"reports": list(reports)}}


def orders(report_id: str, *states: str) -> list[dict[str, Any]]:
    return [*(state(report_id, status) for status in states), *document(report_id, f"{HEADING}\n{LINE}\n")]


def count(replay: Replay, call: tuple[str, str]) -> int:
    return sum((request.method, request.path) == call for request in replay.requests)


def extract(settings: Settings, stream: Stream = ORDER_LINES, **more: Any) -> int:
    manifests = pipeline.extract(settings, "amazon_seller", WINDOW, stream=stream.name, **more)
    return sum(manifest.row_count for manifest in manifests)


def prepare(settings: Settings, **more: Any) -> tuple[str, ...]:
    account = settings.source("amazon_seller").accounts[0]
    return pipeline.prepare(settings, "amazon_seller", WINDOW, account=account, stream="order_lines", **more)
