"""The simulated world: deterministic, consistent, and honest about causes."""

import dataclasses
import subprocess
import sys
from datetime import UTC, datetime

import numpy as np
import pyarrow.compute as pc
import pytest

from phygital_funnel.errors import ConfigError
from phygital_funnel.sandbox.world import SIZES, World, generate
from phygital_funnel.sandbox.world.times import day_of, local_days, micros
from phygital_funnel.sandbox.world.world import TABLES

DIGEST = "from phygital_funnel.sandbox.world import generate; print(generate('tiny', 1).digest())"


@pytest.fixture(scope="module")
def demo() -> World:
    return generate("demo", 1)


def rows(world: World, table: str) -> list[dict]:
    return world[table].to_pylist()


def by_order(world: World) -> dict[str, dict]:
    return {order["order_id"]: order for order in rows(world, "orders")}


def test_the_same_seed_gives_the_same_world_in_another_process(tiny):
    """Nothing depends on hash seeds, dictionary order or the time of day."""
    other = subprocess.run([sys.executable, "-c", DIGEST], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == tiny.digest()


def test_another_seed_gives_another_world(tiny):
    assert generate("tiny", 2).digest() != tiny.digest()


def test_the_tables_are_those_of_the_fixed_schema(tiny):
    assert tuple(tiny.tables) == TABLES


def test_an_unknown_size_is_refused_with_the_known_ones():
    with pytest.raises(ConfigError, match="tiny, demo"):
        generate("huge", 1)


def test_the_demo_world_has_the_size_that_was_promised(demo):
    assert 1_000_000 <= demo["exposures"].num_rows <= 1_500_000
    assert 6_000 <= demo["orders"].num_rows <= 10_000
    assert demo["ads"].num_rows == 24
    assert (demo.size.start.isoformat(), demo.size.days) == ("2026-09-07", 60)


def test_every_order_has_exactly_one_cause(tiny):
    truth = rows(tiny, "truth_order_cause")
    assert [row["order_id"] for row in truth] == [order["order_id"] for order in rows(tiny, "orders")]
    assert len({row["order_id"] for row in truth}) == len(truth)
    assert {row["cause"] for row in truth} == {"baseline", "exposure"}
    assert all((row["exposure_id"] is None) == (row["cause"] == "baseline") for row in truth)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_caused_order_follows_an_exposure_of_the_same_person_to_the_same_content(seed):
    world = generate("tiny", seed)
    exposures, orders = rows(world, "exposures"), by_order(world)
    caused = [row for row in rows(world, "truth_order_cause") if row["cause"] == "exposure"]
    assert caused
    for row in caused:
        parent, order = exposures[row["exposure_id"]], orders[row["order_id"]]
        assert (parent["person_id"], parent["ad_id"], parent["video_id"]) == (
            order["person_id"], row["ad_id"], row["video_id"],
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
    """Each process has its own generator, so a null world differs in nothing but the caused orders."""
    null = generate(dataclasses.replace(SIZES["tiny"], causal_share=0.0), 1)
    assert set(null["truth_order_cause"]["cause"].to_pylist()) == {"baseline"}
    kept = pc.equal(tiny["truth_order_cause"]["cause"], "baseline")
    for column in ("person_id", "purchased_at"):
        assert null["orders"][column].to_pylist() == tiny["orders"].filter(kept)[column].to_pylist()


def test_exposures_cause_the_share_of_orders_that_was_stated(demo):
    share = np.mean(np.asarray(demo["truth_order_cause"]["cause"].to_pylist()) == "exposure")
    assert 0.14 < share < 0.19


def test_clicked_exposures_cause_more_than_their_number(demo):
    """Fifteen times the weight of a long view, so clicks lead to a third of the caused orders or so."""
    clicked = set(demo["clicks"]["exposure_id"].to_pylist())
    caused = demo["truth_order_cause"]["exposure_id"].drop_null().to_pylist()
    assert 0.25 < np.mean([exposure in clicked for exposure in caused]) < 0.6


def test_a_code_belongs_to_the_creator_who_caused_the_order_or_leaked_within_its_validity(demo):
    creators = {row["promo_code"]: row for row in rows(demo, "creators") if row["promo_code"]}
    truth = {row["order_id"]: row for row in rows(demo, "truth_order_cause")}
    used = [order for order in rows(demo, "orders") if order["promo_code"]]
    assert len(used) > 50
    for order in used:
        creator, cause = creators[order["promo_code"]], truth[order["order_id"]]
        assert creator["code_valid_from"] <= order["purchased_at"] < creator["code_valid_to"]
        assert creator["market"] == order["market"]
        assert cause["cause"] == "baseline" or cause["creator_id"] == creator["creator_id"]


def test_cancels_registrations_and_foreign_channels_have_the_stated_shares(demo):
    orders = demo["orders"]
    count = orders.num_rows
    assert 0.02 < orders["cancelled_at"].is_valid().to_numpy().sum() / count < 0.04
    assert 0.16 < demo["registrations"].num_rows / count < 0.20
    foreign = [name for name in orders["sales_channel"].to_pylist() if name.startswith("Non-Amazon")]
    assert 0 < len(foreign) < 0.02 * count


def test_refunds_come_after_the_purchase_and_never_exceed_what_was_paid(demo):
    orders = by_order(demo)
    paid = {
        (line["order_id"], line["line_number"]): line["item_price_minor"] - line["discount_minor"]
        for line in rows(demo, "order_lines")
    }
    for refund in rows(demo, "refunds"):
        order = orders[refund["order_id"]]
        assert refund["refunded_at"] > order["purchased_at"]
        assert order["cancelled_at"] is None
        assert 0 < refund["amount_minor"] <= paid[refund["order_id"], refund["line_number"]]


def test_registrations_follow_their_order_and_mostly_come_from_the_browser_that_clicked(demo):
    orders, visitors = by_order(demo), demo["people"]["visitor_id"].to_pylist()
    registrations = rows(demo, "registrations")
    assert all(row["registered_at"] > orders[row["order_id"]]["purchased_at"] for row in registrations)
    assert all(len(row["person_hash"]) == 64 for row in registrations)
    same = np.mean([row["visitor_id"] == visitors[row["person_id"]] for row in registrations])
    assert 0.75 < same < 0.85


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
