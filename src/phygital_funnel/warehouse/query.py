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
            cursor = con.execute(sql)
            return [column[0] for column in cursor.description or ()], cursor.fetchall()
        except duckdb.Error as error:
            raise ReleaseError(f"the query was refused: {error}") from error
