"""Build databases for the dbt tests: raw tables as the streams declare them, filled by hand, and dbt run over them."""

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
import pyarrow as pa
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import reset_adapters
from dbt.cli.main import dbtRunner, dbtRunnerResult
from spoiling import spoil

from phygital_funnel.quality import anomalies
from phygital_funnel.sources.registry import all_streams
from phygital_funnel.sources.stream import Stream
from phygital_funnel.warehouse import database, previous, quality_relation, raw

PROJECT = Path(__file__).resolve().parents[3] / "dbt_project"
LANDED = (
    "_account varchar, _part varchar, _row bigint, _manifest_id varchar, _extracted_at timestamp, _extra varchar, "
    "_reject varchar, _commit bigint"
)
MANIFESTS = (
    "source varchar, stream varchar, _commit bigint, manifest_id varchar, account varchar, part varchar, "
    "coverage varchar, window_from date, window_to date, is_complete boolean, row_count bigint, pages bigint, "
    "committed_at timestamp, code_version varchar, is_held boolean"
)

_manifests: dict[str, Any] = {}


def streams() -> dict[str, Stream]:
    """Every declared stream by the name of its raw relation."""
    return {stream.relation: stream for stream in all_streams()}


class Warehouse:
    """One build database: land commits, run dbt, read what came out."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "build.duckdb"
        self._target = folder.parent / "target"
        self._commits: dict[str, int] = {}
        with self._connect() as con:
            con.execute("create schema raw")
            for stream in streams().values():
                columns = ", ".join(f"{column} varchar" for column in stream.columns)
                con.execute(f"create table raw.{stream.relation} ({columns}, {LANDED})")
            con.execute(f"create table raw.manifests ({MANIFESTS})")
            con.execute(f"create table raw.released_rows ({raw.RELEASED_ROW_COLUMNS})")
            con.execute("create table raw.build (run_id varchar, known_at timestamp, code_version varchar)")
            previous.prepare(con)
            anomalies.prepare(con)
            quality_relation.prepare(con)
            con.execute("insert into raw.build values ('test', timestamp '2026-12-01', 'test')")

    def land(
        self,
        relation: str,
        rows: Iterable[Mapping[str, Any]],
        *,
        account: str = "",
        part: str = "",
        window: tuple[str, str] | None = None,
        is_complete: bool = True,
        is_held: bool = False,
        at: str = "2026-10-01 00:00:00",
    ) -> int:
        """Append one commit and return its number."""
        stream = streams()[relation]
        commit = self._commits[relation] = self._commits.get(relation, -1) + 1
        manifest = f"{relation}-{commit}"
        landed = [
            {
                **{column: None if row.get(column) is None else str(row[column]) for column in stream.columns},
                "_account": account, "_part": part, "_row": number, "_manifest_id": manifest,
                "_extracted_at": datetime.fromisoformat(at), "_extra": row.get("_extra"), "_reject": row.get("_reject"),
                "_commit": commit,
            }
            for number, row in enumerate(rows)
        ]  # fmt: skip
        window_from, window_to = window or (None, None)
        with self._connect() as con:
            con.execute(
                f"insert into raw.manifests values ({', '.join('?' * 15)})",
                [
                    stream.source, stream.name, commit, manifest, account, part, str(stream.coverage), window_from,
                    window_to, is_complete, len(landed), 1, at, "test", is_held,
                ],
            )  # fmt: skip
            self._append(con, relation, landed)
        return commit

    def empty(self, *relations: str) -> None:
        """Forget what was landed in these streams."""
        with self._connect() as con:
            for relation in relations:
                con.execute(f"delete from raw.{relation}")
                con.execute("delete from raw.manifests where source || '__' || stream = ?", [relation])

    def shuffle(self) -> None:
        """Rewrite every raw table in another physical order."""
        with self._connect() as con:
            for relation in streams():
                con.execute(
                    f"create or replace table raw.{relation} as "
                    f"select * from raw.{relation} order by md5(concat(_commit, '/', _row, 'shuffled'))"
                )

    def drop_models(self) -> None:
        """Remove everything dbt made."""
        with self._connect() as con:
            for (schema,) in con.execute(
                "select schema_name from information_schema.schemata where schema_name in "
                "('base', 'staging', 'quarantine', 'intermediate', 'ledgers', 'marts')"
            ).fetchall():
                con.execute(f"drop schema {schema} cascade")

    def build(self, command: str = "build", *arguments: str, **variables: Any) -> None:
        """Run dbt and all its data tests; fail with what failed."""
        run = self.try_build(command, *arguments, **variables)
        failed = [] if run.success else [f"{one.node.name}: {one.message}" for one in run.result or [] if one.message]
        assert run.success, run.exception or "\n".join(failed)

    def try_build(self, command: str = "build", *arguments: str, **variables: Any) -> dbtRunnerResult:
        """Run dbt and return how it went; ``exception`` is set when it could not run at all."""
        options = (
            "--log-level", "none", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT),
            "--vars", json.dumps(variables), "--target-path", str(self._target), "--log-path", str(self._target),
        )  # fmt: skip
        constants = {
            "PHYGITAL_BUILD_DATABASE": str(self.path),
            # dbt's unit tests want to see the relations of the run before.
            "PHYGITAL_SCRATCH_DATABASE": str(self.path.with_name("scratch.duckdb")),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        with patch.dict(os.environ, constants):
            # Parsing takes ten times as long as a small build; relations are named after a file of one name.
            key = json.dumps(variables, sort_keys=True)
            if key not in _manifests:
                _manifests[key] = _invoke(None, "parse", *options).result
            chosen = arguments or ("--exclude", "resource_type:unit_test")
            return _invoke(_manifests[key], command, *chosen, *options)

    def artifact(self, name: str) -> Any:
        """A JSON file that the last dbt command wrote."""
        return json.loads((self._target / name).read_text())

    def last_statuses(self) -> dict[str, str]:
        """How each node of the last dbt run ended."""
        results = self.artifact("run_results.json")["results"]
        return {result["unique_id"]: result["status"] for result in results}

    def compiled(self, model: str) -> str:
        """SQL of a model as the last dbt run of the session compiled it."""
        (path,) = (self._target / "compiled").rglob(f"{model}.sql")
        return path.read_text()

    def execute(self, statement: str) -> None:
        """Change what was built."""
        with self._connect() as con:
            spoil(con, statement)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Result rows of a query."""
        with self._connect() as con:
            return con.execute(query).fetchall()

    def quarantined(self, relation: str) -> dict[str, int]:
        """Rejected rows of a stream, counted by rule."""
        return dict(self.rows(f"select reject_rule, count(*) from quarantine.quarantine_{relation} group by 1"))

    def fingerprint(self) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of every ledger and mart, in one order."""
        tables = self.rows(
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_schema in ('ledgers', 'marts') order by 1"
        )
        return {table: self.rows(f"select * from {table} order by all") for (table,) in tables}

    def _connect(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        return database.connect(self.path)

    @staticmethod
    def _append(con: duckdb.DuckDBPyConnection, relation: str, landed: list[dict[str, Any]]) -> None:
        if not landed:
            return
        # All-NULL columns get a type, so that the view has the table's types.
        schema = pa.schema(
            [
                (
                    name,
                    pa.int64()
                    if name in ("_row", "_commit")
                    else pa.timestamp("us")
                    if name == "_extracted_at"
                    else pa.string(),
                )
                for name in landed[0]
            ]
        )
        con.register("_landed", pa.Table.from_pylist(landed, schema=schema))
        con.execute(f"insert into raw.{relation} by name select * from _landed")
        con.unregister("_landed")


def _invoke(manifest: Any, *arguments: str) -> dbtRunnerResult:
    """Run dbt in this process and let go of the database."""
    try:
        return dbtRunner(manifest=manifest).invoke(list(arguments))
    finally:
        reset_adapters()
        DuckDBConnectionManager.close_all_connections()
