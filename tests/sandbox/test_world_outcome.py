"""What would have happened: the laws that make contrasts of worlds exact."""

import dataclasses
from functools import cache

import numpy as np
import pytest

from phygital_funnel.sandbox.world import SCENARIOS, SIZES, World, generate
from phygital_funnel.sandbox.world.columns import codes_of

BUSY = dataclasses.replace(SIZES["tiny"], baseline_orders=2_000, causal_share=0.4)


@cache
def busy(scenario: str) -> World:
    return generate(BUSY, 1, SCENARIOS[scenario])


def parent(world: World) -> np.ndarray:
    """Per candidate the exposure that caused it, -1 for baseline."""
    return world.candidates["exposure_id"].fill_null(-1).to_numpy()


def displaces(world: World) -> np.ndarray:
    return world.candidates["displaces"].fill_null(-1).to_numpy()


def some_exposures(world: World, share: float) -> np.ndarray:
    return np.random.default_rng(7).random(world["exposures"].num_rows) < share


@pytest.mark.parametrize("scenario", ["S1", "additive", "S6", "S13"])
def test_the_orders_of_the_world_are_the_candidates_that_happen(scenario):
    world = busy(scenario)
    happened = set(world.candidates["order_id"].filter(world.happened()).to_pylist())
    orders = world["orders"].filter(world["orders"]["fulfils_order_id"].is_null())
    assert set(orders["order_id"].to_pylist()) == happened


def test_removing_nothing_is_the_world_as_it_is():
    world = busy("S13")
    assert (world.happened(np.zeros(world["exposures"].num_rows, dtype=bool)) == world.happened()).all()


def test_in_the_additive_world_removing_exposures_removes_exactly_their_children():
    world = busy("additive")
    removed = some_exposures(world, 0.3)
    lost = world.happened() & ~world.happened(removed)
    children = world.happened() & (parent(world) >= 0) & removed[parent(world)]
    assert children.sum() > 100
    assert (lost == children).all()
    assert not (world.happened(removed) & ~world.happened()).any()


def test_in_the_additive_world_effects_of_groups_add_up():
    world = busy("additive")
    surface = codes_of(world["exposures"]["surface"])
    total = world.happened().sum()
    effects = [total - world.happened(surface == code).sum() for code in range(3)]
    assert all(effects)
    assert sum(effects) == total - world.happened(surface >= 0).sum()


@pytest.mark.parametrize("scenario", ["S1", "S6", "S13"])
def test_without_any_exposure_the_baseline_happens_and_nothing_else(scenario):
    world = busy(scenario)
    happened = world.happened(np.ones(world["exposures"].num_rows, dtype=bool))
    assert (happened == (world.outcome.is_available & (parent(world) < 0))).all()


def test_removing_more_never_brings_about_more_orders_of_what_is_left_to_see_unless_effects_saturate():
    world = busy("additive")
    fewer, more = some_exposures(world, 0.3), some_exposures(world, 0.6)
    assert (more >= fewer).all()
    assert not (world.happened(more) & ~world.happened(fewer)).any()


def test_saturation_makes_the_first_exposures_of_a_week_worth_more_than_the_last():
    """Removing half of the exposures loses less than half of the orders that exposures cause."""
    world = generate(BUSY, 1, dataclasses.replace(SCENARIOS["additive"], saturation=1.0))
    caused = parent(world) >= 0
    kept = (world.happened(some_exposures(world, 0.5)) & caused).sum()
    whole = (world.happened() & caused).sum()
    assert 0.6 < kept / whole < 1
    gained = world.happened(some_exposures(world, 0.5)) & ~world.happened()
    assert gained.any()


def test_without_the_shop_orders_that_displace_exactly_the_displaced_come_back():
    world = busy("S6")
    coupled = displaces(world)
    displacing = world.happened() & (coupled >= 0)
    assert displacing.sum() > 50
    removed = np.zeros(world["exposures"].num_rows, dtype=bool)
    removed[parent(world)[displacing]] = True
    back = world.happened(removed) & ~world.happened() & (parent(world) < 0)
    # Less to see makes the rest worth more, so a Shop order may come up that takes one of them in its turn.
    taken = coupled[world.happened(removed) & (coupled >= 0)]
    assert set(np.flatnonzero(back)) == set(coupled[displacing]) - set(taken)


def test_only_shop_orders_displace_and_only_the_regions_amazon_baseline_of_the_two_weeks_after():
    world = busy("S6")
    rows, region = np.flatnonzero(displaces(world) >= 0), world["people"]["geo"].to_pylist()
    shop, amazon = (world.candidates.take(taken).to_pylist() for taken in (rows, displaces(world)[rows]))
    for cause, victim in zip(shop, amazon, strict=True):
        assert (cause["platform"], victim["platform"]) == ("tiktok_shop", "amazon")
        assert cause["market"] == victim["market"]
        assert region[cause["person_id"]] == region[victim["person_id"]]
        assert victim["exposure_id"] is None
        assert 0 < (victim["purchased_at"] - cause["purchased_at"]).total_seconds() <= 14 * 86400


@pytest.mark.parametrize(("scenario", "share"), [("S1", 0.2), ("S6", 0.6), ("S6_0", 0.0)])
def test_the_stated_share_of_caused_shop_orders_displaces(scenario, share):
    world = busy(scenario)
    shop = np.array(world.candidates["platform"].to_pylist()) == "tiktok_shop"
    has_amazon = ~np.isin(world.candidates["market"].to_pylist(), ["ID", "TH"])
    could = shop & has_amazon & (parent(world) >= 0)
    assert (displaces(world)[could] >= 0).mean() == pytest.approx(share, abs=0.06)


def test_synergy_needs_both_paid_and_creator_content():
    """Without unpaid content no paid exposure meets a creator's, so what is left happens at the thinned rate."""
    world = generate(BUSY, 1, dataclasses.replace(SCENARIOS["additive"], synergy=1.0))
    is_paid = world["exposures"]["is_paid"].to_numpy()
    by_ads = (parent(world) >= 0) & is_paid[parent(world)]
    alone, together = (world.happened(removed)[by_ads].mean() for removed in (~is_paid, None))
    assert alone == pytest.approx(0.5, abs=0.06)
    assert together > alone + 0.03


def test_amazon_orders_of_a_product_without_stock_do_not_happen():
    world = busy("S1")
    spells = world["stock_outs"].to_pylist()
    assert spells
    first = world["order_lines"].filter(world["order_lines"]["line_number"].to_numpy() == 1)["asin"].to_pylist()
    sold = [
        (order["market"], asin, order["purchased_at"])
        for order, asin in zip(world["orders"].to_pylist(), first, strict=True)
        if order["platform"] == "amazon" and not order["fulfils_order_id"]
    ]
    for spell in spells:
        missing = (spell["market"], spell["asin"])
        assert not [
            at for *product, at in sold if tuple(product) == missing and spell["starts_at"] <= at < spell["ends_at"]
        ]
    assert not world.outcome.is_available.all()
