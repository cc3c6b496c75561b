"""The dbt tests of the journey engine, as they run on every build, on journeys that a test makes up."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from phygital_funnel.warehouse.compiler import Compiler
from phygital_funnel.warehouse.credit_models import DATABASE

# By the invariant of docs/invariants.md that each is of.
CHECKS = {
    "every_conversion_has_one_credit": "I1, I3",
    "credited_amounts_add_up_to_lines": "I2",
    "models_share_out_the_same_totals": "I4",
    "credited_touches_lie_in_their_windows": "I5",
    "ties_share_their_position": "I6",
    "credit_is_of_lines_that_are_there": "I7",
    "coded_lines_are_their_owners": "I8",
    "replicas_keep_the_platforms_rules": "I12",
}
# What they read beside the engine's own models: all made-up lines are in the ledger, and all codes are valid.
STAND_INS = {
    "ledgers.fct_order_lines": "select * from intermediate.int_conversions__converted",
    "intermediate.int_promo__matched_lines": (
        "select conversion_id, creator_id from intermediate.int_credit__order_linked_lines"
    ),
}


class Database(Protocol):
    """Where the engine's models are."""

    def execute(self, query: str) -> Any:
        """Run a query."""


def compiled(project_dir: Path, folder: Path, variables: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Their queries, by the name of the test.

    Args:
        project_dir: the folder that holds ``dbt_project``.
        folder: a scratch folder.
        variables: what they read with ``var``, where it is not the default.
    """
    return Compiler(project_dir, folder, folder / f"{DATABASE}.duckdb").checks(*CHECKS, variables=variables)


def stand_in(database: Database) -> None:
    """Make what the tests read and the engine does not."""
    for relation, query in STAND_INS.items():
        database.execute(f"create or replace view {relation} as {query}")


def broken(database: Database, checks: Mapping[str, str]) -> dict[str, list[Any]]:
    """The first rows that each test finds, by its name; empty when every invariant holds."""
    found = {name: database.execute(f"from ({query}) limit 3").fetchall() for name, query in checks.items()}
    return {f"{CHECKS[name]} {name}": rows for name, rows in found.items() if rows}
