"""What the gates cost: on a home as it is, and with the heaviest table of each stage multiplied.

``python -m phygital_funnel.quality.bench HOME [--rows 50000000] [--stage staging]`` copies the home's build database,
and the newest release for the gate ``published``; the home itself is left alone.
"""

import argparse
import json
import multiprocessing
import resource
import shutil
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from phygital_funnel import clock
from phygital_funnel.quality.engine import Engine
from phygital_funnel.quality.gate import evaluate_suite
from phygital_funnel.quality.suites import STAGES, find_suites, read_views
from phygital_funnel.warehouse.database import connect

_HOURLY = "tiktok_ads__ad_report_hourly"
# The table with the most rows at each stage, and the column that makes a copy of a row another one.
HEAVIEST = {
    "landing": (f"incoming.{_HOURLY}", "ad_id"),
    "staging": (f"base.base_{_HOURLY}", "ad_id"),
    "marts": ("ledgers.fct_attribution_credit_wide", "conversion_id"),
    "published": ("fct_attribution_credit_wide", "conversion_id"),
}
_WAITING = f"""
insert into incoming.{_HOURLY} by name select * replace (9999 as _commit, 'bench' as _manifest_id) from raw.{_HOURLY};
insert into incoming.manifests by name
select * replace (9999 as _commit, 'bench' as manifest_id, (select count(*) from incoming.{_HOURLY}) as row_count)
from raw.manifests where stream = 'ad_report_hourly' order by _commit desc limit 1
"""


@dataclass(frozen=True)
class Cost:
    """What one gate took.

    Args:
        stage: the gate.
        rows: of the heaviest table.
        checks: that were evaluated.
        cpu_seconds: of all threads, without importing Great Expectations.
        seconds: by the clock.
        peak_gb: most memory the process ever held.
        slowest: the suite that took longest, and its seconds.
    """

    stage: str
    rows: int
    checks: int
    cpu_seconds: float
    seconds: float
    peak_gb: float
    slowest: str


def prepare(database: Path, stage: str, rows: int) -> int:
    """Fill a copy's heaviest table up to a number of rows; tells how many it has."""
    relation, key = HEAVIEST[stage]
    with connect(database) as con:
        con.execute("set memory_limit = '4GB'; set preserve_insertion_order = false; set enable_progress_bar = false")
        if stage == "landing":
            con.execute(_WAITING)
        found = _count(con, relation)
        copies = max(rows // max(found, 1) - 1, 0)
        if copies:
            con.execute(
                f"insert into {relation} select t.* replace (t.{key} || '-' || i as {key}) "
                f"from {relation} as t, range($1) as r (i)",
                [copies],
            )
        if stage == "landing":
            con.execute("update incoming.manifests set row_count = $1", [_count(con, relation)])
        return _count(con, relation)


def measure(database: Path, stage: str, project_dir: Path, rows: int) -> Cost:
    """Evaluate the gate's suites on a database that is ready."""
    suites = find_suites(project_dir, stage)
    views = read_views(project_dir, stage)
    with Engine(database, views=views, variables={"evaluated_at": clock.now()}) as engine:
        idle = engine.idle_streams() if stage == "landing" else frozenset()
        cpu, wall = time.process_time(), time.monotonic()
        checks, times = 0, {}
        for suite in suites:
            if suite.table not in idle:
                began = time.monotonic()
                checks += len(evaluate_suite(engine, suite))
                times[suite.table] = time.monotonic() - began
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    slowest = max(times, key=times.__getitem__)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return Cost(stage, rows, checks, round(cpu, 1), round(wall, 1), round(peak, 2), f"{slowest} {times[slowest]:.1f} s")


def bench(home: Path, stage: str, rows: int, project_dir: Path) -> Cost:
    """Copy, fill, and measure in a process of its own, so that its memory is the gate's."""
    source = home / ("releases/current/phygital.duckdb" if stage == "published" else "build/build.duckdb")
    with TemporaryDirectory() as folder:
        database = Path(folder) / "build.duckdb"
        shutil.copyfile(source, database)
        spawn = multiprocessing.get_context("spawn")
        with spawn.Pool(1, maxtasksperchild=1) as pool:
            held = pool.apply(prepare, (database, stage, rows))
        with spawn.Pool(1, maxtasksperchild=1) as pool:
            return pool.apply(measure, (database, stage, project_dir, held))


def _count(con: duckdb.DuckDBPyConnection, relation: str) -> int:
    return int(con.execute(f"select count(*) from {relation}").fetchall()[0][0])


def main() -> None:
    """Measure the gates that the command line names; one JSON object a line."""
    parser = argparse.ArgumentParser(description="What the gates cost.")
    parser.add_argument("home", type=Path, help="a home that was built and published")
    parser.add_argument("--rows", type=int, default=0, help="of the heaviest table (default: as it is)")
    parser.add_argument("--stage", choices=STAGES, action="append", help="default: all")
    parser.add_argument("--project", type=Path, default=Path.cwd(), help="folder with expectations (default: here)")
    given = parser.parse_args()
    for stage in given.stage or STAGES:
        sys.stdout.write(json.dumps(asdict(bench(given.home, stage, given.rows, given.project))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
