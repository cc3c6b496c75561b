"""What the tasks do when they run: windows, skips, and one whole run of an extraction against real files."""

import csv
import json
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from phygital_funnel import __version__, pipeline, work
from phygital_funnel.errors import ConfigError
from phygital_funnel.landing import Landing
from phygital_funnel.settings import API_SOURCES, Settings
from phygital_funnel.sources.links.streams import CLICKS
from phygital_funnel.sources.reference.streams import CREATORS, FX_RATES
from phygital_funnel.sources.stream import Cadence, Window


@pytest.fixture
def tasks(dag_bag):
    import phygital_tasks

    return phygital_tasks


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty home without any configured source."""
    for name in map(str.upper, API_SOURCES):
        monkeypatch.delenv(f"PHYGITAL_{name}_CREDENTIALS_FILE", raising=False)
        monkeypatch.delenv(f"PHYGITAL_{name}_ACCOUNTS", raising=False)
    monkeypatch.setenv("PHYGITAL_HOME", str(tmp_path))
    monkeypatch.setenv("PHYGITAL_CLOCK", "system")
    for name in ("PHYGITAL_DROP_URL", "PHYGITAL_LANDING_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-09-07T00:00Z", "2026-11-03T00:00Z", ("2026-09-07", "2026-11-02")),
        ("2026-11-03T00:00Z", "2026-11-04T00:00Z", ("2026-11-03", "2026-11-03")),
        ("2026-11-03T13:00Z", "2026-11-04T13:00Z", ("2026-11-03", "2026-11-03")),
        ("2026-11-03T00:00Z", "2026-11-03T00:00Z", ("2026-11-03", "2026-11-03")),
    ],
    ids=["initial load", "one day", "a day from 13:00", "an empty interval is its own day"],
)
def test_the_window_of_a_run_is_the_days_that_end_in_its_data_interval(tasks, start, end, expected):
    window = tasks.window_of(datetime.fromisoformat(start), datetime.fromisoformat(end))
    assert window == Window(*map(date.fromisoformat, expected))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-11-03T09:00Z", "2026-11-03T12:00Z", ("2026-11-03", "2026-11-03")),
        ("2026-11-03T21:00Z", "2026-11-04T00:00Z", ("2026-11-03", "2026-11-03")),
        ("2026-11-03T21:30Z", "2026-11-04T00:30Z", ("2026-11-03", "2026-11-04")),
    ],
    ids=["today", "until midnight", "over midnight"],
)
def test_the_window_of_an_intraday_run_holds_the_day_that_still_goes_on(tasks, start, end, expected):
    window = tasks.window_of(datetime.fromisoformat(start), datetime.fromisoformat(end), Cadence.INTRADAY)
    assert window == Window(*map(date.fromisoformat, expected))


def test_a_run_without_a_data_interval_is_refused_and_told_how_to_be_started(tasks):
    with pytest.raises(ConfigError, match="trigger it with a logical date"):
        tasks.window_of(None, None)


def test_a_daily_run_covers_the_day_before(tasks, monkeypatch):
    """A plain cron string would give an empty interval."""
    from airflow.serialization.encoders import coerce_to_core_timetable

    from phygital_schedules import scheduled

    monkeypatch.setenv("PHYGITAL_SCHEDULES", "on")
    timetable = coerce_to_core_timetable(scheduled("0 13 * * *"))
    interval = timetable.infer_manual_data_interval(run_after=datetime(2026, 11, 4, 13, 30, tzinfo=UTC))
    assert tasks.window_of(interval.start, interval.end) == Window(date(2026, 11, 3), date(2026, 11, 3))


def test_schedules_can_be_switched_off_while_assets_stay(monkeypatch):
    import importlib

    import extract_tiktok

    monkeypatch.setenv("PHYGITAL_SCHEDULES", "off")
    dag = importlib.reload(extract_tiktok).extract_tiktok()
    assert type(dag.timetable).__name__ == "NullTimetable"
    assert [asset.name for asset in dag.get_task("announce").outlets] == ["landing_tiktok", "landing_restated"]


def test_a_source_that_is_not_configured_has_no_work_and_says_which_variables_are_missing(dag_bag, home, caplog):
    list_work = dag_bag.dags["extract_tiktok"].get_task("list_work").python_callable
    assert list_work() == []
    assert "PHYGITAL_TIKTOK_SHOP_CREDENTIALS_FILE" in caplog.text


def test_work_is_each_stream_of_the_dags_cadence_of_each_account(dag_bag, home, monkeypatch):
    (home / "secret.json").write_text("{}")
    monkeypatch.setenv("PHYGITAL_TIKTOK_ADS_CREDENTIALS_FILE", str(home / "secret.json"))
    monkeypatch.setenv("PHYGITAL_TIKTOK_ADS_ACCOUNTS", "7001, 7002")
    daily = dag_bag.dags["extract_tiktok"].get_task("list_work").python_callable()
    assert {"source": "tiktok_ads", "account": "7001", "stream": "ads"} in daily
    assert {"source": "tiktok_ads", "account": "7002", "stream": "ad_report_daily"} in daily
    intraday = dag_bag.dags["extract_intraday"].get_task("list_work_tiktok").python_callable()
    hours = [{"source": "tiktok_ads", "account": account, "stream": "ad_report_hourly"} for account in ("7001", "7002")]
    assert intraday == hours
    assert not any(piece in daily for piece in hours)


@pytest.fixture(scope="module")
def metadata():
    """Airflow's tables, which a run of a DAG writes to."""
    from airflow.utils.db import initdb

    initdb()


def states(run):
    return {(task.task_id, task.map_index): str(task.state) for task in run.get_task_instances()}


def events(run):
    """What a run told of each asset: the partition keys of its events."""
    from airflow.models.asset import AssetEvent, AssetModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        found = session.execute(
            select(AssetModel.name, AssetEvent.partition_key)
            .join(AssetModel, AssetModel.id == AssetEvent.asset_id)
            .where(AssetEvent.source_dag_id == run.dag_id, AssetEvent.source_run_id == run.run_id)
        ).all()
    return {(name, key) for name, key in found if key is not None}


@pytest.fixture
def drop(home):
    def write(stream, rows, folder="reference", name=None):
        path = home / "drop" / folder / f"{name or stream.name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([stream.columns, *rows])

    return write


@pytest.fixture
def few_streams(monkeypatch):
    """Every task of a run costs a second here, so that a run extracts two of the eleven streams."""
    pieces = [{"source": "reference", "account": "", "stream": stream.name} for stream in (CREATORS, FX_RATES)]
    monkeypatch.setattr(work, "pieces", lambda settings, sources, cadence: pieces)


def run_over(dag_bag, dag_id, day):
    """A run whose data interval ends at 13:00 UTC of the day after."""
    return dag_bag.dags[dag_id].test(logical_date=datetime(2026, 11, day + 1, 13, tzinfo=UTC))


def test_a_run_of_an_extraction_lands_what_was_dropped_and_tells_of_its_day(dag_bag, metadata, home, drop, few_streams):
    drop(CREATORS, [("c1", "@ada", "US"), ("c2", "@bo", "UK")])
    run = run_over(dag_bag, "extract_first_party", 3)
    mapped = {("extract", number): "success" for number in range(2)}
    assert states(run) == {("list_work", -1): "success", **mapped, ("announce", -1): "success"}
    (manifest,) = Landing.of(Settings.from_env()).manifests(CREATORS)
    assert manifest.row_count == 2
    assert manifest.run.rpartition("-")[0] == run.run_id
    assert events(run) == {("landing_first_party", "2026-11-03")}


@pytest.mark.parametrize(("run_type", "landed"), [("scheduled", [4, 5, 6, 7, 8]), ("manual", [8])])
def test_a_scheduled_run_after_an_outage_reads_the_days_that_no_run_has_read(dag_bag, home, drop, run_type, landed):
    for day in range(3, 9):
        drop(CLICKS, [], folder="links/clicks", name=f"2026-11-{day:02}")
    pipeline.extract(Settings.from_env(), "links", Window(date(2026, 11, 3), date(2026, 11, 3)), stream="clicks")
    run = SimpleNamespace(
        run_id="after the outage",
        run_type=run_type,
        data_interval_start=datetime(2026, 11, 8, 13, tzinfo=UTC),
        data_interval_end=datetime(2026, 11, 9, 13, tzinfo=UTC),
    )
    from phygital_extract import ExtractOperator

    operator = ExtractOperator(task_id="extract", source="links", account="", stream="clicks")
    operator.execute({"dag_run": run})

    names = [manifest.account for manifest in Landing.of(Settings.from_env()).manifests(CLICKS)]
    assert names == ["2026-11-03.csv", *(f"2026-11-{day:02}.csv" for day in landed)]


def test_a_day_whose_content_another_run_changes_is_told_as_restated(dag_bag, metadata, home, drop, few_streams):
    rates = {"EUR": "1", "USD": "1.15", "GBP": "0.86"}
    drop(FX_RATES, [("2026-11-03", currency, rate) for currency, rate in rates.items()])
    run_over(dag_bag, "extract_first_party", 5)
    drop(FX_RATES, [("2026-11-03", currency, rate) for currency, rate in (rates | {"USD": "1.16"}).items()])
    run = run_over(dag_bag, "extract_first_party", 6)
    assert events(run) == {("landing_first_party", "2026-11-06"), ("landing_restated", "2026-11-03")}


def test_a_run_without_its_source_skips_and_still_announces(dag_bag, metadata, home):
    run = run_over(dag_bag, "extract_tiktok", 3)
    assert states(run) == {
        ("list_work", -1): "success",
        ("extract", -1): "skipped",
        ("announce", -1): "success",
    }
    assert events(run) == {("landing_tiktok", "2026-11-03")}


def test_a_refused_file_fails_its_task_at_the_first_try_and_the_build_is_not_announced(
    dag_bag, metadata, home, drop, few_streams
):
    (home / "drop" / "reference").mkdir(parents=True)
    (home / "drop" / "reference" / "creators.csv").write_text("handle\n@ada\n")
    drop(FX_RATES, [("2026-11-03", "USD", "1.15")])
    run = run_over(dag_bag, "extract_first_party", 4)
    found = states(run)
    assert list(found.values()).count("failed") == 1, "SchemaDrift is not tried again"
    assert found["announce", -1] == "upstream_failed"
    assert events(run) == set()
    landing = Landing.of(Settings.from_env())
    assert landing.manifests(CREATORS) == []
    assert len(landing.manifests(FX_RATES)) == 1, "the other streams land all the same"


def test_a_build_that_would_make_the_published_release_again_is_skipped(tasks, home):
    from airflow.sdk.exceptions import AirflowSkipException

    settings = Settings.from_env()
    tasks.skip_if_published(settings)
    release = home / "releases" / "20261103T130000Z-1"
    release.mkdir(parents=True)
    content = {"as_of": None, "code_version": __version__, "settings": settings.public(), "held": [], "commits": {}}
    (release / "manifest.json").write_text(json.dumps(content))
    (release.parent / "current").symlink_to(release.name)
    with pytest.raises(AirflowSkipException, match="release 20261103T130000Z-1 holds everything"):
        tasks.skip_if_published(settings)
