"""docs/invariants.md names tests that exist, two kinds for every invariant."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "invariants.md").read_text(encoding="utf-8")
ROWS = {
    row[0]: row[1:] for row in re.findall(r"^\| (I\d+) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
}
PYTHON_TESTS = sorted(set(re.findall(r"`(test_\w+)::(test_\w+)`", PAGE)))


def test_all_twelve_are_there() -> None:
    assert list(ROWS) == [f"I{number}" for number in range(1, 13)]


@pytest.mark.parametrize("name", ROWS)
def test_each_has_a_test_on_data_and_one_on_random_worlds(name: str) -> None:
    """The dbt tests are files that tell which invariant they hold; what was broken on purpose is told too."""
    _, on_data, properties, broken = ROWS[name]
    files = [ROOT / "dbt_project" / "tests" / f"{test}.sql" for test in re.findall(r"`(\w+)`", on_data)]
    assert files
    assert [file.name for file in files if not file.is_file()] == []
    assert re.search(r"`test_\w+::test_\w+`", properties)
    assert len(broken.split()) >= 4


@pytest.mark.parametrize(("module", "test"), PYTHON_TESTS)
def test_each_python_test_exists(module: str, test: str) -> None:
    (path,) = (ROOT / "tests").rglob(f"{module}.py")
    assert re.search(rf"^def {test}\(", path.read_text(encoding="utf-8"), re.MULTILINE)
