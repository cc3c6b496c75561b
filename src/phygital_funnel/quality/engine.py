"""Great Expectations on DuckDB: every expectation becomes SQL that runs where the data is."""

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from phygital_funnel.errors import BuildError, ConfigError
from phygital_funnel.quality.results import SAMPLE_ROWS, SAMPLE_TEXT, longest, plain
from phygital_funnel.quality.suites import QUERY_TYPE, Check, Suite
from phygital_funnel.warehouse import database as warehouse

WAITING_ROOM = "incoming"
_OTHER_CONFIGURATION = "different configuration"
_DIALECTS = "_PERSISTED_CONNECTION_DIALECTS"
_NUMBERS = count()
MEMORY = "1300MB"
"""The most that DuckDB may hold during a gate; with Great Expectations a process stays below two gigabytes."""


@dataclass(frozen=True)
class Outcome:
    """What Great Expectations said of one check; ``error`` is set when it could not be evaluated."""

    success: bool
    observed: Any = None
    unexpected_count: int | None = None
    sample: tuple[dict[str, Any], ...] = ()
    error: str | None = None


class Engine:
    """A stage's database, open for evaluation; a context manager that leaves the file free.

    Args:
        database: the DuckDB file.
        read_only: how it is opened. DuckDB lets one process open a file in one mode only, so when another connection of
            this process holds it in the other mode, that mode is used; the gates write nothing in either.
        variables: times that queries read as ``getvariable('name')``, UTC without zone.
        views: statements that make temporary views; one that fails is remembered and leaves the rest alone.

    Raises:
        BuildError: the file is missing, is no database, or is locked by another process.
    """

    def __init__(
        self,
        database: Path,
        *,
        read_only: bool = True,
        variables: Mapping[str, datetime] | None = None,
        views: Sequence[str] = (),
    ) -> None:
        self._database = database
        self._read_only = read_only
        self._variables = dict(variables or {})
        self._views = tuple(views)
        self._connections: list[duckdb.DuckDBPyConnection] = []
        self._open = ExitStack()
        self._name = f"stage_{next(_NUMBERS)}"
        self._source: Any = None
        self._schema = "main"
        self._tables: frozenset[tuple[str, str]] = frozenset()
        self._found_nothing: dict[str, bool] = {}
        self.view_errors: tuple[str, ...] = ()

    def __enter__(self) -> Self:
        connection = self._connect()  # before the slow import, so that a missing file is refused at once
        self._tables = frozenset(
            connection.execute("select table_schema, table_name from information_schema.tables").fetchall()
        )
        self._source = _context().data_sources.add_sql(
            self._name, connection_string=f"duckdb:///{self._database}", kwargs={"creator": self._wrapped_connection}
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # Great Expectations holds two SQLAlchemy engines and keeps a connection; closing ours frees the file for sure.
        if self._source is not None:
            _context().data_sources.delete(self._name)
        self._connections.clear()
        self._open.close()

    def has_table(self, suite: Suite) -> bool:
        """Whether the suite's table (or view) is in the database."""
        return (suite.schema, suite.table) in self._tables

    def idle_streams(self) -> frozenset[str]:
        """Relations of streams of which neither an extraction nor a row waits for the gate ``landing``."""
        connection = self._connections[0]
        waiting = {name for schema, name in self._tables if schema == WAITING_ROOM and name != "manifests"}
        if not waiting:
            return frozenset()
        rows = " union all ".join(
            f"select '{name}' as relation, (select count(*) from {WAITING_ROOM}.\"{name}\") as waiting"
            for name in sorted(waiting)
        )
        found = connection.execute(
            f"""
            select relation from ({rows})
            where waiting = 0
                and relation not in (select source || '__' || stream from {WAITING_ROOM}.manifests)
            """
        ).fetchall()
        return frozenset(relation for (relation,) in found)

    def batch(self, suite: Suite) -> Any:
        """The suite's table as Great Expectations sees it."""
        self._schema = suite.schema
        for connection in self._connections:
            connection.execute(f"set search_path = '{suite.schema}'")
        # Without a schema: Great Expectations looks up column types by the bare name, so the path has to lead there.
        asset = self._source.add_table_asset(suite.table, table_name=suite.table)
        return asset.add_batch_definition_whole_table("all").get_batch()

    def validate(self, batch: Any, check: Check, expectation: Any) -> Outcome:
        """Evaluate one check on a batch; an error in it is an outcome, not an exception."""
        try:
            if check.shortcut is not None and self.proves(check.shortcut):
                return Outcome(success=True, observed=0, unexpected_count=0)
        except duckdb.Error as error:
            return Outcome(success=False, error=" ".join([f"shortcut: {plain(error)}", *self.view_errors]))
        if check.type != QUERY_TYPE:
            return self._evaluated(batch, check, expectation)
        counted = self._evaluated(batch, check, _counting()(**check.kwargs))
        # The query runs a second time for its rows, which are wanted of a failure only.
        return counted if counted.success or counted.error else self._evaluated(batch, check, expectation)

    def proves(self, shortcut: str) -> bool:
        """Whether a shortcut finds nothing, so that its check holds."""
        if shortcut not in self._found_nothing:  # several checks may have the same
            self._found_nothing[shortcut] = self._connections[0].execute(shortcut).fetchone() is None
        return self._found_nothing[shortcut]

    def _evaluated(self, batch: Any, check: Check, expectation: Any) -> Outcome:
        # Rows come with COMPLETE only; for column checks that would fetch every unexpected value.
        detail = "COMPLETE" if check.type == QUERY_TYPE else "SUMMARY"
        validation = batch.validate(
            expectation, result_format={"result_format": detail, "partial_unexpected_count": SAMPLE_ROWS}
        )
        error = _error(validation.exception_info)
        if error is None:
            return _outcome(check, validation)
        self._rollback()
        return Outcome(success=False, error=" ".join([error, *self.view_errors]))

    def _rollback(self) -> None:
        # An error at run time aborts the transaction that SQLAlchemy opened, and with it every check after this one.
        connection = self._source.get_execution_engine()._connection
        if connection is not None:
            connection.rollback()

    def _wrapped_connection(self) -> Any:
        from duckdbalchemy import ConnectionWrapper

        return ConnectionWrapper(self._connect())

    def _connect(self) -> duckdb.DuckDBPyConnection:
        connection = self._opened()
        self._connections.append(connection)
        connection.execute(f"set memory_limit = '{MEMORY}'; set enable_progress_bar = false")
        connection.execute(f"set search_path = '{self._schema}'")
        for name, moment in self._variables.items():
            connection.execute(f"set variable {name} = ?", [moment.replace(tzinfo=None)])
        self.view_errors = tuple(error for error in (_create(connection, view) for view in self._views) if error)
        return connection

    def _opened(self) -> duckdb.DuckDBPyConnection:
        if not self._database.is_file():
            raise BuildError(f"there is no database to check at {self._database}. Build first.")
        try:
            try:
                return self._open.enter_context(warehouse.connect(self._database, read_only=self._read_only))
            except duckdb.ConnectionException as error:
                if _OTHER_CONFIGURATION not in str(error):
                    raise
                return self._open.enter_context(warehouse.connect(self._database, read_only=not self._read_only))
        except duckdb.Error as error:
            raise BuildError(
                f"the gate cannot open {self._database}: {plain(error)}. Close what else holds it and run again."
            ) from error


def build_expectation(suite: Suite, check: Check) -> Any:
    """The Great Expectations object of a check.

    Raises:
        ConfigError: no expectation has that type, or it refuses the arguments.
    """
    from great_expectations.exceptions.exceptions import GreatExpectationsError
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.expectations.metadata_types import FailureSeverity

    severity = FailureSeverity(check.severity)
    try:
        return ExpectationConfiguration(type=check.type, kwargs=check.kwargs, severity=severity).to_domain_obj()
    except (GreatExpectationsError, ValueError, TypeError) as error:
        refusal = f"Great Expectations refuses {check.name!r} ({check.type}): {plain(error)}"
        raise ConfigError(f"suite {suite.name}: {refusal}. Mend the file.") from error


@cache
def _counting() -> Any:
    """``unexpected_rows_expectation`` without the rows: as it comes, it runs every query twice, for those as well."""
    from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation

    class CountedRowsExpectation(UnexpectedRowsExpectation):
        metric_dependencies = ("unexpected_rows_query.row_count",)

        def _validate(
            self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
        ) -> dict[str, Any]:
            number = metrics["unexpected_rows_query.row_count"]
            return {"success": number == 0, "result": {"observed_value": number}}

    return CountedRowsExpectation


@cache
def _context() -> Any:
    """The process's one ephemeral context: nothing on disk, no analytics, no progress bars."""
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    import great_expectations
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.execution_engine import sqlalchemy_execution_engine as gx_engine

    class _DuckDB(str):
        value = "duckdb"

    # Great Expectations reads results after its pooled connection has closed unless the dialect is on this list; DuckDB
    # then returns nothing, silently. The name is private: the version is pinned and tests/quality would notice.
    shimmed: Any = gx_engine
    known = getattr(shimmed, _DIALECTS, None)
    if known is None:
        raise BuildError(
            f"Great Expectations {great_expectations.__version__} has no {_DIALECTS}, without which it reads nothing "
            "from DuckDB. Install the version that requirements/runtime.txt pins."
        )
    setattr(shimmed, _DIALECTS, (*(one for one in known if one.value != "duckdb"), _DuckDB("duckdb")))
    context = great_expectations.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    # An ephemeral context keeps its configuration as YAML text that nobody reads, and writes all of it anew for every
    # table: half the cost of a small gate.
    unsaved: Any = context.variables
    unsaved.save = lambda: None
    return context


def _create(connection: duckdb.DuckDBPyConnection, view: str) -> str | None:
    try:
        connection.execute(view)
    except duckdb.Error as error:
        return str(plain(error))
    return None


def _error(exception_info: Mapping[str, Any]) -> str | None:
    """The first line of the exception that came first, if the check raised one."""
    nested = [exception_info, *(value for value in exception_info.values() if isinstance(value, dict))]
    raised = [info for info in nested if info.get("raised_exception")]
    # An error at run time reads "transaction is aborted": Great Expectations tries again and keeps the last message.
    messages = [str(info.get("exception_message") or "an error without a message").splitlines()[0] for info in raised]
    return str(plain(messages[0])) if messages else None


def _outcome(check: Check, validation: Any) -> Outcome:
    found = validation.result
    if check.type == QUERY_TYPE:
        number = int(found["observed_value"])
        rows = found.get("details", {}).get("unexpected_rows", [])[:SAMPLE_ROWS]
        sample = tuple(
            {str(plain(name)): plain(value, longest(str(name), SAMPLE_TEXT)) for name, value in row.items()}
            for row in rows
        )
        return Outcome(bool(validation.success), observed=number, unexpected_count=number, sample=sample)
    if "unexpected_count" in found:
        number = int(found["unexpected_count"] or 0)  # None on a table without rows
        sample = tuple(_named(check, value) for value in found.get("partial_unexpected_list", [])[:SAMPLE_ROWS])
        return Outcome(bool(validation.success), observed=number, unexpected_count=number, sample=sample)
    return Outcome(bool(validation.success), observed=plain(found.get("observed_value")))


def _named(check: Check, value: Any) -> dict[str, Any]:
    names = (check.column or "value").split(", ")
    values = value if isinstance(value, list | tuple) else [value]
    return {name: plain(part) for name, part in zip(names, values, strict=False)}
