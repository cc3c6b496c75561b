"""Dirt: each knob soils answers in its own way, alone, and the same requests always meet the same dirt."""

import json
from collections import Counter

import pytest

from phygital_funnel.errors import ConfigError
from phygital_funnel.sandbox.api.dirt import DIRT, NEW_FIELD, RENAMED_SUFFIX, DirtyServer, named
from phygital_funnel.sandbox.world.scenario import DIRT_KNOBS

from .asking import campaigns, keys, page
from .shop_calls import ORDERS as SHOP_ORDERS
from .shop_calls import ShopCalls

NOW = "2026-10-20T13:00:00"
ORDERS = "amazon-order-id\titem-status\tcurrency\n111-1\tShipped\tUSD\n111-2\tPending\t\n"


def pages(servers, count=4):
    return [page(servers, number) for number in range(1, count + 1)]


def profiles(servers):
    return servers.api.get("/v2/profiles", headers=servers.ads_headers())


def test_the_scenarios_know_the_same_knobs():
    assert set(DIRT) == set(DIRT_KNOBS)


def test_an_unknown_knob_is_refused_by_name():
    assert named(["throttling"]) == {"throttling"}
    with pytest.raises(ConfigError, match="'mud' is no dirt; choose from duplicate_pages"):
        named(["throttling", "mud"])


@pytest.mark.parametrize(
    "knob", ["duplicate_pages", "schema_drift", "retyped_ids", "currency_typo", "out_of_order_pages"]
)
def test_the_same_requests_meet_the_same_dirt(serve_at, knob):
    first, second = (serve_at(NOW, dirt=[knob]) for _ in range(2))
    assert [answer.json()["data"] for answer in pages(first, 2)] == [
        answer.json()["data"] for answer in pages(second, 2)
    ]


def test_pages_overlap_when_they_are_duplicated(serve_at):
    clean, dirty = pages(serve_at(NOW)), pages(serve_at(NOW, dirt=["duplicate_pages"]))
    assert keys(dirty[0]) == keys(clean[0])
    assert keys(dirty[1]) == keys(clean[0])[-3:] + keys(clean[1])
    counts = Counter(key for answer in dirty for key in keys(answer))
    assert set(counts) == {key for answer in clean for key in keys(answer)}
    assert sorted(counts.values())[-1] == 2


def test_rows_out_of_order_are_the_same_rows(serve_at):
    clean, dirty = pages(serve_at(NOW)), pages(serve_at(NOW, dirt=["out_of_order_pages"]))
    assert [sorted(keys(answer)) for answer in dirty] == [sorted(keys(answer)) for answer in clean]
    assert keys(dirty[0]) != keys(clean[0])


def test_ids_come_as_numbers_and_nothing_else_does(serve_at):
    servers = serve_at(NOW, dirt=["retyped_ids"])
    row = page(servers, 1).json()["data"]["list"][0]
    assert isinstance(row["dimensions"]["ad_id"], int)
    assert isinstance(row["metrics"]["spend"], str)
    assert isinstance(page(servers, 1).json()["request_id"], str)


def test_the_schema_drifts_on_some_days_only(serve_at):
    servers = serve_at("2026-10-01T13:00:00", dirt=["schema_drift"])
    clean = set(page(serve_at("2026-10-30T13:00:00"), 1).json()["data"]["list"][0]["metrics"])
    shapes = Counter()
    for day in range(1, 31):
        servers.at(f"2026-10-{day:02d}T13:00:00")
        metrics = set(page(servers, 1).json()["data"]["list"][0]["metrics"])
        shapes[NEW_FIELD in metrics, any(name.endswith(RENAMED_SUFFIX) for name in metrics)] += 1
        assert len(clean - metrics) == (1 if shapes and any(n.endswith(RENAMED_SUFFIX) for n in metrics) else 0)
    assert shapes[False, False] >= 8
    assert shapes[True, False] >= 2
    assert shapes[True, True] >= 5


def test_a_currency_is_misspelt_now_and_then(serve_at):
    servers = serve_at(NOW, dirt=["currency_typo"])
    answers = [
        servers.api.get("/v2/profiles", params={"n": n}, headers=servers.ads_headers()).json() for n in range(60)
    ]
    codes = [[row["currencyCode"] for row in answer] for answer in answers]
    right = [row["currencyCode"] for row in profiles(serve_at(NOW)).json()]
    wrong = [row for row in codes if row != right]
    assert 1 <= len(wrong) <= 15
    assert all(sum(one != other for one, other in zip(row, right, strict=True)) == 1 for row in wrong)


def test_files_are_soiled_too(serve_at):
    server = DirtyServer(None, serve_at(NOW, dirt=["currency_typo", "schema_drift"]).sandbox)
    texts = {server._soiled_table(ORDERS, server._draw(n)) for n in range(40)}
    assert any("\tUDS" in text for text in texts)
    assert all(text.count("\n") == 3 for text in texts)


@pytest.mark.parametrize(
    ("knob", "share", "kind"), [("throttling", 0.05, "throttle"), ("server_errors", 0.01, "server_error")]
)
def test_a_share_of_the_requests_is_refused_and_a_second_try_may_pass(serve_at, knob, share, kind):
    server = DirtyServer(None, serve_at(NOW, dirt=[knob]).sandbox)
    kinds = [server._refusal("/open_api/v1.3/campaign/get/") for _ in range(4000)]
    assert set(kinds) == {None, kind}
    assert 0.7 * share < kinds.count(kind) / 4000 < 1.3 * share
    assert None in kinds[kinds.index(kind) + 1 :][:3]


def test_refusals_have_the_familys_shape(serve_at):
    servers = serve_at(NOW, dirt=["throttling"])
    assert {campaigns(servers).json()["code"] for _ in range(60)} == {0, 40100}


def test_signing_in_and_files_are_spared(serve_at):
    servers = serve_at(NOW, dirt=sorted(DIRT))
    assert {servers.api.get("/drop/reference/markets.csv").status_code for _ in range(80)} == {200}
    assert all(servers.token(servers.sandbox.credentials.seller) for _ in range(60))


def test_a_clean_sandbox_stays_clean(serve_at):
    servers = serve_at(NOW)
    answers = [profiles(servers) for _ in range(30)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({json.dumps(answer.json()) for answer in answers}) == 1


def test_a_request_that_is_signed_anew_meets_the_same_dirt(serve_at):
    """The Shop signs the time into each request; what is asked for stays the same."""
    shop = ShopCalls(serve_at(NOW, dirt=["out_of_order_pages"]))
    first, second = (
        [order["id"] for order in shop.data("POST", SHOP_ORDERS, {}, page_size=20, age=age)["orders"]]
        for age in (0, 60)
    )
    assert first == second
    assert len(first) == 20
