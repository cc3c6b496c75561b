"""Brings what the gates found, and how fresh each stream was, into a build database, for the marts that tell it.

``raw.quality_results`` follows ``<home>/state/quality``: what is there is loaded once, what was swept is dropped.
"""

from collections.abc import Iterable
from typing import Any

import duckdb
import pyarrow as pa

from phygital_funnel.freshness import Freshness
from phygital_funnel.quality import history
from phygital_funnel.quality.history import Evaluation
from phygital_funnel.quality.suites import STAGES
from phygital_funnel.settings import Settings
from phygital_funnel.state import read_run

_RESULTS = {
    "run_id": pa.string(),
    "run_sequence": pa.int64(),
    "stage": pa.string(),
    "stage_order": pa.int64(),
    "evaluated_at": pa.timestamp("us"),
    "gate_passed": pa.bool_(),
    "table_name": pa.string(),
    "check_name": pa.string(),
    "check_id": pa.string(),
    "column_names": pa.string(),
    "severity": pa.string(),
    "action": pa.string(),
    "bound": pa.string(),
    "is_passed": pa.bool_(),
    "observed": pa.string(),
    "unexpected_rows": pa.int64(),
    "owner": pa.string(),
    "reason": pa.string(),
}
_FRESHNESS = {
    "source": pa.string(),
    "stream": pa.string(),
    "is_configured": pa.bool_(),
    "cadence": pa.string(),
    "freshness_state": pa.string(),
    "target_minutes": pa.int64(),
    "age_minutes": pa.int64(),
    "newest_extraction_at": pa.timestamp("us"),
    "newest_day": pa.date32(),
    "newest_rows": pa.int64(),
    "accounts": pa.int64(),
    "fresh_accounts": pa.int64(),
    "held_extractions": pa.int64(),
}
_TABLES = {"quality_results": pa.schema(_RESULTS), "freshness": pa.schema(_FRESHNESS)}


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Create the relations, empty, that are missing or of an earlier version's shape; loading fills them again."""
    for name, schema in _TABLES.items():
        columns = con.execute(
            "select column_name from duckdb_columns() where schema_name = 'raw' and table_name = $1", [name]
        ).fetchall()
        if [column for (column,) in columns] != schema.names:
            con.register("_shape", schema.empty_table())
            con.execute(f"create or replace table raw.{name} as from _shape")
            con.unregister("_shape")


def load_results(con: duckdb.DuckDBPyConnection, settings: Settings, run_id: str) -> None:
    """Bring the results of all runs up to this one; those of this run are read anew.

    Args:
        con: connection to the build database.
        settings: where the state is.
        run_id: the run that is being built or published.
    """
    prepare(con)
    folder = history.folder_of(settings)
    runs = {**history.builds(settings), run_id: read_run(settings, run_id)}
    wanted = [name for name, run in runs.items() if run.sequence <= runs[run_id].sequence and (folder / name).is_dir()]
    con.execute(
        "delete from raw.quality_results where run_id = $1 or not list_contains($2::varchar[], run_id)",
        [run_id, wanted],
    )
    loaded = {name for (name,) in con.execute("select distinct run_id from raw.quality_results").fetchall()}
    found = [one for name in wanted if name not in loaded for one in history.read_run(folder / name, runs[name])]
    _insert(con, "quality_results", [row for evaluation in found for row in _rows(evaluation)])


def load_freshness(con: duckdb.DuckDBPyConnection, found: Iterable[Freshness]) -> None:
    """Replace what is known of the streams' freshness."""
    prepare(con)
    con.execute("delete from raw.freshness")
    _insert(con, "freshness", [_freshness(one) for one in found])


def _insert(con: duckdb.DuckDBPyConnection, name: str, rows: list[dict[str, Any]]) -> None:
    con.register("_found", pa.Table.from_pylist(rows, schema=_TABLES[name]))
    con.execute(f"insert into raw.{name} by name select * from _found")
    con.unregister("_found")


def _rows(evaluation: Evaluation) -> list[dict[str, Any]]:
    return [
        {
            "run_id": evaluation.run_id,
            "run_sequence": evaluation.sequence,
            "stage": evaluation.stage,
            "stage_order": STAGES.index(evaluation.stage) + 1,
            "evaluated_at": evaluation.evaluated_at.replace(tzinfo=None),
            "gate_passed": evaluation.passed,
            "table_name": check["suite"].split("/", 1)[1],
            "check_name": check["expectation"],
            "check_id": check["id"] or None,
            "column_names": check["column"],
            "severity": check["severity"],
            "action": check["action"] or None,
            "bound": check["bound"] or None,
            "is_passed": check["success"],
            "observed": None if check["observed"] is None else str(check["observed"]),
            "unexpected_rows": check["unexpected_count"],
            "owner": check["owner"],
            "reason": check["reason"],
        }
        for check in evaluation.checks
    ]


def _freshness(one: Freshness) -> dict[str, Any]:
    return {
        "source": one.stream.source,
        "stream": one.stream.name,
        "is_configured": one.configured,
        "cadence": one.stream.cadence.value,
        "freshness_state": one.state.value,
        "target_minutes": None if one.target is None else round(one.target.total_seconds() / 60),
        "age_minutes": None if one.age is None else round(one.age.total_seconds() / 60),
        "newest_extraction_at": None if one.newest_at is None else one.newest_at.replace(tzinfo=None),
        "newest_day": one.newest_day,
        "newest_rows": one.rows,
        "accounts": one.accounts,
        "fresh_accounts": one.fresh_accounts,
        "held_extractions": one.held,
    }
