"""Spoils what a build made, so that a check has something to find."""

import duckdb

WIDE = "fct_attribution_credit_wide"


def spoil(con: duckdb.DuckDBPyConnection, sabotage: str) -> None:
    """Run a statement that breaks a relation; the wide credit, a view, becomes a table of its rows first."""
    if WIDE in sabotage and con.execute("from duckdb_views() where view_name = $1", [WIDE]).fetchall():
        con.execute(f"create table ledgers.spoilt as from ledgers.{WIDE}")
        con.execute(f"drop view ledgers.{WIDE}")
        con.execute(f"alter table ledgers.spoilt rename to {WIDE}")
    con.execute(sabotage)
