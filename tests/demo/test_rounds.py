"""The windows of the demo's rounds, and how a failed task is told."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from phygital_funnel.demo import changes
from phygital_funnel.demo.changes import Change
from phygital_funnel.demo.rest import RunState, TaskState
from phygital_funnel.demo.rounds import log_lines, plan_rounds, task_log

RUN = RunState("extract_tiktok", "demo__1", "running", "2026-11-22T06:00:00Z")


def test_the_first_57_days_are_one_window_and_the_last_three_a_day_each():
    rounds = plan_rounds(date(2026, 9, 7), 60)
    assert [(turn.first, turn.last) for turn in rounds] == [
        (date(2026, 9, 7), date(2026, 11, 2)),
        (date(2026, 11, 3), date(2026, 11, 3)),
        (date(2026, 11, 4), date(2026, 11, 4)),
        (date(2026, 11, 5), date(2026, 11, 5)),
    ]
    assert [turn.now for turn in rounds] == [datetime(2026, 11, day, 13, tzinfo=UTC) for day in (3, 4, 5, 6)]


def test_the_log_of_a_mapped_task_is_found_where_airflow_writes_it():
    log = task_log(Path("logs"), RUN, TaskState("tiktok_ads.extract", 2, "failed", 3, 1.0))
    assert log == Path(
        "logs/tasks/dag_id=extract_tiktok/run_id=demo__1/task_id=tiktok_ads.extract/map_index=2/attempt=3.log"
    )


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
