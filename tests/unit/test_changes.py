"""Restated days: exactly those whose rows differ from what was known, whatever the order of rows or of runs."""

from datetime import date

import pytest

from phygital_funnel.changes import DATED_BY, restated_days
from phygital_funnel.landing import Landing
from phygital_funnel.settings import Settings
from phygital_funnel.sources.amazon_seller.streams import ORDER_LINES
from phygital_funnel.sources.reference.streams import FX_RATES, MARKETS
from phygital_funnel.sources.registry import all_streams
from phygital_funnel.sources.stream import Cadence, Coverage, Extraction, Window
from phygital_funnel.sources.tiktok_ads.streams import AD_REPORT_DAILY

FIRST = date(2026, 11, 1)


@pytest.fixture
def settings(tmp_path):
    return Settings.from_env({"PHYGITAL_HOME": str(tmp_path)})


@pytest.fixture
def landing(settings):
    return Landing.of(settings)


def window(first, last):
    return Window(date(2026, 11, first), date(2026, 11, last))


def reported(landing, run, spend, days, account="7", **rest):
    """Land one row per day with that day's spend."""
    rows = [
        {"advertiser_id": account, "ad_id": "1", "stat_time_day": f"2026-11-{day:02} 00:00:00", "spend": value,
         "impressions": "5"}
        for day, value in spend.items()
    ]  # fmt: skip
    landing.append(Extraction.of_rows(AD_REPORT_DAILY, rows, account, window=days, **rest), run=f"{run}-1")


def ordered(landing, run, lines):
    """Land order lines, given as order id, day, status."""
    filled = dict.fromkeys(ORDER_LINES.required, "x")
    rows = [
        {**filled, "amazon_order_id": order, "purchase_date": f"2026-11-{day:02}T08:00:00+00:00", "item_status": status}
        for order, day, status in lines
    ]
    landing.append(Extraction.of_rows(ORDER_LINES, rows, "A", window=window(1, 5)), run=f"{run}-1")


def restated(settings, run, source="tiktok_ads"):
    return [day.day for day in restated_days(settings, [source], Cadence.DAILY, run)]


def test_what_is_brought_for_the_first_time_is_not_restated(settings, landing):
    reported(landing, "one", {1: "10", 2: "20"}, window(1, 2))
    assert restated(settings, "one") == []


def test_only_days_whose_rows_differ_are_restated(settings, landing):
    reported(landing, "one", {1: "10", 2: "20", 3: "30"}, window(1, 3))
    reported(landing, "two", {4: "40", 3: "30", 2: "21", 1: "10"}, window(1, 4))
    assert restated(settings, "two") == [2]
    assert restated(settings, "one") == []


def test_a_row_that_came_and_a_row_that_went_are_restatements(settings, landing):
    reported(landing, "one", {1: "10", 3: "30"}, window(1, 3))
    reported(landing, "two", {2: "20", 3: "30"}, window(1, 3))
    assert restated(settings, "two") == [1, 2]


def test_the_same_row_twice_is_not_the_same_as_once(settings, landing):
    row = {"advertiser_id": "7", "ad_id": "1", "stat_time_day": "2026-11-01", "spend": "1", "impressions": "5"}
    for run, count in (("one", 1), ("two", 3)):
        extraction = Extraction.of_rows(AD_REPORT_DAILY, [row] * count, "7", window=window(1, 1))
        landing.append(extraction, run=f"{run}-1")
    assert restated(settings, "two") == [1]


def test_no_value_and_an_empty_text_differ_and_values_do_not_run_together(settings, landing):
    rows = [{"spend": None, "impressions": "5"}, {"spend": "", "impressions": "5"}, {"spend": "5", "impressions": ""}]
    for run, row in enumerate(rows):
        row |= {"advertiser_id": "7", "ad_id": "1", "stat_time_day": "2026-11-01"}
        extraction = Extraction.of_rows(AD_REPORT_DAILY, [row], "7", window=window(1, 1))
        landing.append(extraction, run=f"{run}-1")
    assert restated(settings, "1") == [1]
    assert restated(settings, "2") == [1]


def test_each_day_is_compared_with_the_newest_extraction_that_covers_it(settings, landing):
    """A weekly run re-reads days that the daily runs before it did not."""
    reported(landing, "long ago", {1: "10", 2: "20", 3: "30"}, window(1, 3))
    reported(landing, "yesterday", {3: "31"}, window(3, 3))
    reported(landing, "today", {1: "11", 2: "20", 3: "31"}, window(1, 3))
    assert restated(settings, "yesterday") == [3]
    assert restated(settings, "today") == [1]


def test_accounts_are_not_compared_with_each_other(settings, landing):
    reported(landing, "one", {1: "10"}, window(1, 1), account="7")
    reported(landing, "two", {1: "99"}, window(1, 1), account="8")
    assert restated(settings, "two") == []


def test_an_incomplete_extraction_restates_nothing_and_is_no_measure(settings, landing):
    reported(landing, "one", {1: "10"}, window(1, 1))
    reported(landing, "two", {1: "11"}, window(1, 1), is_complete=False)
    reported(landing, "three", {1: "10"}, window(1, 1))
    assert restated(settings, "two") == []
    assert restated(settings, "three") == []


def test_an_extraction_that_is_held_for_a_person_restates_nothing(settings, landing):
    rows = [
        {"advertiser_id": "7", "ad_id": str(ad), "stat_time_day": "2026-11-01", "spend": "1", "impressions": "5"}
        for ad in range(40)
    ]
    for run, kept in (("one", rows), ("two", rows[:5])):
        landing.append(Extraction.of_rows(AD_REPORT_DAILY, kept, "7", window=window(1, 1)), run=f"{run}-1")
    assert landing.manifests(AD_REPORT_DAILY)[-1].doubt
    assert restated(settings, "two") == []


def test_a_run_whose_name_begins_like_another_is_another(settings, landing):
    for run, spend in (("zero", "10"), ("one", "10"), ("one-more", "11")):
        reported(landing, run, {1: spend}, window(1, 1))
    assert restated(settings, "one") == []
    assert restated(settings, "one-more") == [1]


def test_an_answer_without_rows_withdraws_the_day(settings, landing):
    reported(landing, "one", {1: "10"}, window(1, 1))
    reported(landing, "two", {}, window(1, 1))
    reported(landing, "three", {}, window(1, 1))
    assert restated(settings, "two") == [1]
    assert restated(settings, "three") == []


def test_a_changed_order_restates_its_own_day_and_an_unchanged_or_new_one_none(settings, landing):
    ordered(landing, "one", [("a", 1, "Shipped"), ("b", 2, "Shipped")])
    ordered(landing, "two", [("a", 1, "Cancelled"), ("b", 2, "Shipped"), ("c", 4, "Pending")])
    ordered(landing, "three", [("a", 1, "Cancelled")])
    assert restated(settings, "two", "amazon_seller") == [1]
    assert restated(settings, "three", "amazon_seller") == []


def test_an_order_that_moves_to_another_day_restates_both(settings, landing):
    ordered(landing, "one", [("a", 1, "Shipped")])
    ordered(landing, "two", [("a", 3, "Shipped")])
    assert restated(settings, "two", "amazon_seller") == [1, 3]


def test_an_order_that_lost_a_line_is_restated(settings, landing):
    ordered(landing, "one", [("a", 1, "Shipped"), ("a", 1, "Shipped")])
    ordered(landing, "two", [("a", 1, "Shipped")])
    assert restated(settings, "two", "amazon_seller") == [1]


def test_snapshots_have_no_days_and_a_corrected_rate_has_one(settings, landing):
    for run, rate in (("one", "1.1"), ("two", "1.2")):
        market = {"market": "US", "marketplace_id": "M", "currency": "USD", "timezone": rate}
        landing.append(Extraction.of_rows(MARKETS, [market], "markets.csv"), run=f"{run}-1")
        rates = [{"rate_date": "2026-11-02", "currency": "USD", "units_per_eur": rate}]
        landing.append(Extraction.of_rows(FX_RATES, rates, "fx_rates.csv"), run=f"{run}-1")
    assert restated(settings, "two", "reference") == [2]


def test_days_are_read_as_the_platforms_write_them():
    import duckdb

    from phygital_funnel.changes import _DAY

    texts = ["2026-11-03", "2026-11-03 07:00:00", "2026-11-03T07:00:00+00:00", "20261103", "1793689200", "soon", None]
    con = duckdb.connect()
    con.execute("create table t as select unnest($1) as at", [texts])
    found = [day for (day,) in con.execute(f"select {_DAY.format('at')} from t").fetchall()]
    assert found == [date(2026, 11, 3)] * 5 + [None, None]


def test_every_feed_of_changes_says_what_dates_its_rows():
    feeds = {stream.relation: stream for stream in all_streams() if stream.coverage is Coverage.CHANGES}
    assert set(feeds) <= set(DATED_BY)
    for relation, column in DATED_BY.items():
        if relation in feeds:
            assert column in feeds[relation].columns, relation
