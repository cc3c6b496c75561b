"""The journey engine's own SQL, as dbt compiles it, on tables that its benchmark and its tests fill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from phygital_funnel.warehouse import database
from phygital_funnel.warehouse.compiler import Compiler

DATABASE = "credit"
# Where steps of one run are, in memory (dbt_project/profiles.yml).
SCRATCH = "scratch"
SCHEMAS = ("intermediate", "ledgers")
# In the order of their references.
NAMES = (
    "int_touchpoints__unified",
    "int_credit__media_found",
    "int_credit__media",
    "int_journeys__reached_lines",
    "int_journeys__candidate_touches",
    "int_journeys__paths",
    "int_journeys__ends",
    "int_journeys__walked",
    "int_journeys__totals",
    "int_journeys__placed",
    "int_credit__places_found",
    "int_credit__places",
    "int_credit__journey_touches",
    "int_credit__remaining_lines",
    "int_credit__without_path",
    "int_credit__unified",
    "fct_attribution_credit_wide",
    "fct_attribution_credit",
)
# What macros/credit.sql makes of an id, where inputs are filled with SQL.
LINE_KEY = "cast(hash(hash(conversion_id)) >> 1 as bigint)"
TOUCHES = (
    "platform varchar, journey_key varchar, touchpoint_id varchar, occurred_at timestamp, touch_type varchar, "
    "channel varchar, campaign_id varchar, ad_group_id varchar, ad_id varchar, content_id varchar, creator_id varchar, "
    "market varchar, evidence varchar, first_known_at timestamp, touch_fingerprint bigint"
)
# What the models read, and the columns they use of it.
INPUTS = {
    "intermediate.int_touchpoints__from_links": TOUCHES,
    "intermediate.int_touchpoints__from_events": TOUCHES,
    "intermediate.int_conversions__converted": (
        "conversion_id varchar, line_key bigint, platform varchar, market varchar, currency varchar, "
        "net_amount_minor bigint, net_amount_reporting_minor bigint, conversion_status varchar, journey_key varchar, "
        "converted_at timestamp, converted_us bigint, first_known_at timestamp"
    ),
    "intermediate.int_credit__order_linked_lines": (
        "conversion_id varchar, line_key bigint, recipient_key varchar, touchpoint_id varchar, channel varchar, "
        "content_id varchar, creator_id varchar, evidence varchar, credit_resolution varchar"
    ),
    "intermediate.int_credit__cell_lines": (
        "conversion_id varchar, line_key bigint, recipient_key varchar, touchpoint_id varchar, channel varchar, "
        "campaign_id varchar, ad_group_id varchar, ad_id varchar, content_id varchar, creator_id varchar, "
        "evidence varchar, credit_resolution varchar, credit_before bigint, credit_upto bigint"
    ),
}
LINES = "intermediate.int_conversions__converted"
# A run that credits every line: what was credited before plays no part.
REACHED = ("intermediate.int_reach__journeys", "intermediate.int_reach__lines")


@dataclass(frozen=True)
class CreditModel:
    """One model of the journey engine.

    Args:
        name: its name.
        relation: schema and name of what it makes.
        is_view: whether it is only a view.
        sql: its compiled query.
    """

    name: str
    relation: str
    is_view: bool
    sql: str

    def make(self, con: duckdb.DuckDBPyConnection) -> None:
        """Create it in place of an earlier one."""
        con.execute(f"create or replace {'view' if self.is_view else 'table'} {self.relation} as {self.sql}")


def compiled(
    project_dir: Path, folder: Path, variants: Sequence[Mapping[str, Any]] = ({},)
) -> list[tuple[CreditModel, ...]]:
    """Compile the models for a database that is called ``credit``, once for each set of settings.

    Args:
        project_dir: the folder that holds ``dbt_project``.
        folder: a scratch folder.
        variants: what the models read with ``var``, where it is not the default.

    Raises:
        BuildError: dbt cannot compile them.
    """
    compiler = Compiler(project_dir, folder, folder / f"{DATABASE}.duckdb")
    return [_models(compiler.nodes(*NAMES, variables=settings)) for settings in variants]


def _models(nodes: Mapping[str, Any]) -> tuple[CreditModel, ...]:
    return tuple(
        CreditModel(
            name,
            relation_of(nodes[name]),
            nodes[name].config.materialized == "view",
            nodes[name].compiled_code,
        )
        for name in NAMES
    )


def relation_of(node: Any) -> str:
    """Name of what a compiled model makes: with its database where that is not the one in use."""
    return f"{SCRATCH}.{node.schema}.{node.name}" if node.database == SCRATCH else f"{node.schema}.{node.name}"


def create_inputs(con: duckdb.DuckDBPyConnection) -> None:
    """Make the relations that the models read, without rows; every line is reached."""
    for schema in SCHEMAS:
        con.execute(f"create schema if not exists {schema}")
    for relation, columns in INPUTS.items():
        con.execute(f"create table {relation} ({columns})")
    for relation in REACHED:
        con.execute(f"create view {relation} as select line_key, converted_at from {LINES}")


def attach(con: duckdb.DuckDBPyConnection, path: Path | None = None) -> None:
    """Use a database of the name that the models are compiled for, in memory without a path, and one for steps."""
    attach_scratch(con)
    con.execute(f"attach '{path or ':memory:'}' as {DATABASE}; use {DATABASE}")


def attach_scratch(con: duckdb.DuckDBPyConnection) -> None:
    """Give steps of one run their place in memory."""
    con.execute(f"attach ':memory:' as {SCRATCH}; create schema {SCRATCH}.intermediate")


def connect() -> duckdb.DuckDBPyConnection:
    """An own connection with the project's settings; the caller closes it."""
    con = duckdb.connect(":memory:", config={**database.OPTIMIZERS})
    con.execute("set timezone = 'UTC'; set preserve_insertion_order = false")
    return con
