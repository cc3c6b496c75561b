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
from typing import Any

from phygital_funnel import clock
from phygital_funnel.quality.bench_data import prepare
from phygital_funnel.quality.engine import Engine, Outcome
from phygital_funnel.quality.gate import evaluate_suite
from phygital_funnel.quality.suites import STAGES, Check, Suite, find_suites, read_views

SLOWEST = 8


@dataclass(frozen=True)
class Cost:
    """What one gate took.

    Args:
        stage: the gate.
        rows: of the heaviest table.
        checks: that were evaluated.
        failed: the names of those that failed.
        cpu_seconds: of all threads, without importing Great Expectations.
        seconds: by the clock.
        peak_gb: most memory the process ever held.
        slowest: the checks that took longest, and their seconds by the clock.
    """

    stage: str
    rows: int
    checks: int
    failed: tuple[str, ...]
    cpu_seconds: float
    seconds: float
    peak_gb: float
    slowest: dict[str, float]


def measure(database: Path, stage: str, project_dir: Path, rows: int) -> Cost:
    """Evaluate the gate's suites on a database that is ready."""
    suites = find_suites(project_dir, stage)
    with _Timed(database, views=read_views(project_dir, stage), variables={"evaluated_at": clock.now()}) as engine:
        idle = engine.idle_streams() if stage == "landing" else frozenset()
        cpu, wall = time.process_time(), time.monotonic()
        checks = [result for suite in suites if suite.table not in idle for result in evaluate_suite(engine, suite)]
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    return Cost(
        stage,
        rows,
        len(checks),
        tuple(f"{one.suite}: {one.expectation}" for one in checks if not one.success),
        round(cpu, 1),
        round(wall, 1),
        round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, 2),
        {name: round(engine.seconds[name], 2) for name in engine.slowest()},
    )


class _Timed(Engine):
    """An engine that remembers how long each check took."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.seconds: dict[str, float] = {}
        self._table = ""

    def batch(self, suite: Suite) -> Any:
        self._table = suite.table
        return super().batch(suite)

    def validate(self, batch: Any, check: Check, expectation: Any) -> Outcome:
        began = time.monotonic()
        outcome = super().validate(batch, check, expectation)
        self.seconds[f"{self._table}: {check.name}"] = time.monotonic() - began
        return outcome

    def slowest(self) -> list[str]:
        return sorted(self.seconds, key=self.seconds.__getitem__, reverse=True)[:SLOWEST]


def bench(home: Path, stage: str, rows: int, project_dir: Path) -> Cost:
    """Copy, fill, and measure in a process of its own, so that its memory is the gate's."""
    source = home / ("releases/current/phygital.duckdb" if stage == "published" else "build/build.duckdb")
    with TemporaryDirectory() as folder:
        database = Path(folder) / "build.duckdb"
        shutil.copyfile(source, database)
        spawn = multiprocessing.get_context("spawn")
        with spawn.Pool(1) as pool:
            held = pool.apply(prepare, (database, stage, rows))
        with spawn.Pool(1) as pool:
            return pool.apply(measure, (database, stage, project_dir, held))


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
