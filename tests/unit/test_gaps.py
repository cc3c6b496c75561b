"""After an outage a scheduled run begins where the last one ended."""

from datetime import date

import pytest

from phygital_funnel.gaps import without_gap
from phygital_funnel.landing import Landing
from phygital_funnel.settings import Settings
from phygital_funnel.sources.amazon_attribution.streams import PERFORMANCE
from phygital_funnel.sources.links.streams import CLICKS
from phygital_funnel.sources.stream import Extraction, Window
from phygital_funnel.sources.tiktok_ads.streams import CAMPAIGNS
from phygital_funnel.sources.tiktok_shop.streams import ORDERS

NINTH = Window(date(2026, 11, 9), date(2026, 11, 9))


def days(first, last):
    return Window(date(2026, 11, first), date(2026, 11, last))


@pytest.fixture
def settings(tmp_path):
    return Settings.from_env({"PHYGITAL_HOME": str(tmp_path)})


def read(settings, stream, window=None, account="7", **rest):
    Landing.of(settings).append(Extraction.of_rows(stream, [], account, window=window, **rest))


def window_of(settings, stream, account="7", asked=NINTH):
    return without_gap(settings, stream.source, asked, account=account, stream=stream.name)


def test_a_run_after_an_outage_begins_on_the_last_day_that_was_read(settings):
    read(settings, ORDERS, days(1, 2))

    assert window_of(settings, ORDERS) == days(2, 9)


def test_a_run_that_follows_the_one_before_is_left_alone(settings):
    read(settings, ORDERS, days(7, 8))

    assert window_of(settings, ORDERS) == NINTH


def test_the_first_run_and_another_account_are_left_alone(settings):
    read(settings, ORDERS, days(1, 2), account="8")

    assert window_of(settings, ORDERS) == NINTH


def test_a_window_of_the_past_is_left_alone(settings):
    read(settings, ORDERS, days(1, 8))

    assert window_of(settings, ORDERS, asked=days(3, 4)) == days(3, 4)


def test_an_incomplete_extraction_has_read_nothing(settings):
    read(settings, ORDERS, days(1, 2))
    read(settings, ORDERS, days(3, 8), is_complete=False)

    assert window_of(settings, ORDERS) == days(2, 9)


def test_the_part_that_is_furthest_behind_decides(settings):
    read(settings, PERFORMANCE, days(1, 8), part="CAMPAIGN")
    read(settings, PERFORMANCE, days(1, 4), part="CREATIVE")

    assert window_of(settings, PERFORMANCE) == days(4, 9)


def test_files_are_read_from_the_day_of_the_newest_one(settings):
    read(settings, CLICKS, account="2026-11-03.csv", checksum="a")
    read(settings, CLICKS, account="summary.csv", checksum="b")

    assert window_of(settings, CLICKS, account="") == days(3, 9)


def test_a_snapshot_has_no_gap(settings):
    read(settings, CAMPAIGNS)

    assert window_of(settings, CAMPAIGNS) == NINTH


def test_more_than_the_horizon_is_named_and_left_to_a_backfill(settings, caplog):
    read(settings, ORDERS, Window(date(2026, 6, 1), date(2026, 6, 2)))

    assert window_of(settings, ORDERS) == Window(date(2026, 9, 25), date(2026, 11, 9))
    assert "phygital extract tiktok_shop --from 2026-06-02 --to 2026-09-25" in caplog.text
