"""What is true of a world: what caused each order, and what each group of exposures brought about.

``parent`` names the process that emitted an order. Only in an additive world is that the whole truth: saturation,
synergy and displacement make effects depend on what else was shown. So every group also has its *contrast*: the
orders of the world less those of the same world, drawn with the same random numbers, without the group's exposures.
Contrasts of groups do not add up to the contrast of all; ``shapley`` gives shares that do.

No API serves these tables. They are for scorecards and tests.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from phygital_funnel.sandbox.world.columns import texts, timestamps
from phygital_funnel.sandbox.world.contrasts import EFFECT_COLUMNS, Counterfactual, Effect, Ledger, turns
from phygital_funnel.sandbox.world.joins import codes_in, plain, rows_of
from phygital_funnel.sandbox.world.times import EPOCH, Ints, local_days

Codes = npt.NDArray[np.signedinteger[Any]]
SURFACES = ("ad", "feed", "live")


def truth_tables(world: Counterfactual) -> dict[str, pa.Table]:
    """All tables of the world's truth by name, except ``truth_order_cause``, which other processes read."""
    ledger = Ledger(world)
    return {
        "truth_displaced": displaced_orders(world, ledger),
        "truth_exposure_group": exposure_groups(world, ledger),
        "truth_creator": creators(world, ledger),
        "truth_campaign": campaigns(world, ledger),
        "truth_week": weeks(world, ledger),
    }


def order_cause(world: Counterfactual) -> pa.Table:
    """``truth_order_cause``: one row per order, in the order of ``orders``.

    ``cause`` is 'exposure', 'baseline', or 'fulfilment' for what Amazon's warehouse ships for a Shop order.
    """
    orders, candidates = world["orders"], world.candidates
    is_fulfilment = orders["fulfils_order_id"].is_valid().to_numpy()
    # Sales stand in the order of their candidates; what the warehouse ships has no parent.
    parent = np.full(orders.num_rows, -1)
    parent[~is_fulfilment] = candidates["exposure_id"].cast(pa.int64()).fill_null(-1).to_numpy()[world.happened(None)]
    missing = parent < 0
    # Taking a missing row gives NULL in every column.
    shown = world["exposures"].take(pa.array(parent, mask=missing))
    campaign = rows_of(shown["ad_id"], world["ads"]["ad_id"])
    return pa.table(
        {
            "order_id": orders["order_id"],
            "cause": texts(np.where(is_fulfilment, 2, ~missing), ["baseline", "exposure", "fulfilment"]),
            "exposure_id": pa.array(parent, mask=missing),
            "surface": plain(shown["surface"]),
            "ad_id": plain(shown["ad_id"]),
            "campaign_id": texts(campaign, plain(world["ads"]["campaign_id"])),
            "video_id": plain(shown["video_id"]),
            "live_id": plain(shown["live_id"]),
            "creator_id": texts(_creator_of(shown, world), plain(world["creators"]["creator_id"])),
        }
    )


def displaced_orders(world: Counterfactual, ledger: Ledger) -> pa.Table:
    """``truth_displaced``: one row per baseline Amazon order that a Shop order kept from happening.

    An order that several displace stands once, with the first of them by purchase.
    """
    candidates = world.candidates
    target = rows_of(candidates["displaces"], candidates["candidate_id"])
    causes = np.flatnonzero(ledger.actual & (target >= 0))
    causes = causes[np.argsort(ledger.purchased_at[causes], kind="stable")]
    causes = causes[~ledger.actual[target[causes]]]
    victims, first = np.unique(target[causes], return_index=True)
    return pa.table(
        {
            "order_id": plain(candidates["order_id"]).take(pa.array(victims)),
            "market": texts(ledger.market[victims], [market.code for market in ledger.markets]),
            "person_id": plain(candidates["person_id"]).take(pa.array(victims)),
            "purchased_at": timestamps(ledger.purchased_at[victims]),
            "net_amount_minor": ledger.net[victims],
            "currency": texts(ledger.market[victims], [market.currency for market in ledger.markets]),
            "displaced_by": plain(candidates["order_id"]).take(pa.array(causes[first])),
        }
    )


def exposure_groups(world: Counterfactual, ledger: Ledger) -> pa.Table:
    """``truth_exposure_group``: one row per surface and market."""
    codes = [market.code for market in world.markets]
    people = codes_in(world["people"]["market"], codes)
    market = people[world["exposures"]["person_id"].to_numpy()]
    group = codes_in(world["exposures"]["surface"], SURFACES) * len(codes) + market
    labels = [(surface, number) for surface in SURFACES for number in range(len(codes))]
    return _contrasts(world, ledger, "surface", labels, group)


def creators(world: Counterfactual, ledger: Ledger) -> pa.Table:
    """``truth_creator``: one row per creator over her posts, the ads that show them, and her LIVE sessions."""
    codes = [market.code for market in world.markets]
    rows = world["creators"].select(["creator_id", "market"]).to_pylist()
    labels = [(row["creator_id"], codes.index(row["market"])) for row in rows]
    return _contrasts(world, ledger, "creator_id", labels, creator_of_exposures(world))


def creator_of_exposures(world: Counterfactual) -> Ints:
    """Row number in ``creators`` of whose content each exposure showed."""
    return _creator_of(world["exposures"], world)


def _creator_of(exposures: pa.Table, world: Counterfactual) -> Ints:
    found = np.full(exposures.num_rows, -1, dtype=np.int16)
    for key, table in (("video_id", "videos"), ("live_id", "live_sessions")):
        owner = np.append(rows_of(world[table]["creator_id"], world["creators"]["creator_id"]), -1).astype(np.int16)
        np.maximum(found, owner[codes_in(exposures[key], plain(world[table][key]))], out=found)
    return found


def campaigns(world: Counterfactual, ledger: Ledger) -> pa.Table:
    """``truth_campaign``: one row per campaign over its ads."""
    codes = [market.code for market in world.markets]
    ads = world["ads"].select(["campaign_id", "market"]).to_pylist()
    labels = list(dict.fromkeys((ad["campaign_id"], codes.index(ad["market"])) for ad in ads))
    position = {name: number for number, (name, _) in enumerate(labels)}
    campaign = np.array([position[ad["campaign_id"]] for ad in ads] + [-1], dtype=np.int16)
    return _contrasts(
        world,
        ledger,
        "campaign_id",
        labels,
        campaign[codes_in(world["exposures"]["ad_id"], plain(world["ads"]["ad_id"]))],
    )


def weeks(world: Counterfactual, ledger: Ledger) -> pa.Table:
    """``truth_week``: one row per market and ISO week of purchase in its zone; the contrast is all of TikTok."""
    monday = np.zeros(len(ledger.market), dtype=np.int64)
    for number, market in enumerate(world.markets):
        rows = np.flatnonzero(ledger.market == number)
        day = local_days(ledger.purchased_at[rows], market.timezone)
        monday[rows] = day - (day + EPOCH.weekday()) % 7
    mondays, week = np.unique(monday, return_inverse=True)
    size = len(mondays) * len(world.markets)
    key = week * len(world.markets) + ledger.market
    nothing_shown = world.happened(np.ones(world["exposures"].num_rows, dtype=bool))
    effects = ledger.effects(nothing_shown, key, size)
    parents = ledger.children(key, size)
    starts = pa.array(np.repeat(mondays, len(world.markets)).astype(np.int32)).cast(pa.date32())
    return _table(
        {"week_start": starts}, ledger, np.tile(np.arange(len(world.markets)), len(mondays)), parents, effects
    )


def _contrasts(
    world: Counterfactual, ledger: Ledger, name: str, labels: Sequence[tuple[str, int]], group: Codes
) -> pa.Table:
    """One row per group of exposures, each within one market.

    Args:
        world: whose outcomes are compared.
        ledger: its candidates.
        name: of the label's column.
        labels: label and market number of each group.
        group: number of each exposure's group, -1 for none.
    """
    market = np.array([number for _, number in labels])
    turn = turns(market)
    turn_of_exposure = np.append(turn, -1).astype(np.int16)[group]
    effects = [Effect()] * len(labels)
    for now in range(int(turn.max()) + 1):
        found = ledger.effects(world.happened(turn_of_exposure == now), ledger.market, len(world.markets))
        for row in np.flatnonzero(turn == now).tolist():
            effects[row] = found[market[row]]
    columns = {
        name: pa.array([label for label, _ in labels], pa.string()),
        "exposures": _counts(group, len(labels)),
    }
    return _table(columns, ledger, market, ledger.children(np.append(group, -1)[ledger.parent], len(labels)), effects)


def _counts(group: Codes, size: int) -> Ints:
    """How many exposures each group has, in slices because counting widens its input."""
    total = np.zeros(size, dtype=np.int64)
    for first in range(0, len(group), 1 << 22):
        part = group[first : first + (1 << 22)]
        total += np.bincount(part[part >= 0], minlength=size)
    return total


def _table(
    columns: dict[str, Any], ledger: Ledger, market: Ints, parents: Sequence[Effect], effects: Sequence[Effect]
) -> pa.Table:
    """The columns, the market, what happened by parent, and the contrast."""
    places = {
        "market": texts(market, [entry.code for entry in ledger.markets]),
        "currency": texts(market, [entry.currency for entry in ledger.markets]),
    }
    counts = {f"parent_{key}": np.array([getattr(row, key) for row in parents]) for key in EFFECT_COLUMNS[:-1]}
    contrasts = {key: np.array([getattr(row, key) for row in effects]) for key in EFFECT_COLUMNS}
    return pa.table(columns | places | counts | contrasts)
