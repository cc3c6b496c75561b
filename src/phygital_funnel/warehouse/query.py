"""Reads the published release; nothing can be written, and no other file can be read."""

from pathlib import Path
from typing import Any

import duckdb

from phygital_funnel.errors import ReleaseError
from phygital_funnel.settings import Settings
from phygital_funnel.warehouse.database import connect
from phygital_funnel.warehouse.release import DATABASE_NAME, resolve_current


def query(settings: Settings, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows of a query on the published release.

    Raises:
        ReleaseError: nothing is published, or DuckDB refuses the statement.
    """
    return read(resolve_current(settings) / DATABASE_NAME, sql)


def read(database: Path, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows of a query on one release's database.

    Raises:
        ReleaseError: DuckDB refuses the statement.
    """
    with connect(database, read_only=True, sealed=True) as con:
        try:
            result = con.sql(sql)
            rows = None if result is None else (list(result.columns), result.fetchall())
        except duckdb.Error as error:
            raise ReleaseError(f"the query was refused: {str(error).splitlines()[0]}") from error
    if rows is None:
        raise ReleaseError("the query was refused: it holds no statement that gives rows.")
    return rows
