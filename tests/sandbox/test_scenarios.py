"""Each scenario differs from the base world in what it says, and truth holds its laws in real worlds."""

import itertools
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest

from phygital_funnel.errors import ConfigError
from phygital_funnel.sandbox import plot_figures, plots
from phygital_funnel.sandbox.api.dirt import DIRT
from phygital_funnel.sandbox.world import SIZES, World, generate
from phygital_funnel.sandbox.world.calendar import spike_of
from phygital_funnel.sandbox.world.columns import micros_of
from phygital_funnel.sandbox.world.commissions import fees
from phygital_funnel.sandbox.world.contrasts import EFFECT_COLUMNS, shapley
from phygital_funnel.sandbox.world.experiments import Plan, creator_experiment, geo_experiment, promotion_experiment
from phygital_funnel.sandbox.world.joins import codes_in, is_amazon_sale, net_amounts, plain, rows_of
from phygital_funnel.sandbox.world.scenario import BASE, DIRT_KNOBS, SCENARIOS, scenario_named
from phygital_funnel.sandbox.world.times import DAY, micros
from phygital_funnel.sandbox.world.truth import SURFACES, creator_of_exposures

# As quick as the tiny world, but every tenth exposure leads to an order, so that shares can be told apart.
BUSY = replace(
    SIZES["tiny"], name="busy", people=6_000, paid_exposures=30_000, organic_exposures=9_000, live_exposures=2_000,
    baseline_orders=2_000, causal_share=0.55,
)  # fmt: skip
KNOBS = {
    "S0": {"effect_scale"},
    "S1": set(),
    "S2": {"viral_share"},
    "S3": {"targeting"},
    "S4": {"start", "campaign_concentration"},
    "S5": {"tag_survival"},
    "S5_80": {"tag_survival"},
    "S6": {"displacement"},
    "S6_0": {"displacement"},
    "S7": {"beta"},
    "S8": {"lag_sigma"},
    "S9": {"markets", "start", "days"},
    "S10": {"has_gmv_max"},
    "S11": {"late_restatement"},
    "S12": {"dirt"},
    "S13": {"synergy"},
    "S14": {"start", "days", "shop_opens"},
    "S15": {"viral_share", "stock_out_in_spike"},
    "S16": {"registration_depends"},
    "full_capture": {"tag_survival", "link_misuse", "is_masked", "has_event_drop"},
    "additive": {"saturation", "displacement"},
}


@cache
def busy(scenario: str) -> World:
    return generate(BUSY, 1, scenario)


def happened(world: World, name: str) -> np.ndarray:
    """Values of a candidates' column of what happened."""
    return np.asarray(world.candidates[name].filter(pa.array(world.happened())).to_pylist(), dtype=object)


def column(table: pa.Table, name: str) -> list:
    return table[name].to_pylist()


def test_every_scenario_turns_the_knobs_it_says_and_no_other():
    base = asdict(BASE)
    turned = {
        name: {knob for knob, value in asdict(scenario).items() if value != base[knob]}
        - {"name", "title", "difference"}
        for name, scenario in SCENARIOS.items()
    }
    assert turned == KNOBS
    assert all(name == scenario.name and scenario.difference.endswith(".") for name, scenario in SCENARIOS.items())


def test_the_dirty_scenario_turns_on_every_knob_the_servers_have():
    assert SCENARIOS["S12"].dirt == set(DIRT)


def test_an_unknown_scenario_is_refused_with_the_known_ones():
    with pytest.raises(ConfigError, match=r"'S99'.*S0, S1, S2.*additive"):
        scenario_named("S99")


def test_what_only_servers_do_differently_leaves_the_world_as_it_is(tiny):
    served = replace(
        BASE, is_masked=False, has_event_drop=True, has_gmv_max=True, late_restatement=0.15, dirt=frozenset(DIRT_KNOBS)
    )
    assert generate("tiny", tiny.seed, served).digest() == tiny.digest()


def test_in_the_null_world_nothing_is_caused_and_truth_is_nothing():
    null, base = busy("S0"), busy("S1")
    assert set(column(null["truth_order_cause"], "cause")) <= {"baseline", "fulfilment"}
    assert null["truth_displaced"].num_rows == 0
    for name in ("truth_exposure_group", "truth_creator", "truth_campaign", "truth_week"):
        assert not any(np.any(null[name][key].to_numpy()) for key in EFFECT_COLUMNS), name
    kept = base.candidates.filter(base.candidates["exposure_id"].is_null())
    assert column(null.candidates, "person_id") == column(kept, "person_id")
    assert column(null.candidates, "purchased_at") == column(kept, "purchased_at")


def test_in_s2_one_video_collects_its_views_in_48_hours():
    world = generate(BUSY, 1, "S2")
    published = micros_of(world["videos"]["published_at"])
    video = codes_in(world["exposures"]["video_id"], plain(world["videos"]["video_id"]))
    feed = codes_in(world["exposures"]["surface"], ["feed"]) == 0
    views = np.bincount(video[feed & (video >= 0)], minlength=len(published))
    viral = int(views.argmax())
    age = micros_of(world["exposures"]["occurred_at"])[feed & (video == viral)] - published[viral]
    assert np.sort(views)[-1] > 3 * np.sort(views)[-2]
    assert np.mean(age < 2 * DAY) > 0.8
    assert 0.17 < (age < 2 * DAY).sum() / BUSY.exposures < 0.23


@pytest.mark.parametrize("scenario", ["S0", "S2", "S3", "S6", "S7", "S8", "S13", "additive"])
def test_orders_that_nobody_prompted_are_the_same_whatever_exposures_do(scenario):
    """Same buyer, moment, platform, basket, price and number: a scenario moves what it says and nothing else."""
    base, world = (busy(name).candidates for name in ("S1", scenario))
    columns = ["order_id", "person_id", "purchased_at", "platform", "net_amount_minor", "units"]
    same, other = (rows.filter(rows["exposure_id"].is_null()).select(columns) for rows in (base, world))
    assert same.num_rows > 1_500
    assert other.equals(same)


def test_an_order_keeps_its_states_lines_and_refunds_when_others_come_or_go():
    base, world = busy("S1"), busy("S0")
    assert set(column(world["orders"], "order_id")) - set(column(base["orders"], "order_id"))
    shared = pa.array(set(column(world["orders"], "order_id")) & set(column(base["orders"], "order_id")))
    for name, but in (("orders", ["is_new_to_brand"]), ("order_lines", []), ("refunds", ["refund_id"])):
        first, second = (
            one[name].filter(pa.compute.is_in(one[name]["order_id"], shared)).drop(but) for one in (base, world)
        )
        assert first.num_rows > 50
        assert first.equals(second), name


def paid_affinity(world: World) -> float:
    paid = world["exposures"]["is_paid"].to_numpy(zero_copy_only=False)
    return float(world["people"]["affinity"].to_numpy()[world["exposures"]["person_id"].to_numpy()[paid]].mean())


def test_in_s3_ads_find_those_who_like_the_brand_anyway():
    assert paid_affinity(generate("tiny", 1, "S3")) > 1.3 * paid_affinity(generate("tiny", 1))


def test_in_s4_most_of_the_paid_delivery_falls_into_black_friday_week():
    world = generate("tiny", 1, "S4")
    exposures = world["exposures"]
    day = micros_of(exposures["occurred_at"])[exposures["is_paid"].to_numpy(zero_copy_only=False)] // DAY
    first = (date(2026, 11, 26) - date(1970, 1, 1)).days
    assert 0.5 < np.mean((day >= first) & (day < first + 5)) < 0.7


@pytest.mark.parametrize(("scenario", "share"), [("S5", 0.2), ("S5_80", 0.8), ("full_capture", 1.0)])
def test_tags_survive_as_often_as_the_scenario_says_and_demand_stays_as_it_was(scenario, share):
    base, world = busy("S1"), generate(BUSY, 1, scenario)
    clicks = world["clicks"]
    tagged = clicks["ad_id"].is_valid().to_numpy() & (codes_in(clicks["destination"], ["amazon"]) == 0)
    assert tagged.sum() > 150
    assert abs(clicks["has_tag"].to_numpy(zero_copy_only=False)[tagged].mean() - share) < 0.08
    assert world["orders"].equals(base["orders"])


@pytest.mark.parametrize(("scenario", "share"), [("S6", 0.6), ("S6_0", 0.0)])
def test_displacement_takes_the_stated_share_and_no_candidate_changes(scenario, share):
    base, world = busy("S1"), generate(BUSY, 1, scenario)
    assert world.candidates.drop(["displaces"]).equals(base.candidates.drop(["displaces"]))
    codes = [market.code for market in world.markets if market.has_amazon]
    shop = (happened(world, "platform") == "tiktok_shop") & np.isin(happened(world, "market").astype(str), codes)
    shop &= happened(world, "exposure_id") != None  # noqa: E711 - an array of objects is compared value by value
    coupled = happened(world, "displaces")[shop] != None  # noqa: E711 - likewise
    assert abs(coupled.mean() - share) < 0.08


def test_in_s7_amazon_settles_small_and_large_baskets_alike():
    flat, base = (np.array([row["share"] for row in plot_figures.share_on_amazon(busy(name))]) for name in ("S7", "S1"))
    assert np.ptp(flat) < 0.15
    assert np.ptp(base) > 0.35
    assert (np.diff(base) > 0).all()


def unclicked_lags(world: World) -> np.ndarray:
    """Days from exposure to Amazon order without a click, of exposures early enough to see the order."""
    candidates = world.candidates
    parent = candidates["exposure_id"].fill_null(-1).to_numpy()
    clicked = np.isin(parent, world["clicks"]["exposure_id"].to_numpy())
    shown = micros_of(world["exposures"]["occurred_at"])
    mature = shown[parent] < micros(world.size.first_moment) + 15 * DAY
    rows = (parent >= 0) & ~clicked & mature & (codes_in(candidates["platform"], ["amazon"]) == 0)
    return (micros_of(candidates["purchased_at"]) - shown[parent])[rows] / DAY


def test_in_s8_a_fifth_of_the_unclicked_orders_come_after_two_weeks():
    fat, base = unclicked_lags(busy("S8")), unclicked_lags(busy("S1"))
    assert len(fat) > 80
    assert 0.1 < np.mean(fat > 14) < 0.26
    assert np.mean(base > 14) < 0.08
    assert 1.5 < np.median(base) < 3.5


def test_in_s9_the_yen_has_no_decimals_and_both_clock_changes_are_inside():
    world = generate("tiny", 1, "S9")
    japan = world.markets[-1]
    assert (japan.code, japan.currency, japan.exponent) == ("JP", "JPY", 0)
    lines = world["order_lines"].filter(pa.compute.equal(world["order_lines"]["currency"].cast(pa.string()), "JPY"))
    assert lines.num_rows
    assert all(
        500 < row["item_price_minor"] / row["quantity"] < 40_000 for row in lines.to_pylist() if row["item_price_minor"]
    )
    for market in world.markets[:2]:
        zone = ZoneInfo(market.timezone)
        start = micros(world.size.first_moment)
        offsets = [
            datetime.fromtimestamp((start + day * DAY) / 1e6, UTC).astimezone(zone).utcoffset()
            for day in range(world.size.days)
        ]
        assert sum(before != after for before, after in itertools.pairwise(offsets)) == 2


def test_s13_brings_more_orders_of_people_who_saw_paid_and_creator_content():
    assert generate(BUSY, 1, "S13")["orders"].num_rows > 1.05 * busy("S1")["orders"].num_rows


def test_in_s14_the_french_shop_sells_nothing_before_it_opens_and_the_fee_changes_inside_the_period():
    world = generate("tiny", 1, "S14")
    orders = world["orders"]
    rows = [
        row["purchased_at"].astimezone(ZoneInfo("Europe/Paris")).date()
        for row in orders.select(["market", "platform", "purchased_at"]).to_pylist()
        if (row["market"], row["platform"]) == ("FR", "tiktok_shop")
    ]
    assert rows
    assert min(rows) >= date(2025, 3, 31) > world.size.start
    assert world.size.start < date(2026, 1, 8) < max(column(orders, "purchased_at")).date()


def test_before_a_shop_opens_no_click_leads_there_and_from_then_on_every_order_has_its_fee():
    world = generate("tiny", 1, "S14")
    opens = micros(datetime(2025, 3, 30, 22, tzinfo=UTC))
    clicks, orders = world["clicks"], world["orders"]
    assert dict(world.scenario.shop_opens).keys() == {"FR", "DE"}
    for country in ("FR", "DE"):
        here = (codes_in(clicks["country"], [country]) == 0) & (codes_in(clicks["destination"], ["tiktok_shop"]) == 0)
        assert here.any()
        assert micros_of(clicks["clicked_at"])[here].min() >= opens
    since = {}
    for fee in fees(world.markets).to_pylist():
        if fee["platform"] == "tiktok_shop":
            since.setdefault(fee["market"], fee["valid_from"])
    for row in orders.select(["market", "platform", "purchased_at"]).to_pylist():
        zone = ZoneInfo(next(market.timezone for market in world.markets if market.code == row["market"]))
        if row["platform"] == "tiktok_shop":
            assert row["purchased_at"].astimezone(zone).date() >= since[row["market"]]


def test_in_s15_nobody_buys_the_sold_out_product_on_amazon():
    world = busy("S15")
    spike = spike_of(world.size, world.scenario)
    ((starts, ends),) = [
        (row["starts_at"], row["ends_at"])
        for row in world["stock_outs"].to_pylist()
        if (row["market"], row["asin"]) == (spike.market, spike.asin)
    ]
    first = {row["order_id"]: row["asin"] for row in world["order_lines"].to_pylist() if row["line_number"] == 1}
    bought = [
        row["platform"]
        for row in world["orders"].to_pylist()
        if row["market"] == spike.market
        and starts <= row["purchased_at"] < ends
        and first[row["order_id"]] == spike.asin
        and not row["fulfils_order_id"]
    ]
    assert set(bought) == {"tiktok_shop"}


def registered_baskets(world: World) -> tuple[float, float]:
    """Mean basket of registered Amazon orders in the US against that of all, and the share registered."""
    orders = world["orders"]
    rows = (
        is_amazon_sale(orders)
        & (codes_in(orders["market"], ["US"]) == 0)
        & orders["delivered_at"].is_valid().to_numpy()
    )
    registered = rows_of(orders["order_id"], world["registrations"]["order_id"]) >= 0
    net = net_amounts(world.tables)
    return net[rows & registered].mean() / net[rows].mean(), float(registered[rows].mean())


def test_in_s16_large_baskets_register_more_often_and_as_many_orders_as_ever():
    (base, base_share), (selected, share) = registered_baskets(busy("S1")), registered_baskets(busy("S16"))
    assert abs(share - base_share) < 0.06
    assert selected > base + 0.15
    assert 0.85 < base < 1.15
    assert busy("S16")["exposures"].equals(busy("S1")["exposures"])


@pytest.mark.parametrize("table", ["truth_exposure_group", "truth_creator", "truth_campaign", "truth_week"])
def test_in_the_additive_world_effects_are_counts(table):
    rows = busy("additive")[table].to_pylist()
    assert sum(row["amazon_orders"] for row in rows) > 100
    for row in rows:
        assert [row[key] for key in EFFECT_COLUMNS] == [*(row[f"parent_{key}"] for key in EFFECT_COLUMNS[:-1]), 0], row


def totals(table: pa.Table) -> dict:
    """Sums of the effects by market."""
    summed = table.group_by("market").aggregate([(key, "sum") for key in EFFECT_COLUMNS])
    return {row["market"]: [row[f"{key}_sum"] for key in EFFECT_COLUMNS] for row in summed.to_pylist()}


def test_weeks_and_shapley_values_sum_to_all_of_tiktok_and_leave_one_out_does_not():
    world = busy("S1")
    surface = codes_in(world["exposures"]["surface"], SURFACES)
    values = shapley(world, {name: surface == number for number, name in enumerate(SURFACES)})
    whole = totals(world["truth_week"])
    shapley_totals = totals(values)
    assert {market: pytest.approx(row) for market, row in whole.items()} == shapley_totals
    assert sum(row[4] for row in whole.values()) == world["truth_displaced"].num_rows > 0
    assert totals(world["truth_exposure_group"]) != whole


def caused_within(world: World, plan: Plan, group: np.ndarray) -> dict:
    """Amazon orders by group of their exposure (-1: none), where both fall into the same period of the plan."""
    candidates, counts = world.candidates.filter(pa.array(world.happened())), {}
    parent = candidates["exposure_id"].fill_null(-1).to_numpy()
    period = plan.period_of(micros_of(world["exposures"]["occurred_at"]))[parent]
    same = (parent >= 0) & (period >= 0) & (period == plan.period_of(micros_of(candidates["purchased_at"])))
    same &= codes_in(candidates["platform"], ["amazon"]) == 0
    for number in group[parent[same]].tolist():
        counts[number] = counts.get(number, 0) + 1
    return counts


def summed(rows: list[dict], key: str, value: str) -> dict:
    totals = {}
    for row in rows:
        totals[row[key]] = totals.get(row[key], 0) + row[value]
    return {name: total for name, total in totals.items() if total}


def test_the_true_effect_of_a_geo_experiment_is_what_ads_cause_within_its_periods():
    """In the additive world that is a count of children, by market."""
    world = busy("additive")
    plan = Plan("e1", world.size.start, periods=4, period_days=15)
    rows = geo_experiment(world, plan).to_pylist()
    assert {row["arm"] for row in rows} == {"on", "off"}
    assert all(row["exposures"] == 0 for row in rows if row["arm"] == "off")
    codes = [market.code for market in world.markets]
    market = codes_in(world["people"]["market"], codes)[world["exposures"]["person_id"].to_numpy()]
    paid = world["exposures"]["is_paid"].to_numpy(zero_copy_only=False)
    children = caused_within(world, plan, np.where(paid, market, -1))
    expected = {codes[number]: count for number, count in children.items() if number >= 0}
    assert summed(rows, "market", "true_effect_orders") == expected


def test_the_true_effect_of_pausing_a_creator_is_what_she_causes_within_the_periods():
    world = busy("additive")
    plan = Plan("e1", world.size.start, periods=4, period_days=15)
    rows = creator_experiment(world, plan).to_pylist()
    names = column(world["creators"], "creator_id")
    children = caused_within(world, plan, creator_of_exposures(world))
    expected = {names[number]: count for number, count in children.items() if not names[number].endswith("_000")}
    assert summed(rows, "unit", "true_effect_orders") == expected


def test_promotions_can_be_called_off_in_a_real_world():
    world = busy("additive")
    events = promotion_experiment(world, Plan("e1", world.size.start)).to_pylist()
    assert {row["market"] for row in events} == {market.code for market in world.markets if market.has_amazon}
    assert sum(row["true_effect_orders"] for row in events) > 0


def test_the_page_of_plots_is_drawn_and_refuses_what_it_cannot_draw(tiny, tmp_path):
    page = plots.page(tiny, tiny)
    plots.write(page, tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "How the views of a post come in" in text
    assert "<svg" in text
    with pytest.raises(ConfigError, match="png"):
        plots.write(page, tmp_path / "page.pdf")
    with pytest.raises(ConfigError, match="no folder"):
        plots.write(page, tmp_path / "nowhere" / "page.png")
