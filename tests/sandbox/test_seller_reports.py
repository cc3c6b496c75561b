"""Selling Partner API: the report types beside the all-orders file."""

import gzip
import json
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from .samples import FOLDER, assert_same_shape, sample
from .seller_calls import (
    DE,
    FR,
    MARKETPLACES,
    MONTHS,
    SETTLED,
    UK,
    US,
    amazon_lines,
    amazon_orders,
    download,
    fetch,
    fetch_json,
    finish,
    iso,
)

TRAFFIC = "GET_SALES_AND_TRAFFIC_REPORT"
RETURNS = "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA"
SHIPMENT_PROMOTIONS = "GET_FBA_FULFILLMENT_CUSTOMER_SHIPMENT_PROMOTION_DATA"
PROMOTIONS, COUPONS = "GET_PROMOTION_PERFORMANCE_REPORT", "GET_COUPON_PERFORMANCE_REPORT"
QUERIES = "GET_BRAND_ANALYTICS_SEARCH_QUERY_PERFORMANCE_REPORT"
TERMS = "GET_BRAND_ANALYTICS_SEARCH_TERMS_REPORT"
PARIS, PACIFIC = ZoneInfo("Europe/Paris"), ZoneInfo("America/Los_Angeles")
PERIOD = ("2026-08-30", "2026-12-31")
ASINS = [f"B0SBX0000{number}" for number in range(1, 9)]


def day_of(moment, zone=PACIFIC):
    return moment.astimezone(zone).date()


# --- files of the warehouses ---------------------------------------------------------------------------------------


def test_every_unit_that_came_back_is_in_the_returns_once(serve_at, tiny):
    servers = serve_at(SETTLED)
    names = {order["order_id"] for order in amazon_orders(tiny)}
    came_back = [r for r in tiny["refunds"].to_pylist() if r["order_id"] in names and r["quantity"]]
    rows = [
        row for market in MARKETPLACES.values() for month in MONTHS for row in fetch(servers, *month, market, RETURNS)
    ]
    assert Counter((row["order-id"], int(row["quantity"])) for row in rows) == Counter(
        (r["order_id"], r["quantity"]) for r in came_back
    )
    assert len({row["license-plate-number"] for row in rows}) == len(rows) > 0
    header = (FOLDER / "seller_document_fba_customer_returns.tsv").read_text().splitlines()[0].split("\t")
    assert list(rows[0]) == header
    asins = {(line["order_id"], line["line_number"]): line["asin"] for line in amazon_lines(tiny)}
    wanted = {(r["order_id"], asins[r["order_id"], r["line_number"]]) for r in came_back}
    assert {(row["order-id"], row["asin"]) for row in rows} == wanted


def test_a_return_is_reported_after_the_day_has_ended(serve_at, tiny):
    markets = {order["order_id"]: order["market"] for order in amazon_orders(tiny)}
    refund = next(
        r
        for r in tiny["refunds"].to_pylist()
        if r["order_id"] in markets and r["quantity"] and r["refunded_at"].hour < 23
    )
    marketplace = MARKETPLACES[markets[refund["order_id"]]]
    day = refund["refunded_at"].date()
    window = (f"{day}T00:00:00Z", f"{day}T23:59:59Z")
    servers = serve_at(f"{day}T23:59:00")
    assert refund["order_id"] not in {row["order-id"] for row in fetch(servers, *window, marketplace, RETURNS)}
    servers.at(f"{day + timedelta(days=1)}T04:00:01")
    assert refund["order_id"] in {row["order-id"] for row in fetch(servers, *window, marketplace, RETURNS)}


def test_a_daily_report_is_made_once_in_four_hours(serve_at):
    servers = serve_at(SETTLED)
    assert finish(servers, *MONTHS[1], US, SHIPMENT_PROMOTIONS)["processingStatus"] == "DONE"
    assert finish(servers, *MONTHS[1], US, SHIPMENT_PROMOTIONS)["processingStatus"] == "CANCELLED"
    assert finish(servers, *MONTHS[0], US, SHIPMENT_PROMOTIONS)["processingStatus"] == "DONE"
    servers.at("2027-01-01T04:00:00")
    assert finish(servers, *MONTHS[1], US, SHIPMENT_PROMOTIONS)["processingStatus"] == "DONE"


def test_every_discount_on_a_shipped_item_is_reported(serve_at, tiny):
    servers = serve_at(SETTLED)
    rows = [
        row
        for market in (US, UK, FR, DE)
        for month in MONTHS
        for row in fetch(servers, *month, market, SHIPMENT_PROMOTIONS)
    ]
    given = [line for line in amazon_lines(tiny) if line["discount_minor"] and line["order"]["shipped_at"]]
    assert sum(round(float(row["item-promotion-discount"]) * 100) for row in rows) == sum(
        line["discount_minor"] for line in given
    )
    codes = {line["order"]["promo_code"] for line in given} - {None}
    assert codes <= {row["item-promotion-id"] for row in rows}
    header = (FOLDER / "seller_document_fba_promotion_data.tsv").read_text().splitlines()[0].split("\t")
    assert list(rows[0]) == header


# --- sales and traffic ---------------------------------------------------------------------------------------------


def traffic(servers, start, end, marketplace=US, **options):
    return fetch_json(servers, TRAFFIC, start, end, marketplace, **options)


def test_sales_and_traffic_has_the_documented_shape(serve_at):
    document = traffic(serve_at(SETTLED), *PERIOD, dateGranularity="DAY", asinGranularity="CHILD")
    assert_same_shape(document, sample("seller_document_sales_and_traffic"))
    assert document["reportSpecification"]["dataStartTime"] == PERIOD[0]


def test_sales_of_every_local_day_and_product_are_the_worlds(serve_at, tiny):
    servers = serve_at(SETTLED)
    expected = defaultdict(lambda: [0, 0, 0])
    for line in amazon_lines(tiny, "US"):
        if not line["order"]["cancelled_at"] and not line["order"]["fulfils_order_id"]:
            for key in (day_of(line["order"]["purchased_at"]).isoformat(), line["asin"]):
                expected[key][0] += line["quantity"]
                expected[key][1] += 1
                expected[key][2] += line["item_price_minor"]
    document = traffic(servers, *PERIOD, asinGranularity="CHILD")
    found = {}
    for entry in document["salesAndTrafficByDate"]:
        found[entry["date"]] = entry["salesByDate"]
    for entry in document["salesAndTrafficByAsin"]:
        found[entry["childAsin"]] = entry["salesByAsin"]
    seen = {
        key: [s["unitsOrdered"], s["totalOrderItems"], round(s["orderedProductSales"]["amount"] * 100)]
        for key, s in found.items()
        if s["unitsOrdered"]
    }
    assert seen == expected


def test_shipments_and_returns_are_counted_on_their_own_day(serve_at, tiny):
    document = traffic(serve_at(SETTLED), *PERIOD)
    sales = [entry["salesByDate"] for entry in document["salesAndTrafficByDate"]]
    shipped = [line for line in amazon_lines(tiny, "US") if line["order"]["shipped_at"]]
    shipped = [line for line in shipped if not line["order"]["fulfils_order_id"]]
    assert sum(entry["unitsShipped"] for entry in sales) == sum(line["quantity"] for line in shipped)
    assert sum(entry["ordersShipped"] for entry in sales) == len({line["order_id"] for line in shipped})
    names = {line["order_id"] for line in shipped}
    refunds = [r for r in tiny["refunds"].to_pylist() if r["order_id"] in names]
    assert sum(entry["unitsRefunded"] for entry in sales) == sum(r["quantity"] for r in refunds) > 0


def test_traffic_is_the_listings_and_products_add_up_to_more_than_the_days(serve_at, tiny):
    document = traffic(serve_at(SETTLED), *PERIOD, FR, asinGranularity="CHILD")
    days = [row for row in tiny["listing_days"].to_pylist() if row["market"] == "FR"]
    products = [entry["trafficByAsin"] for entry in document["salesAndTrafficByAsin"]]
    assert sum(entry["sessions"] for entry in products) == sum(row["sessions"] for row in days)
    assert sum(entry["pageViews"] for entry in products) == sum(row["page_views"] for row in days)
    dates = [entry["trafficByDate"] for entry in document["salesAndTrafficByDate"]]
    assert sum(entry["sessions"] for entry in dates) < sum(row["sessions"] for row in days)
    assert sum(entry["pageViews"] for entry in dates) == sum(row["page_views"] for row in days)
    assert all(entry["browserSessions"] + entry["mobileAppSessions"] == entry["sessions"] for entry in products)
    assert sum(entry["sessionPercentage"] for entry in products) == pytest.approx(100, abs=0.1)


@pytest.mark.parametrize(
    ("granularity", "names", "count"),
    [
        ("PARENT", {"parentAsin"}, 7),
        ("CHILD", {"parentAsin", "childAsin"}, 8),
        ("SKU", {"parentAsin", "childAsin", "sku"}, 8),
    ],
)
def test_products_are_summed_over_the_range_at_the_wanted_level(serve_at, granularity, names, count):
    rows = traffic(serve_at(SETTLED), *PERIOD, asinGranularity=granularity)["salesAndTrafficByAsin"]
    assert len(rows) == count
    assert set(rows[0]) == names | {"salesByAsin", "trafficByAsin"}


def test_weeks_start_on_sunday_and_months_on_the_first(serve_at):
    servers = serve_at(SETTLED)
    weeks = traffic(servers, "2026-09-30", "2026-10-12", dateGranularity="WEEK")["salesAndTrafficByDate"]
    assert [entry["date"] for entry in weeks] == ["2026-09-27", "2026-10-04", "2026-10-11"]
    months = traffic(servers, "2026-09-30", "2026-10-12", dateGranularity="MONTH")["salesAndTrafficByDate"]
    assert [entry["date"] for entry in months] == ["2026-09-01", "2026-10-01"]
    total = sum(entry["salesByDate"]["unitsOrdered"] for entry in weeks)
    assert sum(entry["salesByDate"]["unitsOrdered"] for entry in months) == total


def test_a_day_appears_a_day_after_its_end_and_settles_after_three(serve_at):
    day = ("2026-10-05", "2026-10-05")
    ended = datetime(2026, 10, 6, tzinfo=PARIS)
    servers = serve_at(iso(ended + timedelta(hours=24, seconds=-1)))
    assert finish(servers, *day, FR, TRAFFIC)["processingStatus"] == "CANCELLED"
    views = []
    for hours in (24, 48, 72, 200):
        servers.at(iso(ended + timedelta(hours=hours)))
        views.append(traffic(servers, *day, FR)["salesAndTrafficByDate"][0]["trafficByDate"]["pageViews"])
    assert views[0] <= views[1] < views[2] == views[3]


@pytest.mark.parametrize(("days", "is_counted"), [(3.9, False), (4.1, True)])
def test_an_order_cancelled_after_the_day_has_settled_stays_in_it(serve_at, tiny, days, is_counted):
    """A day settles 72 hours after its end, four days after its start."""
    order = next(o for o in amazon_orders(tiny, "FR") if not o["cancelled_at"] and not o["fulfils_order_id"])
    day = day_of(order["purchased_at"], PARIS)
    start = datetime(day.year, day.month, day.day, tzinfo=PARIS)
    world = with_cancellation(tiny, order, start + timedelta(days=days))
    entries = [
        traffic(serve_at(SETTLED, world=shown), f"{day}", f"{day}", FR)["salesAndTrafficByDate"][0]["salesByDate"]
        for shown in (tiny, world)
    ]
    gone = 0 if is_counted else sum(line["order_id"] == order["order_id"] for line in amazon_lines(tiny))
    assert entries[0]["totalOrderItems"] - entries[1]["totalOrderItems"] == gone


def with_cancellation(world, order, moment):
    """The same world, but for one order that is cancelled."""
    orders = world["orders"]
    times = [moment if name == order["order_id"] else old for name, old in _cancellations(orders)]
    place = orders.column_names.index("cancelled_at")
    changed = orders.set_column(place, "cancelled_at", pa.array(times, orders["cancelled_at"].type))
    return replace(world, tables={**world.tables, "orders": changed})


def _cancellations(orders):
    return zip(orders["order_id"].to_pylist(), orders["cancelled_at"].to_pylist(), strict=True)


# --- promotions and coupons ----------------------------------------------------------------------------------------


def test_deals_are_reported_with_the_units_sold_while_they_ran(serve_at, tiny):
    options = {"promotionStartDateFrom": "2026-08-01T00:00:00Z", "promotionStartDateTo": "2026-12-31T00:00:00Z"}
    document = fetch_json(serve_at(SETTLED), PROMOTIONS, *PERIOD, US, **options)
    deals = [p for p in tiny["promotions"].to_pylist() if (p["market"], p["kind"]) == ("US", "event")]
    deals = [p for p in deals if "2026-08-01" <= p["starts_at"].date().isoformat() < "2026-12-31"]
    assert [entry["promotionId"] for entry in document["promotions"]] == [p["promotion_id"] for p in deals]
    assert_same_shape(document, sample("seller_document_promotion_report"))
    for entry, deal in zip(document["promotions"], deals, strict=True):
        sold = [
            line
            for line in amazon_lines(tiny, "US")
            if deal["starts_at"] <= line["order"]["purchased_at"] < deal["ends_at"]
            and not line["order"]["cancelled_at"]
            and not line["order"]["fulfils_order_id"]
        ]
        assert entry["unitsSold"] == sum(line["quantity"] for line in sold)
        assert entry["unitsSold"] == sum(product["productUnitsSold"] for product in entry["includedProducts"])


def test_coupons_are_reported_gross(serve_at, tiny):
    options = {"couponStartDateFrom": "2026-08-01T00:00:00Z", "couponStartDateTo": "2026-12-31T00:00:00Z"}
    servers = serve_at(SETTLED)
    coupons = [p for p in tiny["promotions"].to_pylist() if p["kind"] == "coupon" and p["market"] in MARKETPLACES]
    assert coupons
    for coupon in coupons:
        document = fetch_json(servers, COUPONS, *PERIOD, MARKETPLACES[coupon["market"]], **options)
        entry = next(e for e in document["coupons"] if e["couponId"] == coupon["promotion_id"])
        redeemed = [
            line
            for line in amazon_lines(tiny, coupon["market"])
            if line["asin"] == coupon["asin"]
            and coupon["starts_at"] <= line["order"]["purchased_at"] < coupon["ends_at"]
            and line["discount_minor"]
            and not line["order"]["promo_code"]
        ]
        assert entry["redemptions"] == len({line["order_id"] for line in redeemed})
        assert round(entry["totalDiscount"] * 100) == sum(line["discount_minor"] for line in redeemed)
        assert entry["budget"] == pytest.approx(entry["budgetSpent"] + entry["budgetRemaining"])


def test_a_promotion_of_the_future_is_not_reported(serve_at, tiny):
    first = min(p["starts_at"] for p in tiny["promotions"].to_pylist() if (p["market"], p["kind"]) == ("US", "event"))
    options = {"promotionStartDateFrom": "2026-08-01T00:00:00Z", "promotionStartDateTo": "2026-12-31T00:00:00Z"}
    servers = serve_at(iso(first - timedelta(seconds=1)))
    assert finish(servers, *PERIOD, US, PROMOTIONS, reportOptions=options)["processingStatus"] == "CANCELLED"
    servers.at(iso(first))
    assert fetch_json(servers, PROMOTIONS, *PERIOD, US, **options)["promotions"]


# --- brand analytics -----------------------------------------------------------------------------------------------

WEEK = ("2026-10-04", "2026-10-10")


def searches(world, market, first, last, zone):
    return [
        search
        for search in world["searches"].to_pylist()
        if search["market"] == market and first <= day_of(search["searched_at"], zone).isoformat() <= last
    ]


def test_search_queries_have_the_documented_shape_and_the_worlds_counts(serve_at, tiny):
    document = fetch_json(serve_at(SETTLED), QUERIES, *WEEK, US, reportPeriod="WEEK", asin=" ".join(ASINS))
    assert_same_shape(document, sample("seller_document_search_query_performance"))
    made = searches(tiny, "US", *WEEK, PACIFIC)
    assert Counter((row["asin"], row["searchQueryData"]["searchQuery"]) for row in document["dataByAsin"]) == Counter(
        {(search["asin"], search["query"]) for search in made}
    )
    purchases = sum(row["purchaseData"]["asinPurchaseCount"] for row in document["dataByAsin"])
    assert purchases == sum(search["order_id"] is not None for search in made)
    volumes = {
        row["searchQueryData"]["searchQuery"]: row["searchQueryData"]["searchQueryVolume"]
        for row in document["dataByAsin"]
    }
    assert volumes == Counter(search["query"] for search in made)


def test_a_query_narrows_from_impression_to_purchase(serve_at):
    document = fetch_json(serve_at(SETTLED), QUERIES, *WEEK, US, reportPeriod="WEEK", asin=" ".join(ASINS))
    for row in document["dataByAsin"]:
        for side in ("total", "asin"):
            stages = [
                row["impressionData"]["totalQueryImpressionCount" if side == "total" else "asinImpressionCount"],
                row["clickData"][f"{side}ClickCount"],
                row["cartAddData"][f"{side}CartAddCount"],
                row["purchaseData"][f"{side}PurchaseCount"],
            ]
            assert stages == sorted(stages, reverse=True)
        assert 0 <= row["purchaseData"]["asinPurchaseShare"] <= 1


def test_only_the_products_asked_for_are_reported_best_query_first(serve_at):
    document = fetch_json(serve_at(SETTLED), QUERIES, *WEEK, US, reportPeriod="WEEK", asin=ASINS[0])
    rows = document["dataByAsin"]
    assert {row["asin"] for row in rows} == {ASINS[0]}
    assert [row["searchQueryData"]["searchQueryScore"] for row in rows] == list(range(1, len(rows) + 1))
    purchases = [row["purchaseData"]["asinPurchaseCount"] for row in rows]
    assert purchases == sorted(purchases, reverse=True)


@pytest.mark.parametrize(
    ("report_type", "window", "options", "lag_days"),
    [
        (QUERIES, WEEK, {"reportPeriod": "WEEK", "asin": ASINS[0]}, 10),
        (TERMS, WEEK, {"reportPeriod": "WEEK"}, 3),
    ],
)
def test_a_week_of_searches_is_reported_days_later(serve_at, report_type, window, options, lag_days):
    ended = datetime.combine(date.fromisoformat(window[1]) + timedelta(days=1), datetime.min.time(), PACIFIC)
    servers = serve_at(iso(ended + timedelta(days=lag_days, seconds=-1)))
    assert finish(servers, *window, US, report_type, reportOptions=options)["processingStatus"] == "CANCELLED"
    servers.at(iso(ended + timedelta(days=lag_days)))
    assert fetch_json(servers, report_type, *window, US, **options)


@pytest.mark.parametrize(("period", "window"), [("DAY", ("2026-10-07",) * 2), ("MONTH", ("2026-10-01", "2026-10-31"))])
def test_search_terms_name_the_three_products_most_clicked(serve_at, tiny, period, window):
    document = fetch_json(serve_at(SETTLED), TERMS, *window, US, reportPeriod=period)
    assert_same_shape(document, sample("seller_document_search_terms"))
    rows = document["dataByDepartmentAndSearchTerm"]
    assert {row["searchTerm"] for row in rows} == {s["query"] for s in searches(tiny, "US", *window, PACIFIC)}
    assert max(Counter(row["searchTerm"] for row in rows).values()) <= 3
    ranks = [row["searchFrequencyRank"] for row in rows if row["clickShareRank"] == 1]
    assert ranks == sorted(set(ranks))


# --- requests of which no report can be made -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("report_type", "window", "options"),
    [
        (TRAFFIC, PERIOD, {"dateGranularity": "HOUR"}),
        (TRAFFIC, PERIOD, {"asinGranularity": "TITLE"}),
        (TRAFFIC, ("2020-01-01", "2026-01-01"), {}),
        (PROMOTIONS, PERIOD, {}),
        (COUPONS, PERIOD, {"couponStartDateFrom": "2026-09-01", "couponStartDateTo": "later"}),
        (QUERIES, WEEK, {"reportPeriod": "WEEK"}),
        (QUERIES, WEEK, {"reportPeriod": "DAY", "asin": ASINS[0]}),
        (QUERIES, WEEK, {"reportPeriod": "WEEK", "asin": " ".join(ASINS * 3)}),
        (QUERIES, ("2026-10-05", "2026-10-11"), {"reportPeriod": "WEEK", "asin": ASINS[0]}),
        (QUERIES, ("2026-10-04", "2026-10-17"), {"reportPeriod": "WEEK", "asin": ASINS[0]}),
        (TERMS, WEEK, {}),
    ],
)
def test_a_request_against_the_reports_own_rules_ends_fatally_with_a_reason(serve_at, report_type, window, options):
    servers = serve_at(SETTLED)
    status = finish(servers, *window, US, report_type, reportOptions=options)
    assert_same_shape(status, sample("seller_reports_getReport_fatal"))
    assert status["processingStatus"] == "FATAL"
    assert json.loads(gzip.decompress(download(servers, status).content))["errorDetails"]


def test_these_reports_cover_one_marketplace(serve_at):
    servers = serve_at(SETTLED)
    assert finish(servers, *PERIOD, report_type=TRAFFIC, marketplaceIds=[US, UK])["processingStatus"] == "FATAL"
