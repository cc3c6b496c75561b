"""Every number of the catalogue has a home, every check a number, and the page is made of both."""

import re
from pathlib import Path

import pytest

from phygital_funnel import quality
from phygital_funnel.errors import ConfigError
from phygital_funnel.quality.catalogue import BEGIN, END, block, lines, questions, refreshed
from phygital_funnel.quality.suites import Check, find_suites

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs" / "quality.md"
SUITES = [suite for stage in quality.STAGES for suite in find_suites(PROJECT, stage)]
CHECKS = [(suite.name, check) for suite in SUITES for check in suite.checks]
# The checks that the funnel's definition asks for.
DEFINED = {
    *(f"L{number}" for number in range(1, 8)), *(f"S{number}" for number in range(1, 14)),
    *(f"I{number}" for number in range(1, 11)), *(f"M{number}" for number in range(1, 13)),
    *(f"P{number}" for number in range(1, 6)),
}  # fmt: skip


def test_every_number_of_the_definition_has_a_home_or_says_why_not() -> None:
    """A check that was asked for and forgotten looks just like one that passes."""
    asked = questions(PROJECT)
    assert set(asked) >= DEFINED
    homeless = {number for number, one in asked.items() if not one.elsewhere} - {check.id for _, check in CHECKS}
    assert homeless == set()


def test_every_check_has_a_number_of_the_catalogue() -> None:
    """A number that nobody explains cannot be looked up."""
    assert {
        f"{suite} {check.name} {check.id}" for suite, check in CHECKS if check.id not in questions(PROJECT)
    } == set()


def test_what_the_catalogue_names_elsewhere_exists() -> None:
    """A test that was renamed would leave a number without cover."""
    rules = set(re.findall(r"then '([a-z_]+)'", _text("dbt_project/models/base/*.sql"))) | {"duplicate_key"}
    missing = [
        place
        for one in questions(PROJECT).values()
        for place in one.elsewhere
        if not {
            "dbt": lambda name: (PROJECT / "dbt_project" / "tests" / name).is_file(),
            "python": lambda name: (PROJECT / name).is_file(),
            "row rule": lambda name: name in rules,
            "not": lambda why: len(why.split()) > 5,
            "later": lambda why: len(why.split()) > 5,
        }[place.partition(": ")[0]](place.partition(": ")[2])
    ]
    assert missing == []


def test_a_number_that_is_not_checked_is_in_no_suite() -> None:
    """A reason why something cannot be checked must go when it is."""
    unchecked = {
        number
        for number, one in questions(PROJECT).items()
        if any(place.startswith(("not: ", "later: ")) for place in one.elsewhere)
    }
    assert {check.id for _, check in CHECKS} & unchecked == set()


def test_every_bound_names_a_rule_of_the_page() -> None:
    """A bound without a rule is a number that somebody liked."""
    rules = set(re.findall(r"^\| `([a-z_]+)` \| ", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert {f"{suite} {check.name}" for suite, check in CHECKS if _rule(check) not in rules} == set()
    assert {
        check.bound for _, check in CHECKS if _rule(check) == "invariant" and re.search(r"\d %", check.bound)
    } == set()


def test_the_page_is_made_of_the_suites() -> None:
    """docs/quality.md is what a person reads who was stopped by a check."""
    page = PAGE.read_text(encoding="utf-8")
    assert page == refreshed(page, PROJECT), "run python -m phygital_funnel.quality.catalogue docs/quality.md"


def test_the_page_has_every_check() -> None:
    """Checks that many tables have in the same words are one line, and none is lost on the way."""
    listed = [line for suite in SUITES for line in lines([suite])]
    assert len(listed) == len(CHECKS)
    text = block(PROJECT)
    assert all(check.reason.replace("|", "\\|") in text for _, check in CHECKS)


def test_a_page_without_the_markers_is_refused() -> None:
    """Tables that are written nowhere would leave the page as it was, in silence."""
    with pytest.raises(ConfigError, match="lacks the markers"):
        refreshed(f"{END} {BEGIN}", PROJECT)


def test_a_catalogue_that_is_none_is_refused(tmp_path: Path) -> None:
    """The message names the file."""
    (tmp_path / "expectations").mkdir()
    (tmp_path / "expectations" / "catalogue.json").write_text('{"L1": "what?"}')
    with pytest.raises(ConfigError, match="is no catalogue"):
        questions(tmp_path)


def test_no_published_column_slices_people_by_age_or_gender() -> None:
    """Such groups could be of a few people; nothing of the kind is read, so nothing has to be suppressed."""
    columns = set(re.findall(r"^ +- name: (\w+)$", _text("dbt_project/models/*/*.yml"), re.MULTILINE))
    assert len(columns) > 100
    assert {
        name for name in columns if re.search(r"(^|_)(age_(group|band|range)|gender|sex|birth\w*)(_|$)|^age$", name)
    } == set()


def _rule(check: Check) -> str:
    return check.bound.partition(": ")[0]


def _text(pattern: str) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(PROJECT.glob(pattern)))
