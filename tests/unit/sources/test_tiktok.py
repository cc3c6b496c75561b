"""What TikTok's business APIs have in common, without their network."""

from datetime import date

import pytest

from phygital_funnel.errors import (
    AuthError,
    RateLimited,
    RequestRefused,
    SourceError,
    SourceUnreachable,
    TransientSourceError,
    TruncatedReport,
)
from phygital_funnel.sources.stream import Cadence, Coverage, Window
from phygital_funnel.sources.tiktok.codes import TokenRefused, TooLarge, refuse
from phygital_funnel.sources.tiktok.paging import READS, Keys, consistent
from phygital_funnel.sources.tiktok_ads import streams as ads
from phygital_funnel.sources.tiktok_ads.client import Listed
from phygital_funnel.sources.tiktok_ads.extract import Place
from phygital_funnel.sources.tiktok_organic import streams as organic

# The actions of api-contracts 1.3, code by code.
ACTIONS = {
    RateLimited: (40016, 40100, 40132, 40133, 60001, 61000),
    SourceUnreachable: (40050, 40200, 40201, 40202, 40700, 50000, 50002, 51010, 59999),
    TokenRefused: (40101, 40102, 40103, 40104, 40105, 40106, 40107),
    AuthError: (40001, 40118, 40119, 40124, 40125, 40130, 40131),
    TooLarge: (40011, 40061, 40067),
    RequestRefused: (40000, 40002, 40003, 40006, 40007, 40051, 40110, 40113, 40300, 40301, 40400, 49999),
}
WEEK = Window(date(2026, 11, 1), date(2026, 11, 7))


def refused(code, **rest):
    with pytest.raises(SourceError) as caught:
        refuse("tiktok_ads", "/x/ for account 1", code, "Message.", "r1", **rest)
    return caught.value


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind, codes in ACTIONS.items() for code in codes])
def test_every_code_leads_to_its_action(kind, code):
    error = refused(code)
    assert type(error) is kind
    assert f"tiktok_ads: /x/ for account 1 answered code {code}: Message. " in str(error)
    assert str(error).endswith(". [request id r1]")


def test_only_throttling_and_outages_are_tried_again():
    transient = {
        code for codes in ACTIONS.values() for code in codes if isinstance(refused(code), TransientSourceError)
    }
    assert transient == {*ACTIONS[RateLimited], *ACTIONS[SourceUnreachable]}


def test_maintenance_is_waited_for_longer_than_a_throttle():
    assert refused(40100).retry_after is None
    assert refused(60001).retry_after == 60
    assert refused(60001, scale=20).retry_after == 3


def test_a_long_message_of_the_platform_is_cut():
    with pytest.raises(RequestRefused) as caught:
        refuse("tiktok_ads", "/x/", 40002, "y" * 5000, "")
    assert 200 < len(str(caught.value)) < 500


def test_a_report_is_read_in_pieces_that_cover_its_window_once():
    place, pieces = Place.of({"start": "2026-11-01", "days": 3}, WEEK), []
    while place:
        pieces.append(place.piece(WEEK))
        place = place.after(Listed([], 1, 1000, 0, ""), WEEK)
    assert pieces == WEEK.split(3)


def test_a_cursor_leads_back_to_its_page():
    first = Listed([{"ad_id": "1"}] * 2, page=1, size=2, total=3, request_id="")
    place = Place.of(None, WEEK).after(first, WEEK)
    assert (place.page, place.total, place.piece(WEEK)) == (2, 3, WEEK)
    assert Place.of({**vars(place)}, WEEK) == place
    assert place.after(Listed([{"ad_id": "3"}], 2, 2, 3, ""), WEEK) is None


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        (Listed([{"a": "3"}], 2, 2, 3, ""), ""),
        (Listed([{"a": "3"}], 1, 2, 3, ""), "came as page 1"),
        (Listed([{"a": "3"}, {"a": "4"}], 2, 2, 4, ""), "announces 4 rows, where the pages before announced 3"),
        (Listed([], 2, 2, 3, ""), "holds 0 rows, where 1 of 3 were announced"),
        (Listed([{"a": "1"}], 2, 2, 3, ""), "repeats the page before it"),
    ],
)
def test_a_page_that_does_not_follow_is_noticed(page, fault):
    before = Listed([{"a": "1"}, {"a": "2"}], 1, 2, 3, "")
    assert page.fault(2, before.total, before.mark) == fault


def test_a_page_is_read_again_before_the_listing_is_given_up():
    pages = iter(["bad", "bad", "good"])
    assert (
        consistent("tiktok_ads", "ads of 1, page 2", lambda: next(pages), lambda page: page * (page == "bad")) == "good"
    )
    with pytest.raises(TruncatedReport, match=f"ads of 1, page 2 is bad, {READS} times over"):
        consistent("tiktok_ads", "ads of 1, page 2", lambda: "is bad", str)


def keys_of(*pairs, **rest):
    keys = Keys(**rest)
    for group, name in pairs:
        keys.add([group], [name])
    return keys.repeated()


def test_a_row_that_comes_twice_is_found_across_pages():
    assert keys_of(("d1", "a"), ("d1", "b"), ("d2", "a")) == []
    assert keys_of(("d1", "a"), ("d1", "b"), ("d2", "a"), ("d1", "a")) == [""]


def test_one_hour_may_come_twice_and_no_more():
    """The clocks go back once; a second hour, or a third row, is a page that moved."""
    twice = [("01:00", "a"), ("01:00", "a"), ("01:00", "b"), ("02:00", "a")]
    assert keys_of(*twice, repeats_a_group=True) == []
    assert keys_of(*twice, ("01:00", "a"), repeats_a_group=True) == ["01:00"]
    assert keys_of(*twice, ("02:00", "a"), repeats_a_group=True) == ["01:00", "02:00"]


def test_windows_are_those_of_the_contract():
    saturday = Window(date(2026, 11, 7), date(2026, 11, 7))
    weekday = Window(date(2026, 11, 4), date(2026, 11, 4))
    today = date(2026, 11, 8)
    daily, hourly, account = ads.AD_REPORT_DAILY, ads.AD_REPORT_HOURLY, organic.ACCOUNT_DAILY
    assert [len(one.days()) for one in daily.reread.windows(weekday, today)] == [7]
    assert [len(one.days()) for one in daily.reread.windows(saturday, today)] == [28]
    assert [len(one.days()) for one in hourly.reread.windows(weekday, today)] == [1, 1]
    year = Window(date(2025, 11, 8), date(2026, 11, 7))
    assert max(len(one.days()) for one in daily.reread.windows(year, today)) == 30
    assert account.reread.windows(year, today)[0].start == date(2026, 9, 10)


@pytest.mark.parametrize("stream", [*ads.STREAMS, *organic.STREAMS], ids=lambda stream: stream.relation)
def test_what_a_stream_declares_fits_together(stream):
    columns = set(stream.columns)
    kinds = [*stream.numbers, *stream.flags, *stream.nested, *stream.untyped]
    assert len(columns) == len(stream.columns)
    assert {*stream.key, *stream.scope, *stream.required, *kinds} <= columns
    assert len(set(kinds)) == len(kinds), "a column is of one kind"
    assert (stream.coverage is Coverage.WINDOW) == bool(stream.scope)
    assert stream.cadence is (Cadence.INTRADAY if stream is ads.AD_REPORT_HOURLY else Cadence.DAILY)
