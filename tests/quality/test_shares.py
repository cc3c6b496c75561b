"""Shares are asked of what came lately as well: two wrong days are a small part of two years."""

from collections.abc import Callable
from pathlib import Path

import pytest

from phygital_funnel.quality.suites import find_suites, read_views
from phygital_funnel.warehouse import database

PROJECT = Path(__file__).parents[2]
SUITES = {suite.table: suite for stage in ("staging", "marts") for suite in find_suites(PROJECT, stage)}
OLD = (
    """
    insert into base.base__commits by name
    select '{source}' as source, '{stream}' as stream, 0 as _commit, 'account' as account, '' as part,
        'window' as coverage, date '2026-06-01' as window_from, date '2026-06-01' as window_to, true as is_usable,
        timestamp '2026-06-02' as committed_at
    """,
    "insert into {table} by name select t.* replace (0 as _commit, null as reject_rule)"
    " from {table} as t, range(1000) as copies where _commit = 2 and reject_rule is null",
)
SIX_ROWS = (
    "insert into {table} by name select t.* replace ({commit} as _commit, 'unknown_currency' as reject_rule)"
    " from {table} as t, range(6) as copies where _row = 5 and _commit = 2"
)


def failed(path: Path, table: str, names: set[str]) -> dict[str, list[dict[str, object]]]:
    """Rows that checks of a table return."""
    suite, found = SUITES[table], {}
    with database.connect(path) as con:
        for view in read_views(PROJECT, suite.stage):
            con.execute(view)
        for check in suite.checks:
            if check.name in names:
                query = str(check.kwargs["unexpected_rows_query"]).format(batch=f"{suite.schema}.{table}")
                found[check.name] = con.sql(query).to_arrow_table().to_pylist()
    return {name: rows for name, rows in found.items() if rows}


@pytest.mark.parametrize(("commit", "is_seen"), [(2, True), (0, False)])
@pytest.mark.parametrize("stream", ["amazon_seller__order_lines", "tiktok_shop__orders"])
def test_money_and_rows_of_the_last_week_are_judged_by_themselves(
    stream: str, commit: int, is_seen: bool, broken: Callable[..., Path]
) -> None:
    """Six of the newest sixteen rows have an unknown currency, and ten thousand old ones have not."""
    table = f"base_{stream}"
    source, _, name = stream.partition("__")
    parts = {"source": source, "stream": name, "table": f"base.{table}", "commit": commit}
    statements = [text.format(**parts) for text in (*OLD, SIX_ROWS)]
    checks = {"few_rows_are_quarantined", "little_money_is_quarantined"}
    found = failed(broken("staging", *statements), table, checks)
    assert set(found) == (checks if is_seen else set())
    assert all(f"({commit}, 5)" in str(row["newest_commits_and_rows"]) for rows in found.values() for row in rows)


@pytest.mark.parametrize(("day", "is_seen"), [("2026-11-01", True), ("2026-06-01", False)])
@pytest.mark.parametrize(
    ("table", "check", "key", "date", "wrong"),
    [
        ("stg_tiktok_ads__ad_report_daily", "views_follow_their_order", "ad_id", "event_date_source",
         "9000 as video_plays"),
        ("stg_amazon_ads__sponsored_products_daily", "windows_contain_each_other", "ad_id", "event_date_source",
         "9 as claimed_orders_7d"),
        ("stg_amazon_seller__search_query_performance", "products_are_part_of_their_query", "asin", "week_start",
         "99 as asin_clicks"),
        ("stg_tiktok_shop__orders", "prices_add_up", "line_item_id", "created_at", "1 as sale_price_minor"),
        ("stg_amazon_attribution__products", "most_tags_are_registered", "asin", "event_date_source",
         "'g9' as ad_group_id, 6 as promoted_orders"),
    ],
)  # fmt: skip
def test_days_of_late_are_judged_by_themselves(
    table: str, check: str, key: str, date: str, wrong: str, day: str, is_seen: bool, broken: Callable[..., Path]
) -> None:
    """Six wrong rows of ten thousand are few, and six wrong rows of the newest ones are all of them."""
    name = f"staging.{table}"
    one = f"from {name} as t, range({{count}}) as copies (i) where {key} = (select min({key}) from {name})"
    statements = (
        f"insert into {name} select t.* replace (cast('2026-05-01' as date) as {date}) {one.format(count=10_000)}",
        f"insert into {name} select t.* replace ('wrong' as {key}, cast('{day}' as date) as {date}, {wrong})"
        f" {one.format(count=6)} limit 6",
    )
    found = failed(broken("staging", *statements), table, {check})
    assert set(found) == ({check} if is_seen else set())
