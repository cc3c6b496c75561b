"""What one release knows differently from the one before: the restatements that arrived in between."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb

from phygital_funnel.warehouse.database import connect

ORDER_LINES = "order lines"
FUNNEL_CELLS = "ad-days of the funnel"
CLAIM_CELLS = "platform claims"
CLAIM_KEYS = (
    "claim_platform",
    "claim_method",
    "claim_account",
    "market",
    "event_date_source",
    "campaign_id",
    "ad_group_id",
    "creative_id",
    "asin",
    "conversion_type",
)

_TABLES = {
    ORDER_LINES: ("fct_order_lines", ("conversion_id",), ("net_amount_minor", "conversion_status", "quantity")),
    FUNNEL_CELLS: (
        "mart_funnel_daily",
        ("market", "campaign_id", "content_id", "event_date", "currency"),
        ("spend_minor", "impressions", "views_6s", "engagements", "detail_page_views", "add_to_carts"),
    ),
    CLAIM_CELLS: (
        "fct_platform_claims",
        CLAIM_KEYS,
        ("claimed_orders", "claimed_amount_minor"),
    ),
}


@dataclass(frozen=True)
class Change:
    """How a table moved between two releases: keys that changed value, came, or went."""

    restated: int
    added: int
    withdrawn: int


def between(releases: list[Path]) -> list[dict[str, Change]]:
    """The changes from each release's DuckDB file to the next one's, oldest first."""
    return [_compare(before, after) for before, after in pairwise(releases)]


def _compare(before: Path, after: Path) -> dict[str, Change]:
    with connect() as con:
        for name, path in (("before", before), ("after", after)):
            quoted = str(path).replace("'", "''")
            con.execute(f"attach '{quoted}' as {name}_release (read_only)")
        return {label: _change(con, *parts) for label, parts in _TABLES.items()}


def _change(con: duckdb.DuckDBPyConnection, table: str, keys: tuple[str, ...], values: tuple[str, ...]) -> Change:
    row = con.execute(
        f"""
        with b as (select {", ".join(keys)}, {_values_of(values)} from before_release.{table} group by all),
        a as (select {", ".join(keys)}, {_values_of(values)} from after_release.{table} group by all)
        select
            count(*) filter (where b.present and a.present and ({_any_distinct(values)})),
            count(*) filter (where b.present is null),
            count(*) filter (where a.present is null)
        from b full join a on {" and ".join(f"a.{key} is not distinct from b.{key}" for key in keys)}
        """
    ).fetchone()
    return Change(*(row or (0, 0, 0)))


def _values_of(values: tuple[str, ...]) -> str:
    # The keys are those of the table, so each group has one row.
    return ", ".join([*(f"any_value({value}) as {value}" for value in values), "true as present"])


def _any_distinct(values: tuple[str, ...]) -> str:
    return " or ".join(f"a.{value} is distinct from b.{value}" for value in values)
