"""The one way to open a DuckDB database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from phygital_funnel.errors import HomeBusy

# DuckDB 2.0.0 returns wrong rows for "newest row wins" over several Parquet files unless this optimizer is off
# (tests/dbt holds the regression test), so it is off on every connection.
OPTIMIZERS = {"disabled_optimizers": "top_n_window_elimination"}
# A release, and a query from outside on it, get a connection that can touch nothing else.
SEAL = "set enable_external_access = false; set lock_configuration = true"


@contextmanager
def connect(
    path: Path | None = None, *, read_only: bool = False, sealed: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database, in memory when ``path`` is None, and close it again.

    Args:
        path: database file; created when missing unless read-only.
        read_only: refuse every write.
        sealed: refuse to read or write any other file and to change settings.

    Raises:
        HomeBusy: another process holds the file.
    """
    try:
        connection = duckdb.connect(str(path or ":memory:"), read_only=read_only, config={**OPTIMIZERS})
    except duckdb.IOException as error:
        if "lock" in str(error):
            raise HomeBusy(
                f"{path} is held by another process; wait for its build to end, or stop it, and run again. ({error})"
            ) from error
        raise
    try:
        connection.execute("set timezone = 'UTC'")
        if sealed:
            connection.execute(SEAL)
        yield connection
    finally:
        connection.close()
