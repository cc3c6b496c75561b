"""Fixtures of the dbt tests. A build takes seconds, so a module lands all it needs and builds once."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "helpers"))

from dbt_warehouse import Warehouse


@pytest.fixture(scope="session")
def new_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Warehouse]:
    """Make an empty build database; all of a session share dbt's parse cache."""
    root = tmp_path_factory.mktemp("dbt")

    def make(name: str) -> Warehouse:
        folder = root / name
        folder.mkdir()
        return Warehouse(folder)

    return make
