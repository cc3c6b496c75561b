"""Each kind of dirt, and each fault that leaves an answer which looks whole, has a row that names what notices it.

That it is noticed, and by nothing else, is for tests/slow/test_mutation_matrix.py to show.
"""

import re

import pytest
from tests.e2e.matrix import ENDPOINTS
from tests.slow.mutation_page import BEGIN, DOCUMENT, END, PROJECT, check_ids, page
from tests.slow.mutations import MUTATIONS, Mutation

from phygital_funnel import errors
from phygital_funnel.sandbox.api.dirt import DIRT
from phygital_funnel.sources.registry import all_streams

EVERY_MUTATION = pytest.mark.parametrize("mutation", [pytest.param(one, id=one.name) for one in MUTATIONS])
RELATIONS = {stream.relation for stream in all_streams()}


def test_every_kind_of_dirt_has_a_row() -> None:
    """A knob without a row is dirt that nobody has looked for."""
    assert {mutation.kind for mutation in MUTATIONS if mutation.strikes is None} == set(DIRT)


def test_every_fault_that_looks_whole_has_a_row() -> None:
    """What the matrix of the protocol leaves to later stages must be noticed there."""
    left = {(kind, f"{one.source}.{one.stream}") for one in ENDPOINTS for kind in (*one.spoils, *_cut(one.cannot))}
    tried = {(one.kind, name) for one in MUTATIONS if one.strikes is not None for name in one.reads}
    assert left
    assert left <= tried


def _cut(cannot: dict[str, str]) -> set[str]:
    """A file that ends early is no fault of the protocol, since nothing tells where it should end."""
    return {kind for kind, why in cannot.items() if kind == "truncate" and why.startswith("a file")}


def test_rows_are_told_apart() -> None:
    assert len({mutation.name for mutation in MUTATIONS}) == len(MUTATIONS)


@EVERY_MUTATION
def test_what_a_row_names_exists(mutation: Mutation) -> None:
    """A check, a rule or an error that was renamed must be renamed here too."""
    rules = set(re.findall(r"then '([a-z_]+)'", _text("base_*.sql"))) | {"duplicate_key"}
    for notice in (*mutation.caught, *mutation.also):
        place, _, what = notice.partition(": ")
        if place == "reader":
            relation, error = what.split()
            assert relation in RELATIONS
            assert issubclass(getattr(errors, error), errors.SourceError)
        elif place == "row rule":
            relation, _, rule = what.partition(".")
            assert relation in RELATIONS
            assert rule in rules
        else:
            assert notice in check_ids()


@EVERY_MUTATION
def test_a_row_says_what_happens_and_why_more_than_one_thing_notices_it(mutation: Mutation) -> None:
    """A consequence without a reason would be an unrelated check that nobody wondered about."""
    assert len(mutation.does.split()) >= 5
    assert all(len(why.split()) >= 5 for why in mutation.also.values())
    assert not set(mutation.also) & set(mutation.caught)


def test_the_page_shows_these_rows() -> None:
    """``python -m tests.slow.mutation_matrix --write`` tries them all and renews the page."""
    written = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    assert written.strip() == page().strip()


def _text(pattern: str) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "dbt_project/models/base").glob(pattern))
