"""A million conversions through the credit models: every invariant holds on all, and a sample equals the oracle."""

from contextlib import closing
from pathlib import Path

import credit_invariants
import pytest
from credit_world import world
from dbt_oracle import Conversion, Rules, Touch, ledger
from journeys import rules, seeded, variables

from phygital_funnel.warehouse import credit_bench, credit_models
from phygital_funnel.warehouse.credit_bench_data import fill

ROOT = Path(__file__).parents[2]
CONVERSIONS, TOUCHES, SAMPLED = 1_000_000, 6_250_000, 5_000
RANDOM_JOURNEYS, AT_ONCE, SAMPLED_AT_ONCE = 1_000_000, 50_000, 2_500
# Far from those of the tests that run each time.
FIRST_SEED = 1_000_000
TRANSFORMS = (rules("none", 2.5), rules("collapse_repeats", 0.3), rules("first_occurrence", 7.1))
WINDOWS = {"impression": 0, "view_2s": 0, "view_6s": 7, "engagement": 7, "click": 14}
LINES = """
select conversion_id, journey_key, converted_us, net_amount_minor, platform, market, epoch_us(first_known_at),
    net_amount_reporting_minor, case when linked.conversion_id is not null then 'ANN10' end
from intermediate.int_conversions__converted
left join intermediate.int_credit__order_linked_lines as linked using (conversion_id)
where hash(conversion_id) % {every} = 0
"""
JOURNEYS = """
select touchpoint_id, journey_key, epoch_us(occurred_at), touch_type, channel, platform, market,
    epoch_us(first_known_at)
from (from intermediate.int_touchpoints__from_events union all from intermediate.int_touchpoints__from_links)
where journey_key in (
    select journey_key from intermediate.int_conversions__converted where hash(conversion_id) % {every} = 0
)
"""
LEDGER = """
select conversion_id, attribution_model, recipient_key, credit_micro, attributed_amount_minor,
    attributed_amount_reporting_minor
from ledgers.fct_attribution_credit
where hash(conversion_id) % {every} = 0
"""


@pytest.mark.slow
def test_a_million_conversions_add_up_and_a_sample_equals_the_oracle(tmp_path: Path) -> None:
    """Every dbt test of the engine on all lines; every row of five thousand lines against the oracle."""
    [models] = credit_models.compiled(ROOT, tmp_path / "dbt")
    checks = credit_invariants.compiled(ROOT, tmp_path / "dbt")
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
        every = CONVERSIONS // SAMPLED
        lines = [Conversion(*row) for row in con.execute(LINES.format(every=every)).fetchall()]
        touches = [Touch(*row) for row in con.execute(JOURNEYS.format(every=every)).fetchall()]
        rows = con.execute(LEDGER.format(every=every)).fetchall()
    assert len(lines) > SAMPLED // 2
    assert {row[:3]: row[3:] for row in rows} == ledger(lines, touches, Rules(WINDOWS, 2.5))


@pytest.mark.slow
def test_the_invariants_hold_on_a_million_random_journeys(tmp_path: Path) -> None:
    """Ties, edges of windows, codes, tags, odd amounts and names: every dbt test on all, the oracle on some."""
    compiled = credit_models.compiled(ROOT, tmp_path, [variables(one) for one in TRANSFORMS])
    checks = credit_invariants.compiled(ROOT, tmp_path)
    with world() as engine:
        for batch, first in enumerate(range(FIRST_SEED, FIRST_SEED + RANDOM_JOURNEYS, AT_ONCE)):
            models, rules_now = compiled[batch % len(compiled)], TRANSFORMS[batch % len(TRANSFORMS)]
            touches, lines = _together(first, AT_ONCE)
            engine.run(models, touches, lines)
            assert engine.rows("select count(distinct conversion_id) from ledgers.fct_attribution_credit_wide") == [
                (len(lines),)
            ]
            assert engine.broken(checks) == {}, (first, rules_now.path_transform)
            touches, lines = _together(first, SAMPLED_AT_ONCE)
            assert engine.credited(models, touches, lines) == ledger(lines, touches, rules_now)


def _together(first: int, count: int) -> tuple[list[Touch], list[Conversion]]:
    """The touches and lines of so many journeys, from a seed on."""
    found = [seeded(seed, f"j{seed}") for seed in range(first, first + count)]
    return [touch for some, _ in found for touch in some], [line for _, some in found for line in some]
