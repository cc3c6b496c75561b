"""Selling Partner API: orders, units and sales by hour, day, week, month and in all."""

from datetime import timedelta
from decimal import Decimal

import pytest

from phygital_funnel.sandbox.world import generate
from phygital_funnel.sandbox.world.catalogue import JAPAN

from .conftest import SEED
from .samples import assert_same_shape, sample
from .seller_calls import FR, SETTLED, UK, US, amazon_lines, fetch, fetch_json, get

PATH = "/sales/v1/orderMetrics"
AUTUMN = "2026-09-01T00:00:00-07:00--2026-12-01T00:00:00-08:00"
PACIFIC = "America/Los_Angeles"


def metrics(servers, interval, granularity, marketplace=US, **query):
    answer = get(servers, PATH, marketplaceIds=marketplace, interval=interval, granularity=granularity, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()["payload"]


def totals(payload):
    sales = sum(int(Decimal(entry["totalSales"]["amount"]) * 100) for entry in payload)
    return (
        sum(entry["unitCount"] for entry in payload),
        sum(entry["orderItemCount"] for entry in payload),
        sum(entry["orderCount"] for entry in payload),
        sales,
    )


def world_totals(lines):
    kept = [line for line in lines if not line["order"]["cancelled_at"] and not line["order"]["fulfils_order_id"]]
    return (
        sum(line["quantity"] for line in kept),
        len(kept),
        len({line["order_id"] for line in kept}),
        sum(line["item_price_minor"] for line in kept),
    )


@pytest.mark.parametrize("granularity", ["Day", "Week", "Month", "Year", "Total"])
def test_every_granularity_adds_up_to_the_world(serve_at, tiny, granularity):
    payload = metrics(serve_at(SETTLED), AUTUMN, granularity, granularityTimeZone=PACIFIC)
    assert totals(payload) == world_totals(amazon_lines(tiny, "US"))
    starts = [entry["interval"].split("--")[0] for entry in payload]
    ends = [entry["interval"].split("--")[1] for entry in payload]
    assert starts[1:] == ends[:-1]
    assert (starts[0], ends[-1]) == ("2026-09-01T00:00-07:00", "2026-12-01T00:00-08:00")
    assert len(payload) == {"Day": 91, "Week": 14, "Month": 3, "Year": 1, "Total": 1}[granularity]


def test_hours_are_served_in_the_documented_shape_with_empty_ones(serve_at, tiny):
    servers = serve_at("2026-10-20T12:00:00")
    payload = metrics(servers, "2026-10-10T00:00:00-07:00--2026-10-12T00:00:00-07:00", "Hour")
    documented = sample("seller_sales_orderMetrics_hour")
    assert_same_shape({"payload": payload}, documented)
    assert len(payload) == 48
    empty = next(entry for entry in payload if entry["orderCount"] == 0)
    assert {**empty, "interval": ""} == {**documented["payload"][1], "interval": ""}
    assert payload[10]["interval"] == "2026-10-10T10:00-07:00--2026-10-10T11:00-07:00"
    days = metrics(servers, "2026-10-10T00:00:00-07:00--2026-10-12T00:00:00-07:00", "Day", granularityTimeZone=PACIFIC)
    assert totals(payload) == totals(days)
    assert totals(days)[2] > 0


@pytest.mark.parametrize(
    ("now", "interval", "hours"),
    [
        ("2026-10-27T00:00:00", "2026-10-25T00:00+02:00--2026-10-26T00:00+01:00", 25),
        ("2026-03-31T00:00:00", "2026-03-29T00:00+01:00--2026-03-30T00:00+02:00", 23),
    ],
)
def test_days_of_the_clock_change_have_23_or_25_hours(serve_at, now, interval, hours):
    servers = serve_at(now)
    by_hour = metrics(servers, interval, "Hour", FR, granularityTimeZone="Europe/Paris")
    assert len({entry["interval"] for entry in by_hour}) == len(by_hour) == hours
    (day,) = metrics(servers, interval, "Day", FR, granularityTimeZone="Europe/Paris")
    assert day["interval"] == interval


def test_an_interval_that_starts_within_a_period_is_cut(serve_at):
    payload = metrics(
        serve_at(SETTLED), "2026-10-07T10:30:00Z--2026-10-20T00:00:00Z", "Week", granularityTimeZone="UTC"
    )
    assert [entry["interval"] for entry in payload] == [
        "2026-10-07T10:30Z--2026-10-12T00:00Z",
        "2026-10-12T00:00Z--2026-10-19T00:00Z",
        "2026-10-19T00:00Z--2026-10-20T00:00Z",
    ]


def test_weeks_may_start_on_sunday(serve_at):
    query = {"granularityTimeZone": "UTC", "firstDayOfWeek": "Sunday"}
    payload = metrics(serve_at(SETTLED), "2026-10-07T00:00:00Z--2026-10-20T00:00:00Z", "Week", **query)
    assert [entry["interval"][:10] for entry in payload] == ["2026-10-07", "2026-10-11", "2026-10-18"]


def test_asin_sku_and_buyer_split_the_sales(serve_at, tiny):
    servers = serve_at(SETTLED)

    def total(**query):
        return totals(metrics(servers, AUTUMN, "Total", granularityTimeZone=PACIFIC, **query))

    lines = amazon_lines(tiny, "US")
    asin, sku = lines[0]["asin"], lines[0]["sku"]
    of_asin = world_totals([line for line in lines if line["asin"] == asin])
    assert total(asin=asin) == total(sku=sku) == total(sku=sku.replace("-", "%2D")) == of_asin
    assert of_asin[0] > 0
    business = world_totals([line for line in lines if line["order"]["is_business"]])
    assert total(buyerType="B2B") == business
    assert total(buyerType="B2C")[0] == total()[0] - business[0]
    assert total(fulfillmentNetwork="MFN") == (0, 0, 0, 0)
    assert total(fulfillmentNetwork="AFN") == total()


def test_only_orders_placed_and_not_cancelled_by_now_count(serve_at, tiny):
    now = "2026-10-05T12:00:00"
    known = [
        line
        | {"order": {**line["order"], "cancelled_at": (c := line["order"]["cancelled_at"]) and c.isoformat() <= now}}
        for line in amazon_lines(tiny, "UK")
        if line["order"]["purchased_at"].isoformat() <= now
    ]
    interval = "2026-09-01T00:00:00Z--2026-12-01T00:00:00Z"
    found = metrics(serve_at(now), interval, "Total", UK, granularityTimeZone="UTC")
    assert totals(found) == world_totals(known)


@pytest.mark.parametrize(
    "query",
    [
        {"granularity": None},
        {"granularity": "Minute"},
        {"interval": None},
        {"interval": "2026-09-01--2026-09-02"},
        {"interval": "2026-09-01T00:00:00Z"},
        {"interval": "2026-09-02T00:00:00Z--2026-09-01T00:00:00Z"},
        {"interval": "0001-01-01T00:00:00+14:00--9999-01-01T00:00:00-14:00"},
        {"interval": "2024-01-01T00:00:00Z--2024-02-01T00:00:00Z"},
        {"granularity": "Hour"},
        {"granularityTimeZone": None},
        {"granularityTimeZone": "Europe/Paris"},
        {"granularityTimeZone": "../../etc/passwd"},
        {"granularityTimeZone": "Nowhere/Land"},
        {"granularityTimeZone": "a" * 10_000},
        {"interval": "2026-10-20T00:00:00+02:00--2026-10-28T00:00:00+02:00", "granularityTimeZone": "Europe/Paris"},
        {"asin": "B0SBX00001", "sku": "SBX-SERUM-30-US"},
        {"marketplaceIds": f"{US},{UK}"},
        {"marketplaceIds": None},
        {"buyerType": "B2X"},
        {"firstDayOfWeek": "Friday"},
    ],
)
def test_a_malformed_question_gets_400(serve_at, query):
    good = {
        "marketplaceIds": US,
        "interval": "2026-09-01T00:00:00Z--2026-09-10T00:00:00Z",
        "granularity": "Day",
        "granularityTimeZone": "UTC",
    }
    asked = {name: value for name, value in (good | query).items() if value is not None}
    answer = get(serve_at(SETTLED), PATH, **asked)
    assert answer.status_code == 400
    assert_same_shape(answer.json(), sample("seller_error_400_invalid_input"))


@pytest.fixture(scope="module")
def japan():
    """The tiny world of the multi-currency scenario."""
    return generate("tiny", SEED, "S9")


def test_yen_are_written_without_decimals_everywhere(serve_at, japan):
    servers = serve_at(SETTLED, world=japan)
    kept = [line for line in amazon_lines(japan, "JP") if not line["order"]["cancelled_at"]]
    sold = sum(line["item_price_minor"] for line in kept)
    interval = "2026-03-01T00:00:00+09:00--2026-12-01T00:00:00+09:00"
    (total,) = metrics(servers, interval, "Total", JAPAN.marketplace_id, granularityTimeZone="Asia/Tokyo")
    assert total["totalSales"] == {"amount": str(sold), "currencyCode": "JPY"}
    query = {"createdAfter": "2026-03-01T00:00:00Z", "marketplaceIds": JAPAN.marketplace_id, "includedData": "PROCEEDS"}
    orders = get(servers, "/orders/2026-01-01/orders", **query).json()["orders"]
    amounts = [order["proceeds"]["grandTotal"]["amount"] for order in orders if "proceeds" in order]
    assert all(amount.isdigit() for amount in amounts)
    dates = fetch_json(servers, "GET_SALES_AND_TRAFFIC_REPORT", "2026-03-01", "2026-12-01", JAPAN.marketplace_id)
    daily = [entry["salesByDate"]["orderedProductSales"]["amount"] for entry in dates["salesAndTrafficByDate"]]
    assert all(isinstance(amount, int) for amount in daily)
    assert sum(daily) == sold > 0
    day = max(kept, key=lambda line: line["item_price_minor"])["order"]["shipped_at"].date()
    lines = fetch(servers, f"{day - timedelta(days=1)}", f"{day + timedelta(days=20)}", JAPAN.marketplace_id)
    assert {line["currency"] for line in lines if line["item-price"]} == {"JPY"}
    assert all("." not in line["item-price"] for line in lines)
