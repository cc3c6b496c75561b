"""Brings what an earlier release said into a build database, so that the build can say what changed and why.

Only the headline model is compared. The rows are copied, because dbt cannot read a release's file (docs/adr/0011).
"""

import logging

import duckdb

from phygital_funnel.warehouse.releases import Release

logger = logging.getLogger(__name__)

_RELEASE = "run_id varchar, known_at timestamp, attribution_model varchar"
_LINES = """
    conversion_id varchar, order_id varchar, platform varchar, market varchar, event_date_market date,
    currency varchar, net_amount_minor bigint, reporting_currency varchar, net_amount_reporting_minor bigint
"""
_CREDIT = """
    conversion_id varchar, recipient_key varchar, channel varchar, evidence varchar, before_micro integer,
    credit_micro integer, amount_minor bigint, amount_reporting_minor bigint
"""
_CREDIT_OF = """
    conversion_id, recipient_key, channel, evidence, headline_before_micro, {model}_credit_micro, {model}_amount_minor,
    {model}_amount_reporting_minor
"""
_VOLUMES = """
    series_key varchar, source varchar, stream varchar, account varchar, market varchar, measure varchar,
    event_date date, value bigint
"""
_TABLES = {
    "previous_release": _RELEASE,
    "previous_lines": _LINES,
    "previous_credit": _CREDIT,
    "previous_volumes": _VOLUMES,
}


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Create the tables, empty: nothing to compare with."""
    for name, columns in _TABLES.items():
        con.execute(f"create or replace table raw.{name} ({columns})")


def load(con: duckdb.DuckDBPyConnection, release: Release | None) -> None:
    """Copy what a release said into the build database; nothing when there is no release to compare with."""
    prepare(con)
    if release is None:
        return
    made_of = release.manifest()
    con.execute(f"attach {_quoted(str(release.database))} as previous (read_only)")
    try:
        if _says_order_of_credit(con):
            copy(con, release.run_id, made_of["known_at"], made_of["settings"]["attribution"]["headline_model"])
        else:
            logger.warning("release %s is of an earlier version; no bridge leads from it", release.run_id)
    finally:
        con.execute("detach previous")


def copy(con: duckdb.DuckDBPyConnection, run_id: str, known_at: str, model: str) -> None:
    """Copy the lines and the credit of a release that is attached as ``previous``.

    Args:
        con: connection to the build database.
        run_id: the release's run.
        known_at: its knowledge time, ISO 8601.
        model: its headline model.
    """
    credit = _CREDIT_OF.format(model=model)
    con.execute(f"insert into raw.previous_lines select {_names(_LINES)} from previous.fct_order_lines")
    con.execute(f"insert into raw.previous_credit select {credit} from previous.fct_attribution_credit_wide")
    if _has_volumes(con):
        con.execute(
            f"insert into raw.previous_volumes select {_names(_VOLUMES)} from previous.mart_volume_daily where is_read"
        )
    # Last, so that a copy that was broken off is not taken for a whole release.
    con.execute(
        "insert into raw.previous_release values ($1, $2::timestamptz at time zone 'UTC', $3)",
        [run_id, known_at, model],
    )


def _says_order_of_credit(con: duckdb.DuckDBPyConnection) -> bool:
    found = con.execute("describe previous.fct_attribution_credit_wide").fetchall()
    return "headline_before_micro" in {row[0] for row in found}


def _has_volumes(con: duckdb.DuckDBPyConnection) -> bool:
    """Releases of earlier versions have no table of volumes, and nothing of theirs is compared."""
    found = con.execute(
        "select 1 from information_schema.tables where table_catalog = 'previous' and table_name = 'mart_volume_daily'"
    ).fetchall()
    return bool(found)


def _names(columns: str) -> str:
    return ", ".join(column.split()[0] for column in columns.split(","))


def _quoted(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'"
