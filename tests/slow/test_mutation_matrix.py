"""Every kind of dirt, and every fault that looks whole, is noticed by what is named for it, and by nothing else."""

from collections.abc import Iterator

import pytest

from .mutation_matrix import doors, found_of
from .mutations import MUTATIONS, Found

CONTROL = "control"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Found]]:
    """What is found of each mutation, and of the control that has none."""
    with doors(tmp_path_factory.mktemp("doors")) as (asked, control):
        yield {CONTROL: control, **found_of(asked, MUTATIONS)}


def test_nothing_is_noticed_of_a_world_without_fault(found: dict[str, Found]) -> None:
    """A door that speaks when all is well is not listened to when something is wrong."""
    assert found[CONTROL].notices == ()


@pytest.mark.parametrize("mutation", [pytest.param(one, id=one.name) for one in MUTATIONS])
def test_it_is_noticed_by_what_is_named_for_it_alone(mutation, found: dict[str, Found]) -> None:
    """What nothing notices is published; what an unrelated check notices sends people looking in the wrong place."""
    assert set(found[mutation.name].notices) == mutation.expected
    assert mutation.is_met_by(found[mutation.name]), found[mutation.name]
