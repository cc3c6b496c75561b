"""What one more day costs, and 28 restated days, against a full refresh of the credit models.

``python -m phygital_funnel.warehouse.incremental_bench`` fills 400 days of lines and touches, credits them with the
project's own SQL as dbt compiles it, lets another day land and credits again. Counted is the processor time of this
process over both threads; the start of Python, dbt's compiling, and the layers above the credit models are left out.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from phygital_funnel.settings import Settings
from phygital_funnel.warehouse import credit_models, incremental_models
from phygital_funnel.warehouse.incremental_bench_data import DAYS, fill, restate, show

OUTPUTS = (*incremental_models.STATE, "int_journeys__lines", incremental_models.CREDIT)
# Filled here; whatever stands between these and the state of the credit is what is measured.
INPUTS = (
    "int_touchpoints__from_events",
    "int_touchpoints__from_links",
    "int_conversions__converted",
    "int_credit__order_linked_lines",
    "int_credit__cell_lines",
)
MOST_OF_A_DAY, MOST_OF_A_MONTH = 0.05, 0.15


@dataclass(frozen=True)
class Step:
    """One run of the credit models.

    Args:
        name: what landed before it.
        cpu_seconds: processor time of the models.
        by_model: the same per model.
        lines: share of the conversions that were reached.
        cells: share of the tag days whose lines were reached.
    """

    name: str
    cpu_seconds: float
    by_model: dict[str, float]
    lines: float
    cells: float


def measure(folder: Path, conversions: int, project_dir: Path) -> list[Step]:
    """Credit the history, then what lands on top of it, and compare the end with a full refresh of the same data.

    Args:
        folder: where the database and dbt's files go.
        conversions: how many order lines the 400 days hold.
        project_dir: the folder that holds ``dbt_project``.

    Raises:
        AssertionError: kept credit differs from a full refresh.
    """
    (folder / "dbt").mkdir()
    models = incremental_models.compiled(project_dir, folder / "dbt", "credit", OUTPUTS, INPUTS)
    with closing(credit_models.connect()) as con:
        con.execute("set threads = 2")
        credit_models.attach(con, folder / "credit.duckdb")
        fill(con, conversions)
        run = _runner(con, models)
        show(con, DAYS)
        steps = [run(f"full refresh of {DAYS} days", False)]
        show(con, DAYS + 1)
        steps.append(run("one more day", True))
        restate(con, DAYS - 27)
        show(con, DAYS + 2)
        steps.append(run("one more day, and 28 days restated", True))
        kept = _content(con)
        run("everything again", False)
        if kept != _content(con):
            raise AssertionError("kept credit differs from a full refresh of the same data")
        return steps


def _runner(
    con: duckdb.DuckDBPyConnection, models: tuple[incremental_models.Model, ...]
) -> Callable[[str, bool], Step]:
    def run(name: str, is_kept: bool) -> Step:
        con.execute("checkpoint")
        costs = {}
        for model in models:
            start = time.process_time()
            model.make(con, is_kept=is_kept)
            costs[model.name] = time.process_time() - start
        # What the models left in the log is written to its place when a build closes its database.
        start = time.process_time()
        con.execute("checkpoint")
        costs["checkpoint"] = time.process_time() - start
        reached = """
            select conversion_id from intermediate.int_conversions__converted
            where line_key in (select line_key from intermediate.int_reach__lines)
        """
        lines = _share(con, "count(*)", "intermediate.int_conversions__converted", reached)
        cells = _share(con, "count(distinct touchpoint_id)", "intermediate.int_credit__cell_lines", reached)
        return Step(name, sum(costs.values()), costs, lines, cells)

    return run


def _share(con: duckdb.DuckDBPyConnection, count: str, relation: str, reached: str) -> float:
    [(part, whole)] = con.execute(
        f"select (select {count} from {relation} where conversion_id in ({reached})), (select {count} from {relation})"
    ).fetchall()
    return float(part / whole) if whole else 0.0


def _content(con: duckdb.DuckDBPyConnection) -> list[tuple[int, int]]:
    """Rows of what a full refresh makes, too, counted, and a fingerprint of them."""
    return [
        con.execute(f"select count(*), coalesce(sum(hash(t)), 0) from {table} as t").fetchall()[0]
        for table in incremental_models.ALIKE
    ]


def described(steps: list[Step], *, is_detailed: bool) -> list[str]:
    """The figures as lines of text."""
    full = steps[0].cpu_seconds
    told = []
    for step in steps:
        told.append(
            f"{step.name:36}{step.cpu_seconds:8.2f} CPU s  {step.cpu_seconds / full:7.2%} of a full refresh"
            f"  {step.lines:7.2%} of the conversions and {step.cells:7.2%} of the tag days reached"
        )
        if is_detailed:
            told += [f"    {name:36}{cost:8.2f}" for name, cost in step.by_model.items() if cost >= 0.005]
    return told


def main(arguments: Sequence[str] | None = None) -> int:
    """Run once and print; the status is 1 when a share is above its limit."""
    parser = argparse.ArgumentParser(prog="python -m phygital_funnel.warehouse.incremental_bench", description=__doc__)
    parser.add_argument("--conversions", type=int, default=1_000_000)
    parser.add_argument("--models", action="store_true", help="say what each model took")
    given = parser.parse_args(arguments)
    with TemporaryDirectory(prefix="phygital-incremental-") as folder:
        steps = measure(Path(folder), given.conversions, Settings.from_env().project_dir)
    sys.stdout.write("\n".join(described(steps, is_detailed=given.models)) + "\n")
    full, day, month = (step.cpu_seconds for step in steps)
    return int(day > MOST_OF_A_DAY * full or month > MOST_OF_A_MONTH * full)


if __name__ == "__main__":
    sys.exit(main())
