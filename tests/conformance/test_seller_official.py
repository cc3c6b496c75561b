"""Amazon's own SDK reads the Selling Partner API."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from spapi import (
    ApiException,
    GetOrderApi,
    OrdersV0Api,
    ReportsApi,
    SalesApi,
    SearchOrdersApi,
    SellersApi,
)
from spapi.auth.lwa_exception import LwaException
from spapi.auth.lwa_request import AccessTokenCache
from spapi.models.reports_v2021_06_30 import CreateReportSpecification

from . import flat_files, oracle
from .official_seller import ask, assert_nothing_is_lost, run_report

ALL_ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
SALES_AND_TRAFFIC = "GET_SALES_AND_TRAFFIC_REPORT"
WINDOW = timedelta(days=30)
EVERYTHING = ["BUYER", "RECIPIENT", "PROCEEDS", "PROMOTION", "CANCELLATION", "FULFILLMENT", "PACKAGES", "TAX"]


@pytest.fixture(params=["US", "UK", "FR", "DE"])
def market(request, world):
    return next(market for market in world.markets if market.code == request.param)


def amazon_markets(world) -> list[str]:
    return [market.marketplace_id for market in world.markets if market.has_amazon]


def search(seller_sdk, **arguments: Any) -> Iterator[Any]:
    """All orders of all pages."""
    api = SearchOrdersApi(seller_sdk)
    token: dict[str, str] = {}
    while token is not None:
        page = ask(api.search_orders, **arguments, **token)
        assert_nothing_is_lost(seller_sdk, page)
        yield from page.orders
        following = page.pagination.next_token if page.pagination else None
        token = {"pagination_token": following} if following else None


def test_all_orders_of_all_marketplaces_are_found_once_with_their_money(seller_sdk, world):
    """The price of the items before promotions and tax, per currency; Amazon shows none of cancelled orders."""
    found = list(
        search(
            seller_sdk,
            created_after=world.size.first_moment - timedelta(days=1),
            marketplace_ids=amazon_markets(world),
            included_data=EVERYTHING,
        )
    )
    expected = {
        order.order_id: order
        for market in world.markets
        if market.has_amazon
        for order in oracle.amazon_orders(world, market.code)
    }
    assert len(found) == len(expected)
    assert {order.order_id for order in found} == expected.keys()
    prices: Counter[str] = Counter()
    for order in found:
        ours = expected[order.order_id]
        assert order.created_time == ours.purchased_at.replace(microsecond=order.created_time.microsecond)
        assert (order.fulfillment.fulfillment_status == "CANCELLED") == (ours.cancelled_at is not None)
        assert (order.sales_channel.channel_name == "AMAZON") == ours.is_amazon_sale
        if ours.cancelled_at is None and ours.is_amazon_sale:
            assert sum(item.quantity_ordered for item in order.order_items) == ours.quantity
            for item in order.order_items:
                for part in item.proceeds.breakdowns:
                    if part.type == "ITEM":
                        prices[part.subtotal.currency_code] += round(float(part.subtotal.amount) * 100)
    assert prices == Counter(
        {
            market.currency: sum(
                order.item_price_minor
                for other in world.markets
                if other.has_amazon and other.currency == market.currency
                for order in oracle.amazon_orders(world, other.code)
                if order.cancelled_at is None and order.is_amazon_sale
            )
            for market in world.markets
            if market.has_amazon
        }
    )


def test_without_proceeds_and_promotion_an_order_shows_neither(seller_sdk, world):
    lately = world.size.first_moment + timedelta(days=world.size.days - 7)
    found = list(search(seller_sdk, created_after=lately, marketplace_ids=amazon_markets(world)[:1]))
    assert found
    assert {order.proceeds for order in found} == {None}
    assert {(item.proceeds, item.promotion) for order in found for item in order.order_items} == {(None, None)}


def test_one_order_is_read_by_its_id(seller_sdk, world):
    order = next(order for order in oracle.amazon_orders(world, "US") if order.cancelled_at is None)
    answer = ask(GetOrderApi(seller_sdk).get_order, order.order_id, included_data=["PROCEEDS"])
    assert_nothing_is_lost(seller_sdk, answer)
    assert answer.order.order_id == order.order_id
    assert [item.product.asin for item in answer.order.order_items] == [line["asin"] for line in order.lines]


def test_the_older_orders_api_pages_through_the_same_orders(seller_sdk, world, market):
    api = OrdersV0Api(seller_sdk)
    arguments: dict[str, Any] = {"created_after": world.size.first_moment.strftime("%Y-%m-%dT%H:%M:%SZ")}
    found: list[Any] = []
    while arguments:
        page = ask(api.get_orders, [market.marketplace_id], max_results_per_page=40, **arguments)
        assert_nothing_is_lost(seller_sdk, page)
        found += page.payload.orders
        arguments = {"next_token": page.payload.next_token} if page.payload.next_token else {}
    expected = oracle.amazon_orders(world, market.code)
    assert len(found) == len(expected)
    assert {order.amazon_order_id for order in found} == {order.order_id for order in expected}
    sale = next(order for order in expected if order.cancelled_at is None and order.is_amazon_sale)
    items = ask(api.get_order_items, sale.order_id)
    assert_nothing_is_lost(seller_sdk, items)
    prices = [float(item.item_price.amount) for item in items.payload.order_items]
    assert round(sum(prices) * 10**market.exponent) == sale.item_price_minor


def test_reports_go_to_done_and_the_all_orders_file_sums_to_the_world(seller_sdk, world, now):
    """Every window of a month by last update, one marketplace: each line once, prices of what was not cancelled."""
    start = world.size.first_moment
    rows: list[dict[str, str]] = []
    while start < now:
        end = min(start + WINDOW, now)
        states, text = run_report(
            seller_sdk,
            report_type=ALL_ORDERS,
            marketplace_ids=["ATVPDKIKX0DER"],
            data_start_time=start,
            data_end_time=end - timedelta(seconds=1),
        )
        assert states in (["IN_QUEUE", "IN_PROGRESS", "DONE"], ["IN_QUEUE", "IN_PROGRESS", "CANCELLED"])
        rows += flat_files.rows(text)
        start = end
    orders = oracle.amazon_orders(world, "US")
    assert len(rows) == sum(len(order.lines) for order in orders)
    assert {row["amazon-order-id"] for row in rows} == {order.order_id for order in orders}
    total = sum(round(float(row["item-price"]) * 100) for row in rows if row["item-price"])
    assert total == sum(order.item_price_minor for order in orders if order.cancelled_at is None)


def test_daily_sales_sum_to_the_orders_of_each_local_day(seller_sdk, world, market):
    """Across a change to winter time; shipments for other channels are no sales."""
    zone = ZoneInfo(market.timezone)
    first = world.size.start
    last = first + timedelta(days=world.size.days + 1)
    start, end = (datetime(day.year, day.month, day.day, tzinfo=zone).isoformat() for day in (first, last))
    arguments = {"granularity_time_zone": market.timezone}
    answer = ask(SalesApi(seller_sdk).get_order_metrics, [market.marketplace_id], f"{start}--{end}", "Day", **arguments)
    assert_nothing_is_lost(seller_sdk, answer)
    assert len(answer.payload) == (last - first).days
    expected: Counter[Any] = Counter()
    sales = 0
    for order in oracle.amazon_orders(world, market.code):
        day = oracle.local_day(order.purchased_at, market.timezone)
        if order.is_amazon_sale and order.cancelled_at is None and first <= day < last:
            expected[day] += 1
            sales += order.item_price_minor
    found = Counter(
        {datetime.fromisoformat(day.interval.split("--")[0]).date(): day.order_count for day in answer.payload}
    )
    assert +found == expected
    assert round(sum(float(day.total_sales.amount) for day in answer.payload) * 10**market.exponent) == sales


def test_the_seller_takes_part_in_every_marketplace_of_the_world(seller_sdk, world):
    answer = ask(SellersApi(seller_sdk).get_marketplace_participations)
    assert_nothing_is_lost(seller_sdk, answer)
    assert {(entry.marketplace.id, entry.marketplace.default_currency_code) for entry in answer.payload} == {
        (market.marketplace_id, market.currency) for market in world.markets if market.has_amazon
    }


def test_a_wrong_refresh_token_is_the_sdks_error(sandbox, credentials):
    seller = credentials.seller
    tokens = AccessTokenCache(
        seller.client_id,
        seller.client_secret,
        "Atzr|unknown",
        oauth_endpoint=f"{sandbox.base_url}/auth/o2/token",
        max_retries=0,
    )
    with pytest.raises(LwaException):
        tokens.get_lwa_access_token()


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("throttle", 429, "QuotaExceeded"),
        ("revoked_token", 403, "Unauthorized"),
        ("server_error", 500, "InternalFailure"),
    ],
)
def test_a_refusal_is_the_sdks_error_in_the_platforms_shape(sandbox, seller_sdk, fault, status, code):
    """Amazon gives no hint how long to wait."""
    sandbox.fault(fault, "/reports/2021-06-30/reports", times=1)
    with pytest.raises(ApiException) as caught:
        ReportsApi(seller_sdk).get_report("50000000000")
    assert caught.value.status == status
    assert [error["code"] for error in json.loads(caught.value.body)["errors"]] == [code]
    assert "retry-after" not in caught.value.headers
    assert sandbox.pending_faults() == []


def test_an_unknown_report_is_not_found(seller_sdk):
    with pytest.raises(ApiException) as caught:
        ask(ReportsApi(seller_sdk).get_report, "1")
    assert caught.value.status == 404
    assert json.loads(caught.value.body)["errors"][0]["code"] == "NotFound"


def test_an_invalid_request_is_the_sdks_error(seller_sdk):
    specification = CreateReportSpecification(report_type="GET_MAGIC", marketplace_ids=["ATVPDKIKX0DER"])
    with pytest.raises(ApiException) as caught:
        ask(ReportsApi(seller_sdk).create_report, specification)
    assert caught.value.status == 400
    assert json.loads(caught.value.body)["errors"][0]["code"] == "InvalidInput"
