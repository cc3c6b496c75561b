"""Orders that their buyers register with the brand: the only bridge from an Amazon order to a person."""

import hashlib

import numpy as np
import pyarrow as pa

from phygital_funnel.sandbox.world.columns import Floats, micros_of, timestamps
from phygital_funnel.sandbox.world.design import Design
from phygital_funnel.sandbox.world.joins import Tables, codes_in, is_amazon_sale, net_amounts, plain, rows_of
from phygital_funnel.sandbox.world.times import DAY, NEVER, SECOND

REGISTRATION_SHARE = 0.18
"""Share of the delivered Amazon orders whose buyers register."""
SAME_BROWSER_SHARE = 0.8
"""Registrants whose visitor id is the one they clicked with; the others register on another device."""

_BASKET_SLOPE, _LOYALTY, _CREATOR_SLOPE, _LAG_SLOPE = 0.5, 0.6, 0.8, -0.15
_MEAN_QUALITY = 1.0


def registrations(tables: Tables, design: Design) -> pa.Table:
    """One row per order that its buyer registered for warranty or a review card, some days after delivery.

    Args:
        tables: people, creators, orders, order_lines, exposures and truth_order_cause.
        design: the scenario says whether registering depends on the order.
    """
    draw = design.randomness.stream("registrations")
    orders = tables["orders"]
    delivered = micros_of(orders["delivered_at"])
    chance = np.full(orders.num_rows, REGISTRATION_SHARE)
    if design.scenario.registration_depends:
        # Rounded, because the last bit of an exponential depends on the processor.
        chance = np.round(np.minimum(chance * inclination(tables, design), 0.9), 9)
    can_register = is_amazon_sale(orders) & (delivered != NEVER)
    # Every order has its own draw, so that scenarios differ in who registers and in nothing else.
    rows = np.flatnonzero(can_register & (draw.random(orders.num_rows) < chance))
    count = len(rows)
    delay = (draw.gamma(2, 2.5, count) * DAY).astype(np.int64) // SECOND * SECOND + draw.integers(1, SECOND, count)
    same = draw.random(count) < SAME_BROWSER_SHARE
    other = draw.integers(0, 2**62, count)
    person = orders["person_id"].to_numpy()[rows]
    visitors = tables["people"]["visitor_id"].take(pa.array(person)).to_pylist()
    return pa.table(
        {
            "order_id": plain(orders["order_id"]).take(pa.array(rows)),
            "person_id": person,
            "person_hash": pa.array([person_hash(number) for number in person.tolist()], pa.string()),
            "visitor_id": pa.array(
                [v if keep else f"v{o:016x}" for v, keep, o in zip(visitors, same, other, strict=True)], pa.string()
            ),
            "registered_at": timestamps(delivered[rows] + delay),
            "registration_source": np.where(draw.random(count) < 0.6, "warranty", "review_card"),
        }
    )


def inclination(tables: Tables, design: Design) -> Floats:
    """Per order how much likelier than the mean its buyer is to register or to use a code; the mean is 1.

    Larger baskets, customers who bought before, orders of liked creators and quick orders stand out: whoever takes
    registered orders for a sample of all orders is wrong about exactly these.
    """
    orders = tables["orders"]
    log_odds = _BASKET_SLOPE * np.log(np.maximum(_in_dollars(tables, design), 1.0) / 35)
    log_odds += _LOYALTY * ~orders["is_new_to_brand"].to_numpy(zero_copy_only=False)
    causes = tables["truth_order_cause"]
    cause = rows_of(orders["order_id"], causes["order_id"])
    quality = np.append(tables["creators"]["quality"].to_numpy(), _MEAN_QUALITY)
    creator = rows_of(causes["creator_id"], tables["creators"]["creator_id"])[cause]
    log_odds += _CREATOR_SLOPE * (quality[creator] - _MEAN_QUALITY)
    log_odds += _LAG_SLOPE * _lag_days(tables)
    weight = np.exp(log_odds)
    amazon = is_amazon_sale(orders)
    weights: Floats = weight / weight[amazon].mean() if amazon.any() else weight
    return weights


def _in_dollars(tables: Tables, design: Design) -> Floats:
    codes = codes_in(tables["orders"]["market"], [market.code for market in design.markets])
    unit = np.array([10**market.exponent * market.price_factor for market in design.markets])
    dollars: Floats = net_amounts(tables) / unit[codes]
    return dollars


def _lag_days(tables: Tables) -> Floats:
    """Days since the causing exposure; 0 for orders that none caused."""
    exposure = tables["truth_order_cause"]["exposure_id"].fill_null(-1).to_numpy()
    cause = rows_of(tables["orders"]["order_id"], tables["truth_order_cause"]["order_id"])
    parent = exposure[cause]
    is_caused = parent >= 0
    shown = micros_of(tables["exposures"]["occurred_at"].take(pa.array(parent[is_caused])))
    lag = np.zeros(len(parent))
    lag[is_caused] = (micros_of(tables["orders"]["purchased_at"])[is_caused] - shown) / DAY
    return lag


def person_hash(person_id: int) -> str:
    """What the brand stores instead of an address: SHA-256 of it, lower case."""
    return hashlib.sha256(f"person{person_id}@sandbox.invalid".encode()).hexdigest()
