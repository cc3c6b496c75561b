"""DuckDB's rewrite of "newest row per key" is wrong over several Parquet files; our connections switch it off."""

from pathlib import Path

import duckdb
import pytest

from phygital_funnel.warehouse import database

DAYS = (17, 18, 19, 20)
ORDERS_PER_DAY = 5000
RESTATED = 10


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Files of orders by day, and one file that restates the first ten orders of the 18th."""
    root = tmp_path_factory.mktemp("orders")
    con = duckdb.connect()
    for day in DAYS:
        folder = root / f"day=2026-11-{day}"
        folder.mkdir()
        con.execute(
            f"copy (select {day} * 100000 + i as order_id, 1.0 * i as amount, "
            f"timestamp '2026-11-{day} 23:00:00' as loaded_at "
            f"from range({ORDERS_PER_DAY}) t(i)) to '{folder / 'first.parquet'}'"
        )
    restated = root / "day=2026-11-18"
    con.execute(
        f"copy (select order_id, amount + 1000 as amount, timestamp '2026-11-21' as loaded_at "
        f"from '{restated / 'first.parquet'}' limit {RESTATED}) to '{restated / 'second.parquet'}'"
    )
    return str(root / "*" / "*.parquet")


def _orders_of_the_18th(con: duckdb.DuckDBPyConnection, files: str) -> tuple[int, int]:
    """How many rows a filter on the day leaves, and how many of them are restated."""
    con.execute(
        f"create temp view newest as select * from read_parquet('{files}', hive_partitioning = true) "
        "qualify row_number() over (partition by order_id order by loaded_at desc) = 1"
    )
    con.execute(
        "create temp table found as select newest.* from newest join (select date '2026-11-18' as day) using (day)"
    )
    return con.execute(
        "select count(*), count(*) filter (loaded_at = timestamp '2026-11-21' and amount >= 1000) from found"
    ).fetchall()[0]


def test_our_connection_sees_each_order_once_with_its_newest_amount(orders: str) -> None:
    """With the setting of database.connect, restated orders replace the old ones."""
    with database.connect() as con:
        assert _orders_of_the_18th(con, orders) == (ORDERS_PER_DAY, RESTATED)


def test_without_the_setting_the_answer_is_wrong(orders: str) -> None:
    """When this fails, DuckDB has mended it: the setting can go from database.connect and profiles.yml."""
    with duckdb.connect() as con:
        assert _orders_of_the_18th(con, orders) != (ORDERS_PER_DAY, RESTATED)


def test_dbt_runs_with_the_setting() -> None:
    """The models run on the same setting as every other connection."""
    profiles = (Path(__file__).resolve().parents[2] / "dbt_project" / "profiles.yml").read_text()
    assert "disabled_optimizers: top_n_window_elimination" in profiles
