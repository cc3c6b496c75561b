"""A million journeys through the credit models: every invariant holds on all, and a sample equals the oracle."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import credit_invariants
import journey_sets
import pytest
from credit_world import world
from dbt_oracle import Rules, ledger
from journeys import rules, seeded, variables

from phygital_funnel.warehouse import credit_bench, credit_models
from phygital_funnel.warehouse.credit_bench_data import fill

ROOT = Path(__file__).parents[2]
CONVERSIONS, TOUCHES, SAMPLED = 250_000, 1_562_500, 5_000
RANDOM_JOURNEYS, AT_ONCE, ONE_IN, SEEDED = 1_000_000, 50_000, 20, 10_000
# Far from those of the tests that run each time.
FIRST_SEED = 1_000_000
TRANSFORMS = (rules("none", 2.5), rules("collapse_repeats", 0.3), rules("first_occurrence", 7.1))
Models = Sequence[credit_models.CreditModel]
WINDOWS = {"impression": 0, "view_2s": 0, "view_6s": 7, "engagement": 7, "click": 14}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Models], dict[str, str]]:
    """The engine under the transforms and under the settings as they come, and the dbt tests of its invariants."""
    folder = tmp_path_factory.mktemp("dbt")
    variants = [{}, *map(variables, TRANSFORMS)]
    return credit_models.compiled(ROOT, folder, variants), credit_invariants.compiled(ROOT, folder)


@pytest.mark.slow
def test_a_quarter_of_a_million_conversions_add_up_and_a_sample_equals_the_oracle(
    compiled: tuple[list[Models], dict[str, str]], tmp_path: Path
) -> None:
    """Every dbt test of the engine on all lines; every row of five thousand lines against the oracle.

    These are the benchmark's journeys, of people with many touches; the million is the random journeys' below.
    """
    (models, *_), checks = compiled
    with closing(credit_models.connect()) as con:
        con.execute(f"set threads = 2; set memory_limit = '5GB'; set temp_directory = '{tmp_path / 'spill'}'")
        credit_models.attach(con, tmp_path / "credit.duckdb")
        credit_models.create_inputs(con)
        fill(con, CONVERSIONS, TOUCHES)
        for model in models:
            model.make(con)
        assert credit_bench.wrong_lines(con) == 0
        credit_invariants.stand_in(con)
        assert credit_invariants.broken(con, checks) == {}
        touches, lines, rows = journey_sets.sampled(con, CONVERSIONS // SAMPLED)
    assert len(lines) > SAMPLED // 2
    assert _keyed(rows) == ledger(lines, touches, Rules(WINDOWS, 2.5))


@pytest.mark.slow
def test_the_invariants_hold_on_a_million_random_journeys(compiled: tuple[list[Models], dict[str, str]]) -> None:
    """Ties, edges of windows, codes, tags, odd amounts and names: every dbt test on all, the oracle on some."""
    (_, *models), checks = compiled
    with world() as engine:
        for batch, first in enumerate(range(FIRST_SEED, FIRST_SEED + RANDOM_JOURNEYS, AT_ONCE)):
            rules_now = TRANSFORMS[batch % len(TRANSFORMS)]
            journey_sets.fill(engine, first, AT_ONCE)
            engine.make(models[batch % len(TRANSFORMS)])
            assert engine.rows(
                "select count(distinct conversion_id) from ledgers.fct_attribution_credit_wide"
            ) == engine.rows("select count(*) from intermediate.int_conversions__converted")
            assert engine.broken(checks) == {}, (first, rules_now.path_transform)
            touches, lines, rows = journey_sets.sampled(engine, ONE_IN)
            assert len(lines) > AT_ONCE // ONE_IN
            assert _keyed(rows) == ledger(lines, touches, rules_now), (first, rules_now.path_transform)


@pytest.mark.slow
def test_journeys_made_in_sets_are_as_varied_as_those_made_one_by_one() -> None:
    """Each kind of value, of tie and of edge is about as frequent as among those that the quick tests credit."""
    found = [seeded(seed, f"j{seed}") for seed in range(SEEDED)]
    with world() as engine:
        engine.fill([one for some, _ in found for one in some], [one for _, some in found for one in some])
        one_by_one = journey_sets.varieties(engine)
        journey_sets.fill(engine, FIRST_SEED, AT_ONCE)
        in_sets = journey_sets.varieties(engine)
    assert in_sets == pytest.approx(one_by_one, rel=0.15, abs=0.003)


def _keyed(rows: Sequence[tuple[Any, ...]]) -> dict[Any, tuple[Any, ...]]:
    found = {row[:3]: row[3:] for row in rows}
    assert len(found) == len(rows), "a conversion, model and recipient has two rows"
    return found
