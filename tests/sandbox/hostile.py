"""Requests as only a hostile or broken client sends them, and what every answer to them must be."""

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st

from phygital_funnel.sandbox.api.refusals import family_of

SECONDS = 5.0
"""No answer may take longer."""
DEEP = "[" * 50_000
NAMES = (
    "advertiser_id", "advertiser_ids", "app_id", "secret", "auth_code", "report_type", "service_type", "data_level",
    "dimensions", "metrics", "start_date", "end_date", "query_lifetime", "filtering", "order_field", "order_type",
    "enable_total_metrics", "page", "page_size", "fields", "task_id", "output_format", "modified_after", "business_id",
    "cursor", "max_count", "filters", "client_id", "client_secret", "grant_type", "refresh_token", "app_key",
    "app_secret", "timestamp", "shop_cipher", "sign", "page_token", "sort_field", "sort_order", "ids",
    "create_time_ge", "create_time_lt", "update_time_ge", "update_time_lt", "order_status", "start_date_ge",
    "end_date_lt", "publisherIds", "advertiserIds", "reportType", "groupBy", "startDate", "endDate", "count",
    "cursorId", "name", "configuration", "adProduct", "columns", "reportTypeId", "timeUnit", "format", "createdAfter",
    "createdBefore", "lastUpdatedAfter", "lastUpdatedBefore", "CreatedAfter", "LastUpdatedAfter", "MarketplaceIds",
    "NextToken", "MaxResultsPerPage", "marketplaceIds", "fulfillmentStatuses", "fulfilledBy", "maxResultsPerPage",
    "paginationToken", "includedData", "interval", "granularity", "granularityTimeZone", "asin", "sku",
    "firstDayOfWeek", "dataStartTime", "dataEndTime", "reportOptions", "reportTypes", "processingStatuses", "pageSize",
    "createdSince", "createdUntil", "nextToken", "restrictedResources", "video_ids", "creation_filter_start_time",
)  # fmt: skip
"""Parameters that some endpoint reads."""
GOOD = (
    "7012345678901234501", '["7012345678901234501"]', "BASIC", "AUDIENCE", "AUCTION", "AUCTION_AD",
    "AUCTION_ADVERTISER", '["ad_id","stat_time_day"]', '["stat_time_hour"]', '["advertiser_id"]',
    '["spend","impressions","reach","conversion"]', "2026-10-01", "2026-10-14", "true", "false", "1", "10", "1000",
    '[{"field_name":"ad_status","filter_type":"IN","filter_value":"[\\"STATUS_ALL\\"]"}]', "spend", "DESC", "ASC",
    '{"primary_status":"STATUS_ALL"}', '{"campaign_ids":["1"]}', "PERFORMANCE", "PRODUCTS", "CREATIVE", "CAMPAIGN",
    "20261001", "20261014", "ATVPDKIKX0DER", "A1F83G8C2ARO7P", "2026-10-01T00:00:00Z", "2026-10-02T00:00:00-07:00",
    "2026-10-01T00:00:00-07:00--2026-10-03T00:00:00-07:00", "Hour", "Day", "Total", "America/Los_Angeles", "US/Pacific",
    "B0SBX00001", "create_time", "1790000000", "1", "SHIPPED,PENDING", "PROCEEDS,PROMOTION", "12",
    "GET_SALES_AND_TRAFFIC_REPORT", "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL",
    "GET_BRAND_ANALYTICS_SEARCH_QUERY_PERFORMANCE_REPORT", "spCampaigns", "SPONSORED_PRODUCTS", "DAILY", "GZIP_JSON",
    "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA", '["item_id","video_views"]', "refresh_token", "CSV_STRING",
)  # fmt: skip
JUNK = (
    "", " ", "0", "-1", "1.5", "1e400", "NaN", "Infinity", "-0", "١٢", "9" * 400, "9" * 5000, "9223372036854775808",
    "null", "[]", "{}", "[null]", "[[]]", "[{}]", '[{"field_name":[],"filter_value":{}}]', '{"campaign_ids":{}}',
    '{"campaign_ids":[[]]}', '{"primary_status":[]}', '["ad_id","campaign_id"]', '[1e999]', "[NaN]", '"text"', "\x00",
    "a\x00b", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "../../etc/passwd", "%00", "%2e%2e/",
    "<script>", "' or 1=1 --", "0000-00-00", "2026-02-30", "9999-12-31", "0001-01-01", "10000-01-01", "99991231",
    "00010101", "2026-10-01T25:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-W40", "--",
    "0001-01-01T00:00:00Z--9999-12-31T00:00:00Z", "Etc/Nowhere", "../UTC", "America", DEEP, '{"a":' * 20_000,
    "x" * 20_000, ",".join("1" for _ in range(5000)), json.dumps(["1"] * 5000),
)  # fmt: skip
VALUES = st.one_of(st.sampled_from(GOOD), st.sampled_from(GOOD), st.sampled_from(JUNK), st.text(max_size=12))
NUMBERS = st.one_of(
    st.integers(-3, 120),
    st.sampled_from([10**400, -(10**400), 2**63, 2**31, 1e308, 1790000000, 20261001]),
    st.floats(allow_nan=True, allow_infinity=True),
)
LEAVES = st.one_of(VALUES, NUMBERS, st.none(), st.booleans())
JSON = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)
RAW = st.sampled_from(
    [b"", b"{", b"[]", b"null", b"NaN", b"\xff\xfe\x00", DEEP.encode(), b'{"a":' * 20_000, b"0" * 5000, b'"\\ud800"']
)


@dataclass
class Got:
    """What came back, and how long it took."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


class Wire:
    """Calls an app as a server would, so that a request can hold what no client library would send."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._runner = asyncio.Runner()

    def close(self) -> None:
        self._runner.close()

    def send(
        self, method: str, path: str, query: bytes = b"", headers: dict[str, str] | None = None, body: bytes = b""
    ) -> Got:
        fields = [
            (name.lower().encode(), value.encode("latin-1", "replace")) for name, value in (headers or {}).items()
        ]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path,
            "raw_path": path.encode("utf-8", "replace"), "root_path": "", "scheme": "http", "query_string": query,
            "headers": fields, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        }  # fmt: skip
        return self._runner.run(self._call(scope, body))

    async def _call(self, scope: dict[str, Any], body: bytes) -> Got:
        waiting = [{"type": "http.request", "body": body, "more_body": False}]
        sent: list[Any] = []

        async def receive() -> Any:
            return waiting.pop() if waiting else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        began = time.perf_counter()
        await asyncio.wait_for(self._app(scope, receive, send), SECONDS)
        took = time.perf_counter() - began
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in sent[0]["headers"]}
        return Got(sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]), took)


def signed(path: str, query: list[tuple[str, str]], body: bytes, app: Any) -> list[tuple[str, str]]:
    """The query of a TikTok Shop request with the signature that the platform asks for."""
    query = [pair for pair in query if pair[0] not in ("sign", "app_key", "timestamp")]
    query += [("app_key", app.app_id), ("timestamp", str(int(time.time())))]  # noqa: TID251  Shop checks the real time
    text = path + "".join(f"{name}{value}" for name, value in sorted(query) if name != "access_token")
    secret = app.secret.encode()
    whole = secret + text.encode("utf-8", "surrogatepass") + body + secret
    return [*query, ("sign", hmac.new(secret, whole, hashlib.sha256).hexdigest())]


def encoded(query: list[tuple[str, str]]) -> bytes:
    """A query string."""
    return urlencode(query, errors="surrogatepass").encode()


def assert_proper(path: str, method: str, got: Got) -> None:
    """A refusal has its family's shape, and no answer shows the server's insides or takes long."""
    assert got.status < 500, (path, got.status, got.body[:300])
    assert b"Traceback" not in got.body
    assert got.seconds < SECONDS
    family = family_of(path).name
    if method == "HEAD" or family == "files" or (family == "storage" and got.status == 200):
        return
    if family in ("tiktok", "shop"):
        assert got.status == 200, (path, got.status)
        if "json" in got.headers["content-type"]:
            assert set(json.loads(got.body)) == {"code", "message", "request_id", "data"}, path
        return
    if got.status >= 400:
        _assert_refusal(family, got)


def _assert_refusal(family: str, got: Got) -> None:
    if family == "storage":
        assert b"<Error><Code>" in got.body
        return
    body = json.loads(got.body)
    expected = {
        "ads": {"code", "details"}, "reporting": {"code", "detail"}, "login": {"error", "error_description"},
        "seller": {"errors"}, "display": {"data", "error"},
    }  # fmt: skip
    # The Display API's own sign-in refuses as OAuth does, and adds its log id.
    assert set(body) in (expected[family], {"error", "error_description", "log_id"}), body
    if family == "seller":
        assert set(body["errors"][0]) == {"code", "message", "details"}, body
