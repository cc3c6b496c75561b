"""The known dates: sales events, coupons, stock-outs, rates and fees with the days from which they hold."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest

from phygital_funnel.sandbox.world import calendar, commissions
from phygital_funnel.sandbox.world.calendar import promotions, sales_of, spike_of, stock_outs
from phygital_funnel.sandbox.world.catalogue import JAPAN, MARKETS, PRODUCTS
from phygital_funnel.sandbox.world.columns import micros_of
from phygital_funnel.sandbox.world.randomness import Randomness
from phygital_funnel.sandbox.world.scenario import SCENARIOS
from phygital_funnel.sandbox.world.sizes import SIZES
from phygital_funnel.sandbox.world.times import DAY, micros

US, ID = MARKETS[0], MARKETS[4]
DEMO = SIZES["demo"]


def drawn(process, scenario="S1", size=DEMO, seed=1):
    chosen = SCENARIOS[scenario]
    # Only stock runs out differently from scenario to scenario.
    about = (chosen.sized(size), chosen) if process is stock_outs else (chosen.sized(size),)
    return process(*about, chosen.markets, Randomness(seed))


@pytest.mark.parametrize(("year", "thursday"), [(2023, 23), (2024, 28), (2025, 27), (2026, 26)])
def test_black_friday_week_is_five_days_from_thanksgiving(year, thursday):
    sale = sales_of(year, US)[-1]
    assert (sale.first, sale.days, sale.uplift) == (date(year, 11, thursday), 5, 3.5)


@pytest.mark.parametrize("first", [date(2023, 10, 10), date(2024, 10, 8), date(2025, 10, 7)])
def test_the_autumn_deal_days_are_those_that_were(first):
    assert sales_of(first.year, US)[2].first == first


def test_markets_without_amazon_have_the_double_days_of_shopping_apps():
    rows = drawn(promotions).to_pylist()
    names = {market.code: {row["name"] for row in rows if row["market"] == market.code and row["kind"] == "event"}
             for market in MARKETS}  # fmt: skip
    assert names["ID"] == {"9.9", "10.10"}
    assert names["US"] == {"Autumn deal days"}


def test_events_begin_and_end_at_midnight_of_the_market_also_when_the_clocks_change():
    """In 2026 the United States leave summer time on 1 November; an event over that night has 24 hours more or less."""
    start, end = calendar.local_span((date(2026, 11, 1) - date(1970, 1, 1)).days, 1, US)
    assert end - start == DAY + DAY // 24
    zones = {market.code: ZoneInfo(market.timezone) for market in MARKETS}
    for row in drawn(promotions).to_pylist():
        for moment in (row["starts_at"], row["ends_at"]):
            local = moment.astimezone(zones[row["market"]])
            assert (local.hour, local.minute) == (0, 0)


def test_an_event_just_before_the_period_is_listed_because_its_lull_reaches_into_it():
    def names(start):
        return drawn(promotions, size=replace(DEMO, start=start)).column("name").to_pylist()

    assert "Autumn deal days" in names(date(2026, 10, 17))
    assert "Autumn deal days" not in names(date(2026, 10, 18))


def test_a_period_without_any_event_has_an_empty_table_of_the_same_columns():
    quiet = drawn(promotions, size=replace(DEMO, start=date(2026, 1, 20), days=1), seed=1)
    assert quiet.num_rows == 0
    assert quiet.schema.equals(drawn(promotions).schema)


def test_coupons_are_on_one_product_and_events_on_all():
    rows = drawn(promotions).to_pylist()
    assert {row["asin"] for row in rows if row["kind"] == "event"} == {None}
    coupons = [row for row in rows if row["kind"] == "coupon"]
    assert {row["asin"] for row in coupons} <= {product.asin for product in PRODUCTS}
    assert all(1 < row["uplift"] < 2 and 0.1 <= row["discount_rate"] <= 0.25 for row in coupons)
    assert len({row["promotion_id"] for row in rows}) == len(rows)


def test_two_in_a_hundred_product_days_have_no_stock_on_amazon():
    size = replace(DEMO, days=2000)
    spells = drawn(stock_outs, size=size)
    lost = (micros_of(spells["ends_at"]) - micros_of(spells["starts_at"])).sum() / DAY
    amazon = sum(market.has_amazon for market in MARKETS)
    assert 0.016 < lost / (amazon * len(PRODUCTS) * size.days) < 0.024
    assert set(spells["market"].to_pylist()) == {"US", "UK", "FR", "DE"}


def test_spells_without_stock_of_one_product_never_overlap():
    last: dict[tuple, object] = {}
    for row in drawn(stock_outs, size=replace(DEMO, days=2000), scenario="S15").to_pylist():
        key = row["market"], row["asin"]
        assert row["starts_at"] < row["ends_at"]
        assert key not in last or last[key] < row["starts_at"]
        last[key] = row["ends_at"]


def test_in_s15_the_product_of_the_viral_video_sells_out_while_it_spreads():
    """Everything else about stock is as in the base world."""
    spike = spike_of(DEMO, SCENARIOS["S15"])
    assert spike.ends_at - spike.starts_at == 2 * DAY
    base, spiked = ({tuple(row.values()) for row in drawn(stock_outs, name).to_pylist()} for name in ("S1", "S15"))
    ((market, asin, starts, ends),) = spiked - base
    assert (market, asin) == (spike.market, spike.asin)
    assert spike.starts_at < micros(starts) < spike.ends_at < micros(ends)
    assert all(row[:2] == (market, asin) for row in base - spiked)


@pytest.fixture
def rates():
    creators = pa.table({"creator_id": [f"c{n}" for n in range(200)], "commission_rate": [0.0] + [0.2] * 199})
    return commissions.commission_rates(DEMO, creators, Randomness(1))


def test_a_changed_rate_takes_effect_thirty_days_after_it_was_decided(rates):
    rows = rates.to_pylist()
    changes = [row for row in rows if row["decided_at"] != row["valid_from"]]
    assert 50 < len(changes) < 110
    assert all(row["valid_from"] - row["decided_at"] == timedelta(days=30) for row in changes)
    before = {row["creator_id"]: row for row in rows if row["valid_to"]}
    assert all(before[row["creator_id"]]["valid_to"] == row["valid_from"] for row in changes)
    assert all(before[row["creator_id"]]["rate"] != row["rate"] for row in changes)


def test_the_rate_in_force_is_the_one_of_the_moment(rates):
    change = next(row for row in rates.to_pylist() if row["decided_at"] != row["valid_from"])
    at = micros(change["valid_from"])
    found = commissions.rate_at(rates, pa.array([change["creator_id"]] * 2 + ["c0"]), np.array([at - 1, at, at]))
    assert found.tolist() == [0.2, change["rate"], 0.0]


def test_the_fee_of_the_shop_in_the_euro_markets_rises_in_january_2026():
    rows = [row for row in commissions.fees((*MARKETS, JAPAN)).to_pylist() if row["platform"] == "tiktok_shop"]
    french = [(row["valid_from"], row["valid_to"], row["rate"]) for row in rows if row["market"] == "FR"]
    assert french == [(date(2025, 3, 31), date(2026, 1, 8), 0.05), (date(2026, 1, 8), None, 0.09)]
    assert {row["market"] for row in rows} == {market.code for market in (*MARKETS, JAPAN)}
