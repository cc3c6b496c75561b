"""Models as plain SQL: dbt compiles them once, and a database in memory runs them in milliseconds."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from dbt_warehouse import LANDED, MANIFESTS, PROJECT, streams

from phygital_funnel.quality import anomalies
from phygital_funnel.warehouse import credit_models, database, previous, quality_relation, raw
from phygital_funnel.warehouse.incremental_models import Model, compiled

NAME = "build"
SCHEMAS = ("base", "staging", "intermediate", "ledgers", "marts")


@dataclass(frozen=True)
class Compiled:
    """Models in the order of their references."""

    models: tuple[Model, ...]

    @classmethod
    def of(cls, folder: Path, *outputs: str) -> "Compiled":
        """Compile these models and all that they read, down to the raw relations."""
        return cls(compiled(PROJECT.parent, folder, NAME, outputs))

    def upstream_of(self, *names: str) -> "Compiled":
        """Only these models and what they read."""
        needed = set(names)
        for model in reversed(self.models):
            if model.name in needed:
                needed |= model.needs
        return Compiled(tuple(model for model in self.models if model.name in needed))

    def reading(self, relations: Iterable[str]) -> list[Model]:
        """The models that may change when these raw relations do, or when any run was before; in order."""
        changed = set(relations)
        found = []
        for model in self.models:
            # Every commit changes the list of commits; base rows change only with commits of their own stream.
            needs = model.needs - {"base__commits", "base__covers"} if model.name.startswith("base_") else model.needs
            if model.depends_on_earlier_runs or needs & changed or model.name in ("base__commits", "base__covers"):
                changed.add(model.name)
                found.append(model)
        return [model for model in found if model.kind != "view" or model.depends_on_earlier_runs]

    def run(self, con: duckdb.DuckDBPyConnection, *, is_kept: bool, models: Iterable[Model] | None = None) -> None:
        """Make every model; incremental ones replace rows when earlier credit is kept."""
        for model in self.models if models is None else models:
            try:
                model.make(con, is_kept=is_kept)
            except duckdb.Error as error:
                raise AssertionError(f"{model.name}: {error}") from error


@contextmanager
def empty_database(path: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A build database with raw relations and no rows, in memory when no path is given."""
    with closing(duckdb.connect(":memory:", config={**database.OPTIMIZERS})) as con:
        con.execute("set timezone = 'UTC'; set threads = 1")
        con.execute(f"attach '{path or ':memory:'}' as {NAME}; use {NAME}")
        credit_models.attach_scratch(con)
        for schema in ("raw", *SCHEMAS):
            con.execute(f"create schema {schema}")
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
        yield con


@dataclass(frozen=True)
class Commit:
    """What one extraction landed.

    Args:
        relation: the raw relation of its stream.
        number: place in the stream's order of knowledge.
        at: when it was committed.
        rows: the landed columns that are not NULL.
        window: first and last day of a window stream.
        account: the account it was read for.
        part: the part of the stream.
    """

    relation: str
    number: int
    at: str
    rows: tuple[Mapping[str, Any], ...]
    window: tuple[str, str] | None = None
    account: str = ""
    part: str = ""

    def land(self, con: duckdb.DuckDBPyConnection) -> None:
        """Append the commit to the raw relations, whatever was appended before."""
        stream = streams()[self.relation]
        manifest = f"{self.relation}-{self.number}"
        con.execute(
            f"insert into raw.manifests values ({', '.join('?' * 15)})",
            [
                stream.source, stream.name, self.number, manifest, self.account, self.part, str(stream.coverage),
                *(self.window or (None, None)), True, len(self.rows), 1, self.at, "test", False,
            ],
        )  # fmt: skip
        columns = [*stream.columns, "_account", "_part", "_row", "_manifest_id", "_extracted_at", "_commit"]
        for place, row in enumerate(self.rows):
            values = [None if row.get(name) is None else str(row[name]) for name in stream.columns]
            con.execute(
                f"insert into raw.{self.relation} ({', '.join(columns)}) values ({', '.join('?' * len(columns))})",
                [*values, self.account, self.part, place, manifest, self.at, self.number],
            )
