"""Orders are written once per state, and a page never shows a state that has passed."""

from datetime import timedelta

import orjson
import pytest

from phygital_funnel.sandbox.api.fragments import Fragments

from .seller_calls import amazon_orders, get, iso, parsed
from .shop_calls import ORDERS, first

FINDABLE = timedelta(minutes=2)
SEARCH, OLD = "/orders/2026-01-01/orders", "/orders/v0/orders"


def current(servers, order, **query):
    window = {"createdAfter": iso(order["purchased_at"]) + "Z", "createdBefore": iso(order["purchased_at"]) + "Z"}
    (found,) = get(servers, SEARCH, **window, includedData="PROCEEDS,FULFILLMENT", **query).json()["orders"]
    return found["fulfillment"]["fulfillmentStatus"].upper(), parsed(found["lastUpdatedTime"]), "proceeds" in found


def old(servers, order):
    moment = iso(order["purchased_at"]) + "Z"
    window = {"CreatedAfter": moment, "CreatedBefore": moment, "MarketplaceIds": "ATVPDKIKX0DER"}
    (found,) = get(servers, OLD, **window).json()["payload"]["Orders"]
    return found["OrderStatus"].upper(), parsed(found["LastUpdateDate"]), "OrderTotal" in found


@pytest.mark.parametrize("read", [current, old])
def test_an_order_on_a_page_that_was_asked_for_before_changes_with_the_clock(serve_at, tiny, read):
    order = next(
        o for o in amazon_orders(tiny, "US")
        if not o["cancelled_at"] and o["purchased_at"] + 2 * FINDABLE < o["priced_at"] < o["shipped_at"]
    )  # fmt: skip
    servers = serve_at(iso(order["purchased_at"] + FINDABLE))
    seen = [read(servers, order), read(servers, order)]
    for name in ("priced_at", "shipped_at"):
        servers.at(iso(order[name]))
        seen += [read(servers, order), read(servers, order)]
    wanted = [
        ("PENDING", order["purchased_at"], False),
        ("UNSHIPPED", order["priced_at"], True),
        ("SHIPPED", order["shipped_at"], True),
    ]
    assert seen == [(state, moment.replace(microsecond=0), money) for state, moment, money in wanted for _ in range(2)]


def test_a_refund_shows_on_a_page_that_was_asked_for_before(serve_at, tiny):
    refund = next(
        r for r in tiny["refunds"].to_pylist() if r["order_id"] in {o["order_id"] for o in amazon_orders(tiny)}
    )
    order = next(o for o in amazon_orders(tiny) if o["order_id"] == refund["order_id"])
    servers = serve_at(iso(order["shipped_at"]))
    before = current(servers, order)
    servers.at(iso(refund["refunded_at"]))
    assert before == ("SHIPPED", order["shipped_at"].replace(microsecond=0), True)
    assert current(servers, order) == ("SHIPPED", refund["refunded_at"].replace(microsecond=0), True)


def test_parts_of_an_order_that_others_asked_for_are_not_shown(serve_at):
    servers = serve_at("2027-01-01T00:00:00")
    start = "2026-09-01T00:00:00Z"
    everything = get(servers, SEARCH, createdAfter=start, includedData="BUYER,RECIPIENT").json()["orders"]
    plain = get(servers, SEARCH, createdAfter=start).json()["orders"]
    assert [order["orderId"] for order in plain] == [order["orderId"] for order in everything]
    assert all("buyer" in order for order in everything)
    assert not any({"buyer", "recipient"} & set(order) for order in plain)


def test_a_shops_order_on_a_page_that_was_asked_for_before_changes_with_the_clock(serve_at):
    servers = serve_at("2026-09-07T00:00:00")
    shop, order = first(
        servers, "orders", lambda row, order: order["shipped_at"] and order["priced_at"] > order["purchased_at"]
    )
    seen = []
    for name in ("purchased_at", "priced_at", "shipped_at", "delivered_at"):
        servers.at(iso(order[name]))
        seen += [
            (found["status"], found["update_time"])
            for _ in range(2)
            for found in shop.data("POST", ORDERS, {}, page_size=100)["orders"]
            if found["id"] == order["order_id"]
        ]
    wanted = zip(
        ("UNPAID", "ON_HOLD", "IN_TRANSIT", "DELIVERED"),
        (int(order[name].timestamp()) for name in ("purchased_at", "priced_at", "shipped_at", "delivered_at")),
        strict=True,
    )
    assert seen == [entry for entry in wanted for _ in range(2)]


def test_only_so_many_pieces_are_kept_and_those_asked_for_last():
    kept, written = Fragments(3), []

    def ask(*keys):
        def write(missing):
            written.extend(keys[place] for place in missing)
            return [{"key": keys[place]} for place in missing]

        return [entry["key"] for entry in orjson.loads(orjson.dumps(kept.of(keys, write)))]

    assert ask("a", "b", "c") == ["a", "b", "c"]
    assert ask("a", "d") == ["a", "d"]
    assert ask("b", "a") == ["b", "a"]
    assert written == ["a", "b", "c", "d", "b"]
    assert len(kept) == 3


def test_a_page_may_hold_more_pieces_than_are_kept():
    kept = Fragments(2)
    found = kept.of([1, 2, 3, 4], lambda missing: [place * 10 for place in missing])
    assert orjson.loads(orjson.dumps(found)) == [0, 10, 20, 30]
    assert len(kept) == 2
