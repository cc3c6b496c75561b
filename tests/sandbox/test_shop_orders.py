"""TikTok Shop orders: search, detail, and how they change as the clock moves."""

from collections import Counter
from datetime import timedelta

import pytest

from phygital_funnel.sandbox.api.tiktok_shop.money import amount, shares
from phygital_funnel.sandbox.world.catalogue import JAPAN, MARKETS

from .samples import sample
from .shop_calls import DETAIL, ORDERS, PRODUCTS, SETTLED, ShopCalls, first, minor

CODES = [market.code for market in MARKETS]


def assert_documented(answer, documented, where=""):
    """Every documented key is there with its JSON type; the platform sends more than the sample shows."""
    if isinstance(documented, dict):
        assert set(documented) <= set(answer), where
        for key, value in documented.items():
            assert_documented(answer[key], value, f"{where}.{key}")
    elif isinstance(documented, list):
        for value in answer if documented else ():
            assert_documented(value, documented[0], f"{where}[]")
    else:
        assert type(answer) is type(documented), where


def test_an_order_has_the_documented_shape(serve_at):
    shop = ShopCalls(serve_at(SETTLED))
    assert_documented(shop.call("POST", ORDERS, {}, page_size=50), sample("shop_orders_search"))


@pytest.mark.parametrize("code", CODES)
def test_paging_gives_every_order_of_the_shop_once_and_its_money(serve_at, code):
    shop = ShopCalls(serve_at(SETTLED), code)
    found = shop.orders(page_size=3)
    assert sorted(order["id"] for order in found) == sorted(order["order_id"] for order in shop.world_orders())
    assert found, "a shop without orders shows nothing"
    market, lines = shop.market, shop.world_lines()
    sold = sum(line["item_price_minor"] - line["discount_minor"] - line["platform_discount_minor"] for line in lines)
    assert sum(minor(order["payment"]["sub_total"], market) for order in found) == sold
    assert sum(minor(item["sale_price"], market) for order in found for item in order["line_items"]) == sold
    parts = {
        "original_total_product_price": "item_price_minor",
        "seller_discount": "discount_minor",
        "platform_discount": "platform_discount_minor",
        "shipping_fee": "shipping_minor",
        "tax": "item_tax_minor",
    }
    for name, column in parts.items():
        assert sum(minor(order["payment"][name], market) for order in found) == sum(line[column] for line in lines)
    total = sold + sum(line["shipping_minor"] + line["item_tax_minor"] for line in lines)
    assert sum(minor(order["payment"]["total_amount"], market) for order in found) == total


def test_every_unit_is_a_line_item_of_a_product_of_the_shop(serve_at):
    shop = ShopCalls(serve_at(SETTLED))
    items = [item for order in shop.orders() for item in order["line_items"]]
    units = Counter()
    for line in shop.world_lines():
        units[line["sku"]] += line["quantity"]
    assert Counter(item["seller_sku"] for item in items) == units
    assert len({item["id"] for item in items}) == len(items)
    products = shop.data("POST", PRODUCTS, {}, page_size=100)["products"]
    ids = {(product["id"], sku["id"], sku["seller_sku"]) for product in products for sku in product["skus"]}
    assert {(item["product_id"], item["sku_id"], item["seller_sku"]) for item in items} <= ids
    assert all(len(number) == 19 and number.isdecimal() for row in ids for number in row[:2])


def test_a_product_is_found_by_its_id(serve_at):
    shop = ShopCalls(serve_at(SETTLED), "FR")
    listed = shop.data("POST", PRODUCTS, {}, page_size=1)["products"][0]
    assert shop.data("GET", f"/product/202309/products/{listed['id']}") == listed
    assert shop.code("GET", "/product/202309/products/1") != 0


def test_products_can_be_chosen_by_the_sellers_own_number(serve_at):
    shop = ShopCalls(serve_at(SETTLED), "FR")
    found = shop.everything(PRODUCTS, "products", {"seller_skus": ["SBX-BALM-10-FR"]}, page_size=1)
    assert [product["title"] for product in found] == ['"Cherry" Lip Balm 10g, by Sandbox']
    assert shop.everything(PRODUCTS, "products", {"status": "DRAFT"}) == []
    assert len(shop.everything(PRODUCTS, "products", {}, page_size=3)) == 8


@pytest.mark.parametrize("field", ["create_time", "update_time"])
def test_orders_are_sorted_both_ways(serve_at, field):
    shop = ShopCalls(serve_at(SETTLED), "TH")
    up = [order[field] for order in shop.orders(sort_field=field, sort_order="ASC", page_size=4)]
    down = [order[field] for order in shop.orders(sort_field=field, sort_order="DESC", page_size=4)]
    assert up == sorted(up)
    assert down == up[::-1]


def test_time_ranges_include_their_start_and_not_their_end(serve_at):
    shop = ShopCalls(serve_at(SETTLED))
    for name in ("create_time", "update_time"):
        times = sorted(order[name] for order in shop.orders())
        first, last = times[5], times[-5]
        found = [order[name] for order in shop.orders({f"{name}_ge": first, f"{name}_lt": last})]
        assert sorted(found) == [moment for moment in times if first <= moment < last]


def test_orders_can_be_chosen_by_status_and_buyer(serve_at):
    shop = ShopCalls(serve_at("2026-10-20T12:00:00"))
    orders = shop.orders()
    assert len({order["status"] for order in orders}) >= 2
    for status in {order["status"] for order in orders}:
        found = shop.orders({"order_status": status})
        assert {order["id"] for order in found} == {order["id"] for order in orders if order["status"] == status}
    buyer = orders[0]["user_id"]
    found = shop.orders({"buyer_user_id": buyer})
    assert [order["id"] for order in found] == [order["id"] for order in orders if order["user_id"] == buyer]
    assert shop.orders({"order_status": "PARTIALLY_SHIPPING"}) == []


def test_new_orders_do_not_shift_the_pages_of_a_reader(serve_at):
    """Newest first: orders made between two calls come before both pages, and neither repeats nor hides a row."""
    shop = ShopCalls(serve_at("2026-10-20T00:00:00"))
    wanted = [order["id"] for order in shop.orders()]
    first = shop.data("POST", ORDERS, {}, page_size=5)
    shop.servers.at("2026-10-30T00:00:00")
    second = shop.data("POST", ORDERS, {}, page_size=5, page_token=first["next_page_token"])
    assert second["total_count"] > len(wanted)
    assert [order["id"] for order in first["orders"] + second["orders"]] == wanted[:10]


def test_nothing_from_the_future_is_told(serve_at):
    shop = ShopCalls(serve_at("2026-09-25T10:00:00"))
    now = int(shop.servers.sandbox.now.timestamp())
    orders = shop.orders()
    made = [order for order in shop.world_orders() if order["purchased_at"].timestamp() <= now]
    assert 0 < len(orders) == len(made) < len(shop.world_orders())
    times = [value for order in orders for name, value in order.items() if name.endswith("_time")]
    assert max(times) <= now


def state(shop, order, moment):
    shop.servers.at(moment.replace(tzinfo=None).isoformat())
    (found,) = shop.data("GET", DETAIL, ids=[order["order_id"]])["orders"]
    return found


def test_an_order_moves_from_unpaid_to_completed(serve_at):
    """Each change of state moves update_time to its own moment."""
    servers = serve_at("2026-09-07T00:00:00")
    refunded = set(servers.sandbox.world["refunds"]["order_id"].to_pylist())

    def is_plain(row, order):
        is_slow = order["shipped_at"] and order["shipped_at"] - order["priced_at"] > timedelta(hours=12)
        return is_slow and order["order_id"] not in refunded and order["priced_at"] > order["purchased_at"]

    shop, order = first(servers, "orders", is_plain)
    second, hour = timedelta(seconds=1), timedelta(hours=1)
    steps = [
        ("UNPAID", order["purchased_at"]),
        ("ON_HOLD", order["priced_at"]),
        ("AWAITING_SHIPMENT", order["priced_at"] + hour),
        ("AWAITING_COLLECTION", order["shipped_at"] - 8 * hour),
        ("IN_TRANSIT", order["shipped_at"]),
        ("DELIVERED", order["delivered_at"]),
        ("COMPLETED", order["delivered_at"] + timedelta(days=15)),
    ]
    shop.servers.at((order["purchased_at"] - second).replace(tzinfo=None).isoformat())
    assert shop.data("GET", DETAIL, ids=[order["order_id"]])["orders"] == []
    before = "UNPAID"
    for status, moment in steps:
        if status != "UNPAID":
            assert state(shop, order, moment - second)["status"] == before
        found = state(shop, order, moment)
        assert (found["status"], found["update_time"]) == (status, int(moment.timestamp()))
        assert {item["display_status"] for item in found["line_items"]} == {status}
        assert ("paid_time" in found) == (status != "UNPAID")
        before = status


def test_a_cancelled_order_says_when_and_stays_cancelled(serve_at):
    shop, order = first(serve_at("2026-09-07T00:00:00"), "orders", lambda row, order: row["cancelled_at"])
    assert state(shop, order, order["cancelled_at"] - timedelta(seconds=1))["status"] != "CANCELLED"
    cancelled = int(order["cancelled_at"].timestamp())
    for later in (timedelta(0), timedelta(days=60)):
        found = state(shop, order, order["cancelled_at"] + later)
        assert (found["status"], found["cancel_time"], found["update_time"]) == ("CANCELLED", cancelled, cancelled)


def test_a_refund_moves_update_time(serve_at):
    servers = serve_at("2026-09-07T00:00:00")
    day = timedelta(days=1)
    shop, refund = first(servers, "refunds", lambda row, order: row["refunded_at"] > order["delivered_at"] + day)
    moment = refund["refunded_at"]
    before = state(shop, refund, moment - timedelta(seconds=1))
    after = state(shop, refund, moment)
    assert before["update_time"] < after["update_time"] == int(moment.timestamp())
    found = shop.orders({"update_time_ge": int(moment.timestamp())})
    assert refund["order_id"] in {order["id"] for order in found}


@pytest.mark.parametrize("version", ["202309", "202507"])
def test_detail_takes_ids_however_they_are_listed(serve_at, version):
    shop = ShopCalls(serve_at(SETTLED))
    orders = {order["id"]: order for order in shop.orders()}
    ids = list(orders)[:50]
    path = f"/order/{version}/orders"
    for listed in (ids, ",".join(ids), f'["{ids[0]}","{ids[1]}"]'):
        found = shop.data("GET", path, ids=listed)["orders"]
        assert found == [orders[order_id] for order_id in ids[: len(found)]]
        assert len(found) in (len(ids), 2)


def test_detail_does_not_know_orders_of_other_shops(serve_at):
    servers = serve_at(SETTLED)
    others = [order["order_id"] for order in ShopCalls(servers, "ID").world_orders()][:3]
    assert ShopCalls(servers).data("GET", DETAIL, ids=others)["orders"] == []
    assert len(ShopCalls(servers, "ID").data("GET", DETAIL, ids=others)["orders"]) == 3


def test_samples_are_marked_and_cost_nothing(serve_at):
    servers = serve_at(SETTLED)
    shops = [ShopCalls(servers, code) for code in CODES]
    found = {order["id"]: order for shop in shops for order in shop.orders()}
    samples = [order["order_id"] for shop in shops for order in shop.world_orders() if order["is_sample"]]
    assert samples
    assert {order_id for order_id, order in found.items() if order["is_sample_order"]} == set(samples)
    for order_id in samples:
        assert float(found[order_id]["payment"]["sub_total"]) == 0


def test_amounts_have_the_decimals_of_their_currency():
    dollars = MARKETS[0]
    assert [amount(minor, dollars) for minor in (0, 5, 2499, -105)] == ["0.00", "0.05", "24.99", "-1.05"]
    assert [amount(minor, JAPAN) for minor in (0, 3499)] == ["0", "3499"]
    assert shares(100, 3) == [34, 33, 33]
