"""The simulated world: deterministic, consistent, and honest about causes."""

import dataclasses
import subprocess
import sys
from datetime import UTC, datetime

import numpy as np
import pyarrow.compute as pc
import pytest

from phygital_funnel.errors import ConfigError
from phygital_funnel.sandbox.world import SCENARIOS, SIZES, World, generate
from phygital_funnel.sandbox.world.times import NEVER, day_of, local_days, micros
from phygital_funnel.sandbox.world.world import TABLES, TRUTH_TABLES

from . import worlds

MAY_BE_EMPTY = {"truth_displaced"}
DIGEST = "from phygital_funnel.sandbox.world import generate; print(generate('tiny', 1).digest())"
TINY = "a80632f39fafc9da3f02273146814c1b31719126ab75bc04dbb48bbd8f7b2494"
"""What ``DIGEST`` prints. When a change to the generator is meant to change the world, run that line and put its answer
here in the same commit; when it is not meant to, this is the test that found it out."""


@pytest.fixture(scope="module")
def demo() -> World:
    return worlds.demo()


def rows(world: World, table: str) -> list[dict]:
    return world[table].to_pylist()


def by_order(world: World) -> dict[str, dict]:
    return {order["order_id"]: order for order in rows(world, "orders")}


def test_the_same_seed_gives_the_same_world_in_another_process(tiny):
    """Nothing depends on hash seeds, dictionary order or the time of day."""
    other = subprocess.run([sys.executable, "-c", DIGEST], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == tiny.digest()


def test_the_tiny_world_is_the_one_that_was_committed(tiny):
    assert tiny.digest() == TINY


def test_another_seed_gives_another_world(tiny):
    assert generate("tiny", 2).digest() != tiny.digest()


def test_the_tables_are_those_of_the_fixed_schema(tiny):
    assert tuple(tiny.tables) == TABLES
    assert all(tiny[name].num_rows for name in (*TABLES, *TRUTH_TABLES) if name not in MAY_BE_EMPTY)


def test_floats_are_kept_to_six_decimals(tiny):
    """So that the last bits, in which processors differ, are not part of the world."""
    for name in TABLES:
        for column in tiny[name].column_names:
            if tiny[name][column].type == "double":
                values = tiny[name][column].to_numpy()
                assert (np.round(values, 6) == values).all(), (name, column)


def test_progress_is_told_by_phase_from_nothing_to_all():
    told: list[tuple[str, float]] = []
    generate("tiny", 1, progress=lambda phase, share: told.append((phase, share)))
    phases = list(dict.fromkeys(phase for phase, _ in told))
    assert len(phases) > 2
    for phase in phases:
        shares = [share for name, share in told if name == phase]
        assert shares == sorted(shares)
        assert shares[-1] == 1


def test_an_unknown_size_is_refused_with_the_known_ones():
    with pytest.raises(ConfigError, match="tiny, demo"):
        generate("huge", 1)


@pytest.mark.parametrize("seed", [-1, 1.5, "1", True])
def test_a_seed_is_a_whole_number_from_nought_up(seed):
    with pytest.raises(ConfigError, match="seed"):
        generate("tiny", seed)


def test_a_seed_may_be_as_long_as_one_likes():
    assert generate("tiny", 2**200)["orders"].num_rows


@pytest.mark.parametrize(
    ("figures", "named"),
    [
        ({"people": 10}, "TH"),
        ({"people": 0}, "people"),
        ({"days": 0}, "days"),
        ({"creators_per_market": 0}, "creators_per_market"),
        ({"ad_sets": 0}, "ad_sets"),
        ({"baseline_orders": -1}, "baseline_orders"),
        ({"causal_share": 1.0}, "causal_share"),
    ],
)
def test_a_size_that_makes_no_world_is_refused_by_the_figure_that_is_wrong(figures, named):
    with pytest.raises(ConfigError, match=named):
        generate(dataclasses.replace(SIZES["tiny"], **figures), 1)


def test_a_world_without_amazon_is_refused():
    with pytest.raises(ConfigError, match="Amazon"):
        generate("tiny", 1, dataclasses.replace(SCENARIOS["S1"], markets=SCENARIOS["S1"].markets[-1:]))


NO_EXPOSURES = {"paid_exposures": 0, "organic_exposures": 0, "live_exposures": 0}


@pytest.mark.parametrize(
    ("figures", "has_orders", "has_exposures"),
    [
        ({"days": 1}, True, True),
        ({"baseline_orders": 0}, False, True),
        (NO_EXPOSURES, True, False),
        (NO_EXPOSURES | {"baseline_orders": 0}, False, False),
    ],
)
def test_a_world_may_be_short_or_empty(figures, has_orders, has_exposures):
    world = generate(dataclasses.replace(SIZES["tiny"], **figures), 1)
    assert world.digest()
    assert bool(world["orders"].num_rows) == has_orders
    assert bool(world["exposures"].num_rows) == has_exposures


def test_a_world_may_have_one_market():
    world = generate("tiny", 1, dataclasses.replace(SCENARIOS["S1"], markets=SCENARIOS["S1"].markets[:1]))
    assert world.digest()
    assert set(world["orders"]["market"].to_pylist()) == {"US"}


def test_the_demo_world_has_the_size_that_was_promised(demo):
    assert 1_000_000 <= demo["exposures"].num_rows <= 1_500_000
    assert 8_000 <= demo["orders"].num_rows <= 10_000
    assert demo["ads"].num_rows == 60
    assert (demo.size.start.isoformat(), demo.size.days) == ("2026-09-07", 60)


def test_every_order_has_exactly_one_cause(tiny):
    truth = rows(tiny, "truth_order_cause")
    assert [row["order_id"] for row in truth] == [order["order_id"] for order in rows(tiny, "orders")]
    assert len({row["order_id"] for row in truth}) == len(truth)
    assert {row["cause"] for row in truth} == {"baseline", "exposure", "fulfilment"}
    assert all((row["exposure_id"] is None) == (row["cause"] != "exposure") for row in truth)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_caused_order_follows_an_exposure_of_the_same_person_to_the_same_content(seed):
    world = generate("tiny", seed)
    exposures, orders = rows(world, "exposures"), by_order(world)
    caused = [row for row in rows(world, "truth_order_cause") if row["cause"] == "exposure"]
    assert caused
    for row in caused:
        parent, order = exposures[row["exposure_id"]], orders[row["order_id"]]
        shown = (row["ad_id"], row["video_id"], row["live_id"])
        assert (parent["person_id"], parent["ad_id"], parent["video_id"], parent["live_id"]) == (
            order["person_id"], *shown,
        )  # fmt: skip
        assert parent["occurred_at"] < order["purchased_at"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_people_buy_in_the_market_whose_content_they_see(seed):
    """Markets are numbered by the catalogue, not by the order in which a table happens to name them."""
    world = generate("tiny", seed)
    market = world["people"]["market"].to_pylist()
    ads = {ad["ad_id"]: ad["market"] for ad in rows(world, "ads")}
    assert all(market[order["person_id"]] == order["market"] for order in rows(world, "orders"))
    assert all(market[row["person_id"]] == ads[row["ad_id"]] for row in rows(world, "exposures") if row["ad_id"])


def test_without_causal_effect_the_baseline_stays_as_it_was(tiny):
    """Each process has its own generator, so the null world lacks the caused orders and regains the displaced ones."""
    null = generate("tiny", 1, "S0")
    assert "exposure" not in null["truth_order_cause"]["cause"].to_pylist()
    baseline = {
        (row["person_id"], row["purchased_at"]) for row in tiny.candidates.to_pylist() if row["exposure_id"] is None
    }
    own = null["orders"].filter(pc.is_null(null["orders"]["fulfils_order_id"]))
    assert {(row["person_id"], row["purchased_at"]) for row in own.to_pylist()} <= baseline
    assert null["exposures"].equals(tiny["exposures"])


def test_an_order_may_hold_the_same_product_twice(demo):
    keys = [(line["order_id"], line["sku"]) for line in rows(demo, "order_lines")]
    assert len(set(keys)) < len(keys)


def test_hostile_text_is_in_the_world_on_purpose(tiny):
    handles = " ".join(tiny["creators"]["handle"].to_pylist())
    assert all(text in handles for text in ("<script>", "\n", '"', "✨"))
    assert any("<script>" in text for text in tiny["ads"]["ad_text"].to_pylist())


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("America/New_York", "2026-11-01T03:59:59", "2026-10-31"),
        ("America/New_York", "2026-11-01T04:00:00", "2026-11-01"),
        ("America/New_York", "2026-11-02T04:59:59", "2026-11-01"),
        ("Europe/London", "2026-10-24T23:00:00", "2026-10-25"),
        ("Etc/GMT-1", "2026-10-25T23:00:00", "2026-10-26"),
    ],
)
def test_local_days_follow_daylight_saving(zone, moment, day):
    us = micros(datetime.fromisoformat(moment).replace(tzinfo=UTC))
    assert day_of(local_days(np.array([us]), zone)[0]).isoformat() == day


def test_local_days_refuse_a_time_that_never_comes():
    """Rather than counting the hours until then."""
    with pytest.raises(ValueError, match="NEVER"):
        local_days(np.array([0, NEVER]), "Europe/Paris")
