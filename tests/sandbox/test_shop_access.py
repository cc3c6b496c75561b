"""TikTok Shop: who may call, and what becomes of calls that cannot be answered."""

import pytest

from phygital_funnel.sandbox.api.tiktok_shop.requests import real_seconds, signature

from .samples import assert_same_shape, sample
from .shop_calls import DETAIL, ORDERS, PRODUCTS, SETTLED, SHOPS, VIDEOS, ShopCalls, signed


@pytest.fixture
def shop(serve_at):
    return ShopCalls(serve_at(SETTLED))


def test_the_signature_equals_tiktoks_published_vector():
    vector = sample("shop_signature_test_vector")
    made = signature(vector["app_secret"], vector["path"], list(vector["query"].items()), vector["body"].encode())
    assert made == vector["sign"]


def test_every_market_has_a_shop_and_its_cipher_opens_it(shop):
    shops = shop.data("GET", SHOPS)["shops"]
    assert [entry["region"] for entry in shops] == [market.country for market in shop.servers.sandbox.world.markets]
    for entry in shops:
        orders = shop.data("POST", ORDERS, {}, page_size=1, shop_cipher=entry["cipher"])["orders"]
        assert {order["recipient_address"]["region_code"] for order in orders} <= {entry["region"]}


def test_a_request_changed_after_signing_is_refused(shop):
    query = shop.query(page_size=5)
    sign = ("sign", signed(shop.app.secret, ORDERS, query, "{}"))
    assert shop.send("POST", ORDERS, [sign, *reversed(query)], "{}")["code"] == 0
    assert shop.send("POST", ORDERS, [*query, sign], '{"order_status": "UNPAID"}')["code"] == 106001
    assert shop.send("POST", ORDERS, [*query, ("page_token", "x"), sign], "{}")["code"] == 106001
    assert shop.send("POST", ORDERS, [*query, ("sign", sign[1].upper())], "{}")["code"] == 106001


def test_multipart_bodies_and_the_old_token_parameter_are_not_signed(shop):
    query = [*shop.query(), ("sign", signed(shop.app.secret, SHOPS, shop.query(), ""))]
    form = {"content-type": "multipart/form-data"}
    assert shop.send("GET", SHOPS, [*query, ("access_token", "x")], "not signed", **form)["code"] == 0
    assert shop.send("GET", SHOPS, query, "not signed")["code"] == 106001


@pytest.mark.parametrize(("age", "code"), [(290, 0), (310, 36009004), (-20, 0), (-60, 36009004)])
def test_a_timestamp_is_good_from_five_minutes_ago_to_half_a_minute_ahead(shop, age, code):
    assert shop.code("GET", SHOPS, age=age) == code


def test_what_is_missing_or_wrong_is_named(shop):
    query = shop.query()
    assert "signature" in shop.send("GET", SHOPS, query)["message"]
    assert shop.code("GET", SHOPS, timestamp="now") == 36009004
    assert shop.code("GET", SHOPS, app_key="nobody") == 36009004
    assert shop.code("POST", ORDERS, {}, shop_cipher="GCP_x") == 101000
    shop.token = shop.app.secret
    assert shop.code("GET", SHOPS) == 101000


def test_paths_and_methods_that_do_not_exist_are_told_apart(shop):
    assert shop.code("GET", "/order/202309/nothing") == 36009009
    assert shop.code("GET", ORDERS) == 36009010


def tokens(shop, step, **parameters):
    answer = shop.servers.api.get(
        f"/api/v2/token/{step}", params={"app_key": shop.app.app_id, "app_secret": shop.app.secret, **parameters}
    )
    assert answer.status_code == 200
    return answer.json()


def test_an_authorisation_code_gives_a_pair_once(shop):
    wanted = {"auth_code": shop.app.auth_code, "grant_type": "authorized_code"}
    answer = tokens(shop, "get", **wanted)
    assert_same_shape(answer, sample("shop_token_get"))
    assert answer["data"]["access_token_expire_in"] - real_seconds() == pytest.approx(7 * 86_400, abs=60)
    shop.token = answer["data"]["access_token"]
    assert shop.code("GET", SHOPS) == 0
    assert tokens(shop, "get", **wanted)["code"] == 36004004


def test_a_token_expires_after_seven_days_and_refreshing_gives_a_new_pair(shop):
    shop.servers.ticker.seconds += 7 * 86_400 - 1
    assert shop.code("GET", SHOPS) == 0
    shop.servers.ticker.seconds += 1
    expired = shop.call("GET", SHOPS)
    assert_same_shape(expired, sample("shop_error_105002_expired_token"))
    assert expired["code"] == 105002
    wanted = {"refresh_token": shop.app.refresh_token, "grant_type": "refresh_token"}
    pairs = [tokens(shop, "refresh", **wanted)["data"] for _ in range(2)]
    assert pairs[0]["refresh_token"] != pairs[1]["refresh_token"] != shop.app.refresh_token
    for pair in pairs:
        shop.token = pair["access_token"]
        assert shop.code("GET", SHOPS) == 0


def test_wrong_grants_get_an_error(shop):
    assert tokens(shop, "get", auth_code=shop.app.auth_code, grant_type="code")["code"] == 36009004
    assert tokens(shop, "get", auth_code="x", grant_type="authorized_code")["code"] == 36004004
    stranger = {"refresh_token": shop.app.secret, "grant_type": "refresh_token"}
    assert tokens(shop, "refresh", **stranger)["code"] == 36004005
    assert tokens(shop, "refresh", **{**stranger, "app_secret": shop.app.app_id})["code"] == 36009004


def test_calls_beyond_the_quota_are_throttled(serve_at):
    shop = ShopCalls(serve_at(SETTLED, is_throttled=True))
    answers = [shop.call("GET", SHOPS) for _ in range(40)]
    assert {answer["code"] for answer in answers} == {0, 36009002}
    assert_same_shape(answers[-1], sample("shop_error_36009002_rate_limit"))
    shop.servers.ticker.seconds += 1
    assert shop.code("GET", SHOPS) == 0


@pytest.mark.parametrize(
    ("path", "body", "parameters"),
    [
        (ORDERS, {}, {"page_size": 0}),
        (ORDERS, {}, {"page_size": 101}),
        (ORDERS, {}, {"page_size": "ten"}),
        (ORDERS, {}, {"page_size": 10**30}),
        (ORDERS, {}, {"page_token": "é"}),
        (ORDERS, {}, {"page_token": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5LjE="}),
        (ORDERS, {}, {"sort_field": "id"}),
        (ORDERS, {}, {"sort_order": "down"}),
        (ORDERS, {"order_status": "LOST"}, {}),
        (ORDERS, {"order_status": 3}, {}),
        (ORDERS, {"create_time_ge": "yesterday"}, {}),
        (ORDERS, {"create_time_lt": -1}, {}),
        (ORDERS, {"update_time_ge": 1.5}, {}),
        (ORDERS, {"update_time_lt": True}, {}),
        (ORDERS, {"update_time_lt": 10**40}, {}),
        (ORDERS, {"warehouse_ids": "7"}, {}),
        (ORDERS, [1], {}),
        (PRODUCTS, {"seller_skus": [1]}, {}),
    ],
)
def test_parameters_that_cannot_be_used_are_refused(shop, path, body, parameters):
    assert shop.code("POST", path, body, **parameters) == 36009004


def test_a_body_that_is_no_json_is_refused(shop):
    for body in ("{", '{"a": NaN}', "[" * 5000, "\x00"):
        query = shop.query(page_size=5)
        sign = ("sign", signed(shop.app.secret, ORDERS, query, body))
        assert shop.send("POST", ORDERS, [*query, sign], body)["code"] == 36009004


def test_ids_and_dates_that_cannot_be_used_are_refused(shop):
    assert shop.code("GET", DETAIL) == 36009004
    assert shop.code("GET", DETAIL, ids=[str(number) for number in range(51)]) == 36009004
    assert shop.code("GET", DETAIL, ids="[1") == 36009004
    assert shop.code("GET", VIDEOS, start_date_ge="2026-13-01", end_date_lt="2026-10-01") == 36009004
    assert shop.code("GET", VIDEOS) == 36009004


def test_unknown_parameters_are_ignored(shop):
    assert shop.code("POST", ORDERS, {"colour": "red"}, page_size=3, flavour="sweet") == 0
