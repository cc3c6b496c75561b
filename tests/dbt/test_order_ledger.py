"""The order ledger of both platforms: origin, refunds, fees, affiliates, postings; and an oracle of its events."""

import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal

import order_world
import pytest
from dbt_histories import SCALE
from dbt_warehouse import Warehouse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from order_histories import BEGIN, HISTORIES, Chain, History, expected_events, line_id

from phygital_funnel.warehouse import database

COMMON = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
LEAVES = (
    "+fct_order_lines", "+fct_attribution_postings", "+fct_order_fees", "+fct_referral_bonus", "+mart_order_origins",
    "+fct_unmatched_refunds", "fct_attribution_credit", "+mart_live_performance",
)  # fmt: skip


@pytest.fixture(scope="module")
def order_ledger(new_warehouse: Callable[[str], Warehouse]) -> Warehouse:
    """The order ledger of both platforms, built once with the project's own data tests."""
    made = new_warehouse("order_ledger")
    order_world.land(made)
    made.build("build", "--select", *LEAVES, "--exclude", "resource_type:unit_test", "test_type:generic")
    return made


def _lines(order_ledger: Warehouse, columns: str, *orders: str) -> list[tuple[object, ...]]:
    return order_ledger.rows(
        f"select {columns} from ledgers.fct_order_lines where order_id in {(*orders, '')} order by all"
    )


def _events(order_ledger: Warehouse, order_id: str) -> list[tuple[object, ...]]:
    return order_ledger.rows(
        "select adjustment_type, amount_minor, net_after_minor, is_estimated, events.event_date_utc::varchar "
        "from ledgers.fct_order_adjustments as events join ledgers.fct_order_lines using (conversion_id) "
        f"where order_id = '{order_id}' order by event_number"
    )


def test_each_unit_of_a_shop_order_is_a_line_in_the_shops_market(order_ledger: Warehouse) -> None:
    """Only the seller's own discount lowers the revenue; unpaid units are pending without money."""
    found = _lines(
        order_ledger,
        "order_id, platform, market, asin, sku, conversion_status, gross_amount_minor, discount_minor, "
        "net_amount_minor, order_parts, event_date_market::varchar",
        "units", "unpaid",
    )  # fmt: skip
    shared = ("tiktok_shop", "US", "p1", "S-1")
    assert found == [("units", *shared, "confirmed", 2500, 500, 2000, 3, "2026-11-03")] * 3 + [
        ("unpaid", *shared, "pending", 2500, 500, None, 1, "2026-11-03")
    ]


def test_no_order_stands_on_both_platforms_and_none_is_dropped_unseen(order_ledger: Warehouse) -> None:
    """Amazon's shipments for other channels, also one under Amazon's own name, samples, replacements: counted only."""
    counted = order_ledger.rows(
        "select platform, origin, is_in_ledger, sum(orders)::int, sum(orders_of_tiktok_shop)::int "
        "from marts.mart_order_origins group by all order by all"
    )
    assert counted == [
        ("amazon", "other_channel", False, 2, 1),
        ("amazon", "own_sale", True, 10, 0),
        ("amazon", "shipped_for_tiktok_shop", False, 1, 1),
        ("tiktok_shop", "exchange", False, 1, 0),
        ("tiktok_shop", "other_shop", False, 1, 0),
        ("tiktok_shop", "own_sale", True, 15, 0),
        ("tiktok_shop", "replacement", False, 1, 0),
        ("tiktok_shop", "sample", False, 1, 0),
    ]
    dropped = ("A-mirror", "A-hidden", "A-other", "sample", "replaced", "exchanged", "elsewhere")
    assert _lines(order_ledger, "order_id", *dropped) == []


def test_a_full_refund_nets_to_exactly_zero(order_ledger: Warehouse) -> None:
    """All that the buyer paid went back: TikTok's own discount goes with it, and the order is not retained."""
    assert _lines(order_ledger, "conversion_status, refunded_minor, net_amount_minor", "full") == [
        ("refunded", 2000, 0)
    ]
    assert _events(order_ledger, "full") == [
        ("placement", 2000, 2000, False, "2026-11-03"),
        ("refund", -2000, 0, False, "2026-11-05"),
    ]


def test_a_refund_in_parts_ends_at_zero_on_every_recipient(order_ledger: Warehouse) -> None:
    assert [event[:3] for event in _events(order_ledger, "parts")] == [
        ("placement", 2000, 2000), ("refund", -667, 1333), ("refund", -1333, 0),
    ]  # fmt: skip
    posted = order_ledger.rows(
        "select recipient_key, sum(posted_amount_minor)::int, sum(posted_amount_reporting_minor)::int, count(*) "
        "from ledgers.fct_attribution_postings join ledgers.fct_order_lines using (conversion_id) "
        "where order_id = 'parts' group by all"
    )
    assert posted == [("touch:affiliate:Ann", 0, 0, 3)]


def test_a_refund_above_the_line_is_clamped_and_its_excess_kept(order_ledger: Warehouse) -> None:
    found = _lines(order_ledger, "conversion_status, refunded_minor, refund_excess_minor, net_amount_minor", "goodwill")
    assert found == [("refunded", 2000, 5000, 0)]


def test_money_taken_back_after_completion_is_a_clawback(order_ledger: Warehouse) -> None:
    assert [event[:3] for event in _events(order_ledger, "clawed")] == [
        ("placement", 2000, 2000), ("clawback", -400, 1600),
    ]  # fmt: skip
    assert _lines(order_ledger, "conversion_status", "clawed", "asked") == [("confirmed",), ("partially_refunded",)]


def test_payment_and_cancellation_of_a_shop_order_are_dated_by_the_update(order_ledger: Warehouse) -> None:
    assert _events(order_ledger, "paid later") == [
        ("placement", 0, 0, False, "2026-11-03"), ("price", 2000, 2000, False, "2026-11-04"),
    ]  # fmt: skip
    assert [event[:3] for event in _events(order_ledger, "cancelled")] == [
        ("placement", 2000, 2000),
        ("cancel", -2000, 0),
    ]


def test_units_that_come_back_to_amazon_take_their_share_as_an_estimate(order_ledger: Warehouse) -> None:
    """1000 of three units: a third is 333, two thirds 667; a return that a later read lacks is taken back."""
    assert [event[:4] for event in _events(order_ledger, "three")] == [
        ("placement", 1000, 1000, False), ("refund", -333, 667, True), ("refund", -334, 333, True),
    ]  # fmt: skip
    assert [event[:3] for event in _events(order_ledger, "withdrawn")] == [
        ("placement", 2000, 2000), ("refund", -2000, 0), ("restatement", 2000, 2000),
    ]  # fmt: skip
    found = _lines(order_ledger, "order_id, conversion_status, is_refund_estimated", "three", "withdrawn")
    assert found == [("three", "partially_refunded", True), ("withdrawn", "confirmed", False)]


def test_what_comes_back_and_fits_no_line_is_kept_with_its_reason(order_ledger: Warehouse) -> None:
    """One unit was sold and three came back; orders that are nowhere, or are no sales, are told apart."""
    found = order_ledger.rows(
        "select platform, order_id, return_key, unmatched_reason, refund_minor, returned_units, market "
        "from ledgers.fct_unmatched_refunds order by all"
    )
    shop = "tiktok_shop"
    assert found == [
        ("amazon", "A-hidden", "L6", "no_sale", None, 1, "US"),
        ("amazon", "at 2026-11-02T08:00", "L4", "more_than_sold", None, 2, "US"),
        ("amazon", "at 2026-11-02T08:00", "L5", "unknown_line", None, 1, "US"),
        ("amazon", "years ago", "L7", "unknown_order", None, 1, "US"),
        (shop, "free", "r-u21|f-u21", "other_currency", 3, None, "US"),
        (shop, "sample", "r-u10|f-u10", "no_sale", 200, None, "US"),
        (shop, "units", "r-u98|f-u98", "unknown_line", 100, None, "US"),
        (shop, "unknown", "r-u99|f-u99", "unknown_order", 500, None, "US"),
    ]


def test_a_live_room_has_its_orders_and_its_creators_tail_on_amazon(order_ledger: Warehouse) -> None:
    """One order of three units and one that was refunded; of two code orders one came exactly 72 hours later."""
    found = order_ledger.rows(
        "select live_room_id, creator_id, market, orders, retained_orders, net_amount_minor, amazon_tail_orders, "
        "amazon_tail_net_minor from marts.mart_live_performance"
    )
    assert found == [("v1", "c-ann", "US", 2, 1, 6000, Decimal(1), 2000)]


def test_zeros_are_masked_until_their_tag_shows_something(order_ledger: Warehouse) -> None:
    """A zero that was read after the tag's tenth click was measured; one that was read before says nothing."""
    found = order_ledger.rows(
        "select creative_id, event_date_source::varchar, is_masked, clicks "
        "from staging.stg_amazon_attribution__performance where campaign_id = 'm' order by all"
    )
    assert found == [
        ("w", "2026-10-02", False, 0), ("w", "2026-10-03", False, 11),
        ("x", "2026-10-01", True, None), ("x", "2026-10-03", False, 10), ("x", "2026-10-04", False, 0),
        ("y", "2026-10-01", False, 12), ("y", "2026-10-02", False, 0),
        ("z", "2026-10-02", True, None),
    ]  # fmt: skip


def test_refunds_use_the_rate_of_the_order_and_yen_have_no_decimals(order_ledger: Warehouse) -> None:
    """101 yen are 79 cents and the refunded 50 yen leave 51, 40 cents: what came less what went is what is left."""
    found = order_ledger.rows(
        "select amount_minor, amount_reporting_minor, net_after_reporting_minor from ledgers.fct_order_adjustments "
        "where currency = 'JPY' order by event_number"
    )
    assert found == [(101, 79, 79), (-50, -39, 40)]
    assert _lines(order_ledger, "net_amount_minor, net_amount_reporting_minor", "yen") == [(51, 40)]


def test_revenue_is_without_tax_where_the_price_includes_it(order_ledger: Warehouse) -> None:
    found = _lines(order_ledger, "order_id, net_amount_minor, tax_minor", "vat", "with vat", "with tax on top")
    assert found == [("vat", 1840, 160), ("with tax on top", 10000, 800), ("with vat", 10000, 1900)]


def test_the_affiliate_takes_the_line_and_the_creator_is_known_by_handle(order_ledger: Warehouse) -> None:
    """Two of three units are affiliated; a handle that two creators share, or none has, names no creator."""
    found = order_ledger.rows(
        "select order_id, recipient_key, channel, creator_id, content_id, evidence, count(*) "
        "from ledgers.fct_attribution_credit_wide join ledgers.fct_order_lines using (conversion_id) "
        "where order_id in ('units', 'stranger', 'twin') group by all order by all"
    )
    channel = "tiktok_creators"
    assert found == [
        ("stranger", "touch:affiliate:a:b|c/ü", channel, None, "v1", "shop_affiliate", 1),
        ("twin", "touch:affiliate:twin", channel, None, "v1", "shop_affiliate", 1),
        ("units", "touch:affiliate:Ann", channel, "c-ann", "v1", "shop_affiliate", 2),
        ("units", "unattributed", None, None, None, "unattributed", 1),
    ]


def test_a_settled_commission_replaces_its_estimate(order_ledger: Warehouse) -> None:
    """Estimates shrink with refunds; the contract of the order's moment stands in; shares of a row add up to it."""
    found = order_ledger.rows(
        "select order_id, estimated_minor, settled_minor, fee_minor, is_settled "
        "from ledgers.fct_order_fees join ledgers.fct_order_lines using (conversion_id) "
        "where fee = 'affiliate_commission' and order_id not in ('stranger', 'twin') order by all"
    )
    assert found == [
        ("by contract", 200, None, 200, False),
        ("full", 0, None, 0, False),
        ("parts", 0, 50, 50, True),
        ("units", 100, None, 100, False),
        ("units", 101, None, 101, False),
    ]


def test_platform_fees_are_levied_on_what_is_left_with_its_tax(order_ledger: Warehouse) -> None:
    """6 % of 2000 and 160 tax; a refund of a fifth takes a fifth of both; the bonus is no fee."""
    found = order_ledger.rows(
        "select order_id, fee, base_minor, estimated_minor from ledgers.fct_order_fees "
        "join ledgers.fct_order_lines using (conversion_id) "
        "where order_id in ('asked', 'clawed', 'unpaid', 'cancelled', 'three') order by all"
    )
    assert found == [("asked", "referral_fee", 2160, 130), ("clawed", "referral_fee", 1728, 104)]


def test_the_referral_bonus_is_counted_at_one_level(order_ledger: Warehouse) -> None:
    found = order_ledger.rows(
        "select ad_group_id, accrued_minor, settled_minor, market from ledgers.fct_referral_bonus order by all"
    )
    assert found == [("g1", 725, None, "US"), ("g2", 100, None, "US"), (None, 225, None, "US")]
    assert sum(row[1] for row in found) == Decimal(1050)


def test_days_of_23_and_25_hours_are_days(order_ledger: Warehouse) -> None:
    """The first and the last minute of a day on which the clocks change belong to it, the next minute does not."""
    found = order_ledger.rows(
        "select event_date_market::varchar, count(*) from ledgers.fct_order_lines "
        "where order_id like 'at %' group by all order by all"
    )
    assert found == [("2026-03-08", 2), ("2026-03-09", 1), ("2026-11-01", 2), ("2026-11-02", 1)]


def test_a_product_of_several_marketplaces_does_not_fan_out(order_ledger: Warehouse) -> None:
    """Each order of the product is one line in its own market, with its money and its credit once."""
    found = order_ledger.rows(
        "select lines.market, count(distinct lines.conversion_id), count(*), sum(last_touch_credit_micro)::int, "
        "sum(last_touch_amount_minor)::int from ledgers.fct_order_lines as lines "
        "join ledgers.fct_attribution_credit_wide using (conversion_id) "
        "where order_id in ('three', 'with vat') group by all order by all"
    )
    assert found == [("DE", 1, 1, 1_000_000, 10000), ("US", 1, 1, 1_000_000, 333)]


def test_a_very_late_conversion_is_credited_and_a_touch_after_it_never_earns(order_ledger: Warehouse) -> None:
    """However late a conversion becomes known, its touches were known in time; names may hold any separator."""
    found = order_ledger.rows(
        "select recipient_key, channel, linear_credit_micro, linear_amount_minor "
        "from ledgers.fct_attribution_credit_wide where conversion_id = 'very late' and linear_credit_micro > 0"
    )
    assert found == [("touch:before:1|a", "mail | news / ü", 1_000_000, 1000)]


def test_a_line_of_no_value_keeps_its_credit(order_ledger: Warehouse) -> None:
    assert _lines(order_ledger, "conversion_status, net_amount_minor", "free") == [("confirmed", 0)]
    credited = order_ledger.rows(
        "select sum(last_touch_credit_micro)::int, sum(last_touch_amount_minor)::int "
        "from ledgers.fct_attribution_credit_wide join ledgers.fct_order_lines using (conversion_id) "
        "where order_id = 'free'"
    )
    assert credited == [(1_000_000, 0)]


@pytest.fixture(scope="module")
def chain(order_ledger: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Chain"]:
    """A copy of the built order ledger; each example refills its base tables and rolls that back."""
    path = tmp_path_factory.mktemp("events") / order_ledger.path.name
    shutil.copy(order_ledger.path, path)
    with database.connect(path) as con:
        yield Chain(con, order_ledger.compiled("int_orders__adjustments"))


def _check(chain: Chain, histories: list[History]) -> None:
    found, nets = chain.run(histories)
    for number, history in enumerate(histories):
        expected, line = expected_events(history), line_id(f"l{number}", history.platform)
        assert found.get(line, []) == expected
        assert nets.get(line, 0) == sum(change for _, _, change, _ in expected)


@settings(COMMON, max_examples=20, derandomize=True)
@given(histories=HISTORIES)
def test_the_events_of_each_line_are_those_of_the_oracle(chain: Chain, histories: list[History]) -> None:
    """Late prices, cancellations, withdrawals, refunds before and after: type, amount and what is left, one by one."""
    _check(chain, histories)


@pytest.mark.slow
@settings(COMMON, max_examples=150 * SCALE)
@given(histories=HISTORIES)
def test_more_histories_agree_with_the_oracle(chain: Chain, histories: list[History]) -> None:
    """The same with histories that nobody has seen before."""
    _check(chain, histories)


SHOP_ORDERS = st.dictionaries(st.sampled_from(("s1", "s2")), st.sampled_from(("own_sale", "sample", None)))
AMAZON_ORDERS = st.lists(
    st.tuples(
        st.sampled_from(("a1", "a2", "s1")), st.sampled_from((None, "s1", "s2", "web")), st.sampled_from((True, False))
    ),
    max_size=5,
    unique_by=lambda version: version[0],
)


@settings(COMMON, max_examples=15, derandomize=True)
@given(shop=SHOP_ORDERS, amazon=AMAZON_ORDERS)
def test_no_order_is_on_both_platforms_and_none_on_neither(
    chain: Chain, shop: dict[str, str | None], amazon: list[tuple[str, str | None, bool]]
) -> None:
    """I11: what Amazon ships for the Shop is the Shop's, by its own number or the one it names; all else is Amazon's.

    An origin of None is a rejected row, and so is an Amazon order that is not accepted: neither is anybody's order.
    """
    known = {order for order, origin in shop.items() if origin}
    shared = {"_commit": 0, "_row": 0, "is_current": True, "known_at": BEGIN, "first_known_at": BEGIN}
    filled = {
        "base_tiktok_shop__order_versions": [
            {**shared, "order_id": order, "line_item_id": "u", "conversion_id": f"t{order}", "order_origin": origin,
             "conversion_status": "confirmed", "created_at": BEGIN, "reject_rule": None if origin else "malformed"}
            for order, origin in shop.items()
        ],
        "base_amazon_seller__order_line_versions": [
            {**shared, "order_id": order, "merchant_order_id": named, "conversion_id": f"z{order}", "quantity": 1,
             "sku": "S", "asin": "A", "line_ordinal": 1, "conversion_status": "confirmed", "purchased_at": BEGIN,
             "reject_rule": None if is_accepted else "missing_price"}
            for order, named, is_accepted in amazon
        ],
    }  # fmt: skip
    own = {("tiktok_shop", order) for order, origin in shop.items() if origin == "own_sale"}
    other = {("amazon", order) for order, named, is_accepted in amazon if is_accepted and not {order, named} & known}
    assert chain.sales(filled) == own | other


@pytest.mark.parametrize(
    ("test", "sabotage"),
    [
        (
            "no_order_is_on_both_platforms",
            "update ledgers.fct_order_lines set order_id = 'full' where order_id = 'three'",
        ),
        ("origins_account_for_the_ledger", "delete from ledgers.fct_order_lines where order_id = 'full'"),
        (
            "what_is_known_is_of_listed_commits",
            "update intermediate.int_orders__adjustments set known_at = known_at + interval 1 second "
            "where known_stream = 'returns'",
        ),
        ("what_is_known_is_of_listed_commits", "delete from base.base__commits where stream = 'refunds'"),
        (
            "credit_is_of_lines_that_are_there",
            "delete from intermediate.int_conversions__converted where order_id = 'full'",
        ),
        (
            "credit_is_of_lines_that_are_there",
            "delete from intermediate.int_credit__without_path",
        ),
        (
            "models_share_out_the_same_totals",
            "update ledgers.fct_attribution_credit_wide set tiktok_7c1v_amount_minor = 999 "
            "where conversion_id = 'very late' and recipient_key = 'unattributed'",
        ),
        (
            "replicas_keep_the_platforms_rules",
            "update ledgers.fct_attribution_credit_wide set tiktok_7c1v_credit_micro = 1000000 "
            "where conversion_id = 'very late' and recipient_key <> 'unattributed'",
        ),
        ("adjustments_add_up_to_lines", "delete from ledgers.fct_order_adjustments where adjustment_type = 'clawback'"),
        ("refunds_are_matched_or_kept", "delete from ledgers.fct_unmatched_refunds where order_id = 'unknown'"),
        ("refunds_are_matched_or_kept", "delete from ledgers.fct_unmatched_refunds where order_id = 'years ago'"),
        ("postings_add_up_to_credit", "delete from ledgers.fct_order_adjustments where adjustment_type = 'clawback'"),
    ],
)
def test_each_data_test_of_the_order_ledger_can_fail(
    chain: Chain, order_ledger: Warehouse, test: str, sabotage: str
) -> None:
    compiled = order_ledger.compiled(test)
    assert chain.after("select 1", compiled) == []
    assert chain.after(sabotage, compiled)
