"""What follows from orders and content: searches, product pages, sponsored listings, registrations, prices."""

from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest

from phygital_funnel.sandbox.world.catalogue import MARKETS, PRODUCTS
from phygital_funnel.sandbox.world.columns import micros_of, timestamps
from phygital_funnel.sandbox.world.joins import is_amazon_sale, rows_of
from phygital_funnel.sandbox.world.registrations import REGISTRATION_SHARE, person_hash
from phygital_funnel.sandbox.world.searches import _of_orders
from phygital_funnel.sandbox.world.times import micros

AMAZON = {market.code: market for market in MARKETS if market.has_amazon}
SHELF_TESTS = (0.9, 0.95, 1.0, 1.05, 1.1)


@pytest.fixture(scope="module")
def sales(tiny):
    """Amazon order lines with their order's market, time and local day."""
    orders = {
        row["order_id"]: row
        for row, sold in zip(tiny["orders"].to_pylist(), is_amazon_sale(tiny["orders"]), strict=True)
        if sold
    }
    lines = [line | orders[line["order_id"]] for line in tiny["order_lines"].to_pylist() if line["order_id"] in orders]
    for line in lines:
        line["day"] = line["purchased_at"].astimezone(ZoneInfo(AMAZON[line["market"]].timezone)).date()
    return lines


@pytest.fixture(scope="module")
def pages(tiny):
    return {(row["market"], row["asin"], row["day"]): row for row in tiny["listing_days"].to_pylist()}


def test_every_product_has_a_page_on_every_local_day_of_every_market_with_amazon(tiny, pages):
    days = {market: {day for code, _, day in pages if code == market} for market in AMAZON}
    assert {market for market, _, _ in pages} == set(AMAZON)
    assert len(pages) == tiny["listing_days"].num_rows == sum(len(PRODUCTS) * len(days[market]) for market in AMAZON)
    # Los Angeles is behind UTC and touches the day before; Paris is ahead and touches the day after.
    assert (min(days["US"]) - tiny.size.start).days == -1
    assert (max(days["FR"]) - tiny.size.start).days == tiny.size.days


def test_the_price_on_the_page_is_what_amazon_charged_that_day(sales, pages):
    assert sales
    for line in sales:
        assert (
            line["item_price_minor"]
            == line["quantity"] * pages[line["market"], line["asin"], line["day"]]["price_minor"]
        )


def test_prices_are_tried_out_now_and_then(pages):
    usual = {}
    for (market, asin, _), page in pages.items():
        usual.setdefault((market, asin), []).append(page["price_minor"])
    changes = {key: np.array(prices) / np.median(prices) for key, prices in usual.items()}
    tested = np.mean(np.concatenate(list(changes.values())) != 1)
    assert 0.02 < tested < 0.15
    assert all(
        min(abs(ratio - allowed) for allowed in SHELF_TESTS) < 0.01 for values in changes.values() for ratio in values
    )


def test_visits_cover_orders_and_about_a_tenth_of_them_buys(sales, pages):
    bought = {}
    for line in sales:
        key = line["market"], line["asin"], line["day"]
        bought[key] = bought.get(key, 0) + 1
    assert all(pages[key]["sessions"] >= count for key, count in bought.items())
    assert 0.07 < len(sales) / sum(page["sessions"] for page in pages.values()) < 0.15
    assert all(page["page_views"] >= page["sessions"] for page in pages.values())


def test_without_stock_the_offer_is_lost(tiny, pages):
    out = [page for page in pages.values() if page["is_out_of_stock"]]
    assert out
    assert max(page["buy_box_share"] for page in out) < 0.5
    spells = {(row["market"], row["asin"]) for row in tiny["stock_outs"].to_pylist()}
    assert {(page["market"], page["asin"]) for page in out} <= spells


def test_reviews_only_grow(pages):
    last = {}
    for (market, asin, _), page in sorted(pages.items()):
        assert page["reviews"] >= last.get((market, asin), 0)
        last[market, asin] = page["reviews"]


def test_people_search_between_what_they_saw_and_what_they_buy(tiny):
    searches, orders = tiny["searches"], tiny["orders"]
    at = micros_of(searches["searched_at"])
    assert (np.diff(at) >= 0).all()
    order = rows_of(searches["order_id"], orders["order_id"])
    exposure = searches["exposure_id"].fill_null(-1).to_numpy()
    caused = (order >= 0) & (exposure >= 0)
    assert caused.sum() > 20
    assert (at[order >= 0] < micros_of(orders["purchased_at"])[order[order >= 0]]).all()
    shown = tiny["exposures"].take(exposure[exposure >= 0])
    assert (micros_of(shown["occurred_at"]) - 1_000_000 < at[exposure >= 0]).all()
    assert (shown["person_id"].to_numpy() == searches["person_id"].to_numpy()[exposure >= 0]).all()


def test_nobody_searches_before_seeing_what_made_them_search():
    """The purchase comes two minutes after the exposure, and people tend to search half an hour before they buy."""
    second = 1_000_000
    tables = {
        "exposures": pa.table({"occurred_at": timestamps(np.array([0]))}),
        "orders": pa.table({"order_id": ["o"], "person_id": [7], "purchased_at": timestamps([120 * second])}),
        "order_lines": pa.table({"order_id": ["o"], "line_number": [1], "asin": [PRODUCTS[3].asin]}),
    }
    draw = np.random.default_rng(1)
    found = _of_orders(tables, np.array([0]), np.array([0]), np.array([200]), draw)
    assert (found.searched_at >= 60 * second).all()
    assert (found.searched_at < 120 * second).all()
    assert set(found.product) == {3}


def test_fifteen_searches_end_without_a_purchase_for_one_that_does(tiny):
    """Some fall behind the end of the period, or belong to people without Amazon."""
    searches = tiny["searches"]
    prompted, bought = searches["exposure_id"].is_valid().to_numpy(), searches["order_id"].is_valid().to_numpy()
    assert 10 < (prompted & ~bought).sum() / (prompted & bought).sum() < 15
    assert set(searches["market"].to_pylist()) <= set(AMAZON)


def test_clicked_orders_are_not_searched_for(tiny):
    searches = tiny["searches"]
    of_orders = searches.filter(searches["order_id"].is_valid())["exposure_id"].drop_null().to_pylist()
    assert not set(of_orders) & set(tiny["clicks"]["exposure_id"].to_pylist())


def test_sponsored_conversions_stand_on_the_day_of_the_click_with_the_age_they_came_at(tiny, sales):
    rows = tiny["sponsored_days"].to_pylist()
    assert all(isinstance(row[key], int) for row in rows[:5] for key in ("campaign_id", "ad_group_id", "ad_id"))
    assert len({(row["ad_id"], row["day"]) for row in rows}) == len(rows)
    lines = {}
    for line in sales:
        lines.setdefault((line["market"], line["asin"]), set()).add(line["day"].toordinal())
    assert sum(row["purchases"] for row in rows) > 5
    for row in rows:
        assert row["purchases"] == sum(row["purchases_by_age"])
        assert row["impressions"] >= row["clicks"] >= row["purchases"]
        ages = [age for age, count in enumerate(row["purchases_by_age"]) if count]
        assert row["settled_days"] == max(ages, default=0)
        assert all(row["day"].toordinal() + age in lines[row["market"], row["asin"]] for age in ages)


def test_registrations_follow_the_delivery_of_amazon_sales(tiny):
    orders, registrations = tiny["orders"], tiny["registrations"]
    order = rows_of(registrations["order_id"], orders["order_id"])
    assert is_amazon_sale(orders)[order].all()
    assert (micros_of(orders["delivered_at"])[order] < micros_of(registrations["registered_at"])).all()
    delivered = is_amazon_sale(orders) & orders["delivered_at"].is_valid().to_numpy()
    assert abs(len(order) / delivered.sum() - REGISTRATION_SHARE) < 0.08
    row = registrations.to_pylist()[0]
    assert row["person_hash"] == person_hash(row["person_id"])
    assert len(row["person_hash"]) == 64


def test_commissions_are_paid_at_the_rate_in_force(tiny):
    rates = {}
    for row in tiny["commission_rates"].to_pylist():
        rates.setdefault(row["creator_id"], []).append((micros(row["valid_from"]), row["valid_to"], row["rate"]))
    orders = {row["order_id"]: row for row in tiny["orders"].to_pylist()}
    paid = [line for line in tiny["order_lines"].to_pylist() if line["commission_minor"]]
    assert paid
    for line in paid:
        order = orders[line["order_id"]]
        at = micros(order["purchased_at"])
        (rate,) = [r for since, to, r in rates[order["creator_id"]] if since <= at and (to is None or at < micros(to))]
        assert abs(line["commission_minor"] / (line["item_price_minor"] - line["discount_minor"]) - rate) < 0.01
