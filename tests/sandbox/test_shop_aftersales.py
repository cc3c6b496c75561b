"""TikTok Shop beyond orders: affiliate orders, returns, cancellations and what videos sold."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta

import pyarrow as pa
import pytest

from phygital_funnel.sandbox.world.catalogue import MARKETS
from phygital_funnel.sandbox.world.scenario import scenario_named

from .samples import sample
from .shop_calls import AFFILIATES, CANCELLATIONS, RETURNS, SETTLED, SHOPS, VIDEOS, ShopCalls, first, minor
from .test_shop_orders import assert_documented

CODES = [market.code for market in MARKETS]


@pytest.fixture
def shops(serve_at):
    servers = serve_at(SETTLED)
    return [ShopCalls(servers, code) for code in CODES]


def affiliate_orders(shop, **body):
    return shop.everything(AFFILIATES, "orders", body, page_size=3)


def test_an_affiliate_order_has_the_documented_shape(shops):
    assert_documented(
        shops[0].call("POST", AFFILIATES, {}, page_size=50), sample("shop_affiliate_seller_orders_search")
    )


def test_affiliate_orders_name_their_creator_content_and_commission(shops):
    """The contents are the world's, for every shop; orders without a creator are left out."""
    kinds = Counter()
    for shop in shops:
        handles = {row["creator_id"]: row["handle"] for row in shop.servers.sandbox.world["creators"].to_pylist()}
        orders = {order["order_id"]: order for order in shop.world_orders() if order["creator_id"]}
        commissions = defaultdict(int)
        for line in shop.world_lines():
            commissions[line["order_id"]] += line["commission_minor"]
        found = affiliate_orders(shop)
        assert {order["id"] for order in found} == set(orders)
        for order in found:
            wanted = orders[order["id"]]
            content = {(sku["content_type"], sku["content_id"]) for sku in order["skus"]}
            kind = "LIVE" if wanted["live_id"] else "VIDEO"
            assert content == {(kind, wanted["live_id"] or wanted["video_id"])}
            kinds[kind] += 1
            assert {sku["creator_username"] for sku in order["skus"]} == {handles[wanted["creator_id"]]}
            estimated = sum(minor(sku["estimated_paid_commission"]["amount"], shop.market) for sku in order["skus"])
            assert estimated == commissions[order["id"]]
    assert kinds["LIVE"]
    assert kinds["VIDEO"]


def test_the_commission_is_the_rate_in_force_on_the_base(shops):
    for shop in shops:
        for order in affiliate_orders(shop):
            for sku in order["skus"]:
                base = minor(sku["estimated_commission_base"]["amount"], shop.market)
                commission = minor(sku["estimated_paid_commission"]["amount"], shop.market)
                assert commission == pytest.approx(base * int(sku["commission_rate"]) / 10_000, abs=0.51)


def earning_order(servers):
    """A shop, an order of one line that was delivered and earned its creator a commission, and that line."""
    lines = defaultdict(list)
    for line in servers.sandbox.world["order_lines"].to_pylist():
        lines[line["order_id"]].append(line)

    def is_simple(row, order):
        (line, *more) = lines[order["order_id"]]
        return order["delivered_at"] and line["commission_minor"] and line["quantity"] == 1 and not more

    shop, order = first(servers, "orders", is_simple)
    return shop, order, lines[order["order_id"]][0]


def sku_at(shop, order, moment):
    """The affiliate order's only SKU as it stands at a time."""
    shop.servers.at(moment.replace(tzinfo=None).isoformat())
    found = {entry["id"]: entry for entry in affiliate_orders(shop)}[order["order_id"]]
    (sku,) = found["skus"]
    return sku


def with_refund(world, refund):
    """The world with one refund and no other."""
    schema = world["refunds"].schema
    row = {"refund_id": "rf_1", "is_partial": not refund["quantity"], "reason": "defective", **refund}
    return replace(world, tables={**world.tables, "refunds": pa.Table.from_pylist([row], schema)})


def test_a_commission_settles_fifteen_days_after_delivery(tiny, serve_at):
    world = replace(tiny, tables={**tiny.tables, "refunds": tiny["refunds"].slice(0, 0)})
    shop, order, _ = earning_order(serve_at("2026-09-08T00:00:00", world=world))
    settles = order["delivered_at"] + timedelta(days=15)
    before, after = sku_at(shop, order, settles - timedelta(seconds=1)), sku_at(shop, order, settles)
    assert (before["settlement_status"], before["actual_paid_commission"]["amount"]) == ("UNSETTLED", "0.00")
    assert after["settlement_status"] == "SETTLED"
    assert after["actual_paid_commission"] == after["estimated_paid_commission"] == before["estimated_paid_commission"]


@pytest.mark.parametrize(
    ("days", "quantity", "status", "share"),
    [(5, 1, "INELIGIBLE", 0), (5, 0, "SETTLED", 0.5), (20, 1, "SETTLED", 1)],
    ids=["the unit", "half of the money", "after the settlement"],
)
def test_what_comes_back_before_the_settlement_earns_no_commission(tiny, serve_at, days, quantity, status, share):
    """A whole refund makes a line ineligible, one of money alone lowers its base; a later one changes nothing."""
    shop, order, line = earning_order(serve_at(SETTLED))
    paid = line["item_price_minor"] - line["discount_minor"]
    refund = {
        "order_id": order["order_id"],
        "line_number": line["line_number"],
        "refunded_at": order["delivered_at"] + timedelta(days=days),
        "quantity": quantity,
        "amount_minor": paid if quantity else paid // 2,
    }
    shop = ShopCalls(serve_at(SETTLED, world=with_refund(tiny, refund)), shop.market.code)
    sku = sku_at(shop, order, shop.servers.sandbox.now)
    assert (sku["settlement_status"], sku["refunded_quantity"]) == (status, quantity)
    assert sku["fully_return"] == ("Yes" if quantity else "No")
    earned = minor(sku["actual_paid_commission"]["amount"], shop.market)
    assert earned == pytest.approx(line["commission_minor"] * share, abs=1)


def test_returns_give_back_what_the_world_refunded(shops):
    for shop in shops:
        refunds = shop.world_lines("refunds")
        found = shop.everything(RETURNS, "return_orders", page_size=2)
        assert Counter(row["order_id"] for row in found) == Counter(row["order_id"] for row in refunds)
        total = sum(row["amount_minor"] for row in refunds)
        assert sum(minor(row["refund_amount"]["refund_total"], shop.market) for row in found) == total
        items = [item for row in found for item in row["return_line_items"]]
        assert sum(minor(item["refund_amount"]["refund_total"], shop.market) for item in items) == total
        assert len({item["return_line_item_id"] for item in items}) == len(items)
        sold = {item["id"] for order in shop.orders() for item in order["line_items"]}
        assert {item["order_line_item_id"] for item in items} <= sold
        assert {row["return_status"] for row in found} <= {"RETURN_OR_REFUND_REQUEST_COMPLETE"}


def test_a_return_is_asked_for_sent_and_then_refunded(serve_at):
    six_days = timedelta(days=6)
    shop, refund = first(
        serve_at("2026-09-08T00:00:00"),
        "refunds",
        lambda row, order: row["quantity"] and row["refunded_at"] - order["delivered_at"] > six_days,
    )
    steps = [
        (timedelta(days=5, seconds=1), None),
        (timedelta(days=5), "RETURN_OR_REFUND_REQUEST_PENDING"),
        (timedelta(days=2), "AWAITING_BUYER_SHIP"),
        (timedelta(days=1), "BUYER_SHIPPED_ITEM"),
        (timedelta(0), "RETURN_OR_REFUND_REQUEST_COMPLETE"),
    ]
    for before, status in steps:
        shop.servers.at((refund["refunded_at"] - before).replace(tzinfo=None).isoformat())
        found = shop.everything(RETURNS, "return_orders", {"order_ids": [refund["order_id"]]}, page_size=10)
        assert [row["return_status"] for row in found] == ([status] if status else [])
        if status:
            assert shop.everything(RETURNS, "return_orders", {"return_status": [status]}, page_size=10)


def test_returns_can_be_chosen_by_kind_and_time(shops):
    shop = max(shops, key=lambda shop: len(shop.world_lines("refunds")))
    refunds = sorted(shop.world_lines("refunds"), key=lambda row: row["refunded_at"])
    middle = int(refunds[len(refunds) // 2]["refunded_at"].timestamp())
    late = shop.everything(RETURNS, "return_orders", {"update_time_ge": middle}, page_size=10)
    assert len(late) == sum(row["refunded_at"].timestamp() >= middle for row in refunds)
    money = shop.everything(RETURNS, "return_orders", {"return_types": ["REFUND"]}, page_size=10)
    assert len(money) == sum(not row["quantity"] for row in refunds)


def test_cancellations_are_the_cancelled_orders(shops):
    cancelled = 0
    for shop in shops:
        wanted = {row["order_id"]: row for row in shop.world_orders() if row["cancelled_at"]}
        found = shop.everything(CANCELLATIONS, "cancellations", page_size=2)
        assert {row["order_id"] for row in found} == set(wanted)
        cancelled += len(found)
        totals = {order["id"]: order["payment"]["total_amount"] for order in shop.orders()}
        for row in found:
            order = wanted[row["order_id"]]
            assert row["create_time"] == int(order["cancelled_at"].timestamp())
            was_paid = order["priced_at"] < order["cancelled_at"]
            assert row["refund_amount"]["refund_total"] == (totals[row["order_id"]] if was_paid else "0.00")
    assert cancelled


def test_videos_sold_what_paid_orders_name_them_for(shops):
    for shop in shops:
        paid = [row for row in shop.world_orders() if row["video_id"]]
        paid = {
            row["order_id"]: row for row in paid if not row["cancelled_at"] or row["priced_at"] < row["cancelled_at"]
        }
        sold, units = Counter(), Counter()
        for line in shop.world_lines():
            if line["order_id"] in paid:
                video_id = paid[line["order_id"]]["video_id"]
                sold[video_id] += line["item_price_minor"] - line["discount_minor"]
                units[video_id] += line["quantity"]
        data = shop.data("GET", VIDEOS, start_date_ge="2026-09-01", end_date_lt="2027-02-01", page_size=100)
        assert {row["id"]: minor(row["gmv"]["amount"], shop.market) for row in data["videos"]} == dict(sold)
        assert {row["id"]: row["items_sold"] for row in data["videos"]} == dict(units)


def test_todays_video_figures_are_not_there_yet(serve_at):
    shop = ShopCalls(serve_at("2026-10-20T05:00:00"))
    data = shop.data("GET", VIDEOS, start_date_ge="2026-09-01", end_date_lt="2027-02-01")
    # It is still the 19th in Los Angeles.
    assert data["latest_available_date"] == "2026-10-18"


def test_a_shop_is_not_there_before_it_opens(tiny, serve_at):
    launch = replace(scenario_named("S1"), shop_opens=(("FR", date(2026, 10, 1)),))
    shop = ShopCalls(serve_at("2026-09-30T21:59:00", world=replace(tiny, scenario=launch)), "FR")
    assert "FR" not in {entry["region"] for entry in shop.data("GET", SHOPS)["shops"]}
    assert shop.code("POST", RETURNS, {}) == 101000
    shop.servers.at("2026-09-30T22:00:00")
    assert "FR" in {entry["region"] for entry in shop.data("GET", SHOPS)["shops"]}
    assert shop.code("POST", RETURNS, {}) == 0
