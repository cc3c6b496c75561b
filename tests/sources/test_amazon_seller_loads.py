"""Long loads of the Selling Partner API, slow queues and long lists: nothing is dropped, what was read is kept."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from phygital_funnel import pipeline
from phygital_funnel.errors import SourceError, SourceUnreachable
from phygital_funnel.landing import Landing
from phygital_funnel.sources.amazon_seller.extract import AHEAD, _windows
from phygital_funnel.sources.amazon_seller.streams import SALES_AND_TRAFFIC, SEARCH_QUERY_PERFORMANCE
from phygital_funnel.sources.stream import Window

from .replay import Replay, serving
from .seller import CREATE, HEADING, LINE, LIST, Home, count, created, document, extract, listed, orders, prepare, state


@pytest.mark.parametrize("status", ["IN_QUEUE", "IN_PROGRESS"])
@pytest.mark.parametrize("told", [{"processingEndTime": "2026-11-06T00:59:00+00:00"}, {}])
def test_a_report_is_waited_for_however_long_the_platform_takes(
    status: str, told: dict[str, str], home_of: Home
) -> None:
    states = [*[state("R1", status)] * 2, state("R1", "DONE", **told), *document("R1", f"{HEADING}\n{LINE}\n")]
    with serving(Replay([created("R1"), created("R2"), *states, *orders("R2", "DONE")])) as replay:
        settings = home_of(replay.url)
        assert prepare(settings) == ("R1",)
        (settings.home / "clock").write_text("2026-11-06T01:00:00+00:00")
        assert prepare(settings) == ("R1",)
        assert extract(settings) == 1
        assert count(replay, CREATE) == 1


def traffic(number: int, day: date, *states: str) -> list[dict[str, Any]]:
    """A day's report, which holds one row."""
    required = ("unitsOrdered", "totalOrderItems", "pageViews", "sessions")
    row = {**dict.fromkeys(required, 1), "orderedProductSales": {"amount": 1.5, "currencyCode": "USD"}}
    text = json.dumps({"salesAndTrafficByDate": [{"date": str(day), **row}], "salesAndTrafficByAsin": []})
    name = f"R{number}"
    asked = created(name, dataStartTime=f"{day}T00:00:00+00:00")
    return [asked, *(state(name, status) for status in states), *document(name, text)]


def test_a_long_load_asks_for_a_burst_of_reports_and_keeps_what_it_read(home_of: Home) -> None:
    """At one request a minute, asking for all of them first would outlast any time limit with nothing landed."""
    days = Window(date(2026, 10, 1), date(2026, 10, 20)).days()
    exchanges = [each for number, day in enumerate(days) for each in traffic(number, day, "DONE")]
    with serving(Replay(exchanges)) as replay:
        settings = home_of(replay.url)
        what: dict[str, Any] = {"account": "ATVPDKIKX0DER", "stream": SALES_AND_TRAFFIC.name, "run": "load"}
        load = (settings, "amazon_seller", Window(days[0], days[-1]))
        assert pipeline.prepare(*load, **what) == ()
        assert count(replay, CREATE) == AHEAD
        landed: list[tuple[date, int]] = []

        def note(manifest: Any) -> None:
            landed.append((manifest.window.start, count(replay, CREATE)))
            if len(landed) == 3:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            pipeline.extract(*load, on_landed=note, **what)
        assert pipeline.prepare(*load, **what) == ()
        assert count(replay, CREATE) == AHEAD + 3
        pipeline.extract(*load, on_landed=note, **what)
        # Each day is read while the ten after it are made, and none is asked for twice.
        assert landed == [(day, min(AHEAD + number, len(days))) for number, day in enumerate(days, start=1)]


def test_what_is_refused_ahead_of_its_turn_does_not_keep_back_the_days_before_it(home_of: Home) -> None:
    refused = {"method": "POST", "path": CREATE[1], "status": 400, "json": {"errors": []}}
    days = Window(date(2026, 10, 26), date(2026, 11, 1)).days()
    first = [each for number, day in enumerate(days[:2]) for each in traffic(number, day, "IN_PROGRESS", "DONE")]
    with serving(Replay([*first, refused])) as replay:
        settings = home_of(replay.url)
        with pytest.raises(SourceError, match="2026-10-28 to 2026-10-28 answered 400"):
            pipeline.extract(settings, "amazon_seller", Window(days[0], days[-1]), stream=SALES_AND_TRAFFIC.name)
        landed = [each.window for each in Landing.of(settings).manifests(SALES_AND_TRAFFIC)]
    assert landed == [Window(day, day) for day in days[:2]]


RANGE = {"dataStartTime": "2026-11-03T00:00:00Z", "dataEndTime": "2026-11-05T00:00:00Z"}
LOST = {"method": "POST", "path": CREATE[1], "status": 0}


def test_a_lost_request_is_found_on_a_later_page_of_the_list(home_of: Home) -> None:
    found = {"reportId": "R1", "marketplaceIds": ["ATVPDKIKX0DER"], **RANGE}
    full = listed({**found, "reportId": "R0", "dataStartTime": "2026-11-01T00:00:00Z"})
    full["json"]["nextToken"] = "more/of them"
    with serving(Replay([LOST, full, listed(found), *orders("R1", "DONE")])) as replay:
        assert extract(home_of(replay.url)) == 1
        assert count(replay, CREATE) == 1
        asked = [request.parameters for request in replay.requests if (request.method, request.path) == LIST]
    assert [each.get("nextToken") for each in asked] == [None, "more/of them"]
    assert set(asked[1]) == {"nextToken"}


def test_a_list_without_end_is_not_followed_for_ever(home_of: Home) -> None:
    endless = listed()
    endless["json"]["nextToken"] = "again"
    with serving(Replay([LOST, endless, created("R1"), *orders("R1", "DONE")])) as replay:
        assert extract(home_of(replay.url)) == 1
        assert count(replay, LIST) == 5


def test_a_request_that_was_lost_hours_ago_is_looked_for(home_of: Home) -> None:
    found = {"reportId": "R1", "marketplaceIds": ["ATVPDKIKX0DER"], **RANGE}
    silent = {"method": "GET", "path": LIST[1], "status": 503, "json": {}}
    with serving(Replay([LOST, *[silent] * 3, listed(found), *orders("R1", "DONE")])) as replay:
        settings = home_of(replay.url)
        with pytest.raises(SourceUnreachable):
            extract(settings)
        asked = count(replay, CREATE)
        (settings.home / "clock").write_text("2026-11-05T19:00:00+00:00")
        assert extract(settings) == 1
        assert count(replay, CREATE) == asked


def test_adjoining_backfills_read_every_week_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "clock").write_text("2026-11-05T13:00:00+00:00")
    monkeypatch.setenv("PHYGITAL_CLOCK", f"file:{tmp_path / 'clock'}")
    edge = date(2026, 6, 10)
    windows = Window(date(2026, 3, 4), edge), Window(edge + timedelta(days=1), date(2026, 11, 4))
    weeks = [week for window in windows for week in _windows(SEARCH_QUERY_PERFORMANCE, window)]
    assert [week.start for week in weeks] == [date(2026, 3, 1) + timedelta(weeks=number) for number in range(35)]
    assert weeks[-1].end == date(2026, 10, 31)
