"""Windows, names and the declarations of all streams."""

from datetime import date

import pytest

from phygital_funnel.errors import ConfigError
from phygital_funnel.sources.registry import all_streams, streams_of
from phygital_funnel.sources.stream import METADATA_COLUMNS, Coverage, Reread, Window, snake_case


@pytest.mark.parametrize(
    ("wire", "column"),
    [
        ("Click-throughs", "click_throughs"),
        ("attributedSales14d", "attributed_sales14d"),
        ("amazon-order-id", "amazon_order_id"),
        ("adGroupId", "ad_group_id"),
        ("__CID__", "cid"),
        ("", ""),
    ],
)
def test_wire_names_become_column_names(wire, column):
    assert snake_case(wire) == column


def test_a_window_is_split_into_consecutive_windows_without_gap_or_overlap():
    whole = Window(date(2026, 9, 7), date(2026, 11, 2))
    parts = whole.split_at_fixed_dates(30)

    assert [day for part in parts for day in part.days()] == whole.days()
    assert max(len(part.days()) for part in parts) == 30


def test_a_window_is_cut_into_equal_pieces_from_its_start():
    assert [len(part.days()) for part in Window(date(2026, 9, 7), date(2026, 11, 2)).split(30)] == [30, 27]


def test_the_pieces_of_a_long_window_are_the_same_a_day_later():
    today, tomorrow = (Window(date(2025, 10, day), date(2026, 11, day)).split_at_fixed_dates(31) for day in (2, 3))

    assert len(set(today) - set(tomorrow)) <= 2
    assert today[1:-1] == tomorrow[1:-1]


def test_a_window_that_is_short_enough_stays_whole():
    month = Window(date(2026, 10, 4), date(2026, 11, 2))

    assert month.split_at_fixed_dates(30) == [month]


def test_reaching_back_never_shortens_a_window():
    day, long = Window(date(2026, 11, 2), date(2026, 11, 2)), Window(date(2026, 9, 7), date(2026, 11, 2))

    assert day.reaching_back(7) == Window(date(2026, 10, 27), date(2026, 11, 2))
    assert long.reaching_back(7) == long


def test_a_window_that_ends_before_it_starts_is_refused():
    with pytest.raises(ConfigError, match="before it starts"):
        Window(date(2026, 11, 2), date(2026, 11, 1))


def test_a_run_rereads_its_days_and_on_saturdays_those_of_the_week():
    reread = Reread(days=7, weekly_days=28)
    friday, saturday = date(2026, 11, 6), date(2026, 11, 7)

    assert reread.windows(Window(friday, friday), saturday) == [Window(date(2026, 10, 31), friday)]
    assert reread.windows(Window(saturday, saturday), saturday) == [Window(date(2026, 10, 11), saturday)]
    after_an_outage = Window(friday, date(2026, 11, 9))
    assert reread.windows(after_an_outage, saturday) == [Window(date(2026, 10, 13), date(2026, 11, 9))]


def test_windows_are_as_long_as_the_platform_answers_and_end_where_its_history_does():
    today = date(2026, 11, 7)
    long_ago = Window(date(2026, 1, 1), today)

    assert Reread(1, per_request=30, history_days=60).windows(long_ago, today) == [
        *Window(date(2026, 9, 9), today).split_at_fixed_dates(30),
    ]
    # Asked for as it is, so that the platform refuses it and nobody takes silence for no data.
    before = Window(date(2026, 1, 1), date(2026, 1, 2))
    assert Reread(1, history_days=60).windows(before, today) == [before]


@pytest.mark.parametrize("stream", all_streams(), ids=lambda stream: stream.relation)
def test_every_stream_declares_key_scope_and_required_columns_among_its_columns(stream):
    declared = set(stream.columns)

    assert len(declared) == len(stream.columns)
    assert {*stream.key, *stream.scope, *stream.required} <= declared
    assert {*stream.numbers, *stream.flags, *stream.nested, *stream.untyped} <= declared
    assert not declared & {*METADATA_COLUMNS, "_commit"}
    assert bool(stream.scope) == (stream.coverage is not Coverage.SNAPSHOT)


def test_unknown_sources_and_streams_are_refused_with_the_known_ones():
    with pytest.raises(ConfigError, match="tiktok_ads"):
        streams_of("myspace")
    with pytest.raises(ConfigError, match="ad_report_daily"):
        streams_of("tiktok_ads", "ad_report_weekly")
