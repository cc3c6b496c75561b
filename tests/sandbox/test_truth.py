"""Truth: what caused each order, and what a world has more than itself without something."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from phygital_funnel.errors import ConfigError
from phygital_funnel.sandbox import truth_files
from phygital_funnel.sandbox.world.contrasts import EFFECT_COLUMNS, shapley
from phygital_funnel.sandbox.world.truth import order_cause, truth_tables

from .handmade import HandmadeWorld


def by(table, *keys):
    return {tuple(row[key] for key in keys): row for row in table.to_pylist()}


def effect(row):
    return tuple(row[key] for key in EFFECT_COLUMNS)


def test_each_order_names_what_caused_it_and_a_mirror_of_the_warehouse_is_no_sale():
    rows = by(order_cause(HandmadeWorld()), "order_id")
    assert [(key[0], row["cause"]) for key, row in rows.items()] == [
        ("o0", "exposure"), ("o2", "exposure"), ("o4", "baseline"), ("o5", "exposure"), ("mirror", "fulfilment"),
    ]  # fmt: skip
    ad, live = rows["o0",], rows["o2",]
    assert (ad["exposure_id"], ad["surface"], ad["ad_id"], ad["campaign_id"]) == (0, "ad", "a1", "camp1")
    assert (ad["video_id"], ad["live_id"], ad["creator_id"]) == ("v_brand", None, "brand")
    assert (live["surface"], live["live_id"], live["creator_id"], live["ad_id"]) == ("live", "l1", "bert", None)
    assert set(rows["o4",].values()) == {"o4", "baseline", None}


def test_an_order_lost_to_the_shop_is_listed_with_the_one_that_displaced_it():
    (row,) = truth_tables(HandmadeWorld())["truth_displaced"].to_pylist()
    assert (row["order_id"], row["displaced_by"]) == ("o3", "o2")
    assert (row["market"], row["person_id"], row["net_amount_minor"], row["currency"]) == ("UK", 2, 4000, "GBP")


def test_contrasts_hold_saturation_synergy_and_displacement():
    """Without the ad the saturated feed order comes back, the one that needed both goes; the live sale cost one."""
    rows = by(truth_tables(HandmadeWorld())["truth_exposure_group"], "surface", "market")
    assert effect(rows["ad", "US"]) == (2 - 1, 0, 1030 - 2000, 0, 0)
    assert effect(rows["feed", "US"]) == (1, 0, 30, 0, 0)
    assert effect(rows["live", "UK"]) == (-1, 1, -4000, 700, 1)
    assert effect(rows["live", "US"]) == (0, 0, 0, 0, 0)
    assert rows["ad", "US"]["parent_amazon_orders"] == 2
    assert rows["ad", "US"]["exposures"] == 1


@pytest.mark.parametrize(
    ("table", "label"),
    [("truth_exposure_group", "surface"), ("truth_creator", "creator_id"), ("truth_campaign", "campaign_id")],
)
def test_in_an_additive_world_a_contrast_is_the_count_of_children(table, label):
    rows = truth_tables(HandmadeWorld(is_additive=True))[table].to_pylist()
    assert any(row["parent_amazon_orders"] for row in rows)
    for row in rows:
        assert [row[key] for key in EFFECT_COLUMNS[:-1]] == [row[f"parent_{key}"] for key in EFFECT_COLUMNS[:-1]], row
        assert row["displaced"] == 0


def test_weeks_are_the_markets_own_and_add_up_to_all_of_tiktok():
    world = HandmadeWorld()
    rows = by(truth_tables(world)["truth_week"], "week_start", "market")
    effects = {(str(week), market): effect(row) for (week, market), row in rows.items()}
    assert effects["2026-09-07", "US"] == (2, 0, 1030, 0, 0)
    assert effects["2026-09-07", "UK"] == (0, 1, 0, 700, 0)
    assert effects["2026-09-14", "UK"] == (-1, 0, -4000, 0, 1)


def test_one_group_of_every_market_is_taken_away_at_a_time():
    """Markets do not touch each other, so truth costs as many outcomes as the largest market has groups."""
    world = HandmadeWorld()
    before = world.calls
    truth_tables(world)
    assert world.calls - before == 1 + 3 + 2 + 1 + 1


def groups():
    return {name: np.arange(3) == number for number, name in enumerate(("ad", "feed", "live"))}


def test_shapley_values_share_out_what_the_contrasts_do_not():
    """Order 0 needs the ad, 1 the feed without the ad, 5 both: half of the joint part goes to each."""
    world = HandmadeWorld()
    rows = by(shapley(world, groups()), "group", "market")
    assert effect(rows["ad", "US"]) == pytest.approx((1 - 0.5 + 0.5, 0, 1000 - 1000 + 15, 0, 0))
    assert effect(rows["feed", "US"]) == pytest.approx((1 - 0.5 + 0.5, 0, 2000 - 1000 + 15, 0, 0))
    assert effect(rows["live", "UK"]) == pytest.approx((-1, 1, -4000, 700, 1))
    total = np.sum([effect(row) for row in rows.values()], axis=0)
    weeks = np.sum([effect(row) for row in truth_tables(world)["truth_week"].to_pylist()], axis=0)
    assert total == pytest.approx(weeks)


def test_nine_groups_are_refused_with_the_way_out():
    nine = {f"g{number}": np.zeros(3, dtype=bool) for number in range(9)}
    with pytest.raises(ConfigError, match="leave-one-out"):
        shapley(HandmadeWorld(), nine)


def test_groups_that_share_an_exposure_are_refused():
    with pytest.raises(ConfigError, match="'all' shares exposures"):
        shapley(HandmadeWorld(), {**groups(), "all": np.ones(3, dtype=bool)})


def test_truth_is_written_as_files_that_read_as_the_worlds_tables(tiny, tmp_path):
    paths = truth_files.write(tiny, tmp_path / "truth")
    assert [path.stem for path in paths] == list(truth_files.NAMES)
    for path in paths:
        assert pq.read_table(path).to_pylist() == tiny[path.stem].to_pylist()


def test_a_folder_that_cannot_be_made_is_refused_by_name(tiny, tmp_path):
    taken = tmp_path / "taken"
    taken.touch()
    with pytest.raises(ConfigError, match="taken"):
        truth_files.write(tiny, taken)
