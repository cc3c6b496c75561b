"""How reports of the Selling Partner API are asked for once, found again, and never taken for others or for nothing."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.dataset as ds
import pytest

from phygital_funnel import pipeline
from phygital_funnel.errors import RateLimited, SourceError, SourceUnreachable, TransientSourceError, TruncatedReport
from phygital_funnel.landing import Landing
from phygital_funnel.sandbox.process import RunningSandbox, running
from phygital_funnel.settings import Settings
from phygital_funnel.sources.amazon_seller import documents, json_report
from phygital_funnel.sources.amazon_seller.extract import _handfuls, _hours, _windows
from phygital_funnel.sources.amazon_seller.streams import (
    ORDER_LINES,
    ORDER_METRICS_HOURLY,
    RETURNS,
    SALES_AND_TRAFFIC,
    SEARCH_QUERY_PERFORMANCE,
)
from phygital_funnel.sources.stream import Stream, Window

from .home import SEED, settings_of
from .replay import Replay, serving
from .seller import (
    CREATE,
    LIST,
    REPORTS,
    WINDOW,
    Home,
    count,
    created,
    document,
    extract,
    listed,
    orders,
    prepare,
    state,
)


def test_a_killed_extraction_takes_up_the_report_that_was_asked_for(home_of: Home) -> None:
    with serving(Replay([created("R1"), *orders("R1", "IN_PROGRESS", "IN_PROGRESS", "DONE")])) as replay:
        settings = home_of(replay.url)
        assert prepare(settings) == ("R1",)
        assert prepare(settings) == ("R1",)
        assert prepare(settings) == ()
        assert extract(settings) == 1
        assert count(replay, CREATE) == 1


def test_a_report_that_was_landed_is_asked_for_anew(home_of: Home) -> None:
    with serving(Replay([created("R1"), created("R2"), *orders("R1", "DONE"), *orders("R2", "DONE")])) as replay:
        settings = home_of(replay.url)
        assert extract(settings) + extract(settings) == 2
        assert count(replay, CREATE) == 2


def test_a_report_that_nobody_fetched_for_hours_is_asked_for_anew(home_of: Home) -> None:
    done = state("R1", "DONE", processingEndTime="2026-11-05T13:04:00+00:00")
    with serving(
        Replay([created("R1"), created("R2"), state("R1", "IN_QUEUE"), done, *orders("R2", "DONE")])
    ) as replay:
        settings = home_of(replay.url)
        assert prepare(settings) == ("R1",)
        (settings.home / "clock").write_text("2026-11-05T15:03:00+00:00")
        assert prepare(settings) == ()
        assert count(replay, CREATE) == 1
        (settings.home / "clock").write_text("2026-11-05T15:05:00+00:00")
        assert extract(settings) == 1
        assert count(replay, CREATE) == 2


def test_a_report_that_the_platform_forgot_is_asked_for_anew(home_of: Home) -> None:
    forgotten = {**state("R1", "DONE"), "status": 404, "json": {"errors": [{"code": "NotFound", "message": "no"}]}}
    exchanges = [created("R1"), created("R2"), state("R1", "IN_QUEUE"), forgotten, *orders("R2", "DONE")]
    with serving(Replay(exchanges)) as replay:
        settings = home_of(replay.url)
        prepare(settings)
        assert extract(settings) == 1


def test_what_a_run_has_landed_is_not_asked_for_again(home_of: Home) -> None:
    with serving(Replay([created("R1"), *orders("R1", "DONE")])) as replay:
        settings = home_of(replay.url)
        extract(settings, run="tuesday")
        asked = len(replay.requests)
        assert prepare(settings, run="tuesday") == ()
        assert len(replay.requests) == asked
        assert prepare(settings, run="wednesday") == ()
        assert count(replay, CREATE) == 2


def test_a_request_whose_answer_was_lost_is_found_by_the_next_attempt(home_of: Home) -> None:
    lost = {"method": "POST", "path": CREATE[1], "status": 0}
    found = {
        "reportId": "R1",
        "marketplaceIds": ["ATVPDKIKX0DER"],
        "dataStartTime": "2026-11-03T00:00:00Z",
        "dataEndTime": "2026-11-05T00:00:00Z",
        "createdTime": "2026-11-05T13:00:00Z",
    }
    other = {**found, "reportId": "R0", "dataStartTime": "2026-11-01T00:00:00Z"}
    unanswered = {"method": "GET", "path": LIST[1], "status": 503, "json": {}}
    with serving(Replay([lost, *[unanswered] * 3, listed(other, found), *orders("R1", "DONE")])) as replay:
        settings = home_of(replay.url)
        with pytest.raises(SourceUnreachable):
            extract(settings)
        posted = count(replay, CREATE)
        assert extract(settings) == 1
        assert count(replay, CREATE) == posted


def test_a_request_that_was_throttled_created_nothing_to_look_for(home_of: Home) -> None:
    throttled = {"method": "POST", "path": CREATE[1], "status": 429, "json": {"errors": []}}
    with serving(Replay([throttled])) as replay:
        settings = home_of(replay.url)
        for _ in range(2):
            with pytest.raises(RateLimited):
                extract(settings)
        assert count(replay, LIST) == 0


def test_marketplaces_of_one_seller_share_its_quota(home_of: Home) -> None:
    with serving(Replay([created("R1"), *orders("R1", "DONE")])) as replay:
        settings = home_of(replay.url, PHYGITAL_AMAZON_SELLER_ACCOUNTS="ATVPDKIKX0DER,A1F83G8C2ARO7P")
        extract(settings)
        buckets = [path.name for path in (settings.home / "state" / "limits").iterdir()]
        assert sum("createReport" in name for name in buckets) == 1


def test_the_access_token_does_not_follow_a_redirect(home_of: Home) -> None:
    moved = {**state("R1", "DONE"), "status": 302, "headers": {"Location": "{base}/elsewhere"}}
    with serving(Replay([created("R1"), moved])) as replay:
        with pytest.raises(SourceUnreachable):
            extract(home_of(replay.url))
        assert "/elsewhere" not in {request.path for request in replay.requests}


def test_an_expired_token_is_renewed_once(home_of: Home) -> None:
    tokens = [
        {"method": "POST", "path": "/auth/o2/token", "json": {"access_token": name, "expires_in": 3600}}
        for name in ("first", "second", "third")
    ]
    expired = {"method": "POST", "path": CREATE[1], "status": 403, "json": {"errors": []}}
    with serving(Replay([*tokens, expired, created("R1"), *orders("R1", "DONE")])) as replay:
        assert extract(home_of(replay.url)) == 1
        seller = [request for request in replay.requests if request.path.startswith(REPORTS)]
    assert [request.headers["x-amz-access-token"] for request in seller] == ["first", *["second"] * (len(seller) - 1)]


def test_a_damaged_report_is_not_taken_up_again(home_of: Home) -> None:
    broken = [state("R1", "DONE"), *document("R1", "")]
    with serving(Replay([created("R1"), created("R2"), *broken, *orders("R2", "DONE")])) as replay:
        settings = home_of(replay.url)
        with pytest.raises(TruncatedReport):
            extract(settings)
        assert extract(settings) == 1


def test_products_are_asked_for_by_the_handful_and_read_on_where_it_broke_off(home_of: Home) -> None:
    asins = [f"B0SBX{number:05}" for number in range(40)]
    week = {"dataStartTime": "2026-10-25T00:00:00+00:00"}
    failing = {**state("R3", "DONE"), "status": 500, "json": {}}
    exchanges = [created("EMPTY"), state("EMPTY", "CANCELLED"), listed(), *[failing] * 4]
    for report_id, asin in {"R1": asins[0], "R2": asins[20], "R3": asins[39]}.items():
        exchanges += [created(report_id, **week), state(report_id, "DONE"), *document(report_id, searches(asin))]
    with serving(Replay(exchanges)) as replay:
        settings = home_of(replay.url)
        list_products(settings, asins)
        with pytest.raises(SourceUnreachable):
            extract(settings, SEARCH_QUERY_PERFORMANCE)
        assert extract(settings, SEARCH_QUERY_PERFORMANCE) == 3
        assert count(replay, ("GET", f"{REPORTS}/documents/D-R2")) == 1
        asked = [r.parameters for r in replay.requests if (r.method, r.path) == CREATE]
    options = [each["reportOptions"]["asin"] for each in asked if each["dataStartTime"] == week["dataStartTime"]]
    assert " ".join(options).split() == asins
    assert max(map(len, options)) <= 200


def searches(asin: str) -> str:
    required = ("searchQueryVolume", "asinImpressionCount", "asinClickCount", "asinPurchaseCount")
    row = {"startDate": "2026-10-25", "endDate": "2026-10-31", "asin": asin, "searchQueryData": {"searchQuery": "q"}}
    return json.dumps({"dataByAsin": [{**row, **dict.fromkeys(required, 1)}]})


def list_products(settings: Settings, asins: list[str]) -> None:
    files = {
        "markets": "market,marketplace_id,country,currency,timezone,amazon_domain\n"
        "US,ATVPDKIKX0DER,US,USD,America/Los_Angeles,amazon.com\n",
        "listings": "market,asin,parent_asin,sku,product_name,category\n"
        + "".join(f"US,{asin},P,S-{asin},N,C\n" for asin in asins),
    }
    for name, text in files.items():
        path = Path(settings.drop_url) / "reference" / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        pipeline.extract(settings, "reference", WINDOW, stream=name)


def test_handfuls_hold_all_products_within_the_limit() -> None:
    asins = [f"B{number:09}" for number in range(100)]
    assert " ".join(_handfuls(asins)).split() == asins
    assert {len(text) for text in _handfuls(asins)[:-1]} == {18 * 11 - 1}
    assert len(_handfuls(["A" * 100, "B" * 99])) == 1 < len(_handfuls(["A" * 100, "B" * 100]))


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [("2026-11-01", "America/Los_Angeles", 25), ("2026-03-29", "Europe/Paris", 23), ("2026-06-01", "Asia/Kolkata", 24)],
)
def test_days_on_which_clocks_change_have_their_hours(day: str, zone: str, hours: int) -> None:
    chosen = date.fromisoformat(day)
    start, end = (
        datetime.fromisoformat(text) for text in str(_hours(Window(chosen, chosen), ZoneInfo(zone))).split("--")
    )
    assert (end - start) == timedelta(hours=hours)
    assert start.isoformat().startswith(f"{day}T00:00")


def test_an_hour_that_is_not_over_is_not_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "clock").write_text("2026-11-05T13:59:00+00:00")
    monkeypatch.setenv("PHYGITAL_CLOCK", f"file:{tmp_path / 'clock'}")
    today = Window(date(2026, 11, 5), date(2026, 11, 5))
    assert _hours(today, ZoneInfo("Asia/Tokyo")) == "2026-11-05T00:00:00+09:00--2026-11-05T22:00:00+09:00"
    assert _hours(today, ZoneInfo("Pacific/Auckland")) == "2026-11-05T00:00:00+13:00--2026-11-06T00:00:00+13:00"
    tomorrow = Window(date(2026, 11, 6), date(2026, 11, 6))
    assert _hours(tomorrow, ZoneInfo("America/Los_Angeles")) is None


@pytest.mark.parametrize("weekday", range(7))
def test_a_run_reads_the_last_three_weeks_that_are_over(
    weekday: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    yesterday = date(2026, 11, 1) + timedelta(days=weekday)
    (tmp_path / "clock").write_text(f"{yesterday + timedelta(days=1)}T05:00:00+00:00")
    monkeypatch.setenv("PHYGITAL_CLOCK", f"file:{tmp_path / 'clock'}")
    weeks = _windows(SEARCH_QUERY_PERFORMANCE, Window(yesterday, yesterday))
    last_saturday = max(day for day in (date(2026, 10, 31), date(2026, 11, 7)) if day <= yesterday)
    assert [week.end for week in weeks] == [last_saturday - timedelta(days=7 * back) for back in (2, 1, 0)]
    assert {week.start.weekday() for week in weeks} == {6}


def test_days_to_come_are_not_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "clock").write_text("2026-11-05T13:00:00+00:00")
    monkeypatch.setenv("PHYGITAL_CLOCK", f"file:{tmp_path / 'clock'}")
    coming = Window(date(2026, 11, 6), date(2026, 11, 9))
    assert _windows(ORDER_LINES, coming) == _windows(SALES_AND_TRAFFIC, coming) == []
    today = Window(date(2026, 11, 5), date(2026, 11, 9))
    assert [window.end for window in _windows(ORDER_LINES, today)] == [date(2026, 11, 5)]
    assert _windows(SALES_AND_TRAFFIC, today) == []


DOCUMENT = {
    "reportSpecification": {"options": {"asin": 'B0 "]}{[' + "\\ é\n"}, "n": [1, -2.5e-7, None, True]},
    "rows": [{"a": 1, "text": "}]" * 9}, {"b": {"c": [[], {}]}}, {}],
    "empty": [],
    "number": 1234567,
}


@pytest.mark.parametrize("characters", [1, 2, 3, 7, 64, 1 << 16])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_json_report_reads_the_same_however_it_is_cut(
    characters: int, indent: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_report, "CHUNK_CHARACTERS", characters)
    path = tmp_path / "report"
    text = json.dumps(DOCUMENT, indent=indent, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
    read = list(json_report.read_members(path, ("rows", "empty"), "test"))
    rows = [("rows", row) for row in DOCUMENT["rows"]]
    others = [("empty", None), ("number", 1234567)]
    assert read == [("reportSpecification", DOCUMENT["reportSpecification"]), *rows, *others]
    for end in range(1, len(text) - 1, 5):
        path.write_text(text[:end], encoding="utf-8")
        with pytest.raises(TruncatedReport):
            list(json_report.read_members(path, ("rows", "empty"), "test"))


def test_a_small_document_that_swells_is_refused(
    home_of: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(documents, "MOST_BYTES", 1000)
    exchanges = [created("R1"), state("R1", "DONE"), *document("R1", "x" * 2000)]
    with serving(Replay(exchanges)) as replay, pytest.raises(SourceError, match="larger than"):
        extract(home_of(replay.url))


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with running("tiny", SEED, tmp_path_factory.mktemp("sandbox"), rate_scale=100_000) as server:
        yield server


@pytest.fixture
def beside(sandbox: RunningSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A fresh home that reads one marketplace of the sandbox."""
    account = {"PHYGITAL_AMAZON_SELLER_ACCOUNTS": "ATVPDKIKX0DER"}
    return settings_of({**sandbox.environment, "PHYGITAL_HOME": str(tmp_path / "home"), **account}, monkeypatch)


def landed(settings: Settings, stream: Stream, days: Window) -> list[dict[str, Any]]:
    """The newest extraction's rows without what tells it from another."""
    manifests = pipeline.extract(settings, "amazon_seller", days, stream=stream.name)
    zone = Landing.of(settings)
    files = zone.files(stream, upto=manifests[-1].commit, after=manifests[0].commit - 1)
    rows = ds.dataset(files).to_table(columns=[*stream.columns, "_row"]).to_pylist()
    return sorted(rows, key=str)


@pytest.mark.parametrize("kind", ["drop_connection", "server_error", "cancelled_report", "expired_token"])
def test_a_lost_or_cancelled_request_does_not_land_an_empty_window(
    kind: str, sandbox: RunningSandbox, beside: Settings
) -> None:
    days = Window(*(sandbox.now().date() - timedelta(days=back) for back in (3, 1)))
    undisturbed = landed(beside, ORDER_LINES, days)
    assert undisturbed
    sandbox.fault(kind, CREATE[1])
    assert landed(beside, ORDER_LINES, days) == undisturbed
    assert sandbox.pending_faults() == []


def test_a_daily_report_asked_for_again_within_hours_is_the_earlier_one(
    sandbox: RunningSandbox, beside: Settings
) -> None:
    days = Window(*(sandbox.now().date() - timedelta(days=back) for back in (2, 1)))
    first = landed(beside, RETURNS, days)
    assert first
    assert landed(beside, RETURNS, days) == first


def test_a_report_that_fails_lands_nothing_and_the_next_run_asks_for_another(
    sandbox: RunningSandbox, beside: Settings
) -> None:
    days = Window(*(sandbox.now().date() - timedelta(days=back) for back in (3, 1)))
    sandbox.fault("fatal_report", CREATE[1])
    with pytest.raises(TransientSourceError, match="not available"):
        landed(beside, ORDER_LINES, days)
    assert Landing.of(beside).manifests(ORDER_LINES) == []
    assert landed(beside, ORDER_LINES, days)


def test_every_hour_comes_once_in_the_marketplaces_zone(sandbox: RunningSandbox, beside: Settings) -> None:
    """The week holds the 25-hour day of the United States."""
    pipeline.extract(beside, "reference", WINDOW, stream="markets")
    days = Window(date(2026, 10, 31), date(2026, 11, 2))
    intervals = [row["interval"] for row in landed(beside, ORDER_METRICS_HOURLY, days)]
    assert len(intervals) == len(set(intervals)) == 24 + 25 + 24
    assert {interval[:10] for interval in intervals} == {str(day) for day in days.days()}
