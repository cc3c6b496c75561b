"""What ledgers and marts hold after restatements, withdrawals, partial reads and bad rows: one small world."""

from decimal import Decimal

import pytest

ORDER = {
    "marketplace_id": "ATVPDKIKX0DER", "sku": "S1", "asin": "B1", "order_status": "Shipped", "item_status": "Shipped",
    "sales_channel": "Amazon.com", "quantity": 1, "currency": "USD", "item_price": "20.00",
    "item_promotion_discount": "", "purchase_date": "2026-10-02T03:30:00+00:00",
    "last_updated_date": "2026-10-02T04:00:00+00:00",
}  # fmt: skip
REPORT = {"advertiser_id": "adv", "ad_id": "ad1", "impressions": "100", "clicks": "10", "spend": "5.005", "reach": "0"}
OCTOBER = ("2026-10-01", "2026-10-02")
MILLION = 1_000_000


def _order(order_id: str, **changes: object) -> dict[str, object]:
    return {**ORDER, "amazon_order_id": order_id, **changes}


def _land_reference(warehouse) -> None:
    markets = [
        {"market": "US", "marketplace_id": "ATVPDKIKX0DER", "country": "US", "currency": "USD",
         "timezone": "America/Los_Angeles", "amazon_domain": "amazon.com"},
        {"market": "UK", "marketplace_id": "A1F83G8C2ARO7P", "country": "GB", "currency": "GBP",
         "timezone": "Europe/London", "amazon_domain": "amazon.co.uk"},
        {"market": "ID", "marketplace_id": "", "country": "ID", "currency": "IDR", "timezone": "Asia/Jakarta",
         "amazon_domain": ""},
        {"market": "TH", "marketplace_id": "", "country": "TH", "currency": "THB", "timezone": "Asia/Bangkok",
         "amazon_domain": ""},
        {"market": "XX", "marketplace_id": "X", "country": "XX", "currency": "USD", "timezone": "Mars/Base",
         "amazon_domain": None},
    ]  # fmt: skip
    warehouse.land("reference__markets", markets)
    code = {
        "code": "Ann10",
        "creator_id": "ann",
        "content_id": "v9",
        "market": "US",
        "valid_from": "2026-10-01T00:00:00Z",
    }
    warehouse.land("reference__promo_codes", [code])
    rates = [{"rate_date": "2026-10-01", "currency": "USD", "units_per_eur": "1.25"},
             {"rate_date": "2026-10-01", "currency": "GBP", "units_per_eur": "0.80"},
             {"rate_date": "2026-10-01", "currency": "ZZZ", "units_per_eur": "2"}]  # fmt: skip
    warehouse.land("reference__fx_rates", rates)


def _land_ads(warehouse) -> None:
    warehouse.land(
        "tiktok_ads__advertisers",
        [{"advertiser_id": "adv", "currency": "USD", "country": "US", "display_timezone": "America/New_York"}],
        account="adv",
    )
    warehouse.land("tiktok_ads__campaigns", [{"campaign_id": "k1", "campaign_name": "Autumn"}], account="adv")
    ads = [
        {
            "ad_id": "ad1",
            "campaign_id": "k1",
            "tiktok_item_id": "v1",
            "landing_page_url": "https://www.amazon.com/dp/B1",
        },
        {
            "ad_id": "ad2",
            "campaign_id": "k1",
            "tiktok_item_id": "v2",
            "landing_page_url": "https://www.amazon.co.uk/dp/B1",
        },
        {"ad_id": "ad3", "campaign_id": "k1", "landing_page_url": "https://go.example.test/x"},
    ]
    warehouse.land("tiktok_ads__ads", ads, account="adv")
    days = {
        "day1": {**REPORT, "stat_time_day": "2026-10-01 00:00:00"},
        "day2": {**REPORT, "stat_time_day": "2026-10-02 00:00:00"},
    }
    warehouse.land(
        "tiktok_ads__ad_report_daily",
        [days["day1"], days["day2"], {**days["day1"], "ad_id": "ad2"}],
        account="adv",
        window=OCTOBER,
    )
    # The second day is read again: ad1 restated, ad2 never was there; a row of the first day does not belong.
    second = [
        {**days["day2"], "impressions": "150", "reach": "90"},
        {**days["day2"], "impressions": "999"},
        {**days["day2"], "ad_id": "ad4", "impressions": "many"},
        {**days["day1"], "ad_id": "ad5"},
        {"_reject": "malformed_line", "_extra": "{broken"},
        {**days["day2"], "ad_id": "ad6", "stat_time_day": "yesterday"},
    ]
    warehouse.land("tiktok_ads__ad_report_daily", second, account="adv", window=("2026-10-02", "2026-10-02"))
    # A partial read of both days holds nothing of ad2 and must not withdraw it.
    warehouse.land("tiktok_ads__ad_report_daily", [days["day1"]], account="adv", window=OCTOBER, is_complete=False)
    warehouse.land("tiktok_ads__ad_report_daily", [], account="adv", window=OCTOBER, is_held=True)


def _land_attribution(warehouse) -> None:
    warehouse.land(
        "amazon_attribution__profiles",
        [
            {
                "profile_id": "p",
                "currency_code": "USD",
                "marketplace_string_id": "ATVPDKIKX0DER",
                "timezone": "America/Los_Angeles",
            }
        ],
        account="p",
    )
    row = {"profile_id": "p", "date": "20261001", "campaign_id": "k1", "click_throughs": "9"}
    levels = {
        "CAMPAIGN": {"attributed_total_detail_page_views_clicks14d": "50", "attributed_total_purchases14d": "4",
                     "total_attributed_sales14d": "474.80999999999995"},
        "CREATIVE": {"ad_group_id": "g1", "creative_id": "ad1", "attributed_total_detail_page_views_clicks14d": "30"},
    }  # fmt: skip
    for level, values in levels.items():
        warehouse.land(
            "amazon_attribution__performance",
            [{**row, "level": level, **values}],
            account="p",
            part=level,
            window=("2026-10-01", "2026-10-01"),
        )


def _land_links(warehouse) -> None:
    clicks = [
        {"click_id": "k1", "clicked_at": "2026-10-01T10:00:00Z", "visitor_id": "v-a", "ad_id": "ad1", "country": "US"},
        {
            "click_id": "k2",
            "clicked_at": "2026-10-01T20:00:00Z",
            "visitor_id": "v-b",
            "creator_id": "bob",
            "country": "US",
        },
        {"click_id": "k3", "clicked_at": "not a time", "visitor_id": "v-b"},
    ]
    warehouse.land("links__clicks", clicks)
    registered = {"person_hash": "p1", "registered_at": "2026-10-05T00:00:00Z"}
    # The person registered from two browsers; the second registration belongs to another order.
    warehouse.land(
        "links__registrations",
        [
            {**registered, "amazon_order_id": "linked", "visitor_id": "v-a"},
            {**registered, "amazon_order_id": "else", "visitor_id": "v-b"},
        ],
    )


def _land_orders(warehouse) -> None:
    pending = {"order_status": "Pending", "item_status": "Unshipped", "currency": "", "item_price": ""}
    first = [
        _order("linked"),
        _order("coded", promotion_ids="Summer, ANN10 "),
        _order("twins", quantity=1),
        _order("twins", quantity=1),
        _order("late price", **pending),
        _order("cancelled later"),
        _order("shrinks", sku="S1"),
        _order("shrinks", sku="S2"),
        _order("elsewhere", sales_channel="Non-Amazon US"),
        _order("unknown money", currency="ZZZ"),
        _order("unknown shop", marketplace_id="nowhere"),
        _order("no time", purchase_date="soon"),
        _order("no price", item_price=""),
        _order("still pending", **pending),
    ]
    warehouse.land("amazon_seller__order_lines", first, account="ATVPDKIKX0DER", at="2026-10-03 00:00:00")
    updated = {"last_updated_date": "2026-10-04T10:00:00+02:00"}
    second = [
        _order("late price", **updated, item_promotion_discount="2.5"),
        _order("cancelled later", **updated, item_status="Cancelled", quantity=0, item_price=""),
        _order("shrinks", **updated, sku="S1", item_price="15.00"),
    ]
    warehouse.land("amazon_seller__order_lines", second, account="ATVPDKIKX0DER", at="2026-10-05 00:00:00")
    warehouse.land(
        "amazon_seller__order_lines",
        [_order("linked", item_price="999.00")],
        account="ATVPDKIKX0DER",
        is_complete=False,
        at="2026-10-06 00:00:00",
    )


@pytest.fixture(scope="module")
def world(new_warehouse):
    """All sources with a little of everything, built with every data test of the project."""
    warehouse = new_warehouse("world")
    for land in (_land_reference, _land_ads, _land_attribution, _land_links, _land_orders):
        land(warehouse)
    warehouse.build()
    return warehouse


def test_a_window_replaces_what_it_covers_and_a_partial_read_nothing(world) -> None:
    """The restated day holds the new value, an absent key is gone, the partial and the held read change nothing."""
    found = world.rows(
        "select ad_id, event_date_source::varchar, impressions from staging.stg_tiktok_ads__ad_report_daily "
        "order by 1, 2"
    )
    assert found == [("ad1", "2026-10-01", 100), ("ad1", "2026-10-02", 150), ("ad2", "2026-10-01", 100)]


def test_money_with_half_a_cent_is_rounded_to_even(world) -> None:
    """5.005 is 500.5 cents, which is 500."""
    assert set(world.rows("select spend_minor, currency from staging.stg_tiktok_ads__ad_report_daily")) == {
        (500, "USD")
    }


def test_a_reach_that_is_not_counted_yet_is_not_measured(world) -> None:
    """TikTok writes 0 until it has counted people; an ad that was shown has reached somebody."""
    assert set(world.rows("select impressions, reach from staging.stg_tiktok_ads__ad_report_daily")) == {
        (100, None),
        (150, 90),
    }


@pytest.mark.parametrize(
    ("relation", "rules"),
    [
        (
            "tiktok_ads__ad_report_daily",
            {"duplicate_key": 1, "unparseable_number": 1, "outside_window": 1, "malformed": 1, "unparseable_date": 1},
        ),
        (
            "amazon_seller__order_lines",
            {"non_amazon": 1, "unknown_currency": 1, "unknown_market": 1, "unparseable_time": 1, "missing_price": 1},
        ),
        ("links__clicks", {"unparseable_time": 1}),
        ("reference__fx_rates", {"unknown_currency": 1}),
        ("reference__markets", {"unknown_time_zone": 1}),
    ],
)
def test_bad_rows_are_quarantined_by_the_first_rule_they_break(world, relation: str, rules: dict[str, int]) -> None:
    """Every bad row is counted under one rule, and nothing else is rejected."""
    assert world.quarantined(relation) == rules


def test_a_rejected_row_keeps_what_was_landed(world) -> None:
    """The payload is the landed row as JSON."""
    payloads = world.rows(
        "select json_extract_string(payload, '$.impressions') from quarantine.quarantine_tiktok_ads__ad_report_daily "
        "where reject_rule = 'unparseable_number'"
    )
    assert payloads == [("many",)]


def test_rows_are_conserved_per_stream(world) -> None:
    """Landed rows are staged, superseded, quarantined or partial, each exactly once."""
    audit = {
        row[0]: row[1:]
        for row in world.rows(
            "select stream, landed, staged, superseded, quarantined, partial from marts.mart_row_audit"
        )
    }
    assert audit["ad_report_daily"] == (10, 3, 1, 5, 1)
    assert audit["order_lines"] == (18, 8, 4, 5, 1)
    assert all(landed == sum(parts) for landed, *parts in audit.values())


def test_an_ads_market_is_that_of_the_shop_it_leads_to(world) -> None:
    """The landing page decides; where it says nothing, the advertiser's country does."""
    assert world.rows("select ad_id, market from marts.dim_ads order by 1") == [
        ("ad1", "US"),
        ("ad2", "UK"),
        ("ad3", "US"),
    ]


def test_markets_without_amazon_are_markets_all_the_same(world) -> None:
    """TikTok sells in countries where Amazon has no storefront; two such markets do not clash."""
    assert world.rows("select market, marketplace_id, amazon_domain from marts.dim_markets order by 1") == [
        ("ID", None, None),
        ("TH", None, None),
        ("UK", "A1F83G8C2ARO7P", "amazon.co.uk"),
        ("US", "ATVPDKIKX0DER", "amazon.com"),
    ]


def test_order_lines_have_status_amount_and_market_date(world) -> None:
    """03:30 UTC is still the evening before in Los Angeles; pending without price is NULL, cancelled is 0."""
    lines = world.rows(
        "select order_id, conversion_status, net_amount_minor, currency, event_date_utc::varchar, "
        "event_date_market::varchar from ledgers.fct_order_lines "
        "where order_id in ('late price', 'cancelled later', 'still pending') order by 1"
    )
    dates = ("2026-10-02", "2026-10-01")
    assert lines == [
        ("cancelled later", "cancelled", 0, "USD", *dates),
        ("late price", "confirmed", 1750, "USD", *dates),
        ("still pending", "pending", None, "USD", *dates),
    ]


def test_equal_lines_of_an_order_stay_apart(world) -> None:
    """Two equal lines have their own ids and each stand for half an order."""
    twins = world.rows(
        "select conversion_id, line_ordinal, lines_in_order from ledgers.fct_order_lines "
        "where order_id = 'twins' order by 2"
    )
    assert [(ordinal, lines) for _, ordinal, lines in twins] == [(1, 2), (2, 2)]
    assert len({conversion_id for conversion_id, *_ in twins}) == 2


def test_adjustments_tell_the_history_of_a_line(world) -> None:
    """Late price, cancellation and the withdrawal of a line are posted on the day of the update."""
    found = world.rows(
        "select v.order_id, v.sku, a.adjustment_type, a.amount_minor, a.event_date_utc::varchar "
        "from ledgers.fct_order_adjustments a join (select distinct conversion_id, order_id, sku "
        "from base.base_amazon_seller__order_line_versions) v using (conversion_id) "
        "where v.order_id in ('late price', 'cancelled later', 'shrinks') order by 1, 2, a.known_commit"
    )
    assert found == [
        ("cancelled later", "S1", "placement", 2000, "2026-10-02"),
        ("cancelled later", "S1", "cancel", -2000, "2026-10-04"),
        ("late price", "S1", "placement", 0, "2026-10-02"),
        ("late price", "S1", "price", 1750, "2026-10-04"),
        ("shrinks", "S1", "placement", 2000, "2026-10-02"),
        ("shrinks", "S1", "restatement", -500, "2026-10-04"),
        ("shrinks", "S2", "placement", 2000, "2026-10-02"),
        ("shrinks", "S2", "restatement", -2000, "2026-10-04"),
    ]


def test_evidence_of_each_line(world) -> None:
    """The code takes its line, the person's clicks from both browsers share theirs, all else is unattributed."""
    found = world.rows(
        "select l.order_id, c.recipient_key, c.channel, c.creator_id, c.campaign_id, c.evidence, c.path_position, "
        "c.credit_micro "
        "from ledgers.fct_attribution_credit c join ledgers.fct_order_lines l using (conversion_id) "
        "where attribution_model = 'linear' and order_id in ('linked', 'coded', 'still pending') order by 1, 2"
    )
    assert found == [
        ("coded", "touch:promo:Ann10", "tiktok_creators", "ann", None, "promo_code", None, MILLION),
        ("linked", "touch:k1", "tiktok_ads", None, "k1", "identity", 1, MILLION // 2),
        ("linked", "touch:k2", "tiktok_creators", "bob", None, "identity", 2, MILLION // 2),
        ("still pending", "unattributed", None, None, None, "unattributed", None, MILLION),
    ]


def test_daily_attribution_counts_orders_and_not_lines(world) -> None:
    """The twins count as one order; the cancelled line is an order that was not retained."""
    found = world.rows(
        "select sum(orders), sum(retained_orders), sum(credit_micro) from marts.mart_attribution_daily "
        "where attribution_model = 'last_touch'"
    )
    assert found == [(Decimal(7), Decimal(6), 8 * MILLION)]


def test_claims_stand_beside_the_ledger(world) -> None:
    """Amazon's claim loses its float noise; the ledger's orders of that market day lack the cancelled one."""
    found = world.rows(
        "select claimed_orders, claimed_amount_minor, ledger_orders, linked_orders, currency "
        "from marts.mart_platform_reconciliation "
        "where claim_method = 'performance_campaign' and event_date = date '2026-10-01'"
    )
    assert found == [(4, 47481, 6, Decimal(2), "USD")]


def test_the_funnel_keeps_what_masked_tags_hide(world) -> None:
    """Page views of visible creatives go to their video, the rest of the campaign to no video."""
    found = world.rows(
        "select content_id, sum(detail_page_views) from marts.mart_funnel_daily "
        "where campaign_id = 'k1' and detail_page_views > 0 group by 1 order by 1 nulls last"
    )
    assert found == [("v1", 30), (None, 20)]


@pytest.mark.slow
def test_order_of_rows_and_a_full_rebuild_change_nothing(world) -> None:
    """Shuffled raw tables and a build from nothing give every ledger and mart again, row by row."""
    before = world.fingerprint()
    assert all(
        before[table]
        for table in ("ledgers.fct_order_lines", "ledgers.fct_attribution_credit", "marts.mart_funnel_daily")
    )
    world.shuffle()
    world.drop_models()
    world.build("build", "--exclude", "resource_type:unit_test", "resource_type:test")
    assert world.fingerprint() == before
