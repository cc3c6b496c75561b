"""What the tasks do when they run: windows, skips, and one whole run of an extraction against real files."""

import csv
from datetime import UTC, date, datetime

import pytest

from phygital_funnel.errors import ConfigError
from phygital_funnel.landing import Landing
from phygital_funnel.settings import Settings
from phygital_funnel.sources.reference.streams import CREATORS
from phygital_funnel.sources.stream import Window


@pytest.fixture
def tasks(dag_bag):
    import phygital_tasks

    return phygital_tasks


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty home without any configured source."""
    for name in ("TIKTOK_ADS", "AMAZON_ATTRIBUTION", "AMAZON_SELLER"):
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


def test_a_run_without_a_data_interval_is_refused_and_told_how_to_be_started(tasks):
    with pytest.raises(ConfigError, match="trigger it with a logical date"):
        tasks.window_of(None, None)


def test_a_daily_run_covers_the_day_before(tasks, monkeypatch):
    """A plain cron string would give an empty interval."""
    from airflow.serialization.encoders import coerce_to_core_timetable

    from phygital_policy import daily

    monkeypatch.setenv("PHYGITAL_SCHEDULES", "on")
    timetable = coerce_to_core_timetable(daily("0 13 * * *"))
    interval = timetable.infer_manual_data_interval(run_after=datetime(2026, 11, 4, 13, 30, tzinfo=UTC))
    assert tasks.window_of(interval.start, interval.end) == Window(date(2026, 11, 3), date(2026, 11, 3))


def test_schedules_can_be_switched_off_while_assets_stay(monkeypatch):
    import importlib

    import extract_tiktok

    monkeypatch.setenv("PHYGITAL_SCHEDULES", "off")
    dag = importlib.reload(extract_tiktok).extract_tiktok()
    assert type(dag.timetable).__name__ == "NullTimetable"
    assert [asset.name for asset in dag.get_task("announce").outlets] == ["landing_tiktok"]


def test_a_source_that_is_not_configured_is_skipped_and_says_which_variables_are_missing(dag_bag, home):
    from airflow.sdk.exceptions import AirflowSkipException

    list_accounts = dag_bag.dags["extract_tiktok"].get_task("tiktok_ads.list_accounts").python_callable
    with pytest.raises(AirflowSkipException, match="PHYGITAL_TIKTOK_ADS_CREDENTIALS_FILE"):
        list_accounts()


def test_a_configured_source_lists_its_accounts(dag_bag, home, monkeypatch):
    (home / "secret.json").write_text("{}")
    monkeypatch.setenv("PHYGITAL_TIKTOK_ADS_CREDENTIALS_FILE", str(home / "secret.json"))
    monkeypatch.setenv("PHYGITAL_TIKTOK_ADS_ACCOUNTS", "7001, 7002")
    list_accounts = dag_bag.dags["extract_tiktok"].get_task("tiktok_ads.list_accounts").python_callable
    assert list_accounts() == ["7001", "7002"]


@pytest.fixture(scope="module")
def metadata():
    """Airflow's tables, which a run of a DAG writes to."""
    from airflow.utils.db import initdb

    initdb()


def states(run):
    return {(task.task_id, task.map_index): str(task.state) for task in run.get_task_instances()}


def test_a_run_of_an_extraction_lands_a_dropped_file_and_announces(dag_bag, metadata, home):
    drop = home / "drop" / "reference"
    drop.mkdir(parents=True)
    with (drop / "creators.csv").open("w", newline="") as file:
        csv.writer(file).writerows([CREATORS.columns, ("c1", "@ada", "US"), ("c2", "@bo", "UK")])
    run = dag_bag.dags["extract_first_party"].test(logical_date=datetime(2026, 11, 3, tzinfo=UTC))
    assert states(run) == {
        ("links.list_accounts", -1): "success",
        ("links.extract", 0): "success",
        ("reference.list_accounts", -1): "success",
        ("reference.extract", 0): "success",
        ("announce", -1): "success",
    }
    manifests = Landing(Settings.from_env().landing_url).manifests(CREATORS)
    assert [manifest.row_count for manifest in manifests] == [2]


def test_a_run_without_its_source_skips_and_still_announces(dag_bag, metadata, home):
    run = dag_bag.dags["extract_tiktok"].test(logical_date=datetime(2026, 11, 3, tzinfo=UTC))
    assert states(run) == {
        ("tiktok_ads.list_accounts", -1): "skipped",
        ("tiktok_ads.extract", -1): "skipped",
        ("announce", -1): "success",
    }


def test_a_refused_file_fails_the_task_at_its_first_try_and_the_build_is_not_announced(dag_bag, metadata, home):
    drop = home / "drop" / "reference"
    drop.mkdir(parents=True)
    (drop / "creators.csv").write_text("handle\n@ada\n")
    run = dag_bag.dags["extract_first_party"].test(logical_date=datetime(2026, 11, 4, tzinfo=UTC))
    found = states(run)
    assert found["reference.extract", 0] == "failed", "SchemaDrift is not tried again"
    assert found["announce", -1] == "upstream_failed"
    assert Landing(Settings.from_env().landing_url).manifests(CREATORS) == []
