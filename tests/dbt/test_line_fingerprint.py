"""What credit reads of a line reaches it when it changes, and what is only read with the line does not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from phygital_funnel.warehouse import credit_models
from phygital_funnel.warehouse.compiler import Compiler

ROOT = Path(__file__).parents[2]
LINES, LINKED = "intermediate.int_conversions__converted", "intermediate.int_credit__order_linked_lines"
NAMES = ("int_reach__linked_found", "int_reach__lines_found")
MADE_ANEW = {
    LINES: {
        "journey_key": "'other'",
        "platform": "'events'",
        "converted_us": "7",
        "first_known_at": "timestamp '2026-10-05'",
        "market": "null",
    },
    LINKED: {
        "touchpoint_id": "'promo:BOB10'",
        "channel": "'mail'",
        "content_id": "'post'",
        "creator_id": "null",
        "evidence": "'shop_affiliate'",
    },
}
READ_WITH_THE_LINE = {
    "net_amount_minor": "5",
    "net_amount_reporting_minor": "null",
    "currency": "'EUR'",
    "conversion_status": "'refunded'",
}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("dbt")
    nodes = Compiler(ROOT, folder, folder / f"{credit_models.DATABASE}.duckdb").nodes(*NAMES)
    return {name: nodes[name].compiled_code for name in NAMES}


@pytest.fixture
def con(compiled: dict[str, str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A line of ann's with her code, and the views that fingerprint it."""
    with credit_models.connect() as con:
        credit_models.attach(con)
        credit_models.create_inputs(con)
        con.execute(
            f"insert into {LINES} values ('line', 1, 'amazon', 'US', 'USD', 100, 100, 'confirmed', 'ann', "
            "timestamp '2026-10-01', 1, timestamp '2026-10-01')"
        )
        con.execute(
            f"insert into {LINKED} values ('line', 1, 'touch:promo:ANN10', 'promo:ANN10', 'tiktok_creators', null, "
            "'ann', 'promo_code', 'line')"
        )
        for name in NAMES:
            con.execute(f"create view intermediate.{name} as {compiled[name]}")
        yield con


def _found(con: duckdb.DuckDBPyConnection) -> Any:
    [(fingerprint,)] = con.execute("select line_fingerprint from intermediate.int_reach__lines_found").fetchall()
    return fingerprint


@pytest.mark.parametrize(
    ("relation", "column", "value"),
    [(table, *change) for table, all_of in MADE_ANEW.items() for change in all_of.items()],
)
def test_what_credit_reads_of_a_line_reaches_it(
    con: duckdb.DuckDBPyConnection, relation: str, column: str, value: str
) -> None:
    before = _found(con)
    con.execute(f"update {relation} set {column} = {value}")
    assert _found(con) != before


def test_a_code_that_comes_or_goes_reaches_its_line(con: duckdb.DuckDBPyConnection) -> None:
    before = _found(con)
    con.execute(f"delete from {LINKED}")
    assert _found(con) != before


@pytest.mark.parametrize(("column", "value"), READ_WITH_THE_LINE.items())
def test_what_is_restated_of_a_line_reaches_no_credit(con: duckdb.DuckDBPyConnection, column: str, value: str) -> None:
    before = _found(con)
    con.execute(f"update {LINES} set {column} = {value}")
    assert _found(con) == before
