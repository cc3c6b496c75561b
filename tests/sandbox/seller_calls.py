"""Calls of the Selling Partner API that several test modules make."""

import csv
import gzip
import io
import json
from datetime import UTC, datetime

from .conftest import BASE_URL

US, UK, FR, DE = "ATVPDKIKX0DER", "A1F83G8C2ARO7P", "A13V1IB3VIYZZH", "A1PA6795UKMFR9"
MARKETPLACES = {"US": US, "UK": UK, "FR": FR, "DE": DE}
REPORTS = "/reports/2021-06-30/reports"
ALL_ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
SETTLED = "2027-01-01T00:00:00"
MONTHS = (
    ("2026-09-01T00:00:00Z", "2026-09-30T23:59:59Z"),
    ("2026-10-01T00:00:00Z", "2026-10-31T23:59:59Z"),
    ("2026-11-01T00:00:00Z", "2026-11-30T23:59:59Z"),
    ("2026-12-01T00:00:00Z", "2026-12-31T23:59:59Z"),
)


def headers(servers):
    """Headers with an access token, which is renewed before its hour is over."""
    asked_at, token = getattr(servers, "seller_token", (0, None))
    if token is None or servers.ticker.seconds - asked_at > 3000:
        asked_at, token = servers.seller_token = servers.ticker.seconds, servers.seller_headers()
    return token


def get(servers, path, **query):
    return servers.api.get(path, params=query, headers=headers(servers))


def create(servers, start, end, marketplace=US, report_type=ALL_ORDERS, **change):
    body = {"reportType": report_type, "marketplaceIds": [marketplace], "dataStartTime": start, "dataEndTime": end}
    return servers.api.post(REPORTS, json=body | change, headers=headers(servers))


def poll(servers, report_id):
    return get(servers, f"{REPORTS}/{report_id}").json()


def finish(servers, start, end, marketplace=US, report_type=ALL_ORDERS, **change):
    report_id = create(servers, start, end, marketplace, report_type, **change).json()["reportId"]
    return [poll(servers, report_id) for _ in range(3)][-1]


def locate(servers, document_id):
    return get(servers, f"/reports/2021-06-30/documents/{document_id}").json()


def download(servers, status):
    url = locate(servers, status["reportDocumentId"])["url"]
    return servers.api.get(url.removeprefix(BASE_URL))


def fetch(servers, start, end, marketplace=US, report_type=ALL_ORDERS):
    """Lines of a flat file; none when the report was cancelled."""
    status = finish(servers, start, end, marketplace, report_type)
    return [] if status["processingStatus"] == "CANCELLED" else parse(download(servers, status))


def parse(answer):
    text = gzip.decompress(answer.content).decode(answer.headers["content-type"].partition("charset=")[2])
    return list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))


def fetch_json(servers, report_type, start, end, marketplace=US, **options):
    """Document of a JSON report that is DONE."""
    status = finish(servers, start, end, marketplace, report_type, reportOptions=options)
    assert status["processingStatus"] == "DONE"
    return json.loads(gzip.decompress(download(servers, status).content))


def amazon_orders(world, *markets):
    """The world's Amazon orders of some markets, or of all."""
    return [order for order in _of(world)[0] if not markets or order["market"] in markets]


def amazon_lines(world, *markets):
    """Order lines of Amazon orders, each with its order under ``order``."""
    return [line for line in _of(world)[1] if not markets or line["order"]["market"] in markets]


_kept = []
"""Worlds with their orders and lines, because the suite asks for those of the same world again and again."""


def _of(world):
    for known, orders, lines in _kept:
        if known is world:
            return orders, lines
    orders = {order["order_id"]: order for order in world["orders"].to_pylist() if order["platform"] == "amazon"}
    lines = [line for line in world["order_lines"].to_pylist() if line["order_id"] in orders]
    _kept.append((world, list(orders.values()), [line | {"order": orders[line["order_id"]]} for line in lines]))
    return _kept[-1][1:]


def iso(moment):
    """A time as the sandbox's clock is set in tests."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat()


def parsed(text):
    return datetime.fromisoformat(text)
