"""What every test shares."""

import os
import sys

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
