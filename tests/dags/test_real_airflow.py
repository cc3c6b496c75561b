"""What only a running Airflow shows: reports outlive the triggerer, extractions their tasks, and what starts builds.

Each test starts Airflow's components over the production DAG files; two end processes with kill -9.
"""

import itertools
import time
from datetime import UTC, datetime, timedelta

import pytest
from real_airflow import LINGER, PROJECT, airflow, kill, landed, variables

from phygital_funnel import pipeline, work
from phygital_funnel.demo.home import environment
from phygital_funnel.sandbox.process import running
from phygital_funnel.settings import Settings
from phygital_funnel.sources.stream import Cadence, Window

pytestmark = pytest.mark.slow
SOURCES = {
    "extract_first_party": ("reference", "links"),
    "extract_tiktok": ("tiktok_ads", "tiktok_organic", "tiktok_shop"),
    "extract_amazon": ("amazon_attribution", "amazon_ads", "amazon_seller"),
}
EXTRACTED = [source for sources in SOURCES.values() for source in sources]
UNHURRIED = 1000.0
DAY = datetime(2026, 11, 3, tzinfo=UTC)
NEXT = DAY + timedelta(days=1)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    home = tmp_path_factory.mktemp("sandbox")
    with running("tiny", 7, home, now=datetime(2026, 11, 5, 13, tzinfo=UTC), rate_scale=UNHURRIED) as server:
        yield server


def asked(sandbox, operation):
    return sum(entry["requests"] for entry in sandbox.counters()["operations"] if entry["operation"] == operation)


def test_reports_survive_a_killed_triggerer_and_none_is_asked_for_twice(sandbox, tmp_path):
    sandbox.reset_counters()
    plain = variables(tmp_path, sandbox, PHYGITAL_REPORT_PATIENCE_SECONDS="0.001")
    with airflow(tmp_path, plain, has_triggerer=True) as started:
        started.trigger("extract_amazon", DAY, NEXT)

        def all_wait():
            """Task and triggerer have looked at each of nine reports once; none is ready before the third look."""
            waiting = started.rows("select count(*) from trigger where triggerer_id is not null")[0][0]
            deferred = started.tasks("deferred", "extract_amazon")
            return waiting == len(deferred) == 4 and asked(sandbox, "getReport") >= 18

        started.wait(all_wait, "a triggerer that waits for four tasks", seconds=120)
        before = asked(sandbox, "createReport"), asked(sandbox, "createAdsReport")
        started.kill("triggerer")
        assert len(started.tasks("deferred", "extract_amazon")) == 4
        started.start("triggerer")
        started.wait_for_run("extract_amazon")
    # Orders and returns, seven days of traffic; sponsored products.
    assert before == (9, 1)
    assert (asked(sandbox, "createReport"), asked(sandbox, "createAdsReport")) == before
    found = landed(plain, SOURCES["extract_amazon"])
    assert {relation for relation, *_ in found} >= {
        "amazon_ads__sponsored_products_daily",
        "amazon_seller__order_lines",
        "amazon_seller__returns",
        "amazon_seller__sales_and_traffic",
    }
    assert all(len(extractions) == 1 for extractions in found.values())


def test_every_task_of_every_extraction_may_be_killed_once(sandbox, tmp_path):
    """The runs end well, and every extraction of a window has the rows of the command line, undisturbed.

    A task that was killed after its work, before it said so, begins anew, since nothing tells it from one that somebody
    cleared in order to read again: then a window has two extractions, of which the newer counts.
    """
    plain = variables(tmp_path / "killed", sandbox)
    with airflow(tmp_path / "killed", plain, plugins=[LINGER]) as started:
        started.pause("build_funnel")
        # An answer takes a fifth of a second, so that tasks are in the middle of something when they are killed.
        sandbox.fault("slow", times=None, seconds=0.2)
        try:
            for dag_id in SOURCES:
                started.trigger(dag_id, DAY, NEXT)
            killed = kill_every_task_once(started)
        finally:
            sandbox.clear_faults()
        tasks = started.rows("select dag_id, task_id, map_index, state, try_number from task_instance")
    assert {dag_id for dag_id, *_ in tasks} == set(SOURCES)
    assert [task for task in tasks if task[3] != "success"] == []
    assert {task[:3] for task in tasks} == killed
    assert {task[4] for task in tasks} == {2}, "each was killed at its first try and ended at its second"
    undisturbed = extracted_by_hand(variables(tmp_path / "calm", sandbox))
    found = landed(plain, EXTRACTED)
    assert {what: newest for what, (*_, newest) in found.items()} == {
        what: rows for what, (rows,) in undisturbed.items()
    }
    assert all(older == newest for *before, newest in found.values() for older in before)
    assert max(len(extractions) for extractions in found.values()) <= 2


def kill_every_task_once(started):
    """Kill each task at another moment of its first second; the tasks that were killed."""
    moments = itertools.cycle((0.0, 0.45, 0.15, 0.75, 0.3, 0.9, 0.6))
    due, killed = {}, set()

    def look():
        for dag_id, task_id, map_index, pid in started.running_tasks():
            what = (dag_id, task_id, map_index)
            due.setdefault(what, time.monotonic() + next(moments))
            if pid and what not in killed and time.monotonic() >= due[what] and kill(pid):
                killed.add(what)
        return not {started.state(dag_id) for dag_id in SOURCES} & {"queued", "running"}

    started.wait(look, "the end of the extractions", seconds=900, pause=0.03)
    return killed


def extracted_by_hand(plain):
    settings = Settings.from_env(plain)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PHYGITAL_CLOCK", plain["PHYGITAL_CLOCK"])
        for source in EXTRACTED:
            for piece in work.pieces(settings, [source], Cadence.DAILY):
                pipeline.extract(settings, window=Window(DAY.date(), DAY.date()), **piece)
    return landed(plain, EXTRACTED)


def test_new_days_start_a_build_of_their_month_and_restated_ones_exactly_those_they_touch(tmp_path):
    """Only the file drop is configured; its exchange rates are corrected. Without a slot no build ever begins."""

    def drop(*corrected):
        days = [f"2026-{month:02}-{day:02}" for month in (9, 10, 11) for day in (1, 2, 3)]
        lines = [f"{day},USD,{1.2 if day in corrected else 1.1}" for day in days]
        path = tmp_path / "drop" / "reference" / "fx_rates.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(["rate_date,currency,units_per_eur", *lines]) + "\n")

    def extract(started, run_id, start, end):
        for dag_id in SOURCES:
            started.trigger(dag_id, start, end, run_id)
        for dag_id in SOURCES:
            started.wait_for_run(dag_id, run_id)

    plain = {**environment(tmp_path), "PHYGITAL_PROJECT_DIR": str(PROJECT)}
    with airflow(tmp_path, plain, duckdb_writer=0) as started:
        drop()
        extract(started, "load", DAY - timedelta(days=4), NEXT)
        started.wait(lambda: len(started.builds()) == 2, "a build for each of the two months")
        assert sorted(started.builds()) == ["2026-10", "2026-11"]
        drop("2026-09-01", "2026-09-03", "2026-11-02", "2026-11-03")
        extract(started, "day", NEXT, NEXT + timedelta(days=1))
        started.wait(lambda: len(started.builds()) == 5, "a build for the new day and for two restated months")
        time.sleep(5)
        assert sorted(started.builds()[2:]) == ["2026-09 restated", "2026-11", "2026-11 restated"]
