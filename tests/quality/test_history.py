"""What is kept of every run's results, how a check stands by them, and what a release tells of them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from phygital_funnel import upkeep
from phygital_funnel.quality import history
from phygital_funnel.settings import Settings
from phygital_funnel.warehouse import database, quality_relation

from .recorded import START, check, record

MODELS = Path(__file__).parents[2] / "dbt_project" / "models" / "marts"
DAY = timedelta(days=1)


def standing(settings: Settings, name: str, **options: Any) -> history.Standing:
    found = {one.check["expectation"]: one for one in history.standings(history.evaluations(settings, **options))}
    return found[name]


def test_a_check_stands_as_it_does_since_it_last_changed(settings: Settings) -> None:
    """The blocked run in between counts: the fault was there."""
    for number, fails in enumerate((0, 4, 2, 3)):
        severity = "critical" if fails == 2 else "warning"
        record(
            settings, f"r{number}", check("a", fails=fails, severity=severity), sequence=number, at=START + number * DAY
        )
    found = standing(settings, "a")
    assert (found.evaluation.run_id, found.check["unexpected_count"]) == ("r3", 3)
    assert (found.since.run_id, found.is_since_first, len(found.past)) == ("r1", False, 4)


def test_a_check_that_never_changed_stands_since_the_first_evaluation_known(settings: Settings) -> None:
    """The page must not claim to know more than the results that are kept."""
    for number in range(3):
        record(settings, f"r{number}", check("a"), sequence=number, at=START + number * DAY)
    assert (standing(settings, "a").since.run_id, standing(settings, "a").is_since_first) == ("r0", True)
    newest = standing(settings, "a", newest=2)
    assert newest.since.evaluated_at > START


def test_runs_of_one_moment_are_ordered_by_their_sequence(settings: Settings) -> None:
    """In a simulated world the clock may stand still, and run ids end in chance."""
    record(settings, "zzz", check("a", fails=1), sequence=1)
    record(settings, "aaa", check("a"), sequence=2)
    assert standing(settings, "a").evaluation.run_id == "aaa"
    record(settings, "validate-x", check("a", fails=5))
    assert standing(settings, "a").evaluation.run_id == "aaa"
    assert standing(settings, "a", by_hand=True).evaluation.run_id == "validate-x"


def test_a_rebuild_of_past_knowledge_says_nothing_of_how_a_check_stands(settings: Settings) -> None:
    """It evaluates again what was known then."""
    record(settings, "now", check("a"), sequence=1)
    record(settings, "then", check("a", fails=9), sequence=2, as_of="2026-10-01T00:00:00+00:00")
    assert standing(settings, "a").evaluation.run_id == "now"


def test_a_check_that_was_renamed_is_gone_and_a_stream_that_rests_stays(settings: Settings) -> None:
    """Of each table, the newest evaluation that looked at it counts."""
    links, ads = "landing/links__clicks", "landing/tiktok_ads__ads"
    record(settings, "r1", check("old", suite=links), check("rests", suite=ads), sequence=1)
    record(settings, "r2", check("new", suite=links), sequence=2, at=START + DAY)
    found = {
        one.check["expectation"]: one.evaluation.run_id for one in history.standings(history.evaluations(settings))
    }
    assert found == {"new": "r2", "rests": "r1"}


def test_results_of_an_earlier_version_and_broken_files_do_not_hide_the_others(settings: Settings) -> None:
    """Old results lack numbers and bounds; a draft or half a file is what a full disk leaves."""
    old = {key: value for key, value in check("a").items() if key not in ("id", "action", "bound")}
    record(settings, "r1", old, check("b", suite="staging/orders"), sequence=1)
    folder = history.folder_of(settings) / "r1"
    (folder / "staging.json").write_text('{"stage": "staging", "checks": [')
    (folder / ".landing.json.4711").write_text("{")
    (found,) = history.evaluations(settings)
    assert (found.stage, found.checks[0]["id"], found.checks[0]["bound"]) == ("marts", "", "")


WRITE_AND_DIE = """
import resource, signal, sys
from pathlib import Path
from phygital_funnel.quality.gate import _write

_write(Path(sys.argv[1]), {"checks": "before"})
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
_write(Path(sys.argv[1]), {"checks": "after" * 10_000})
"""


def test_a_kill_while_results_are_written_leaves_whole_results(tmp_path: Path) -> None:
    """The system kills the process in the middle of the file; a reader has the results before."""
    path = tmp_path / "run" / "marts.json"
    killed = subprocess.run([sys.executable, "-c", WRITE_AND_DIE, str(path)], capture_output=True)
    assert killed.returncode == -signal.SIGXFSZ, killed.stderr.decode()
    assert json.loads(path.read_text()) == {"checks": "before"}


def aged(settings: Settings, run_id: str, days: float) -> None:
    folder = history.folder_of(settings) / run_id
    for path in (*folder.iterdir(), folder):
        moment = path.stat().st_mtime - days * 86_400
        os.utime(path, (moment, moment))


def test_upkeep_forgets_old_results_but_never_the_newest_runs(settings: Settings, monkeypatch: Any) -> None:
    """The state of a home stays bounded, and one that rested for a year still knows how it stood."""
    monkeypatch.setattr(upkeep, "RESULTS_KEPT_RUNS", 2)
    for number, days in enumerate((400, 300, upkeep.RESULTS_KEPT_DAYS + 1, upkeep.RESULTS_KEPT_DAYS - 1)):
        record(settings, f"r{number}", check("a"), sequence=number)
        aged(settings, f"r{number}", days)
    assert upkeep.sweep(settings) == 2
    assert [one.run_id for one in history.evaluations(settings)] == ["r2", "r3"]
    assert upkeep.sweep(settings) == 0


@pytest.fixture
def build() -> Iterator[duckdb.DuckDBPyConnection]:
    """A build database that holds the run ``r3``, and the marts' own SQL over what is loaded."""
    with database.connect() as con:
        con.execute("create schema raw")
        con.execute("create table raw.build as select 'r3' as run_id")
        quality_relation.prepare(con)
        for name in ("mart_data_quality_status", "mart_data_quality_history"):
            sql = (MODELS / f"{name}.sql").read_text()
            for relation in ("quality_results", "build"):
                sql = sql.replace(f"{{{{ source('raw', '{relation}') }}}}", f"raw.{relation}")
            con.execute(f"create view {name} as {sql}")
        yield con


def runs_of_three(settings: Settings) -> None:
    """A first run, one that the gate marts blocked, one that landing blocked, and one whose streams rest."""
    ads = "landing/tiktok_ads__ads"
    record(settings, "r1", check("fresh", suite=ads, fails=1), check("a", fails=2), sequence=1)
    record(
        settings, "r2", check("fresh", suite=ads), check("a", fails=2), check("b", fails=1, severity="critical"),
        sequence=2, at=START + DAY, status="blocked",
    )  # fmt: skip
    record(settings, "r2b", check("fresh", suite=ads, fails=4, severity="critical"), sequence=3, at=START + 2 * DAY)
    record(settings, "r3", check("a", fails=3), check("b"), sequence=4, at=START + 2 * DAY)


STATUS = "select stage, check_name, is_passed, observed, run_id, stands_since::date::text from mart_data_quality_status"


def test_the_status_of_a_release_is_what_let_it_pass(settings: Settings, build: duckdb.DuckDBPyConnection) -> None:
    """What the blocked gate found is not in it, but the landing gate of that run had let the rows in."""
    runs_of_three(settings)
    quality_relation.load_results(build, settings, "r3")
    assert build.execute(f"{STATUS} order by all").fetchall() == [
        ("landing", "fresh", True, "0", "r2", "2026-11-02"),
        ("marts", "a", False, "3", "r3", "2026-11-01"),
        ("marts", "b", True, "0", "r3", "2026-11-03"),
    ]
    history_of_runs = "select run_id, stage, count(*) from mart_data_quality_history group by all order by all"
    assert build.execute(history_of_runs).fetchall() == [
        ("r1", "landing", 1), ("r1", "marts", 1), ("r2", "landing", 1), ("r3", "marts", 2),
    ]  # fmt: skip


def test_results_are_loaded_once_and_follow_what_is_kept(settings: Settings, build: duckdb.DuckDBPyConnection) -> None:
    """A build adds its own; what was swept goes; a run that is published again is read anew."""
    runs_of_three(settings)
    record(settings, "r4", check("later"), sequence=5)
    record(settings, "validate-x", check("by_hand"))
    for _ in range(2):
        quality_relation.load_results(build, settings, "r3")
    count = "select count(*), count(distinct run_id) from raw.quality_results"
    assert build.execute(count).fetchall() == [(8, 4)]
    history.forget(settings, before=float("inf"), keep=5)
    record(settings, "r3", check("a"), sequence=4, at=START + 2 * DAY)
    quality_relation.load_results(build, settings, "r3")
    assert build.execute(count).fetchall() == [(5, 3)]
    assert build.execute(f"{STATUS} where check_name = 'a'").fetchall() == [
        ("marts", "a", True, "0", "r3", "2026-11-03")
    ]


def test_a_relation_of_an_earlier_shape_is_made_anew(settings: Settings, build: duckdb.DuckDBPyConnection) -> None:
    """A build database outlives the version that made it."""
    runs_of_three(settings)
    build.execute("create or replace table raw.quality_results (run_id varchar)")
    quality_relation.load_results(build, settings, "r3")
    assert build.execute("select count(*) from raw.quality_results").fetchall() == [(8,)]
