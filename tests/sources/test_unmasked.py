"""A tag's tenth click makes Amazon show its past, and the past is read again, as far back as Amazon keeps it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from phygital_funnel import pipeline
from phygital_funnel.landing import Landing
from phygital_funnel.settings import Settings
from phygital_funnel.sources.amazon_attribution.streams import PERFORMANCE, PRODUCTS, SOURCE
from phygital_funnel.sources.stream import Stream, Window

from .home import ACCOUNTS
from .replay import Replay, serving

PROFILE = ACCOUNTS[SOURCE]
OCTOBER, NOVEMBER = Window(date(2026, 10, 3), date(2026, 10, 4)), Window(date(2026, 11, 3), date(2026, 11, 4))
LONG = Window(date(2026, 9, 1), date(2026, 11, 4))
TAG = {"campaignId": "1", "adGroupId": "2", "creativeId": "3"}
Home = Callable[..., Settings]


def row(day: str, purchases: str, **tag: str) -> dict[str, Any]:
    return {
        **TAG, **tag, "date": day, "Click-throughs": purchases, "attributedTotalPurchases14d": purchases,
        "productAsin": "A", "productConversionType": "Promoted", "attributedPurchases14d": purchases,
    }  # fmt: skip


def report(*rows: dict[str, Any], **when: str) -> dict[str, Any]:
    body = {"reports": list(rows), "cursorId": None, "size": len(rows)}
    return {"method": "POST", "path": "/attribution/report", "json": body, **({"when": when} if when else {})}


def extract(home_of: Home, stream: Stream, *runs: tuple[str, Window, list[dict[str, Any]]]) -> list[Any]:
    """What each run landed: part and window. A run is the time, the window asked for, and what Amazon answers."""
    found = []
    for now, window, exchanges in runs:
        with serving(Replay(exchanges)) as replay:
            landed = pipeline.extract(home_of(replay.url, now=now), SOURCE, window, account=PROFILE, stream=stream.name)
        found.append([(manifest.part, str(manifest.window_from), str(manifest.window_to)) for manifest in landed])
    return found


MASKED = ("2026-10-05T12:00:00+00:00", OCTOBER, [report(row("20261001", "0"), row("20260920", "0"))])
DAILY = [(level, "2026-10-06", "2026-11-04") for level in ("CAMPAIGN", "ADGROUP", "CREATIVE")]


def shown(*rows: dict[str, Any], **when: str) -> tuple[str, Window, list[dict[str, Any]]]:
    """The run of a month later."""
    return ("2026-11-05T12:00:00+00:00", NOVEMBER, [report(*rows, **when), report(row("20261101", "0"))])


def test_the_tenth_click_has_the_masked_days_read_again_once(home_of: Home) -> None:
    """Only the level that came out of the mask, from its first masked day to its last; then never again."""
    first, second, third = extract(
        home_of,
        PERFORMANCE,
        MASKED,
        shown(row("20261103", "12"), groupBy="CREATIVE"),
        shown(row("20261103", "12"), groupBy="CREATIVE"),
    )
    assert [part for part, *_ in first] == ["CAMPAIGN", "ADGROUP", "CREATIVE"]
    assert second == [*DAILY, ("CREATIVE", "2026-09-02", "2026-10-01")]
    assert third == DAILY


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (row("20261103", "0"), "the tag is masked still"),
        (row("20261103", "12", creativeId="4"), "another tag has its clicks"),
        (row("20261103", "12", campaignId="9"), "another campaign's tag has its clicks"),
    ],
)
def test_nothing_is_read_again_while(home_of: Home, told: dict[str, Any], why: str) -> None:
    _, second = extract(home_of, PERFORMANCE, MASKED, shown(told))
    assert second == DAILY, why


def test_days_that_were_measured_are_not_read_again(home_of: Home) -> None:
    """A day without anything, of a tag that was shown already when it was read, is a day without anything."""
    told = ("2026-10-05T12:00:00+00:00", OCTOBER, [report(row("20261001", "0"), row("20260920", "11"))])
    _, second = extract(home_of, PERFORMANCE, told, shown(row("20261103", "12")))
    assert second == DAILY


def test_pieces_of_one_run_are_not_held_against_each_other(home_of: Home) -> None:
    """A long load is read in pieces: what an early one shows as zero was zero when a later one showed the tag."""
    august = ("2026-08-25T12:00:00+00:00", Window(date(2026, 8, 20), date(2026, 8, 20)), [report()])
    first, second, third = PRODUCTS.reread.windows(LONG, date(2026, 11, 5))
    told = [
        report(row(f"{first.end:%Y%m%d}", "0"), endDate=f"{first.end:%Y%m%d}"),
        report(row(f"{second.end:%Y%m%d}", "12"), endDate=f"{second.end:%Y%m%d}"),
        report(),
    ]
    _, landed = extract(home_of, PRODUCTS, august, ("2026-11-05T12:00:00+00:00", LONG, told))
    assert [start for _, start, _ in landed] == [str(piece.start) for piece in (first, second, third)]


def test_pieces_of_a_run_that_was_killed_are_not_held_against_each_other_either(home_of: Home) -> None:
    """Neither by its next attempt, which knows of them already, nor by the run of the next day."""
    first, second, third = PRODUCTS.reread.windows(LONG, date(2026, 11, 5))
    zero = report(row(f"{first.end:%Y%m%d}", "0"), endDate=f"{first.end:%Y%m%d}")
    clicks = report(row(f"{second.end:%Y%m%d}", "12"), endDate=f"{second.end:%Y%m%d}")
    refused = {**report(), "status": 400, "json": {"code": "400", "details": "No."}}
    with serving(Replay([zero, clicks, refused])) as replay, pytest.raises(Exception, match="400"):
        pipeline.extract(home_of(replay.url), SOURCE, LONG, account=PROFILE, stream="products", run="r")
    with serving(Replay([report()])) as replay:
        settings = home_of(replay.url)
        rest = pipeline.extract(settings, SOURCE, LONG, account=PROFILE, stream="products", run="r")
        later = pipeline.extract(settings, SOURCE, NOVEMBER, account=PROFILE, stream="products", run="s")
    assert [str(one.window_from) for one in rest] == [str(third.start)]
    assert [str(one.window_to) for one in later] == ["2026-11-04"]


def test_products_are_read_again_as_far_back_as_they_are_kept(home_of: Home) -> None:
    """Ninety days: what is older stays as it was, however masked."""
    old = ("2026-06-05T12:00:00+00:00", Window(date(2026, 6, 3), date(2026, 6, 4)), [report(row("20260601", "0"))])
    _, _, third = extract(home_of, PRODUCTS, old, MASKED, shown(row("20261103", "12")))
    oldest = date(2026, 11, 5) - timedelta(days=PRODUCTS.reread.history_days - 1)
    assert third[0] == ("", "2026-10-06", "2026-11-04")
    assert (third[1][1], third[-1][2]) == (str(oldest), "2026-10-01")
    assert all(date.fromisoformat(end) - date.fromisoformat(start) < timedelta(days=31) for _, start, end in third)


def test_a_run_that_broke_off_finds_the_masked_days_again(home_of: Home) -> None:
    """What was landed under a run's name is not read twice, what is still masked is read by its next attempt."""
    extract(home_of, PERFORMANCE, MASKED)
    refused = {**report(), "status": 400, "json": {"code": "400", "details": "No."}, "when": {"endDate": "20261001"}}
    exchanges = [report(row("20261103", "12"), endDate="20261104"), refused]
    with serving(Replay(exchanges)) as replay:
        settings = home_of(replay.url)
        with pytest.raises(Exception, match="400"):
            pipeline.extract(settings, SOURCE, NOVEMBER, account=PROFILE, stream="performance", run="r")
    with serving(Replay([report(row("20261001", "1"))])) as replay:
        settings = home_of(replay.url)
        landed = pipeline.extract(settings, SOURCE, NOVEMBER, account=PROFILE, stream="performance", run="r")
    assert [(one.part, str(one.window_to)) for one in landed] == [
        (level, "2026-10-01") for level in ("CAMPAIGN", "ADGROUP", "CREATIVE")
    ]
    assert len(Landing.of(settings).manifests(PERFORMANCE)) == 9
