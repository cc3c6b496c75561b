"""What changed between two releases is told by key: restated, new, withdrawn."""

import pytest

from phygital_funnel.demo import changes
from phygital_funnel.demo.changes import CLAIM_CELLS, FUNNEL_CELLS, ORDER_LINES, Change
from phygital_funnel.warehouse.database import connect


@pytest.fixture
def release(tmp_path):
    def write(name, lines, claims):
        path = tmp_path / f"{name}.duckdb"
        with connect(path) as con:
            con.execute(
                "create table fct_order_lines (conversion_id text, net_amount_minor int, "
                "conversion_status text, quantity int)"
            )
            con.executemany("insert into fct_order_lines values (?, ?, 'confirmed', 1)", lines)
            keys = ", ".join(key for key in changes.CLAIM_KEYS if key != "event_date_source")
            con.execute(
                f"create table fct_platform_claims ({keys.replace(',', ' text,')} text, event_date_source date, "
                "claimed_orders int, claimed_amount_minor int)"
            )
            con.executemany(
                "insert into fct_platform_claims (asin, conversion_type, claimed_orders) values ('A', ?, ?)",
                claims,
            )
            con.execute(
                "create table mart_funnel_daily as select 'US' as market, 'c' as campaign_id, 'v' as content_id, "
                "date '2026-11-01' as event_date, 'USD' as currency, 1 as spend_minor, 1 as impressions, "
                "1 as views_6s, 1 as engagements, 1 as detail_page_views, null::int as add_to_carts"
            )
        return path

    return write


def test_restated_new_and_withdrawn_rows_are_counted_by_key(release):
    before = release("before", [("a", 1), ("b", 2), ("c", 3)], [("Promoted", 5), ("Brand Halo", 7)])
    after = release("after", [("a", 1), ("b", 9), ("d", 4)], [("Brand Halo", 7), ("Promoted", 6)])

    (step,) = changes.between([before, after])

    assert step[ORDER_LINES] == Change(restated=1, added=1, withdrawn=1)
    assert step[CLAIM_CELLS] == Change(restated=1, added=0, withdrawn=0)
    assert step[FUNNEL_CELLS] == Change(0, 0, 0)


def test_a_release_compared_with_itself_has_not_changed(release):
    same = release("same", [("a", 1)], [("Promoted", 5), ("Brand Halo", 7)])

    (step,) = changes.between([same, same])

    assert set(step.values()) == {Change(0, 0, 0)}
