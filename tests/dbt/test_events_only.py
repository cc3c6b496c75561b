"""A home that holds nothing but event files builds like any other, restated and mended files included."""

import pytest

from phygital_funnel.settings import ATTRIBUTION_MODELS


@pytest.fixture(scope="module")
def events_only(new_warehouse):
    """Two files of conversions, the second restating the first; no reference files, no platform."""
    warehouse = new_warehouse("events_only")
    touch = {"journey_key": "j", "touch_type": "click", "channel": "ads", "campaign_id": "k"}
    touches = [
        {**touch, "touchpoint_id": "t1", "occurred_at": "2026-09-01T00:00:00Z"},
        {**touch, "touchpoint_id": "t2", "occurred_at": "2026-09-03T02:00:00+02:00", "touch_type": "View_6s"},
        {**touch, "touchpoint_id": "t3", "occurred_at": "2026-09-02T00:00:00Z", "touch_type": "glance"},
    ]
    warehouse.land("events__touchpoints", touches, account="touches.csv")
    sale = {"journey_key": "j", "converted_at": "2026-09-03T00:00:00Z", "currency": "usd"}
    first = [
        {**sale, "conversion_id": "c1", "net_amount_minor": "1001"},
        {**sale, "conversion_id": "c2", "net_amount_minor": "500", "currency": "EUR"},
        {**sale, "conversion_id": "c3", "net_amount_minor": "12.5"},
        {**sale, "conversion_id": "c1", "net_amount_minor": "7"},
    ]
    warehouse.land("events__conversions", first, account="september.csv")
    second = [
        {**sale, "conversion_id": "c1", "net_amount_minor": "900", "market": "ATLANTIS"},
        {**sale, "conversion_id": "c2", "net_amount_minor": "500", "currency": "GBP"},
    ]
    warehouse.land("events__conversions", second, account="mended.csv", at="2026-10-02 00:00:00")
    late = {**touch, "touchpoint_id": "late", "occurred_at": "2026-09-02T12:00:00Z"}
    # The conversions became known on 1 October: 45 days later is 15 November.
    warehouse.land("events__touchpoints", [late], account="late.csv", at="2026-11-15 00:00:01")
    warehouse.build()
    return warehouse


def test_lines_are_the_newest_values_with_utc_dates(events_only) -> None:
    """The market is kept as given, unknown or not, and without a reference table the market's date is the UTC date."""
    found = events_only.rows(
        "select conversion_id, market, net_amount_minor, net_amount_reporting_minor, currency, "
        "event_date_market = event_date_utc from ledgers.fct_order_lines order by 1"
    )
    assert found == [("c1", "ATLANTIS", 900, 900, "USD", True), ("c2", None, 500, None, "GBP", True)]


def test_a_restated_currency_moves_the_amount_from_one_to_the_other(events_only) -> None:
    """Amounts of different currencies are never added: the old one is taken back, the new one posted."""
    found = events_only.rows(
        "select currency, adjustment_type, amount_minor from ledgers.fct_order_adjustments where conversion_id = 'c2' "
        "order by known_commit, currency"
    )
    assert found == [("EUR", "placement", 500), ("EUR", "restatement", -500), ("GBP", "restatement", 500)]


def test_bad_rows_are_counted(events_only) -> None:
    """A broken amount and an unknown touch type are quarantined; the repeated key was superseded with its file."""
    assert events_only.quarantined("events__conversions") == {"amount_not_integer": 1}
    assert events_only.quarantined("events__touchpoints") == {"invalid_touch_type": 1}


def test_a_late_touch_gets_nothing_and_is_counted(events_only) -> None:
    """Known more than the horizon after the conversion was first known: no credit, one count."""
    # Of a house model: the channel is not TikTok's and the shop not Amazon, so the replicas leave all unattributed.
    found = events_only.rows(
        "select distinct recipient_key from ledgers.fct_attribution_credit "
        "where attribution_model = 'linear' and credit_micro > 0"
    )
    recipients = {row[0] for row in found}
    assert recipients == {"touch:t1", "touch:t2"}
    assert events_only.rows("select late_touches from ledgers.fct_order_lines where conversion_id = 'c1'") == [(1,)]


def test_every_model_holds_the_same_credit_and_money(events_only) -> None:
    """Two conversions are two million micros and their money, in each model."""
    found = events_only.rows(
        "select sum(credit_micro), sum(attributed_amount_minor) from ledgers.fct_attribution_credit "
        "group by attribution_model"
    )
    assert found == [(2_000_000, 1400)] * len(ATTRIBUTION_MODELS)


@pytest.mark.parametrize(
    ("sabotage", "test"),
    [
        (
            "update ledgers.fct_attribution_credit_wide set linear_credit_micro = linear_credit_micro + 1 "
            "where recipient_key = 'touch:t1' and conversion_id = 'c1'",
            "every_conversion_has_one_credit",
        ),
        (
            "update ledgers.fct_attribution_credit_wide set linear_amount_minor = linear_amount_minor - 1 "
            "where recipient_key = 'touch:t1' and conversion_id = 'c1'",
            "credited_amounts_add_up_to_lines",
        ),
        (
            "update ledgers.fct_order_adjustments set amount_minor = 501 where amount_minor = 500",
            "adjustments_add_up_to_lines",
        ),
        ("update marts.mart_attribution_daily set orders = orders + 1", "daily_orders_add_up_to_ledger"),
        (
            "update marts.mart_funnel_daily set attributed_net_minor = attributed_net_minor + 1",
            "daily_funnel_adds_up_to_sources",
        ),
    ],
)
@pytest.mark.slow
def test_each_conservation_test_can_fail(events_only, sabotage: str, test: str) -> None:
    """One unit too many anywhere is noticed."""
    events_only.execute(sabotage)
    run = events_only.try_build("test", "--select", test)
    assert not run.success
    assert run.exception is None


def test_the_branches_of_the_credit_logic_hold_in_dbts_own_unit_tests(events_only) -> None:
    """Production builds leave dbt's unit tests out, and they need the relations to exist, so they run here."""
    events_only.build("test", "--select", "test_type:unit")
    statuses = events_only.last_statuses()
    assert len(statuses) >= 24
    assert set(statuses.values()) == {"pass"}


def test_every_view_can_be_read_when_the_build_is_over(events_only) -> None:
    """Steps of one run are gone then, and nothing that stays may read them."""
    views = [
        view
        for (view,) in events_only.rows("select schema_name || '.' || view_name from duckdb_views() where not internal")
    ]
    assert len(views) > 100
    for view in views:
        events_only.rows(f"from {view} limit 0")
