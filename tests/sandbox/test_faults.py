"""Faults to order: every kind in its family's true shape, as often as ordered, and never longer than a minute."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from phygital_funnel.sandbox.api import refusals, spoil
from phygital_funnel.sandbox.api.fault_book import Fault, FaultBook
from phygital_funnel.sandbox.api.faults import FAMILY_KINDS, KINDS

from .asking import REPORT, keys, order_fault, page
from .samples import sample

NOW = "2026-10-20T13:00:00"
ORDERS_REPORT = "/reports/2021-06-30/reports/1"
SHOP, V3, PROFILES, LOGIN, DOCUMENT = (
    "/order/202309/orders/search", "/reporting/reports", "/v2/profiles", "/auth/o2/token", "/_blob/x",
)  # fmt: skip


def test_every_kind_is_described_and_played_by_somebody():
    assert set(KINDS) == refusals.KINDS | spoil.KINDS | FAMILY_KINDS | {"slow"}


@pytest.mark.parametrize(
    ("kind", "path", "status", "retry_after"),
    [
        ("throttle", PROFILES, 429, "7"),
        ("throttle_bare", PROFILES, 429, None),
        ("throttle", V3, 429, "7"),
        ("throttle", ORDERS_REPORT, 429, None),
        ("throttle_hint", ORDERS_REPORT, 429, "7"),
        ("throttle_hint", REPORT, 200, None),
        ("too_early", V3, 425, None),
        ("server_error", ORDERS_REPORT, 500, None),
        ("maintenance", PROFILES, 503, None),
        ("expired_token", PROFILES, 401, None),
        ("expired_token", ORDERS_REPORT, 403, None),
        ("expired_document", DOCUMENT, 403, None),
        ("bad_gateway", REPORT, 502, None),
        ("revoked_token", LOGIN, 400, None),
    ],
)
def test_status_and_retry_after_are_the_familys(serve_at, kind, path, status, retry_after):
    servers = serve_at(NOW)
    order_fault(servers, kind, path, seconds=6.2)
    answer = servers.api.get(path)
    assert (answer.status_code, answer.headers.get("retry-after")) == (status, retry_after)


@pytest.mark.parametrize(
    ("kind", "path", "code"),
    [
        ("maintenance", REPORT, 60001),
        ("expired_token", REPORT, 40102),
        ("throttle", SHOP, 36009002),
        ("expired_token", SHOP, 105002),
        ("server_error", SHOP, 36009003),
    ],
)
def test_tiktoks_apis_refuse_in_an_envelope_with_status_200(serve_at, kind, path, code):
    servers = serve_at(NOW)
    order_fault(servers, kind, path)
    answer = servers.api.get(path)
    assert (answer.status_code, answer.json()["code"], answer.json()["data"]) == (200, code, {})


@pytest.mark.parametrize(
    ("kind", "path", "name"),
    [
        ("throttle", V3, "ads_v3_error_429"),
        ("throttle", PROFILES, "attribution_error_429"),
        ("throttle", ORDERS_REPORT, "seller_error_429_quota"),
        ("revoked_token", ORDERS_REPORT, "seller_error_403_unauthorized"),
        ("revoked_token", LOGIN, "lwa_error_invalid_grant"),
        ("throttle", SHOP, "shop_error_36009002_rate_limit"),
        ("expired_token", SHOP, "shop_error_105002_expired_token"),
    ],
)
def test_refusals_are_word_for_word_the_documented_ones(serve_at, kind, path, name):
    servers = serve_at(NOW)
    order_fault(servers, kind, path)
    documented = sample(name)
    answer = servers.api.get(path).json()
    if "request_id" in documented:
        answer["request_id"] = documented["request_id"]
    assert answer == documented


@pytest.mark.parametrize(("kind", "path"), [("too_early", PROFILES), ("expired_document", REPORT)])
def test_a_family_that_does_not_know_a_refusal_leaves_it_for_another(serve_at, kind, path):
    servers = serve_at(NOW)
    order_fault(servers, kind, "/")
    servers.api.get(path, headers=servers.tiktok_headers())
    assert [fault["kind"] for fault in servers.control.get("/faults").json()["faults"]] == [kind]


def test_a_rate_hits_its_share_and_repeats_with_its_seed():
    def pattern(seed):
        book = FaultBook([Fault("/", "throttle", None, rate=0.3, seed=seed)])
        return [book.take("/x", frozenset({"throttle"})) is not None for _ in range(1000)]

    assert 250 < sum(pattern(5)) < 350
    assert pattern(5) == pattern(5) != pattern(6)


def test_a_fault_without_end_lasts_until_it_is_cleared(serve_at):
    servers = serve_at(NOW)
    order_fault(servers, "server_error", "/drop", times=None)
    assert {servers.api.get("/drop/").status_code for _ in range(10)} == {500}
    assert servers.control.get("/faults").json()["struck"] == {"server_error": 10}
    servers.control.request("DELETE", "/faults")
    assert servers.api.get("/drop/").status_code == 200


def test_equal_faults_each_have_their_turn():
    book = FaultBook([Fault("/", "throttle"), Fault("/", "throttle")])
    taken = [book.take("/x", frozenset({"throttle"})) for _ in range(3)]
    assert [fault is not None for fault in taken] == [True, True, False]


def test_a_duplicate_page_holds_the_rows_of_the_page_before(serve_at):
    servers = serve_at(NOW)
    first, second = keys(page(servers, 1)), keys(page(servers, 2))
    order_fault(servers, "duplicate_page", REPORT)
    assert keys(page(servers, 1)) == first
    spoiled = page(servers, 2)
    assert keys(spoiled) == first
    assert spoiled.json()["data"]["page_info"]["page"] == 2
    assert keys(page(servers, 2)) == second


def test_a_missing_page_is_empty_though_its_listing_goes_on(serve_at):
    servers = serve_at(NOW)
    order_fault(servers, "missing_page", REPORT)
    spoiled = page(servers, 1).json()["data"]
    assert spoiled["list"] == []
    assert spoiled["page_info"]["total_number"] > 20


def test_the_truncation_header_warns_on_reports_only(serve_at):
    servers = serve_at(NOW)
    order_fault(servers, "truncation_header", "/")
    assert "x-tt-ads-throttle" not in servers.api.get("/drop/").headers
    assert "20000" in page(servers, 1).headers["x-tt-ads-throttle"]
    assert "x-tt-ads-throttle" not in page(servers, 1).headers


def test_a_slow_answer_comes_late_and_holds_up_no_other(serve_at):
    servers = serve_at(NOW)
    order_fault(servers, "slow", "/drop/links/", seconds=0.6)
    with servers.api as api, ThreadPoolExecutor() as pool:
        began = time.monotonic()
        slow = pool.submit(api.get, "/drop/links/")
        time.sleep(0.1)
        assert api.get("/drop/reference/").status_code == 200
        assert time.monotonic() - began < 0.5
        assert slow.result().status_code == 200
        assert time.monotonic() - began >= 0.6


@pytest.mark.parametrize(
    "order",
    [
        {"seconds": 61},
        {"seconds": -1},
        {"rate": 0},
        {"rate": 1.5},
        {"rate": "NaN"},
        {"times": 0},
        {"times": 10**9},
        {"seed": "x"},
    ],
)
def test_no_fault_can_stop_the_server(serve_at, order):
    answer = serve_at(NOW).control.post("/faults", json={"kind": "slow", "match": "/", **order})
    assert answer.status_code == 400
