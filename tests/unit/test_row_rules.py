"""Every row rule of the models is told to people; those that may be overruled are exactly those that the SQL asks."""

import re
from pathlib import Path

import pytest

from phygital_funnel.quarantine.rules import RULES, is_releasable, rule_of
from phygital_funnel.sources.registry import all_streams

DBT = Path(__file__).parents[2] / "dbt_project"
BASE = sorted((DBT / "models" / "base").glob("base_*.sql"))
CASE = re.compile(r"then '([a-z_]+)'")
ASKED = re.compile(r"is_released\('([a-z_]+)'")


def rules_of(path: Path) -> set[str]:
    """Rules that a base model names, those of its macros included."""
    text = path.read_text()
    judged = re.search(r"when _reject is not null then 'malformed'.*?end as (broken|reject)_rule", text, re.DOTALL)
    own = set(CASE.findall(judged.group())) if judged else set()
    return own | ({"duplicate_key"} if "keep_first_of_key" in text or "'duplicate_key'" in text else set())


@pytest.mark.parametrize("path", BASE, ids=lambda path: path.stem)
def test_each_rule_of_a_model_is_in_the_catalogue(path):
    assert rules_of(path) - RULES.keys() == set()


def test_the_catalogue_holds_no_rule_that_no_model_has():
    assert RULES.keys() - set().union(*map(rules_of, BASE)) == set()


def test_a_rule_can_be_released_where_the_sql_asks_for_a_decision_and_nowhere_else():
    for path in BASE:
        stream = path.stem.removeprefix("base_").replace("line_versions", "lines").replace("_versions", "s")
        if stream in {one.relation for one in all_streams()}:
            text = path.read_text()
            asked = set(ASKED.findall(text))
            # Asked by the macros of current rows: the window, and which of one key's rows comes first.
            asked |= {"outside_window"} if "outside_window" in rules_of(path) else set()
            asked |= {"duplicate_key"} if "duplicate_key" in rules_of(path) else set()
            assert {rule for rule in rules_of(path) if is_releasable(stream, rule)} == asked, path.stem


def test_a_rule_of_another_version_speaks_for_itself():
    assert rule_of("odd_colour").meaning == "odd colour"
    assert not is_releasable("links__clicks", "odd_colour")
    assert not is_releasable("reference__fx_rates", "unusable_rate")
