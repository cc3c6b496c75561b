"""What ledgers and marts hold after restatements, withdrawals, partial reads and bad rows: one small world."""

from decimal import Decimal

import ledger_world
import postings
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spoiling import spoil

from phygital_funnel.warehouse import database

MILLION = 1_000_000


@pytest.fixture(scope="module")
def world(new_warehouse):
    """All sources with a little of everything, built with every data test of the project."""
    warehouse = new_warehouse("world")
    ledger_world.land(warehouse)
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
    assert audit["order_lines"] == (21, 11, 4, 5, 1)
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
        "select conversion_id, line_ordinal, order_parts from ledgers.fct_order_lines "
        "where order_id = 'twins' order by 2"
    )
    assert [(ordinal, parts) for _, ordinal, parts in twins] == [(1, 2), (2, 2)]
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


POSTINGS = "from ledgers.fct_attribution_postings"
THIRDS = postings.Line(credit=(333_333, 333_333, 333_334), nets=(1000, 667, 334, 0), reporting=(800, 534, 267, 0))


@pytest.fixture
def build(world):
    with database.connect(world.path) as con:
        yield con


def test_three_refunds_end_at_zero_on_each_of_three_recipients(build) -> None:
    """10.00 by thirds, given back in three parts; the parts of the amounts alone would leave cents behind."""
    (found,) = postings.posted(build, [THIRDS], POSTINGS)
    assert found == {
        "touch:t0": [(333, 266), (-111, -89), (-111, -89), (-111, -88)],
        "touch:t1": [(333, 267), (-111, -89), (-111, -89), (-111, -89)],
        "touch:t2": [(334, 267), (-111, -88), (-111, -89), (-112, -90)],
    }
    assert [tuple(map(sum, zip(*amounts, strict=True))) for amounts in found.values()] == [(0, 0)] * 3


@settings(deadline=None, database=None, max_examples=20, derandomize=True, suppress_health_check=list(HealthCheck))
@given(known=st.lists(postings.lines(), min_size=1, max_size=10))
def test_events_post_the_difference_of_two_shares(build, known: list[postings.Line]) -> None:
    """Rule 18, recipient by recipient and event by event, in both currencies."""
    assert postings.posted(build, known, POSTINGS) == [postings.expected(line) for line in known]


def test_daily_attribution_counts_orders_and_not_lines(world) -> None:
    """The twins count as one order, and so do three lines; the cancelled line is an order that was not retained."""
    found = world.rows(
        "select sum(orders), sum(retained_orders), sum(credit_micro) from marts.mart_attribution_daily "
        "where attribution_model = 'last_touch'"
    )
    assert found == [(Decimal(8), Decimal(7), 11 * MILLION)]


def test_products_share_an_order_equally_and_so_do_the_rows_of_each(world) -> None:
    """Rows A, A with a code and B: each product is half the order, and the code's row is half of its product."""
    found = world.rows(
        "select evidence, sum(orders) from marts.mart_attribution_daily "
        "where attribution_model = 'last_touch' and event_date_market = date '2026-10-03' group by 1 order by 1"
    )
    assert found == [("promo_code", Decimal("0.25")), ("unattributed", Decimal("0.75"))]


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


def test_spend_without_a_conversion_still_shows(world) -> None:
    """The British ad sold nothing: its money and its views are in the funnel, its orders are zero and not missing."""
    found = world.rows(
        "select market, content_id, spend_minor, impressions, orders, attributed_net_minor "
        "from marts.mart_funnel_daily where content_id = 'v2'"
    )
    assert found == [("UK", "v2", 500, 100, Decimal(0), 0)]


@pytest.mark.parametrize(
    ("test", "sabotage"),
    [
        (
            "every_conversion_has_one_credit",
            "update ledgers.fct_attribution_credit_wide set linear_credit_micro = case recipient_key "
            "when 'touch:k1' then -1 else 1000001 end where recipient_key in ('touch:k1', 'touch:k2')",
        ),
        (
            "ties_share_their_position",
            "update base.base_links__clicks set clicked_at = timestamp '2026-10-01 10:00:00' where click_id = 'k2'",
        ),
        (
            "coded_lines_are_their_owners",
            "update ledgers.fct_attribution_credit_wide set creator_id = 'bob' where evidence = 'promo_code'",
        ),
        (
            "coded_lines_are_their_owners",
            "update ledgers.fct_attribution_credit_wide set amazon_14d_last_click_credit_micro = 0 "
            "where evidence = 'promo_code'",
        ),
        (
            "replicas_keep_the_platforms_rules",
            "update base.base_links__clicks set clicked_at = clicked_at - interval 14 day where click_id = 'k2'",
        ),
        (
            "models_share_out_the_same_totals",
            "update ledgers.fct_attribution_credit_wide set linear_credit_micro = 0 where recipient_key = 'touch:k1'",
        ),
    ],
)
def test_data_tests_of_the_invariants_can_fail(world, test: str, sabotage: str) -> None:
    """Each says nothing of a sound ledger, and names what was spoilt."""
    compiled = world.compiled(test)
    with database.connect(world.path) as con:
        con.execute("begin")
        assert con.execute(compiled).fetchall() == []
        spoil(con, sabotage)
        assert con.execute(compiled).fetchall()
        con.execute("rollback")


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
