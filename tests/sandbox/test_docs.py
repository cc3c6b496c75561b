"""docs/sandbox.md names what there is: every scenario, fault and dirt knob, and tests that exist."""

import ast
import re
from pathlib import Path

import pytest

from phygital_funnel.sandbox.api.dirt import DIRT
from phygital_funnel.sandbox.api.faults import KINDS
from phygital_funnel.sandbox.world.scenario import SCENARIOS

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs" / "sandbox.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(test_\w+)::(test_\w+)`", PAGE)))


@pytest.mark.parametrize(
    ("name", "text"),
    [*KINDS.items(), *DIRT.items(), *((scenario.name, scenario.difference) for scenario in SCENARIOS.values())],
)
def test_every_fault_dirt_knob_and_scenario_is_described_as_the_code_does(name: str, text: str) -> None:
    assert re.search(rf"^\| `{re.escape(name)}` \|.*{re.escape(text)}", PAGE, re.MULTILINE)


def test_every_dirt_knob_names_the_test_that_shows_it() -> None:
    for name in DIRT:
        assert re.search(rf"^\| `{name}` \|.*\| `test_\w+::test_\w+`", PAGE, re.MULTILINE), name


def test_the_tests_that_are_named_exist() -> None:
    assert len(NAMED) > 60
    tests = {
        (path.stem, node.name)
        for path in HERE.glob("test_*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    assert set(NAMED) <= tests
