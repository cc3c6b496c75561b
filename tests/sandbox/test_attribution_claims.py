"""What Attribution claims, case by case: a made-up world of a few clicks and orders, with the answer known by hand."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from phygital_funnel.sandbox.api.amazon_ads.claims import ASINS, Claims, Tag, last_clicks
from phygital_funnel.sandbox.api.amazon_ads.sheets import Sheets
from phygital_funnel.sandbox.world.catalogue import MARKETS
from phygital_funnel.sandbox.world.times import DAY, HOUR, micros

START = datetime(2026, 10, 1, 12, tzinfo=UTC)
SERUM, BIG_SERUM, CREAM = ASINS[:3]
US, UK = "581234567801", "581234567802"
TIME = pa.timestamp("us", tz="UTC")
FAR = micros(START + timedelta(days=60))

CLICK = {
    "person_id": 1, "clicked_at": START, "ad_id": "ad1", "tag_ad_id": "ad1", "asin": SERUM, "country": "US",
    "has_tag": True, "destination": "amazon", "landed": True, "carted": False, "halo_asin": None,
}  # fmt: skip
ORDER = {
    "order_id": "o1", "platform": "amazon", "person_id": 1, "market": "US", "purchased_at": START + timedelta(hours=1),
    "cancelled_at": None, "sales_channel": "Amazon.com", "is_new_to_brand": False,
}  # fmt: skip
LINE = {
    "order_id": "o1", "line_number": 1, "asin": SERUM, "quantity": 1, "item_price_minor": 2000, "discount_minor": 0,
    "platform_discount_minor": 0,
}  # fmt: skip
REFUND = {"order_id": "o1", "line_number": 1, "refunded_at": START + timedelta(days=3), "amount_minor": 500}
ADS = [
    {"ad_id": f"ad{n}", "campaign_id": f"c{n}", "adgroup_id": f"g{n}", "market": market}
    for n, market in ((1, "US"), (2, "US"), (3, "UK"))
]
TYPES = {
    "clicked_at": TIME, "purchased_at": TIME, "cancelled_at": TIME, "refunded_at": TIME, "tag_ad_id": pa.string(),
    "ad_id": pa.string(), "halo_asin": pa.string(), "order_id": pa.string(), "line_number": pa.int64(),
    "amount_minor": pa.int64(),
}  # fmt: skip


class MadeUp:
    """As much of a world as Attribution looks at."""

    markets = MARKETS

    def __init__(self, *, is_masked=False, **rows):
        self.scenario = SimpleNamespace(is_masked=is_masked)
        base = {"clicks": CLICK, "orders": ORDER, "order_lines": LINE, "refunds": REFUND}
        self._tables = {"ads": pa.Table.from_pylist(ADS)}
        for name, complete in base.items():
            given = rows.get(name, [] if name == "refunds" else [{}])
            columns = {
                column: pa.array([(complete | row)[column] for row in given], TYPES.get(column)) for column in complete
            }
            self._tables[name] = pa.table(columns)

    def __getitem__(self, name):
        return self._tables[name]


def shown(world, now=FAR, profile=US, level="CREATIVE"):
    """Cells of a PERFORMANCE report that are not zero: (campaign, purchases, total sales)."""
    sheet = Sheets(world).performance(profile, level, now)
    columns = (
        sheet.dimensions["campaignId"],
        sheet.metrics["attributedTotalPurchases14d"],
        sheet.metrics["totalAttributedSales14d"],
    )
    return [cell for cell in zip(*columns, strict=True) if cell[1] != "0"]


CLAIMED = [("c1", "1", "20.0")]


def test_a_purchase_within_the_hour_is_claimed():
    assert shown(MadeUp()) == CLAIMED


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"clicks": [{"has_tag": False}]}, "the tag was lost"),
        ({"clicks": [{"tag_ad_id": None}]}, "an edited link has no tag"),
        ({"clicks": [{"destination": "tiktok_shop"}]}, "the click did not lead to Amazon"),
        ({"clicks": [{"person_id": 2}]}, "somebody else clicked"),
        ({"clicks": [{"clicked_at": START + timedelta(hours=2)}]}, "the click came after the order"),
        ({"clicks": [{"clicked_at": START + timedelta(hours=1, days=-14)}]}, "the click was a fortnight ago"),
        ({"clicks": [{"country": "GB"}]}, "the click was in another country"),
        ({"orders": [{"platform": "tiktok_shop"}]}, "it is an order of TikTok Shop"),
        ({"orders": [{"sales_channel": "Non-Amazon US"}]}, "Amazon only shipped it"),
        ({"orders": [{"cancelled_at": START + timedelta(hours=9)}]}, "it was cancelled at once"),
        ({"refunds": [{"amount_minor": 2000}]}, "all of it was given back"),
        ({"refunds": [{"amount_minor": 800}, {"amount_minor": 1200}]}, "all of it was given back in parts"),
    ],
)
def test_what_is_not_claimed(change, why):
    assert shown(MadeUp(**change)) == [], why


@pytest.mark.parametrize(
    "change",
    [
        {"clicks": [{"clicked_at": START + timedelta(hours=1, days=-14, microseconds=1)}]},
        {"clicks": [{"clicked_at": START + timedelta(hours=1)}]},
        {"orders": [{"cancelled_at": START + timedelta(days=29)}]},
        {"refunds": [{"refunded_at": START + timedelta(days=29), "amount_minor": 2000}]},
    ],
    ids=[
        "just within a fortnight",
        "at the very moment",
        "cancelled after the last restatement",
        "given back after it",
    ],
)
def test_the_edges_of_what_is_claimed(change):
    assert shown(MadeUp(**change)) == CLAIMED


def test_the_last_of_two_clicks_gets_it():
    later = {"clicked_at": START + timedelta(minutes=5), "ad_id": "ad2", "tag_ad_id": "ad2"}
    assert shown(MadeUp(clicks=[later, {}])) == [("c2", "1", "20.0")]


def test_a_later_click_in_another_country_does_not_take_the_claim():
    later = {"clicked_at": START + timedelta(minutes=5), "country": "GB", "tag_ad_id": "ad3"}
    assert shown(MadeUp(clicks=[{}, later])) == CLAIMED


def test_the_tag_names_the_ad_even_when_it_is_the_wrong_one():
    """A link made for one ad and used in another credits the first, also one of another market."""
    assert shown(MadeUp(clicks=[{"ad_id": "ad2", "tag_ad_id": "ad1"}])) == CLAIMED
    wrong = MadeUp(clicks=[{"tag_ad_id": "ad3"}])
    assert shown(wrong) == [("c3", "1", "20.0")]
    assert shown(wrong, profile=UK) == []


def test_a_tag_that_names_no_ad_is_a_creative_of_its_own():
    assert Claims(MadeUp(clicks=[{"tag_ad_id": "typo"}])).tags == (Tag("c1", "g1", "typo"),)
    assert Claims(MadeUp(clicks=[{"tag_ad_id": "typo", "ad_id": None}])).tags == (Tag("typo", "typo", "typo"),)


def test_variations_are_promoted_and_the_rest_of_the_brand_is_halo():
    lines = [{"line_number": n, "asin": asin} for n, asin in enumerate((SERUM, BIG_SERUM, CREAM), start=1)]
    sheet = Sheets(MadeUp(order_lines=lines)).products(US, FAR)
    kinds = dict(zip(sheet.dimensions["productAsin"], sheet.dimensions["productConversionType"], strict=True))
    assert kinds == {SERUM: "Promoted", BIG_SERUM: "Promoted", CREAM: "Brand Halo"}


def test_two_lines_of_one_product_are_one_purchase_of_more_units():
    world = MadeUp(order_lines=[{}, {"line_number": 2, "quantity": 2}])
    assert shown(world) == [("c1", "1", "40.0")]
    assert Sheets(world).performance(US, "CREATIVE", FAR).metrics["totalUnitsSold14d"] == ["3"]


def test_money_carries_the_noise_of_binary_floats():
    world = MadeUp(order_lines=[{"item_price_minor": 10}, {"line_number": 2, "asin": CREAM, "item_price_minor": 20}])
    assert shown(world) == [("c1", "2", "0.30000000000000004")]


def test_refunds_are_taken_off_at_the_next_restatement():
    """Given back on the third day: reported after a week, and the rest after four."""
    world = MadeUp(refunds=[{}, {"refunded_at": START + timedelta(days=9), "amount_minor": 300}])
    bought = micros(START) + HOUR
    sales = [shown(world, bought + days * DAY)[0][2] for days in (2, 6, 7, 27, 28)]
    assert sales == ["20.0", "20.0", "15.0", "15.0", "12.0"]


def test_the_bonus_comes_a_week_after_the_sale_and_follows_its_refunds():
    world = MadeUp(refunds=[{"refunded_at": START + timedelta(days=20)}])
    bought = micros(START) + HOUR
    found = [Sheets(world).performance(US, "ADGROUP", bought + days * DAY).metrics for days in (8, 9, 28)]
    assert [metrics["brb_bonus_amount"][-1] for metrics in found] == ["0.0", "2.0", "1.5"]
    assert "brb_bonus_amount" not in Sheets(world).performance(US, "CREATIVE", FAR).metrics


def test_most_purchases_are_found_after_two_days_and_the_others_at_the_restatements():
    buyers = range(200)
    world = MadeUp(
        clicks=[{"person_id": buyer} for buyer in buyers],
        orders=[{"person_id": buyer, "order_id": f"o{buyer}"} for buyer in buyers],
        order_lines=[{"order_id": f"o{buyer}"} for buyer in buyers],
    )
    bought = micros(START) + HOUR
    ages = (2 * DAY - 1, 2 * DAY, 7 * DAY - 1, 7 * DAY, 28 * DAY - 1, 28 * DAY)
    found = [sum(int(cell[1]) for cell in shown(world, bought + age)) for age in ages]
    assert found == [0, 170, 170, 190, 190, 200]


def test_a_click_is_reported_after_a_day():
    clicked = micros(START)
    assert not len(Sheets(MadeUp()).performance(US, "CREATIVE", clicked + DAY - 1).days)
    assert Sheets(MadeUp()).performance(US, "CREATIVE", clicked + DAY).metrics["Click-throughs"] == ["1"]


def test_a_cancelled_order_is_shown_until_the_next_restatement():
    world = MadeUp(orders=[{"cancelled_at": START + timedelta(days=4)}])
    bought = micros(START) + HOUR
    assert [len(shown(world, bought + days * DAY)) for days in (1, 2, 6, 7)] == [0, 1, 1, 0]


def test_events_are_dated_in_the_profiles_zone():
    """Half past ten in the evening in California is tomorrow in Greenwich."""
    evening = datetime(2026, 10, 2, 5, 30, tzinfo=UTC)
    world = MadeUp(clicks=[{"clicked_at": evening}], orders=[{"purchased_at": evening + timedelta(hours=2)}])
    assert Sheets(world).performance(US, "CREATIVE", FAR).dimensions["date"] == ["20261001", "20261002"]


def test_new_to_brand_is_told_apart():
    name = "attributedNewToBrandSales14d"
    for is_new, money in ((True, "20.0"), (False, "0.0")):
        world = MadeUp(orders=[{"is_new_to_brand": is_new}])
        assert Sheets(world).products(US, FAR).metrics[name] == [money]


@pytest.mark.parametrize(("clicks", "is_masked", "expected"), [(9, True, []), (10, True, CLAIMED), (9, False, CLAIMED)])
def test_a_tag_is_masked_below_ten_clicks(clicks, is_masked, expected):
    world = MadeUp(is_masked=is_masked, clicks=[{}] * clicks)
    assert shown(world) == expected


def test_the_tenth_click_unmasks_the_whole_past():
    """Nine clicks on the first day and one a fortnight later, by somebody else."""
    late = {"person_id": 2, "clicked_at": START + timedelta(days=14)}
    world = MadeUp(is_masked=True, clicks=[{}] * 9 + [late])
    tenth = micros(START) + 15 * DAY
    before, after = (Sheets(world).performance(US, "CREATIVE", now) for now in (tenth - 1, tenth))
    assert before.metrics["Click-throughs"] == ["0"]
    assert after.metrics["Click-throughs"] == ["9", "1"]
    assert shown(world, tenth) == CLAIMED


def test_each_level_is_masked_by_its_own_clicks():
    """Two creatives of one ad group, six and four clicks: the ad group shows what neither creative does."""
    clicks = [{}] * 6 + [{"tag_ad_id": "copy", "person_id": 2}] * 4
    world = MadeUp(is_masked=True, clicks=clicks)
    assert shown(world, level="CREATIVE") == []
    assert shown(world, level="ADGROUP") == shown(world, level="CAMPAIGN") == CLAIMED


@pytest.mark.parametrize("rows", [{"clicks": []}, {"orders": [], "order_lines": []}, {"clicks": [], "orders": []}])
def test_a_world_without_clicks_or_orders_has_no_purchases(rows):
    world = MadeUp(is_masked=True, **rows)
    assert shown(world, level="ADGROUP") == []
    products = Sheets(world).products(US, FAR)
    assert "1" not in products.metrics["attributedPurchases14d"]
    assert len(products.top_products(products.between(0, 10**6), 100)) == len(products.days)


def test_the_last_click_is_found_as_by_looking_at_all():
    draw = np.random.default_rng(3)
    click_of, clicked_at = draw.integers(0, 20, 300), draw.integers(0, 1000, 300)
    order_of, ordered_at = draw.integers(0, 25, 200), draw.integers(0, 1000, 200)
    found = last_clicks(click_of, clicked_at, order_of, ordered_at)
    for who, when, row in zip(order_of, ordered_at, found, strict=True):
        earlier = clicked_at[(click_of == who) & (clicked_at <= when)]
        assert (row == -1) == (len(earlier) == 0)
        assert row == -1 or (click_of[row] == who and clicked_at[row] == earlier.max())
