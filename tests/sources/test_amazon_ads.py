"""How a sponsored ads' report is asked for once, taken up again, and asked for anew when it must be."""

import json
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from phygital_funnel import pipeline
from phygital_funnel.errors import SourceUnreachable, TransientSourceError, TruncatedReport
from phygital_funnel.settings import Settings
from phygital_funnel.sources.amazon_ads import extract
from phygital_funnel.sources.amazon_ads.extract import AmazonAdsExtractor
from phygital_funnel.sources.amazon_ads.streams import SOURCE, SPONSORED_PRODUCTS_DAILY
from phygital_funnel.sources.stream import Window

from .home import ACCOUNTS
from .replay import Replay, serving

PATH, BLOB = "/reporting/reports", "/_blob/file"
PROFILE = ACCOUNTS["amazon_ads"]
ONE_DAY = Window(date(2026, 11, 4), date(2026, 11, 4))
ROW = {"date": "2026-11-04", "campaignId": 9007199254740993, "adGroupId": 2, "adId": 3, "impressions": 4, "clicks": 1}
FILE = [{**ROW, "cost": 1e-7}, {**ROW, "adId": 9223372036854775807, "cost": 20}]
Home = Callable[..., Settings]


def created(report: str = "report-1", **rest: Any) -> dict[str, Any]:
    return {"method": "POST", "path": PATH, "json": {"reportId": report, "status": "PENDING"}, **rest}


def polled(status: str, report: str = "report-1", **more: str) -> dict[str, Any]:
    body = {
        **more,
        "status": status,
        "url": "{base}" + BLOB if status == "COMPLETED" else None,
        "failureReason": "too big",
    }
    return {"method": "GET", "path": f"{PATH}/{report}", "json": body}


def file(rows: Any = FILE) -> dict[str, Any]:
    return {"method": "GET", "path": BLOB, "gzip_text": json.dumps(rows)}


def asked_for(replay: Replay) -> list[tuple[str, str]]:
    """The ranges of the reports that were asked for."""
    return [
        (request.parameters["startDate"], request.parameters["endDate"])
        for request in replay.requests
        if (request.method, request.path) == ("POST", PATH)
    ]


def extracted(settings: Settings, window: Window = ONE_DAY) -> int:
    manifests = pipeline.extract(settings, SOURCE, window, account=PROFILE)
    return sum(manifest.row_count for manifest in manifests)


def prepared(settings: Settings, window: Window = ONE_DAY, **rest: Any) -> tuple[str, ...]:
    with closing(AmazonAdsExtractor(settings)) as reader:
        return reader.prepare(SPONSORED_PRODUCTS_DAILY, PROFILE, window, **rest)


def test_ids_and_amounts_land_as_their_exact_text(home_of: Home, landed_rows: Any) -> None:
    """An id beyond 2^53 would be another one's after a detour through floating point."""
    with serving(Replay([created(), polled("COMPLETED"), file()])) as replay:
        settings = home_of(replay.url)
        assert extracted(settings) == 2
    rows = landed_rows(settings, SPONSORED_PRODUCTS_DAILY)
    assert [(row["campaign_id"], row["ad_id"], row["cost"]) for row in rows] == [
        ("9007199254740993", "3", "0.0000001"),
        ("9007199254740993", "9223372036854775807", "20"),
    ]
    assert {row["profile_id"] for row in rows} == {PROFILE}


def test_a_retried_task_takes_up_the_report_that_was_asked_for(home_of: Home) -> None:
    with serving(Replay([created(), polled("PENDING"), polled("PROCESSING"), polled("COMPLETED"), file()])) as replay:
        settings = home_of(replay.url)
        assert prepared(settings) == ("report-1",)
        assert prepared(settings) == ("report-1",)
        assert prepared(settings) == ()
        assert extracted(settings) == 2
        assert asked_for(replay) == [("2026-10-06", "2026-11-04")]


def test_a_landed_report_is_not_taken_up_again(home_of: Home) -> None:
    """The next extraction of the same days must bring what was restated since."""
    with serving(Replay([created(), polled("COMPLETED"), file()])) as replay:
        settings = home_of(replay.url)
        assert extracted(settings) == extracted(settings) == 2
        assert len(asked_for(replay)) == 2


def test_a_report_nobody_fetched_for_hours_is_asked_for_anew(home_of: Home) -> None:
    with serving(Replay([created(), polled("COMPLETED"), file()])) as replay:
        settings = home_of(replay.url)
        assert prepared(settings) == ()
        clock = Path(settings.home / "clock")
        later = datetime.fromisoformat(clock.read_text()) + extract.STALE
        clock.write_text((later - timedelta(seconds=1)).isoformat())
        assert prepared(settings) == ()
        assert len(asked_for(replay)) == 1
        clock.write_text(later.isoformat())
        assert prepared(settings) == ()
        assert len(asked_for(replay)) == 2


@pytest.mark.parametrize("told", [{"generatedAt": "2026-11-06T13:00:00.000Z"}, {}])
def test_a_report_is_waited_for_however_long_amazon_takes(told: dict[str, str], home_of: Home) -> None:
    completed = polled("COMPLETED", **told)
    with serving(Replay([created(), polled("PENDING"), polled("PROCESSING"), completed, file()])) as replay:
        settings = home_of(replay.url)
        assert prepared(settings) == ("report-1",)
        (settings.home / "clock").write_text("2026-11-06T13:01:00+00:00")
        assert prepared(settings) == ("report-1",)
        assert prepared(settings) == ()
        assert len(asked_for(replay)) == 1


def test_a_report_that_is_not_known_any_more_is_asked_for_anew(home_of: Home) -> None:
    gone = {"method": "GET", "path": f"{PATH}/report-1", "status": 404, "json": {"code": "404", "detail": "Not found"}}
    exchanges = [created(), polled("PENDING"), gone, created("report-2"), polled("COMPLETED", "report-2"), file()]
    with serving(Replay(exchanges)) as replay:
        settings = home_of(replay.url)
        assert prepared(settings) == ("report-1",)
        assert extracted(settings) == 2
        assert len(asked_for(replay)) == 2


def test_after_a_failed_report_the_next_attempt_asks_for_another(home_of: Home) -> None:
    exchanges = [created(), polled("FAILED"), created("report-2"), polled("COMPLETED", "report-2"), file()]
    with serving(Replay(exchanges)) as replay:
        settings = home_of(replay.url)
        with pytest.raises(TransientSourceError, match="gave up report report-1: 'too big'"):
            prepared(settings)
        assert extracted(settings) == 2


def test_after_a_damaged_file_the_next_attempt_asks_for_another(home_of: Home) -> None:
    damaged = {"method": "GET", "path": BLOB, "text": "no gzip"}
    with serving(Replay([created(), polled("COMPLETED"), damaged, created(), file()])) as replay:
        settings = home_of(replay.url)
        with pytest.raises(TruncatedReport):
            extracted(settings)
        assert extracted(settings) == 2
        assert len(asked_for(replay)) == 2


def test_windows_that_are_landed_are_not_prepared(home_of: Home) -> None:
    with serving(Replay([created(), polled("PENDING")])) as replay:
        settings = home_of(replay.url)
        quarter = Window(date(2026, 9, 1), date(2026, 11, 4))
        windows = SPONSORED_PRODUCTS_DAILY.reread.windows(quarter, date(2026, 11, 5))
        assert len(prepared(settings, quarter, done=frozenset(windows[:-1]))) == 1
        assert asked_for(replay) == [(str(windows[-1].start), "2026-11-04")]


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("2026-11-05T11:59:00+00:00", ["2026-11-04"]),
        ("2026-11-05T12:00:00+00:00", ["2026-11-05"]),
        ("2026-11-03T11:00:00+00:00", []),
    ],
)
def test_days_that_have_not_begun_everywhere_are_not_asked_for(home_of: Home, now: str, ends: list[str]) -> None:
    """Amazon refuses days that are in the future of the profile's zone, which may be twelve hours behind."""
    with serving(Replay([created(), polled("COMPLETED"), file([])])) as replay:
        settings = home_of(replay.url, now)
        prepared(settings, Window(date(2026, 11, 3), date(2026, 11, 6)))
        assert [end for _, end in asked_for(replay)] == ends


def test_a_report_that_never_ends_is_given_up_and_kept_for_the_next_attempt(
    home_of: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extract, "DEADLINE_SECONDS", 0.0)
    with serving(Replay([created(), polled("PENDING"), polled("PROCESSING"), polled("COMPLETED"), file()])) as replay:
        settings = home_of(replay.url)
        with pytest.raises(SourceUnreachable, match="report report-1 is still PENDING after"):
            extracted(settings)
        with pytest.raises(SourceUnreachable, match="still PROCESSING"):
            extracted(settings)
        assert extracted(settings) == 2
        assert len(asked_for(replay)) == 1


def test_the_pauses_grow_and_stay_below_a_minute(home_of: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(extract, "time", SimpleNamespace(sleep=pauses.append, monotonic=time.monotonic))
    waits = [polled("PENDING")] * 12
    with serving(Replay([created(), *waits, polled("COMPLETED"), file()])) as replay:
        settings = home_of(replay.url)
        extracted(settings)
    in_real_life = [pause * settings.request_rate_scale for pause in pauses]
    assert in_real_life[:3] == pytest.approx([2.0, 3.0, 4.5])
    assert max(in_real_life) == pytest.approx(60.0)
    assert len(pauses) == 12


def test_no_token_goes_to_the_address_of_a_file(home_of: Home) -> None:
    """The file lies on a storage host that is not Amazon Ads."""
    with serving(Replay([created(), polled("COMPLETED"), file()])) as replay:
        extracted(home_of(replay.url))
        fetched = [request for request in replay.requests if request.path == BLOB]
    assert [{"authorization", "amazon-advertising-api-clientid"} & {*map(str.lower, r.headers)} for r in fetched] == [
        set()
    ]


def test_the_moment_of_a_request_is_on_the_simulated_clock(home_of: Home) -> None:
    """Otherwise a report of a simulated day would be stale at once, or never."""
    with serving(Replay([created(), polled("PENDING")])) as replay:
        settings = home_of(replay.url)
        prepared(settings)
    (kept,) = (settings.home / "state" / "reports").iterdir()
    assert datetime.fromisoformat(json.loads(kept.read_text())["requested_at"]) == datetime(2026, 11, 5, 13, tzinfo=UTC)
