"""Makes a home's tables many times larger without making them wrong, for ``quality.bench``.

Each copy of a row gets keys of its own in every table that knows them, and what sums up those tables is multiplied: so
that a gate finds what it found before, and its cost is that of an honest world.
"""

from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from phygital_funnel.warehouse.database import connect

_HOURLY = "tiktok_ads__ad_report_hourly"
_MEMORY = "6GB"
_WAITING = f"""
insert into incoming.{_HOURLY} by name select * replace (9999 as _commit, 'bench' as _manifest_id)
from raw.{_HOURLY}
qualify row_number() over (partition by advertiser_id, ad_id, stat_time_hour order by _commit desc, _row) = 1;
insert into incoming.manifests by name
select * replace (9999 as _commit, 'bench' as manifest_id, (select count(*) from incoming.{_HOURLY}) as row_count)
from raw.manifests where stream = 'ad_report_hourly' order by _commit desc limit 1
"""


@dataclass(frozen=True)
class World:
    """How a stage's database grows.

    Args:
        heaviest: the table or view whose rows are counted.
        keys: tables that are copied, and the columns that make a copy of a row another one; one that is a view in this
            database is left out.
        sums: tables of totals, and the columns that grow as often.
        before: statements that come first.
        after: statements that come last.
    """

    heaviest: str
    keys: dict[str, tuple[str, ...]]
    sums: dict[str, tuple[str, ...]] = field(default_factory=dict)
    before: str = ""
    after: str = ""


_BRIDGE = ("value_before", "value_after", "data_change", "weights_change", "calibration_change")
_DAILY = ("credit_micro", "attributed_amount_minor")
WORLDS = {
    "landing": World(
        f"incoming.{_HOURLY}",
        {f"incoming.{_HOURLY}": ("ad_id",)},
        before=_WAITING,
        after=f"update incoming.manifests set row_count = (select count(*) from incoming.{_HOURLY})",
    ),
    # Days are read again for a month, so that the table of days outgrows that of hours.
    "staging": World(
        "base.base_tiktok_ads__ad_report_daily",
        {
            f"base.base_{_HOURLY}": ("ad_id",),
            "base.base_tiktok_ads__ad_report_daily": ("ad_id",),
            "base.base_tiktok_ads__ads": ("ad_id",),
        },
    ),
    "marts": World(
        "ledgers.fct_attribution_credit_wide",
        {
            "intermediate.int_credit__journey_touches": ("line_key",),
            "intermediate.int_credit__without_path": ("line_key",),
            "intermediate.int_conversions__converted": ("conversion_id", "line_key"),
            "ledgers.fct_attribution_credit_wide": ("conversion_id",),
            "ledgers.fct_order_lines": ("conversion_id", "order_id"),
            "ledgers.fct_order_adjustments": ("adjustment_id", "conversion_id"),
            "base.base_amazon_seller__order_lines": ("conversion_id",),
            "base.base_tiktok_shop__orders": ("conversion_id",),
        },
        {"marts.mart_attribution_daily": _DAILY, "marts.mart_restatement_bridge": _BRIDGE},
    ),
    "published": World(
        "fct_attribution_credit_wide",
        {
            "fct_attribution_credit_wide": ("conversion_id",),
            "fct_order_lines": ("conversion_id", "order_id"),
            "fct_order_adjustments": ("adjustment_id", "conversion_id"),
            "fct_order_fees": ("conversion_id",),
        },
        {"mart_attribution_daily": _DAILY, "mart_restatement_bridge": _BRIDGE, "mart_order_origins": ("lines",)},
    ),
}


def prepare(database: Path, stage: str, rows: int) -> int:
    """Fill a copy of a database until its heaviest table has about that many rows; tells how many it has."""
    world = WORLDS[stage]
    with connect(database) as con:
        con.execute(f"set memory_limit = '{_MEMORY}'; set preserve_insertion_order = false")
        con.execute("set enable_progress_bar = false")
        if world.before:
            con.execute(world.before)
        copies = max(rows // max(_count(con, world.heaviest), 1) - 1, 0)
        if copies:
            _multiply(con, world, copies)
        if world.after:
            con.execute(world.after)
        return _count(con, world.heaviest)


def _multiply(con: duckdb.DuckDBPyConnection, world: World, copies: int) -> None:
    tables = con.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
    for table, keys in world.keys.items():
        if (table if "." in table else f"main.{table}",) not in tables:
            continue
        own = ", ".join(f"if(i = 0, t.{key}, {_copied(key)}) as {key}" for key in keys)
        con.execute(
            f"create or replace table {table} as "
            f"select t.* replace ({own}) from {table} as t, range({copies + 1}) as copies (i)"
        )
    for table, columns in world.sums.items():
        con.execute(f"update {table} set {', '.join(f'{one} = {one} * {copies + 1}' for one in columns)}")


def _copied(key: str) -> str:
    return "cast(hash(t.line_key, i) >> 1 as bigint)" if key == "line_key" else f"t.{key} || '-' || i"


def _count(con: duckdb.DuckDBPyConnection, relation: str) -> int:
    return int(con.execute(f"select count(*) from {relation}").fetchall()[0][0])
