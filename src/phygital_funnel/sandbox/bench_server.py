"""How long answers take over real HTTP, and how many a server on one core gives in a second."""

import http.client
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from itertools import combinations, cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode, urlsplit

import psutil  # type: ignore[import-untyped]  # it ships no types

from phygital_funnel.errors import ConfigError
from phygital_funnel.sandbox.api.credentials import Credentials
from phygital_funnel.sandbox.api.pages import parsed, rows_of
from phygital_funnel.sandbox.api.tiktok_shop.requests import real_seconds, signature
from phygital_funnel.sandbox.process import RunningSandbox, running
from phygital_funnel.sandbox.world.sizes import size_named

SEED = 7
CONNECTIONS = 4
TIMED_REQUESTS = 40
WITHOUT_THROTTLING = 1e8
TARGET_PER_CORE, TARGET_DAILY_MS = 200, 50
"""Answers per second of one core, whatever is asked for; and how long a page of TikTok's daily report may take."""
_MIXED_TURNS = 12
_REPORT_DAYS = 30
_CURRENT_ORDERS = "SP-API: orders 2026-01-01"
_OTHER_PARTS = (
    "BUYER", "RECIPIENT", "EXPENSE", "CANCELLATION", "FULFILLMENT", "PACKAGES", "TAX", "PAYMENT", "FULFILLMENT_ORDERS",
)  # fmt: skip
_UNKEPT = "SP-API: orders 2026-01-01, not written before"
_METRICS = [
    "spend", "impressions", "clicks", "reach", "video_play_actions", "video_watched_2s", "video_watched_6s", "likes",
    "comments", "shares", "follows", "profile_visits", "conversion",
]  # fmt: skip


@dataclass(frozen=True)
class Call:
    """One request."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Figures:
    """What was measured of one endpoint.

    Args:
        endpoint: its name.
        rows: mean number of rows of an answer; lines of a file count without its header.
        kilobytes: mean size of an answer.
        first_ms: the first answer, for which the server computes what it keeps.
        median_ms: of the answers after it, one at a time.
        p95_ms: of the same.
        per_second: answers per second, asked for over several connections at once.
        per_core: answers per second of the server's own processor time, which a busy machine does not lower.
    """

    endpoint: str
    rows: float
    kilobytes: float
    first_ms: float
    median_ms: float
    p95_ms: float
    per_second: float
    per_core: float


def run(world: str, seconds: float) -> list[Figures]:
    """Serve a world and measure every endpoint.

    Args:
        world: name of a size.
        seconds: how long each endpoint is kept busy.

    Raises:
        ConfigError: there is no such world, or an endpoint refused its request.
    """
    with TemporaryDirectory() as home, running(world, SEED, Path(home), rate_scale=WITHOUT_THROTTLING) as sandbox:
        _pin(sandbox)
        endpoints = dict(_endpoints(sandbox, size_named(world).start))
        endpoints["all of these in turn"] = _mixed(endpoints)
        endpoints[_UNKEPT] = _unkept(endpoints)
        return [_measure(sandbox, *endpoint, seconds) for endpoint in endpoints.items()]


def _pin(sandbox: RunningSandbox) -> None:
    """The server on one core, we on the others, where the system can do that."""
    with suppress(AttributeError, OSError):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(sandbox.process.pid, cores[:1])
        os.sched_setaffinity(0, cores[1:] or cores)


def _measure(sandbox: RunningSandbox, endpoint: str, calls: list[Callable[[], Call]], seconds: float) -> Figures:
    rows, sizes, times = [], [], []
    connection = _connect(sandbox)
    for _, call in zip(range(TIMED_REQUESTS), cycle(calls), strict=False):
        began = time.perf_counter()
        body = _answer(connection, call(), endpoint)
        times.append((time.perf_counter() - began) * 1000)
        rows.append(_row_count(body))
        sizes.append(len(body))
    connection.close()
    warm = times[1:]
    return Figures(
        endpoint,
        statistics.fmean(rows),
        statistics.fmean(sizes) / 1000,
        times[0],
        statistics.median(warm),
        statistics.quantiles(warm, n=20)[-1],
        *_throughput(sandbox, endpoint, calls, seconds),
    )


def _row_count(body: bytes) -> int:
    answer = parsed(body)
    return max(body.count(b"\n") - 1, 0) if answer is None else len(rows_of(answer) or ())


def _throughput(
    sandbox: RunningSandbox, endpoint: str, calls: list[Callable[[], Call]], seconds: float
) -> tuple[float, float]:
    """Answers per second, and per second of the server's processor time."""
    server = psutil.Process(sandbox.process.pid)
    used = sum(server.cpu_times()[:2])
    began = time.perf_counter()

    def keep_busy(number: int) -> int:
        connection = _connect(sandbox)
        done = 0
        # Side by side they would ask for the same, which only one of them would have to wait for.
        start = number * len(calls) // CONNECTIONS
        for call in cycle([*calls[start:], *calls[:start]]):
            _answer(connection, call(), endpoint)
            done += 1
            if time.perf_counter() - began > seconds:
                break
        connection.close()
        return done

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        done = sum(pool.map(keep_busy, range(CONNECTIONS)))
    took = time.perf_counter() - began
    return done / took, done / max(sum(server.cpu_times()[:2]) - used, 0.01)


def _connect(sandbox: RunningSandbox) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(sandbox.base_url).netloc, timeout=60)


def _answer(connection: http.client.HTTPConnection, call: Call, endpoint: str) -> bytes:
    connection.request(call.method, call.path, call.body or None, call.headers)
    response = connection.getresponse()
    body = response.read()
    is_refused = response.status >= 300 or (body[:8] == b'{"code":' and body[8:10] not in (b"0,", b" 0"))
    if is_refused:
        raise ConfigError(f"{endpoint} was refused with {response.status}: {body[:200]!r}")
    return body


def _endpoints(sandbox: RunningSandbox, start: date) -> Iterator[tuple[str, list[Callable[[], Call]]]]:
    credentials = Credentials(SEED)
    accounts = {name: value.split(",") for name, value in sandbox.environment.items() if name.endswith("_ACCOUNTS")}
    yield from _tiktok(credentials, accounts["PHYGITAL_TIKTOK_ADS_ACCOUNTS"], start)
    yield from _tiktok_organic(credentials, accounts["PHYGITAL_TIKTOK_ORGANIC_ACCOUNTS"])
    yield from _tiktok_shop(credentials, accounts["PHYGITAL_TIKTOK_SHOP_ACCOUNTS"])
    yield from _ads(sandbox, credentials, accounts["PHYGITAL_AMAZON_ATTRIBUTION_ACCOUNTS"], start)
    yield from _seller(sandbox, credentials, accounts["PHYGITAL_AMAZON_SELLER_ACCOUNTS"], start)
    yield "drop: clicks of a day", _fixed([Call("GET", f"/drop/links/clicks/{start + timedelta(days=20)}.csv")])


def _mixed(endpoints: dict[str, list[Callable[[], Call]]]) -> list[Callable[[], Call]]:
    """Calls of all endpoints, taking turns."""
    return [calls[turn % len(calls)] for turn in range(_MIXED_TURNS) for calls in endpoints.values()]


def _unkept(endpoints: dict[str, list[Callable[[], Call]]]) -> list[Callable[[], Call]]:
    """Searches that each ask for other parts of the orders: more of them than the server keeps written orders of."""
    first = [call() for call in endpoints[_CURRENT_ORDERS]]
    sets = [chosen for size in range(1, len(_OTHER_PARTS)) for chosen in combinations(_OTHER_PARTS, size)]
    return _fixed([replace(call, path=f"{call.path},{','.join(chosen)}") for chosen in sets for call in first])


def _fixed(calls: list[Call]) -> list[Callable[[], Call]]:
    return [partial(replace, call) for call in calls]


def _tiktok(
    credentials: Credentials, advertisers: list[str], start: date
) -> Iterator[tuple[str, list[Callable[[], Call]]]]:
    headers = {"Access-Token": credentials.marketing.access_token}

    def report(advertiser: str, dimension: str, first: date, last: date) -> Call:
        query = {
            "advertiser_id": advertiser,
            "report_type": "BASIC",
            "data_level": "AUCTION_AD",
            "dimensions": json.dumps(["ad_id", dimension]),
            "metrics": json.dumps(_METRICS),
            "start_date": first.isoformat(),
            "end_date": last.isoformat(),
            "page_size": 1000,
        }
        return Call("GET", f"/open_api/v1.3/report/integrated/get/?{urlencode(query)}", headers)

    months = [start + timedelta(days=n) for n in (0, _REPORT_DAYS)]
    daily = [
        report(advertiser, "stat_time_day", first, first + timedelta(days=_REPORT_DAYS - 1))
        for advertiser in advertisers
        for first in months
    ]
    days = [start + timedelta(days=n) for n in range(0, 50, 5)]
    hourly = [report(advertiser, "stat_time_hour", day, day) for advertiser in advertisers for day in days]
    ads = [
        Call("GET", f"/open_api/v1.3/ad/get/?advertiser_id={advertiser}&page_size=1000", headers)
        for advertiser in advertisers
    ]
    yield "TikTok: daily report", _fixed(daily)
    yield "TikTok: hourly report", _fixed(hourly)
    yield "TikTok: ads", _fixed(ads)


def _tiktok_organic(
    credentials: Credentials, business_ids: list[str]
) -> Iterator[tuple[str, list[Callable[[], Call]]]]:
    headers = {"Access-Token": credentials.organic.access_token}
    fields = urlencode({"fields": '["item_id","video_views","likes","reach"]', "max_count": 20})
    path = "/open_api/v1.3/business/video/list/"
    calls = [
        Call("GET", f"{path}?business_id={business_id}&{fields}", headers)
        for business_id in business_ids
        if business_id
    ]
    if calls:
        yield "TikTok Accounts: videos", _fixed(calls)


def _tiktok_shop(credentials: Credentials, shops: list[str]) -> Iterator[tuple[str, list[Callable[[], Call]]]]:
    path, body = "/order/202309/orders/search", b"{}"

    def search(shop_id: str) -> Call:
        query = [
            ("app_key", credentials.shop.app_id),
            ("page_size", "50"),
            ("shop_cipher", credentials.shop_cipher(shop_id)),
            ("timestamp", str(real_seconds())),
        ]
        query.append(("sign", signature(credentials.shop.secret, path, query, body)))
        headers = {"x-tts-access-token": credentials.shop.access_token, "content-type": "application/json"}
        return Call("POST", f"{path}?{urlencode(query)}", headers, body)

    yield "TikTok Shop: orders", [partial(search, shop) for shop in shops]


def _token(sandbox: RunningSandbox, client: object) -> str:
    body = urlencode({"grant_type": "refresh_token", **vars(client)}).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = _answer(_connect(sandbox), Call("POST", "/auth/o2/token", headers, body), "sign-in")
    return str(json.loads(answer)["access_token"])


def _ads(
    sandbox: RunningSandbox, credentials: Credentials, profiles: list[str], start: date
) -> Iterator[tuple[str, list[Callable[[], Call]]]]:
    client = credentials.attribution
    token = _token(sandbox, client)
    calls = [
        Call(
            "POST",
            "/attribution/report",
            {
                "Authorization": f"Bearer {token}",
                "Amazon-Advertising-API-ClientId": client.client_id,
                "Amazon-Advertising-API-Scope": profile,
                "Content-Type": "application/json",
            },
            json.dumps(
                {
                    "reportType": kind,
                    "startDate": f"{start:%Y%m%d}",
                    "endDate": f"{start + timedelta(days=_REPORT_DAYS):%Y%m%d}",
                    "count": 1000,
                }
            ).encode(),
        )
        for profile in profiles
        for kind in ("PERFORMANCE", "PRODUCTS")
    ]
    yield "Attribution: reports", _fixed(calls)


def _seller(
    sandbox: RunningSandbox, credentials: Credentials, marketplaces: list[str], start: date
) -> Iterator[tuple[str, list[Callable[[], Call]]]]:
    headers = {"x-amz-access-token": _token(sandbox, credentials.seller)}
    since = (start + timedelta(days=20)).isoformat()
    current, old, hours = [], [], []
    for marketplace in marketplaces:
        query = {
            "marketplaceIds": marketplace,
            "createdAfter": f"{since}T00:00:00Z",
            "includedData": "PROCEEDS,PROMOTION",
        }
        current.append(Call("GET", f"/orders/2026-01-01/orders?{urlencode(query)}", headers))
        query = {"MarketplaceIds": marketplace, "CreatedAfter": f"{since}T00:00:00Z"}
        old.append(Call("GET", f"/orders/v0/orders?{urlencode(query)}", headers))
        interval = f"{start + timedelta(days=40)}T00:00:00Z--{start + timedelta(days=44)}T00:00:00Z"
        query = {"marketplaceIds": marketplace, "interval": interval, "granularity": "Hour"}
        hours.append(Call("GET", f"/sales/v1/orderMetrics?{urlencode(query)}", headers))
    yield _CURRENT_ORDERS, _fixed(current)
    yield "SP-API: orders v0", _fixed(old)
    yield "SP-API: order metrics by hour", _fixed(hours)
