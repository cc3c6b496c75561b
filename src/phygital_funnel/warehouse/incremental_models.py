"""Models as plain SQL in two forms: when nothing was credited before, and when earlier credit is kept.

dbt compiles them once; then a database runs them in milliseconds, as often as a benchmark or a test needs.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from phygital_funnel.warehouse import database
from phygital_funnel.warehouse.compiler import Compiler
from phygital_funnel.warehouse.credit_models import relation_of

STATE = (
    "int_reach__credited_lines",
    "int_reach__credited_touches",
    "int_reach__credited_days",
    "int_reach__credited_cells",
)
_ALIKE = (
    "intermediate.int_reach__credited_lines",
    "intermediate.int_reach__credited_touches",
    "intermediate.int_reach__credited_days",
    "intermediate.int_reach__credited_cells",
    "intermediate.int_journeys__lines",
)
# That these are there is what tells the models to keep what was credited (macros/reach.sql).
KEPT = (
    *_ALIKE,
    "intermediate.int_credit__journey_touches",
    "intermediate.int_credit__without_path",
    "intermediate.int_credit__media",
    "intermediate.int_credit__places",
)
# What a full refresh makes, too, row for row: int_credit__media and _places may hold more than credit refers to.
CREDIT = "fct_attribution_credit_wide"
ALIKE = (*_ALIKE, f"ledgers.{CREDIT}")


@dataclass(frozen=True)
class Model:
    """One model or seed in both forms.

    Args:
        name: its name.
        relation: schema and name of what it makes.
        kind: view, table or replaced_rows.
        sql: its query when nothing was credited before.
        kept_sql: its query when earlier credit is kept.
        key: column by which its rows are replaced.
        replaces: relation that lists the keys to replace.
        needs: names of the models and raw relations that it reads.
    """

    name: str
    relation: str
    kind: str
    sql: str
    kept_sql: str
    key: str
    replaces: str
    needs: frozenset[str]

    @property
    def is_kept_by_rows(self) -> bool:
        """Whether only some of its rows are made anew when earlier credit is kept."""
        return self.kind == "replaced_rows"

    @property
    def depends_on_earlier_runs(self) -> bool:
        """Whether its rows depend on what was built before."""
        return self.is_kept_by_rows or self.sql != self.kept_sql

    def make(self, con: duckdb.DuckDBPyConnection, *, is_kept: bool) -> None:
        """Create it anew, or replace its rows, as dbt's materializations do."""
        if is_kept and self.is_kept_by_rows:
            con.execute("begin")
            con.execute(f"delete from {self.relation} where {self.key} in (select {self.key} from {self.replaces})")
            con.execute(f"insert into {self.relation} by name {self.kept_sql}")
            con.execute("commit")
            return
        kind = "view" if self.kind == "view" else "table"
        con.execute(f"create or replace {kind} {self.relation} as {self.kept_sql if is_kept else self.sql}")


def compiled(
    project_dir: Path, folder: Path, database_name: str, outputs: Collection[str], inputs: Collection[str] = ()
) -> tuple[Model, ...]:
    """Compile models and all that they read, in the order of their references.

    Args:
        project_dir: the folder that holds ``dbt_project``.
        folder: an empty scratch folder.
        database_name: name of the database that the queries will run in.
        outputs: names of the models that are wanted.
        inputs: names of models that somebody else fills, and whose own references are of no interest.

    Raises:
        BuildError: dbt cannot compile them.
    """
    path = folder / f"{database_name}.duckdb"
    compiler = Compiler(project_dir, folder, path)
    selected = [f"+{name}" for name in outputs]
    full = compiler.nodes(*selected)
    with database.connect(path) as con:
        for table in KEPT:
            con.execute(f"create schema if not exists {table.split('.')[0]}")
            con.execute(f"create table {table} (stub int)")
    kept = compiler.nodes(*selected)
    needs = _needs(full, outputs, inputs)
    seeds = project_dir / "dbt_project" / "seeds"
    return tuple(
        _model(full, name, kept[name].compiled_code, seeds)
        for name in TopologicalSorter(needs).static_order()
        if name in full and name not in inputs
    )


def _needs(nodes: dict[str, Any], outputs: Collection[str], inputs: Collection[str]) -> dict[str, set[str]]:
    """What each wanted model reads, back to the inputs."""
    needs: dict[str, set[str]] = {}
    waiting = list(outputs)
    while waiting:
        name = waiting.pop()
        if name in needs or name not in nodes or name in inputs:
            continue
        needs[name] = set(_read_by(nodes[name]))
        waiting += needs[name]
    return needs


def _read_by(node: Any) -> Iterator[str]:
    for other in getattr(node.depends_on, "nodes", ()):
        yield other.rsplit(".", 1)[1]


def _model(nodes: Mapping[str, Any], name: str, kept_sql: str | None, seeds: Path) -> Model:
    node = nodes[name]
    relation = relation_of(node)
    if node.resource_type == "seed":
        types = {name: "int" if kind == "int" else kind for name, kind in node.config.column_types.items()}
        sql = f"select * from read_csv('{seeds / node.name}.csv', header = true, types = {types})"
        return Model(node.name, relation, "table", sql, sql, "", "", frozenset())
    replaces = node.config.meta.get("replaces")
    return Model(
        node.name,
        relation,
        node.config.materialized,
        node.compiled_code,
        str(kept_sql),
        str(node.config.unique_key or ""),
        relation_of(nodes[replaces]) if replaces else "",
        frozenset(_read_by(node)),
    )
