"""The journey engine's own SQL, as dbt compiles it, on tables that its benchmark and its tests fill."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from phygital_funnel.errors import BuildError
from phygital_funnel.warehouse import database

SCHEMAS = ("intermediate", "ledgers")
# In the order of their references.
NAMES = (
    "int_touchpoints__unified",
    "int_journeys__candidate_touches",
    "int_journeys__paths",
    "int_journeys__ends",
    "int_journeys__walked",
    "int_credit__journey_touches",
    "int_credit__remaining_lines",
    "int_credit__unified",
    "fct_attribution_credit_wide",
    "fct_attribution_credit",
)
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
        "conversion_id varchar, platform varchar, market varchar, currency varchar, net_amount_minor bigint, "
        "net_amount_reporting_minor bigint, conversion_status varchar, journey_key varchar, converted_at timestamp, "
        "converted_us bigint, first_known_at timestamp"
    ),
    "intermediate.int_credit__order_linked_lines": (
        "conversion_id varchar, recipient_key varchar, touchpoint_id varchar, channel varchar, content_id varchar, "
        "creator_id varchar, evidence varchar, credit_resolution varchar"
    ),
    "intermediate.int_credit__cell_lines": (
        "conversion_id varchar, recipient_key varchar, touchpoint_id varchar, channel varchar, campaign_id varchar, "
        "ad_group_id varchar, ad_id varchar, content_id varchar, creator_id varchar, evidence varchar, "
        "credit_resolution varchar, credit_before bigint, credit_upto bigint"
    ),
}
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
    # A tool's import of two seconds, which only this function needs.
    from dbt.cli.main import dbtRunner

    os.environ["PHYGITAL_BUILD_DATABASE"] = str(folder / "credit.duckdb")
    os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
    project = str(project_dir / "dbt_project")
    options = (
        "--project-dir", project, "--profiles-dir", project, "--target-path", str(folder), "--log-path", str(folder),
        "--log-level", "none", "--quiet", "--no-write-json",
    )  # fmt: skip
    # Parsing takes seconds and does not depend on the settings.
    runner = dbtRunner(manifest=_succeeded(dbtRunner().invoke(["parse", *options])).result)
    return [
        _models(
            _succeeded(runner.invoke(["compile", "--select", *NAMES, "--vars", json.dumps(dict(variables)), *options]))
        )
        for variables in variants
    ]


def _succeeded(run: Any) -> Any:
    from dbt.adapters.factory import reset_adapters

    reset_adapters()
    if not run.success:
        raise BuildError(f"dbt cannot compile the credit models: {run.exception or run.result}")
    return run


def _models(run: Any) -> tuple[CreditModel, ...]:
    nodes = {result.node.name: result.node for result in run.result.results if result.node.name in NAMES}
    return tuple(
        CreditModel(
            name,
            f"{nodes[name].schema}.{name}",
            nodes[name].config.materialized == "view",
            nodes[name].compiled_code,
        )
        for name in NAMES
    )


def create_inputs(con: duckdb.DuckDBPyConnection) -> None:
    """Make the relations that the models read, without rows; every line is reached."""
    for schema in SCHEMAS:
        con.execute(f"create schema if not exists {schema}")
    for relation, columns in INPUTS.items():
        con.execute(f"create table {relation} ({columns})")
    for relation in REACHED:
        con.execute(f"create view {relation} as select conversion_id from intermediate.int_conversions__converted")


def attach(con: duckdb.DuckDBPyConnection, path: Path | None = None) -> None:
    """Use a database of the name that the models are compiled for, in memory when no path is given."""
    con.execute(f"attach '{path or ':memory:'}' as credit")
    con.execute("use credit")


def connect() -> duckdb.DuckDBPyConnection:
    """An own connection with the project's settings; the caller closes it."""
    con = duckdb.connect(":memory:", config={**database.OPTIMIZERS})
    con.execute("set timezone = 'UTC'")
    return con
