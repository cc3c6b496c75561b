"""How fast the journey engine credits, on made-up journeys with everything in them that real ones have.

``python -m phygital_funnel.warehouse.credit_bench`` fills the engine's inputs, runs the project's own SQL as dbt
compiles it and compares it with the bare join of lines and touches by journey and window. Counted is the processor time
of this process, user and system, over both threads; the start of Python and dbt's compiling are left out.
"""

import argparse
import resource
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from phygital_funnel.settings import ATTRIBUTION_MODELS, Settings
from phygital_funnel.warehouse import credit_models
from phygital_funnel.warehouse.credit_bench_data import fill

BARE_JOIN = """
create table bare_join as
select lines.conversion_id, touches.touchpoint_id, touches.occurred_at
from intermediate.int_conversions__converted as lines
join (
    select *, case touch_type when 'click' then 14 when 'impression' then 0 else 7 end * 86400000000 as window_us
    from (
        select * from intermediate.int_touchpoints__from_events
        union all
        select * from intermediate.int_touchpoints__from_links
    )
) as touches
    on touches.platform = lines.platform
    and touches.journey_key = lines.journey_key
    and epoch_us(touches.occurred_at) <= lines.converted_us
    and epoch_us(touches.occurred_at) + touches.window_us > lines.converted_us
"""
MOST_TIMES_THE_BARE_JOIN = 9


@dataclass(frozen=True)
class Cost:
    """What one statement took.

    Args:
        name: what it made.
        cpu_seconds: processor time.
        seconds: by the clock on the wall.
    """

    name: str
    cpu_seconds: float
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """One run of the benchmark.

    Args:
        bare_join: the cost of the join alone.
        models: the cost of each model that is a table, and of working all money out.
        eligible: rows of the bare join.
        credited: rows of the physical credit table.
        wrong: lines that do not add up to one, and currencies whose money does not add up, over all models.
        peak_gb: most memory this process ever held.
    """

    bare_join: Cost
    models: tuple[Cost, ...]
    eligible: int
    credited: int
    wrong: int
    peak_gb: float

    @property
    def total(self) -> Cost:
        """All models together."""
        return Cost(
            "credit models",
            sum(model.cpu_seconds for model in self.models),
            sum(model.seconds for model in self.models),
        )

    @property
    def times_the_bare_join(self) -> float:
        """Processor time of the models over that of the join alone."""
        return self.total.cpu_seconds / self.bare_join.cpu_seconds


def measure(folder: Path, conversions: int, touches: int, memory: str, project_dir: Path) -> Outcome:
    """Fill a database in the folder, join, credit and check.

    Args:
        folder: where the database, its temporary files and dbt's go.
        conversions: how many order lines.
        touches: how many touchpoints.
        memory: the most that DuckDB may use, such as ``5GB``.
        project_dir: the folder that holds ``dbt_project``.
    """
    [models] = credit_models.compiled(project_dir, folder / "dbt")
    with closing(credit_models.connect()) as con:
        credit_models.attach(con, folder / "credit.duckdb")
        con.execute(f"set threads = 2; set memory_limit = '{memory}'; set temp_directory = '{folder / 'spill'}'")
        credit_models.create_inputs(con)
        fill(con, conversions, touches)
        bare_join = _timed("bare join", con, BARE_JOIN)
        eligible = _count(con, "bare_join")
        con.execute("drop table bare_join; checkpoint")
        costs = [_made(model, con) for model in models]
        return Outcome(
            bare_join,
            (
                *(cost for cost, model in zip(costs, models, strict=True) if not model.is_view),
                _timed("all money of all models, worked out", con, _all_money()),
            ),
            eligible,
            _count(con, "ledgers.fct_attribution_credit_wide"),
            wrong_lines(con),
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        )


def _made(model: credit_models.CreditModel, con: duckdb.DuckDBPyConnection) -> Cost:
    kind = "view" if model.is_view else "table"
    return _timed(model.name, con, f"create {kind} {model.relation} as {model.sql}")


def _timed(name: str, con: duckdb.DuckDBPyConnection, statement: str) -> Cost:
    cpu, wall = time.process_time(), time.perf_counter()
    con.execute(statement)
    return Cost(name, time.process_time() - cpu, time.perf_counter() - wall)


def _all_money() -> str:
    """Every amount once: the physical table holds what amounts are worked out from."""
    sums = ", ".join(f"sum({model}_amount_minor), sum({model}_amount_reporting_minor)" for model in ATTRIBUTION_MODELS)
    return f"select {sums} from ledgers.fct_attribution_credit_wide"


def _count(con: duckdb.DuckDBPyConnection, relation: str) -> int:
    [(rows,)] = con.execute(f"select count(*) from {relation}").fetchall()
    return int(rows)


def wrong_lines(con: duckdb.DuckDBPyConnection) -> int:
    """Lines without exactly one credit, and lines whose money is not theirs, in any model."""
    sums = ", ".join(
        f"sum({model}_credit_micro) as {model}_micro, sum({model}_amount_minor) as {model}_minor, "
        f"sum({model}_amount_reporting_minor) as {model}_reporting"
        for model in ATTRIBUTION_MODELS
    )
    conditions = " or ".join(
        f"{model}_micro is distinct from 1000000 or {model}_minor is distinct from net_amount_minor "
        f"or {model}_reporting is distinct from net_amount_reporting_minor"
        for model in ATTRIBUTION_MODELS
    )
    [(wrong,)] = con.execute(
        f"""
        select count(*)
        from intermediate.int_conversions__converted
        left join (
            select conversion_id, {sums} from ledgers.fct_attribution_credit_wide group by conversion_id
        ) using (conversion_id)
        where {conditions}
        """
    ).fetchall()
    return int(wrong)


def described(outcome: Outcome, conversions: int, touches: int) -> list[str]:
    """The figures as lines of text."""
    lines = [
        f"{conversions:,} conversions, {touches:,} touchpoints, {outcome.eligible:,} of the house's windows, "
        f"{outcome.credited:,} credit rows, peak {outcome.peak_gb:.1f} GB"
    ]
    for cost in (outcome.bare_join, *outcome.models, outcome.total):
        times = cost.cpu_seconds / outcome.bare_join.cpu_seconds
        lines.append(f"{cost.name:36}{cost.cpu_seconds:8.2f} CPU s{cost.seconds:8.2f} s{times:6.1f} times the join")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Run once and print; the status is 1 when a line does not add up."""
    parser = argparse.ArgumentParser(prog="python -m phygital_funnel.warehouse.credit_bench", description=__doc__)
    parser.add_argument("--conversions", type=int, default=1_000_000)
    parser.add_argument("--touches", type=int, default=6_250_000)
    parser.add_argument("--memory", default="5GB", help="DuckDB's limit (default 5GB)")
    given = parser.parse_args(arguments)
    with TemporaryDirectory(prefix="phygital-credit-") as folder:
        (Path(folder) / "dbt").mkdir()
        project = Settings.from_env().project_dir
        outcome = measure(Path(folder), given.conversions, given.touches, given.memory, project)
    lines = described(outcome, given.conversions, given.touches)
    if outcome.wrong:
        lines.append(f"{outcome.wrong:,} lines do not add up.")
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
