"""What every test shares."""

import os
import sys
from collections.abc import Callable
from typing import Any

import pytest

_exit_status = 0


def pytest_sessionfinish(exitstatus):
    global _exit_status
    _exit_status = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure():
    """End at once: DuckDB's binding prints pages of harmless "leaked" notices after dbt or GX were loaded."""
    if "dbt" in sys.modules or "great_expectations" in sys.modules:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(_exit_status)


@pytest.fixture(scope="session")
def landed_rows() -> Callable[..., list[dict[str, Any]]]:
    """Every landed row of a stream, in the order of commits and rows: ``landed_rows(settings, stream)``."""
    import duckdb

    from phygital_funnel.landing import Landing

    def landed_rows(settings: Any, stream: Any) -> list[dict[str, Any]]:
        landing = Landing.of(settings)
        order = {manifest.manifest_id: manifest.commit for manifest in landing.manifests(stream)}
        files = landing.files(stream, upto=landing.newest(stream)) if order else []
        if not files:
            return []
        rows = duckdb.sql(f"select * from read_parquet({files}, union_by_name = true)").to_arrow_table().to_pylist()
        return sorted(rows, key=lambda row: (order[row["_manifest_id"]], row["_row"]))

    return landed_rows
