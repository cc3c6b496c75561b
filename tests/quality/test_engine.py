"""The one place that knows Great Expectations: what would have to be noticed if an upgrade changed it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from phygital_funnel import quality
from phygital_funnel.errors import BuildError
from phygital_funnel.quality import engine as adapter
from phygital_funnel.quality.engine import Engine, Outcome
from phygital_funnel.quality.suites import Check, Suite
from phygital_funnel.settings import Settings
from phygital_funnel.warehouse import database

PROJECT = Path(__file__).parents[2]
QUERY_TEXT = "select i, 'n' || i as name\nfrom {batch}\nwhere i >= 3"
QUERY = {"unexpected_rows_query": QUERY_TEXT}


@pytest.fixture
def numbers(tmp_path: Path) -> Path:
    path = tmp_path / "numbers.duckdb"
    with database.connect(path) as connection:
        connection.execute(
            "create table numbers as select i::int as i, if(i = 7, null, i) as gappy from range(10) as r (i)"
        )
    return path


def outcome(path: Path, kind: str, kwargs: dict[str, Any], shortcut: str | None = None) -> Outcome:
    words = ("critical", "block", "invariant: no row", "because", "someone", None)
    check = Check("M21", "a_check", kind, kwargs, *words, shortcut)
    suite = Suite("marts", "numbers", "main", (check,))
    with Engine(path) as engine:
        return engine.validate(engine.batch(suite), check, adapter.build_expectation(suite, check))


@pytest.fixture
def without_shim() -> Iterator[None]:
    """Great Expectations as it comes."""
    adapter._context()
    from great_expectations.execution_engine import sqlalchemy_execution_engine as gx_engine

    shimmed: Any = gx_engine
    kept = shimmed._PERSISTED_CONNECTION_DIALECTS
    shimmed._PERSISTED_CONNECTION_DIALECTS = tuple(one for one in kept if one.value != "duckdb")
    yield
    shimmed._PERSISTED_CONNECTION_DIALECTS = kept


def test_one_module_knows_great_expectations() -> None:
    """What an upgrade changes is mended in one place."""
    users = {
        path.relative_to(PROJECT).as_posix()
        for folder in ("src", "dags")
        for path in (PROJECT / folder).rglob("*.py")
        if re.search(r"^\s*(import|from) great_expectations", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert users == {"src/phygital_funnel/quality/engine.py"}


@pytest.mark.parametrize(
    ("kind", "kwargs", "expected"),
    [
        (
            "unexpected_rows_expectation",
            QUERY,
            Outcome(False, 7, 7, tuple({"i": i, "name": f"n{i}"} for i in range(3, 8))),
        ),
        ("expect_column_values_to_not_be_null", {"column": "gappy"}, Outcome(False, 1, 1, ({"gappy": None},))),
        (
            "expect_column_values_to_be_between",
            {"column": "i", "max_value": 7},
            Outcome(False, 2, 2, ({"i": 8}, {"i": 9})),
        ),
        ("expect_table_row_count_to_equal", {"value": 9}, Outcome(False, 10)),
        ("expect_table_row_count_to_equal", {"value": 10}, Outcome(True, 10)),
    ],
)
def test_what_it_says_is_read_right(kind: str, kwargs: dict[str, Any], expected: Outcome, numbers: Path) -> None:
    """Counts, samples and verdicts come out of a private shape that a new version may move."""
    assert outcome(numbers, kind, kwargs) == expected


@pytest.mark.parametrize(("query", "times"), [("select i from {batch} where i > 100", 1), (QUERY_TEXT, 3)])
def test_a_query_that_finds_nothing_runs_once(
    query: str, times: int, numbers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Great Expectations runs each twice, for its rows too: of fifty million rows that is a minute for nothing."""
    adapter._context()
    from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine

    asked: list[str] = []
    execute: Any = SqlAlchemyExecutionEngine.execute_query

    def noted(engine: Any, text: Any) -> Any:
        asked.append(str(text))
        return execute(engine, text)

    monkeypatch.setattr(SqlAlchemyExecutionEngine, "execute_query", noted)
    found = outcome(numbers, "unexpected_rows_expectation", {"unexpected_rows_query": query})
    assert found.success is (times == 1)
    assert sum("where i >" in text for text in asked) == times


def test_a_shortcut_that_finds_nothing_decides_and_another_leaves_it_to_the_query(numbers: Path) -> None:
    """It may say that all is well, never that something is wrong; and one that cannot run blocks, as a query would."""
    kind, kwargs = "unexpected_rows_expectation", {"unexpected_rows_query": QUERY_TEXT}
    assert outcome(numbers, kind, kwargs, "select 1 where false") == Outcome(True, 0, 0)
    assert outcome(numbers, kind, kwargs, "select 1").unexpected_count == 7
    assert outcome(numbers, kind, {"unexpected_rows_query": "select i from {batch} where i > 100"}, "select 1").success
    broken = outcome(numbers, kind, kwargs, "select nothing from numbers")
    assert (broken.success, str(broken.error).startswith("shortcut: Binder Error")) == (False, True)


@pytest.mark.usefixtures("without_shim")
def test_without_the_shim_a_check_that_should_fail_does_not_pass(numbers: Path) -> None:
    """When this changes, the shim can go; until then a missing shim must not look like clean data."""
    found = outcome(numbers, "unexpected_rows_expectation", QUERY)
    assert not found.success
    assert found.error is not None


def test_a_version_without_the_shims_place_is_refused(numbers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would read nothing from DuckDB, so the message says what to install."""
    adapter._context()
    from great_expectations.execution_engine import sqlalchemy_execution_engine as gx_engine

    monkeypatch.delattr(gx_engine, "_PERSISTED_CONNECTION_DIALECTS")
    adapter._context.cache_clear()
    with pytest.raises(BuildError, match="requirements"), Engine(numbers):
        pass
    monkeypatch.undo()
    adapter._context.cache_clear()
    adapter._context()


@pytest.mark.parametrize("stage", ["landing"])
def test_no_table_is_loaded_into_pandas(
    stage: str, settings: Settings, worlds: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A landing of fifty million rows would not fit."""
    import pandas as pd

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a frame was made")

    adapter._context()
    monkeypatch.setattr(pd.DataFrame, "__init__", refuse)
    monkeypatch.setattr(pd, "read_sql", refuse)
    result = quality.evaluate(settings, stage, worlds[stage], run_id="run")
    assert result.passed
    assert len(result.checks) > 100
