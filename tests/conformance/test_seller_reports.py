"""The other reports of the Selling Partner API, run and listed with Amazon's own SDK."""

import gzip
import json
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import requests
from spapi import ReportsApi
from spapi.models.reports_v2021_06_30 import CreateReportSpecification

from . import flat_files, oracle
from .official_seller import ask, assert_nothing_is_lost, run_report

ALL_ORDERS = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
BY_PURCHASE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
SALES_AND_TRAFFIC = "GET_SALES_AND_TRAFFIC_REPORT"
RETURNS = "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA"
US = "ATVPDKIKX0DER"
WINDOW = timedelta(days=30)
LATELY = timedelta(days=3)
SETTLES_AFTER = timedelta(hours=72)


@pytest.fixture
def market(world):
    return next(market for market in world.markets if market.marketplace_id == US)


def windows(world, now):
    """The world's time until now in pieces that a flat file may cover."""
    start = world.size.first_moment
    while start < now:
        yield start, min(start + WINDOW, now) - timedelta(seconds=1)
        start += WINDOW


def test_sales_and_traffic_sum_to_the_orders_and_visits_of_the_world(seller_sdk, world, market):
    """The sandbox's rule, for Amazon tells none: orders cancelled within 72 hours of their day's end are not in it."""
    first, last = world.size.start, world.size.start + timedelta(days=world.size.days - 1)
    states, text = run_report(
        seller_sdk,
        report_type=SALES_AND_TRAFFIC,
        marketplace_ids=[US],
        data_start_time=datetime.combine(first, time(), UTC),
        data_end_time=datetime.combine(last, time(23, 59), UTC),
        report_options={"dateGranularity": "DAY", "asinGranularity": "CHILD"},
    )
    assert states[-1] == "DONE"
    report = json.loads(text)
    ordered = []
    for order in oracle.amazon_orders(world, market.code):
        day = oracle.local_day(order.purchased_at, market.timezone)
        closed_at = oracle.day_end(day, market.timezone) + SETTLES_AFTER
        stays = order.cancelled_at is None or order.cancelled_at > closed_at
        if order.is_amazon_sale and first <= day <= last and stays:
            ordered.append(order)
    days = report["salesAndTrafficByDate"]
    assert len(days) == world.size.days
    assert sum(day["salesByDate"]["unitsOrdered"] for day in days) == sum(order.quantity for order in ordered)
    sales = sum(day["salesByDate"]["orderedProductSales"]["amount"] for day in days)
    assert round(sales * 100) == sum(order.item_price_minor for order in ordered)
    units: Counter[Any] = Counter()
    for order in ordered:
        for line in order.lines:
            units[line["asin"]] += line["quantity"]
    products = report["salesAndTrafficByAsin"]
    assert +Counter({row["childAsin"]: row["salesByAsin"]["unitsOrdered"] for row in products}) == units
    visits = [row for row in world["listing_days"].to_pylist() if row["market"] == market.code]
    visits = [row for row in visits if first <= row["day"] <= last]
    assert sum(day["trafficByDate"]["pageViews"] for day in days) == sum(row["page_views"] for row in visits)
    assert sum(row["trafficByAsin"]["sessions"] for row in products) == sum(row["sessions"] for row in visits)


def test_the_all_orders_file_by_order_date_has_the_orders_bought_then(seller_sdk, world, market):
    start = world.size.first_moment + timedelta(days=10)
    end = start + WINDOW
    _, text = run_report(
        seller_sdk, report_type=BY_PURCHASE, marketplace_ids=[US], data_start_time=start, data_end_time=end
    )
    expected = {o.order_id for o in oracle.amazon_orders(world, market.code) if start <= o.purchased_at <= end}
    assert expected
    assert {row["amazon-order-id"] for row in flat_files.rows(text)} == expected


def test_returns_are_the_units_that_came_back(seller_sdk, world, now, market):
    """Refunds of money alone are no returns."""
    ours = {order.order_id for order in oracle.amazon_orders(world, market.code)}
    expected = Counter(
        (refund["order_id"], refund["quantity"])
        for refund in world["refunds"].to_pylist()
        if refund["order_id"] in ours and refund["quantity"]
    )
    found: Counter[tuple[str, int]] = Counter()
    for start, end in windows(world, now):
        _, text = run_report(
            seller_sdk, report_type=RETURNS, marketplace_ids=[US], data_start_time=start, data_end_time=end
        )
        found.update((row["order-id"], int(row["quantity"])) for row in flat_files.rows(text))
    assert found == expected
    assert expected


def test_every_report_is_listed_once_over_all_pages(seller_sdk, world, now):
    """The following pages are asked for with their token alone."""
    api = ReportsApi(seller_sdk)
    created = set()
    for days in range(12):
        start = world.size.first_moment + timedelta(days=days)
        wanted = CreateReportSpecification(
            report_type=ALL_ORDERS, marketplace_ids=[US], data_start_time=start, data_end_time=start + LATELY
        )
        created.add(ask(api.create_report, wanted).report_id)
    arguments: dict[str, Any] = {"report_types": [ALL_ORDERS], "page_size": 10}
    listed: list[str] = []
    while arguments:
        page = ask(api.get_reports, **arguments)
        assert_nothing_is_lost(seller_sdk, page)
        assert len(page.reports) <= 10
        listed += [report.report_id for report in page.reports]
        arguments = {"next_token": page.next_token} if page.next_token else {}
    assert len(listed) == len(set(listed))
    assert created <= set(listed)


def test_a_report_without_data_is_cancelled(seller_sdk, world):
    before = world.size.first_moment - timedelta(days=20)
    states, text = run_report(
        seller_sdk, report_type=ALL_ORDERS, marketplace_ids=[US], data_start_time=before, data_end_time=before + LATELY
    )
    assert (states[-1], text) == ("CANCELLED", "")


def test_a_fatal_report_says_why_in_its_document(sandbox, seller_sdk, world):
    sandbox.fault("fatal_report", "/reports/2021-06-30/reports", times=1)
    start = world.size.first_moment + timedelta(days=30)
    states, text = run_report(
        seller_sdk, report_type=ALL_ORDERS, marketplace_ids=[US], data_start_time=start, data_end_time=start + LATELY
    )
    assert states[-1] == "FATAL"
    assert json.loads(text)["errorDetails"]


def test_the_url_of_a_document_can_expire_and_be_asked_for_again(sandbox, seller_sdk, world):
    start = world.size.first_moment + timedelta(days=31)
    api = ReportsApi(seller_sdk)
    wanted = CreateReportSpecification(
        report_type=ALL_ORDERS, marketplace_ids=[US], data_start_time=start, data_end_time=start + 3 * LATELY
    )
    report_id = ask(api.create_report, wanted).report_id
    status = next(s for s in (ask(api.get_report, report_id) for _ in range(9)) if s.processing_status == "DONE")
    document_id = status.report_document_id
    sandbox.fault("expired_document", "/_blob", times=1)
    expired = requests.get(ask(api.get_report_document, document_id).url, timeout=30)
    assert (expired.status_code, expired.headers["content-type"].partition(";")[0]) == (403, "application/xml")
    fresh = requests.get(ask(api.get_report_document, document_id).url, timeout=30)
    assert gzip.decompress(fresh.content).startswith(b"amazon-order-id\t")
