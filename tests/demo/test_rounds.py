"""The windows of the demo's rounds, and how a failed task is told."""

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from phygital_funnel.demo import changes
from phygital_funnel.demo.changes import Change
from phygital_funnel.demo.orchestrator import RunningAirflow
from phygital_funnel.demo.progress import Progress
from phygital_funnel.demo.rest import RunState, TaskState
from phygital_funnel.demo.rounds import EXTRACTIONS, INTRADAY, WEEKLY, RoundRunner, log_lines, plan_rounds, task_log


def utc(day, hour=0):
    return datetime(2026, 11, day, hour, tzinfo=UTC)


RUN = RunState("extract_tiktok", "demo__1", "running", "2026-11-22T06:00:00Z")


def test_the_first_58_days_are_one_window_and_the_last_two_a_day_each():
    rounds = plan_rounds(date(2026, 9, 7), 60, daily_runs=2)
    assert [(turn.first, turn.last) for turn in rounds] == [
        (date(2026, 9, 7), date(2026, 11, 3)),
        (date(2026, 11, 4), date(2026, 11, 4)),
        (date(2026, 11, 5), date(2026, 11, 5)),
    ]
    assert [turn.now for turn in rounds] == [datetime(2026, 11, day, 13, tzinfo=UTC) for day in (4, 5, 6)]


def test_every_extraction_runs_and_the_hourly_and_weekly_ones_after_the_reference_files_have_landed():
    first, second, third = plan_rounds(date(2026, 9, 7), 60, daily_runs=2)
    assert set(first.intervals) == set(third.intervals) == set(EXTRACTIONS)
    assert set(second.intervals) == {*EXTRACTIONS, INTRADAY, WEEKLY}
    assert second.intervals[EXTRACTIONS[0]] == (utc(4), utc(5))
    assert second.intervals[INTRADAY] == (utc(5, 10), utc(5, 13))
    assert second.intervals[WEEKLY] == (datetime(2026, 10, 29, tzinfo=UTC), utc(5))


class Api:
    """Airflow's answers about the runs of one round."""

    def __init__(self, **states):
        self.states = states

    def newest_runs(self):
        runs = self.states.items()
        return [RunState(name.rstrip("_"), f"{name[:7]}__1", state, "2026") for name, state in runs]

    def tasks(self, runs):
        return {run.dag_id: [] for run in runs}


@pytest.mark.parametrize(
    ("states", "is_published", "is_done"),
    [
        ({"extract_tiktok": "success", "build_funnel": "success"}, True, True),
        ({"extract_tiktok": "success", "build_funnel": "success"}, False, False),
        ({"extract_tiktok": "success"}, True, False),
        ({"extract_tiktok": "running", "build_funnel": "success"}, True, False),
        ({"extract_tiktok": "success", "build_funnel_": "queued", "build_funnel": "success"}, True, True),
        ({"extract_tiktok": "success", "build_funnel": "running"}, True, False),
    ],
    ids=[
        "all built",
        "something landed since",
        "no build yet",
        "still extracting",
        "other months find nothing",
        "a build still runs",
    ],
)
def test_a_round_is_done_once_it_has_landed_and_a_build_has_published_all_of_it(states, is_published, is_done):
    airflow = RunningAirflow(Api(**states), {}, lambda name: None, Path("logs"), "", "")
    progress = Progress(Console(file=io.StringIO()))
    runner = RoundRunner(airflow, progress, lambda: "", lambda: is_published)
    assert runner._is_done("extract__1", extractions=1) is is_done


def test_the_log_of_a_mapped_task_is_found_where_airflow_writes_it():
    log = task_log(Path("logs"), RUN, TaskState("tiktok_ads.extract", 2, "failed", 3, 1.0))
    assert log == Path(
        "logs/tasks/dag_id=extract_tiktok/run_id=demo__1/task_id=tiktok_ads.extract/map_index=2/attempt=3.log"
    )


def test_a_mapped_task_is_told_by_its_label_and_by_its_number_before_it_has_one():
    assert TaskState("extract", 2, "running", 1, None, "7001 / x.ads").label == "extract[7001 / x.ads]"
    assert TaskState("extract", 2, "running", 1, None).label == "extract[2]"
    assert TaskState("announce", -1, "running", 1, None).label == "announce"


def test_a_log_of_json_lines_is_told_as_text_with_its_errors(tmp_path):
    log = tmp_path / "attempt=1.log"
    error = {"exc_type": "AuthError", "exc_value": "tiktok_ads: the token is refused", "frames": []}
    log.write_text(
        json.dumps({"event": "Task failed with exception", "error_detail": [error]}) + "\nplain [bold]words\n3\n"
    )
    assert log_lines(log) == [
        "Task failed with exception",
        "AuthError: tiktok_ads: the token is refused",
        "plain [bold]words",
        "3",
    ]


def test_a_task_that_wrote_no_log_is_told_as_such(tmp_path):
    assert log_lines(tmp_path / "missing.log") == ["(no log was written)"]


def release(path, lines):
    with duckdb.connect(str(path)) as con:
        columns = "conversion_id text, net_amount_minor bigint, conversion_status text, quantity int"
        con.execute(f"create table fct_order_lines ({columns})")
        if lines:
            con.executemany("insert into fct_order_lines values (?, ?, ?, 1)", lines)
        for label in (changes.FUNNEL_CELLS, changes.CLAIM_CELLS):
            table, keys, values = changes._TABLES[label]
            columns = ", ".join([*(f"{key} text" for key in keys), *(f"{value} bigint" for value in values)])
            con.execute(f"create table {table} ({columns})")
    return path


def test_changed_new_and_withdrawn_keys_are_counted_and_a_late_price_is_a_change(tmp_path):
    before = release(tmp_path / "1.duckdb", [("a", 100, "confirmed"), ("b", None, "pending"), ("c", 5, "confirmed")])
    after = release(tmp_path / "2.duckdb", [("a", 100, "confirmed"), ("b", 700, "confirmed"), ("d", 9, "pending")])
    (step,) = changes.between([before, after])
    assert step[changes.ORDER_LINES] == Change(restated=1, added=1, withdrawn=1)
    assert step[changes.FUNNEL_CELLS] == Change(0, 0, 0)
