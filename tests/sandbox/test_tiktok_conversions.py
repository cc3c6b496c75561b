"""Conversions of the Shop's ads, GMV Max, and the dirt in TikTok's figures."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from .tiktok import ADVERTISERS, PERIODS, SETTLED, US, get, of_level, rows, total

METRICS = [
    "impressions", "clicks", "spend", "conversion", "complete_payment", "onsite_shopping", "vta_conversion",
    "cta_conversion", "total_onsite_shopping_value", "real_time_conversion", "result", "video_play_actions",
]  # fmt: skip


def everything(servers, **params):
    """Daily rows of all ads of all accounts."""
    return [
        {**row, "advertiser_id": advertiser_id}
        for advertiser_id in ADVERTISERS
        for period in PERIODS
        for row in rows(servers, *period, advertiser_id=advertiser_id, metrics=METRICS, **params)
    ]


@pytest.fixture(scope="module")
def claims(tiny):
    """What the rule claims, found order by order: {order id: (ad, is a click, time seen, order)}."""
    shop_ads = {row["ad_id"] for row in tiny["ads"].to_pylist() if row["destination"] == "tiktok_shop"}
    clicked = set(tiny["clicks"]["exposure_id"].to_pylist())
    seen = defaultdict(list)
    for row in tiny["exposures"].to_pylist():
        if row["is_paid"] and row["ad_id"] in shop_ads:
            seen[row["person_id"]].append((row["occurred_at"], row["ad_id"], row["exposure_id"] in clicked))
    found = {}
    for order in tiny["orders"].to_pylist():
        if order["platform"] != "tiktok_shop" or order["is_sample"] or order["priced_at"] is None:
            continue
        before = [(order["priced_at"] - at, at, ad, click) for at, ad, click in seen[order["person_id"]]]
        clicks = [touch for touch in before if touch[3] and timedelta(0) <= touch[0] <= timedelta(days=7)]
        views = [touch for touch in before if timedelta(0) <= touch[0] <= timedelta(days=1)]
        if clicks or views:
            _, at, ad, _ = min(clicks or views)
            found[order["order_id"]] = (ad, bool(clicks), at, order)
    return found


def test_the_shops_orders_are_claimed_by_the_rule(serve_at, tiny, claims):
    """A paid click in the 7 days before payment, else a paid view in the last day; cancelled orders have left."""
    found = everything(serve_at(SETTLED))
    kept = {order_id: claim for order_id, claim in claims.items() if claim[3]["cancelled_at"] is None}
    by_ad = defaultdict(float)
    for row in found:
        by_ad[row["dimensions"]["ad_id"]] += float(row["metrics"]["conversion"])
    expected = defaultdict(float)
    for ad, *_ in kept.values():
        expected[ad] += 1
    assert {ad: count for ad, count in by_ad.items() if count} == expected
    assert total(found, "cta_conversion") == sum(click for _, click, *_ in kept.values()) > 0
    assert total(found, "vta_conversion") == sum(not click for _, click, *_ in kept.values()) > 0
    for name in ("complete_payment", "onsite_shopping", "real_time_conversion"):
        assert total(found, name) == len(kept)
    # A day on which an ad only had a payment has a row for it.
    unseen = [row for row in found if row["metrics"]["impressions"] == "0"]
    assert unseen
    assert all(float(row["metrics"]["real_time_conversion"]) > 0 for row in unseen)
    us_orders = {order_id for order_id, claim in kept.items() if claim[3]["market"] == "US"}
    worth = sum(
        line["item_price_minor"] - line["discount_minor"]
        for line in tiny["order_lines"].to_pylist()
        if line["order_id"] in us_orders
    )
    of_us = [row for row in found if row["advertiser_id"] == US]
    assert total(of_us, "total_onsite_shopping_value") == pytest.approx(worth / 100)


def test_ads_that_lead_to_amazon_have_no_conversion(serve_at, tiny):
    amazon = {row["ad_id"] for row in tiny["ads"].to_pylist() if row["destination"] == "amazon"}
    found = [row for row in everything(serve_at(SETTLED)) if row["dimensions"]["ad_id"] in amazon]
    assert len(found) > 100
    assert {row["metrics"]["conversion"] for row in found} == {"0"}
    assert all(row["metrics"]["result"] == row["metrics"]["clicks"] for row in found)


def claimed_for(servers, ad, span):
    advertiser_id = next(one for one in ADVERTISERS if one[-1] == ad[4])
    found = rows(servers, *span, advertiser_id=advertiser_id, metrics=METRICS)
    return total([row for row in found if row["dimensions"]["ad_id"] == ad], "conversion")


def at(moment, minutes):
    return f"{moment + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%S}"


def days_around(moment):
    return tuple(f"{moment + timedelta(days=days):%Y-%m-%d}" for days in (-1, 1))


def test_past_days_grow_when_orders_are_paid(serve_at, claims):
    ad, _, seen_at, order = next(claim for claim in claims.values() if claim[3]["priced_at"].date() > claim[2].date())
    servers = serve_at(at(order["priced_at"], 29))
    before = claimed_for(servers, ad, days_around(seen_at))
    assert claimed_for(servers.at(at(order["priced_at"], 31)), ad, days_around(seen_at)) == before + 1


def test_a_cancelled_order_takes_its_conversion_with_it(serve_at, tiny, claims):
    ad, _, seen_at, order = next(claim for claim in claims.values() if claim[3]["cancelled_at"] is None)
    cancelled_at = order["priced_at"] + timedelta(days=1)
    orders = [{**row, "cancelled_at": cancelled_at} if row == order else row for row in tiny["orders"].to_pylist()]
    table = pa.Table.from_pylist(orders, tiny["orders"].schema)
    servers = serve_at(at(cancelled_at, -1), world=replace(tiny, tables={**tiny.tables, "orders": table}))
    before = claimed_for(servers, ad, days_around(seen_at))
    assert claimed_for(servers.at(at(cancelled_at, 1)), ad, days_around(seen_at)) == before - 1


GMV = {
    "advertiser_id": US,
    "store_ids": '["7495000000000000001"]',
    "dimensions": '["campaign_id","stat_time_day"]',
    "metrics": '["cost","orders","gross_revenue","roi","cost_per_order","currency"]',
    "start_date": "2026-09-07",
    "end_date": "2026-10-06",
    "page_size": "1000",
}


def test_gmv_max_claims_every_order_of_what_it_promotes_and_its_ads_are_nowhere_else(serve_at, tiny):
    world = replace(tiny, scenario=replace(tiny.scenario, has_gmv_max=True))
    servers = serve_at(SETTLED, world=world)
    shop_ads = [row for row in tiny["ads"].to_pylist() if row["destination"] == "tiktok_shop" and row["market"] == "US"]
    found = get(servers, "gmv_max/report/get", **GMV)["data"]["list"]
    promoted = {row["asin"] for row in shop_ads}
    bought = defaultdict(set)
    for line in tiny["order_lines"].to_pylist():
        bought[line["order_id"]].add(line["asin"])
    start, end = (datetime.fromisoformat(f"2026-{day}T04:00+00:00") for day in ("09-07", "10-07"))
    expected = [
        order
        for order in tiny["orders"].to_pylist()
        if order["platform"] == "tiktok_shop"
        and order["market"] == "US"
        and not order["is_sample"]
        and order["priced_at"] is not None
        and start <= order["priced_at"] < end
        and order["cancelled_at"] is None
        and bought[order["order_id"]] & promoted
    ]
    assert total(found, "orders") == len(expected) > 0
    assert total(found, "cost") > 0
    visible = get(servers, "ad/get", advertiser_id=US, page_size=1000)["data"]["list"]
    assert visible
    assert not {row["ad_id"] for row in visible} & {row["ad_id"] for row in shop_ads}
    reported = {row["dimensions"]["ad_id"] for row in rows(servers, *PERIODS[0])}
    assert reported
    assert not reported & {row["ad_id"] for row in shop_ads}


def test_without_gmv_max_its_report_is_empty(serve_at):
    assert get(serve_at(SETTLED), "gmv_max/report/get", **GMV)["data"]["list"] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"store_ids": "[]"}, 40002),
        ({"store_ids": '["1"]'}, 40001),
        ({"metrics": '["magic"]'}, 40002),
        ({"dimensions": ""}, 40002),
        ({"end_date": "2026-12-01"}, 40002),
        ({"end_date": "2026-09-01"}, 40002),
        ({"advertiser_id": "1"}, 40001),
    ],
)
def test_a_bad_gmv_max_request_is_refused(serve_at, change, code):
    assert get(serve_at(SETTLED), "gmv_max/report/get", **(GMV | change))["code"] == code


def by_time(servers, start, end, dimension="stat_time_day", metric="impressions"):
    sums = defaultdict(float)
    for row in rows(servers, start, end, **of_level("AD", dimension)):
        sums[row["dimensions"][dimension]] += float(row["metrics"][metric].replace("-", "0"))
    return dict(sums)


def test_a_missing_hour_is_missing_from_its_day_too(serve_at):
    clean, dirty = serve_at(SETTLED), serve_at(SETTLED, dirt={"missing_hour"})
    truth, shown = (by_time(servers, "2026-10-01", "2026-10-30") for servers in (clean, dirty))
    less = {day for day in truth if shown[day] < truth[day]}
    assert 1 <= len(less) <= 5
    day = min(less)[:10]
    hours = set(by_time(clean, day, day, "stat_time_hour")) - set(by_time(dirty, day, day, "stat_time_hour"))
    assert hours == {f"{day} 14:00:00"}


def test_a_late_partition_comes_a_day_late_and_whole(serve_at):
    clean, dirty = serve_at("2026-10-30T13:00:00"), serve_at("2026-10-30T13:00:00", dirt={"late_partitions"})
    truth, shown = (by_time(servers, "2026-10-15", "2026-10-30") for servers in (clean, dirty))
    late = set(truth) - set(shown)
    assert all(shown[day] == truth[day] for day in shown)
    assert late == {"2026-10-29 00:00:00"}
    dirty.at("2026-10-31T13:00:00")
    clean.at("2026-10-31T13:00:00")
    day = min(late)[:10]
    assert by_time(dirty, day, day) == by_time(clean, day, day) != {}


@pytest.mark.parametrize("by_scenario", [True, False])
def test_late_restatement_moves_a_day_by_15_percent_at_day_twenty(serve_at, tiny, by_scenario):
    world = replace(tiny, scenario=replace(tiny.scenario, late_restatement=0.15)) if by_scenario else tiny
    servers = serve_at("2026-10-21T11:00:00", world=world, dirt=() if by_scenario else {"restatement"})
    span = ("2026-09-21", "2026-10-01")
    early = by_time(servers, *span)
    late = by_time(servers.at("2026-10-21T13:00:00"), *span)
    assert {day for day in early if early[day] != late[day]} == {"2026-10-01 00:00:00"}
    final = by_time(serve_at(SETTLED), *span)
    assert late == final
    assert 0.75 < early["2026-10-01 00:00:00"] / final["2026-10-01 00:00:00"] < 0.95


def test_days_in_the_wrong_offset_differ_only_where_the_clocks_change(serve_at):
    """New York leaves summer time on 2026-11-01; the dirty report notices a day late."""
    clean, dirty = serve_at(SETTLED), serve_at(SETTLED, dirt={"dst_days"})
    truth, shown = (by_time(servers, "2026-10-08", "2026-11-06") for servers in (clean, dirty))
    assert {day for day in truth if truth[day] != shown[day]} == {"2026-11-01 00:00:00", "2026-11-02 00:00:00"}
    assert sum(truth.values()) == sum(shown.values())


def test_bots_play_much_and_cost_nothing(serve_at):
    clean, dirty = serve_at(SETTLED), serve_at(SETTLED, dirt={"bot_views"})
    for metric, grows in (("video_play_actions", True), ("spend", False), ("clicks", False)):
        truth, shown = (by_time(servers, "2026-10-01", "2026-10-30", metric=metric) for servers in (clean, dirty))
        more = {day for day in truth if shown[day] > truth[day] + 1e-9}
        assert bool(more) == grows
        assert len(more) <= 3
