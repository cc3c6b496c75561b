"""Experiments inside a world: what is seen under the assignment, and what is true."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from phygital_funnel.errors import ConfigError
from phygital_funnel.sandbox.world import experiments
from phygital_funnel.sandbox.world.columns import timestamps
from phygital_funnel.sandbox.world.experiments import Plan, creator_experiment, geo_experiment, promotion_experiment
from phygital_funnel.sandbox.world.times import DAY

from .handmade import START, HandmadeWorld

WEEKS = Plan("e1", date(2026, 9, 7), periods=2, period_days=7)


def cells(table):
    return {(row["unit"], (row["period_from"] - WEEKS.start).days // 7): row for row in table.to_pylist()}


@pytest.fixture
def world():
    return HandmadeWorld()


def switched(world, **off):
    """The same experiment with an assignment of our choosing: unit=(first period is on, second period is on)."""

    def assignment(market, plan, kind):
        return np.array([off.get(f"unit{number}", (True, True)) for number in range(len(market))])

    return assignment


def test_geo_rows_show_the_outcome_of_the_assignment_beside_the_true_effect_of_paid(world, monkeypatch):
    """Person 0 lives alone in region 0 of the US; without the ad order 0 and 5 go and order 1 comes back."""
    monkeypatch.setattr(experiments, "_alternating", switched(world, unit0=(False, True)))
    rows = cells(geo_experiment(world, WEEKS))
    off, other = rows["US-00", 0], rows["US-01", 0]
    assert (off["arm"], off["exposures"], off["orders"], off["net_amount_minor"]) == ("off", 0, 1, 2000)
    assert (off["true_effect_orders"], off["true_effect_minor"]) == (2 - 1, 1030 - 2000)
    assert (other["arm"], other["orders"], other["true_effect_orders"], other["currency"]) == ("on", 1, 0, "USD")


def test_a_region_that_is_on_keeps_its_paid_exposures(world, monkeypatch):
    monkeypatch.setattr(experiments, "_alternating", switched(world, unit0=(True, False)))
    on = cells(geo_experiment(world, WEEKS))["US-00", 0]
    assert (on["arm"], on["exposures"], on["orders"], on["net_amount_minor"]) == ("on", 1, 2, 1030)


def test_a_paused_creator_costs_the_orders_that_needed_her(world, monkeypatch):
    """Units are Anna and Bert; the brand's own account is never paused. Orders are those of the whole market."""
    monkeypatch.setattr(experiments, "_alternating", switched(world, unit0=(False, True)))
    rows = cells(creator_experiment(world, WEEKS))
    assert {unit for unit, _ in rows} == {"anna", "bert"}
    anna = rows["anna", 0]
    assert (anna["arm"], anna["exposures"], anna["orders"], anna["market"]) == ("off", 0, 2, "US")
    assert (anna["true_effect_orders"], anna["true_effect_minor"]) == (1, 30)
    assert rows["bert", 1]["true_effect_orders"] == 0


def test_what_comes_after_the_period_is_no_part_of_its_true_effect(world):
    """Bert's session of the first week displaces an Amazon order of the second: one period of two weeks holds both."""
    both = Plan("e1", WEEKS.start, periods=1, period_days=14)
    (bert,) = [row for row in creator_experiment(world, both).to_pylist() if row["unit"] == "bert"]
    assert (bert["true_effect_orders"], bert["true_effect_minor"], bert["currency"]) == (-1, -4000, "GBP")


def test_rows_span_the_plan_and_the_last_day_is_the_first_after_the_period(world):
    rows = geo_experiment(world, WEEKS).to_pylist()
    assert {(row["period_from"], row["period_to"]) for row in rows} == {
        (WEEKS.start, WEEKS.start + timedelta(days=7)),
        (WEEKS.start + timedelta(days=7), WEEKS.start + timedelta(days=14)),
    }


def test_a_period_that_does_not_exist_is_refused():
    with pytest.raises(ConfigError, match="'e1'"):
        Plan("e1", date(2026, 9, 7), periods=0)


def test_the_assignment_is_stratified_and_the_same_for_the_same_seed():
    """Six regions in two markets: of every pair exactly one is off in every period."""
    market = np.array([0, 0, 0, 0, 1, 1])
    plan = Plan("e1", date(2026, 9, 7), periods=400)
    is_on = experiments._alternating(market, plan, "geo")
    assert (is_on[0::2] ^ is_on[1::2]).all()
    assert 0.4 < is_on[0].mean() < 0.6
    assert (is_on == experiments._alternating(market, plan, "geo")).all()
    assert (is_on != experiments._alternating(market, Plan("e1", plan.start, 400, seed=2), "geo")).any()


def many_baseline_orders():
    """A thousand baseline orders on the event's day and a thousand the day after, one minor unit each."""
    world = HandmadeWorld()
    day = np.repeat([3, 4], 1000)
    world.candidates = pa.table(
        {
            "candidate_id": np.arange(2000),
            "exposure_id": pa.nulls(2000, pa.int64()),
            "platform": ["amazon"] * 2000,
            "market": pa.array(["US"] * 2000),
            "person_id": np.ones(2000, dtype=np.int64),
            "purchased_at": timestamps(START + day * DAY + DAY // 2),
            "net_amount_minor": np.ones(2000, dtype=np.int64),
        }
    )
    world.happened = lambda removed: np.ones(2000, dtype=bool)
    world.tables["promotions"] = pa.table(
        {
            "promotion_id": ["p1", "p2"],
            "kind": ["event", "coupon"],
            "market": ["US", "US"],
            "starts_at": timestamps(START + np.array([3, 3]) * DAY),
            "ends_at": timestamps(START + np.array([4, 4]) * DAY),
            "uplift": [2.0, 2.0],
        }
    )
    return world


@pytest.mark.parametrize("is_on", [True, False])
def test_a_cancelled_event_loses_the_orders_its_uplift_brought(is_on, monkeypatch):
    """An uplift of two doubles demand, so half of the day's orders are due to it; coupons are not experimented with."""
    monkeypatch.setattr(experiments, "_alternating", lambda market, plan, kind: np.array([[is_on]]))
    (row,) = promotion_experiment(many_baseline_orders(), WEEKS).to_pylist()
    assert row["unit"] == "p1"
    assert 450 < row["true_effect_orders"] < 550
    assert row["orders"] == (1000 if is_on else 1000 - row["true_effect_orders"])
