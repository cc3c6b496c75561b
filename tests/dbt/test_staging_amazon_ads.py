"""Sponsored Products and Attribution's publishers: types, money, row rules, and every landed row accounted for."""

import pytest

MODELS = ("amazon_ads__sponsored_products_daily", "amazon_attribution__publishers", "amazon_attribution__performance")
SPONSORED, PUBLISHERS, PERFORMANCE = MODELS
WINDOW = ("2026-11-01", "2026-11-02")
GOOD = {
    "profile_id": "581", "date": "2026-11-01", "campaign_id": "271", "ad_group_id": "281", "ad_id": "291",
    "campaign_budget_currency_code": "usd", "advertised_asin": "b0sbx00001", "advertised_sku": "SBX-1",
    "impressions": "100", "clicks": "9", "cost": "96.41", "purchases14d": "4", "units_sold_clicks14d": "5",
    "purchases_same_sku14d": "3", "units_sold_same_sku14d": "3", "sales14d": "324.875",
    "attributed_sales_same_sku14d": "0.0", "purchases7d": "2",
}  # fmt: skip
FAULTS = {
    "missing_key": {"ad_id": " "},
    "unparseable_date": {"date": "20261101"},
    "unparseable_number": {"cost": "9,5"},
    "outside_window": {"date": "2026-11-03"},
    "unknown_currency": {"campaign_budget_currency_code": "XQQ"},
    "duplicate_key": {"clicks": "8"},
    "malformed": {"_reject": "malformed_line"},
}


@pytest.fixture(scope="module")
def warehouse(new_warehouse):
    """Two commits of Sponsored Products, the second with one row of each fault; publishers; a bonus."""
    made = new_warehouse("amazon_ads")
    profile = {"profile_id": "581", "currency_code": "JPY", "timezone": "Asia/Tokyo", "marketplace_string_id": "A1"}
    made.land("amazon_attribution__profiles", [profile], account="581")
    made.land(SPONSORED, [GOOD, {**GOOD, "ad_id": "292"}], account="581", window=WINDOW)
    faulty = [{**GOOD, **fault} for fault in FAULTS.values()]
    of_profile = {**GOOD, "ad_id": "295", "campaign_budget_currency_code": None, "cost": "120.5"}
    made.land(SPONSORED, [GOOD, *faulty, of_profile], account="581", window=WINDOW)
    rows = [
        {"id": "12", "name": "TikTok", "macro_enabled": "false"},
        {"id": None, "name": "?", "macro_enabled": "true"},
    ]
    made.land(PUBLISHERS, [{"profile_id": "581", **row} for row in rows], account="581")
    claim = {"profile_id": "581", "level": "CAMPAIGN", "date": "20261101", "campaign_id": "1", "click_throughs": "11"}
    bonuses = [{**claim, "brb_bonus_amount": "61.18"}, {**claim, "campaign_id": "2"}]
    made.land(PERFORMANCE, bonuses, account="581", part="CAMPAIGN", window=WINDOW)
    chosen = [f"+stg_{model} quarantine_{model}" for model in MODELS]
    made.build("build", "--select", *" ".join(chosen).split(), "--exclude", "resource_type:unit_test")
    return made


def test_money_is_in_minor_units_of_the_row_or_else_of_the_profile(warehouse):
    found = warehouse.rows(
        "select ad_id, asin, currency, spend_minor, claimed_sales_14d_minor, claimed_orders_7d "
        f"from staging.stg_{SPONSORED} order by 1"
    )
    # Half to even: 324.875 dollars are 32488 cents, 120.5 yen are 120.
    assert found == [("291", "B0SBX00001", "USD", 9641, 32488, 2), ("295", "B0SBX00001", "JPY", 120, 325, 2)]


def test_every_row_rule_catches_its_fault_and_no_other(warehouse):
    found = warehouse.rows(
        f"select _row, reject_rule from quarantine.quarantine_{SPONSORED} where _commit = 1 order by 1"
    )
    assert found == list(enumerate(FAULTS, start=1))


def test_no_landed_row_is_lost(warehouse):
    (landed,), (staged,), (quarantined,) = (
        warehouse.rows(f"select count(*) from {table}")[0]
        for table in (f"raw.{SPONSORED}", f"staging.stg_{SPONSORED}", f"quarantine.quarantine_{SPONSORED}")
    )
    superseded = 2  # the first commit's: its window was read again
    assert landed == staged + quarantined + superseded


def test_a_publisher_says_whether_its_links_know_macros(warehouse):
    assert warehouse.rows(f"select publisher_id, publisher, has_macros from staging.stg_{PUBLISHERS}") == [
        ("12", "TikTok", False)
    ]
    assert warehouse.rows(f"select reject_rule from quarantine.quarantine_{PUBLISHERS}") == [("missing_key",)]


def test_a_bonus_is_money_of_the_profile_and_none_is_not_zero(warehouse):
    found = warehouse.rows(
        f"select campaign_id, referral_bonus_minor, currency from staging.stg_{PERFORMANCE} order by 1"
    )
    assert found == [("1", 61, "JPY"), ("2", None, "JPY")]
