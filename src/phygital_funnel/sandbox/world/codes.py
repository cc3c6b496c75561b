"""Promo codes: used by some of those whom a creator prompted, and leaked to some whom nobody did."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from phygital_funnel.sandbox.world.columns import Flags, Floats, micros_of, rows_in
from phygital_funnel.sandbox.world.design import Design
from phygital_funnel.sandbox.world.randomness import RowDraws
from phygital_funnel.sandbox.world.times import DAY, NEVER, Ints

USE_CAUSED, USE_BASELINE = 0.06, 0.01
"""Share of caused orders with their creator's code, where one is valid, and of baseline orders with a leaked one."""


@dataclass(frozen=True)
class Codes:
    """Per order what decides on a code: market and creator row (-1: baseline), time, lag since the cause, platform."""

    market: Ints
    creator: Ints
    purchased_at: Ints
    lag: Ints
    is_amazon: Flags


def draw_codes(
    design: Design, creators: pa.Table, about: Codes, basket_usd: Floats, affinity: Floats, draws: RowDraws
) -> Ints:
    """Per order the creator row of the code it uses, -1 for none; codes are the brand's on Amazon only."""
    chance = np.where(about.creator >= 0, USE_CAUSED, USE_BASELINE)
    if design.scenario.registration_depends:
        quality = np.append(creators["quality"].to_numpy(), 1.0)[about.creator]
        chance = chance * _inclination(about, basket_usd, affinity, quality)
    uses = (draws.uniform("promo codes") < chance) & about.is_amazon
    owner = np.where(about.creator >= 0, about.creator, _leaked(design, creators, about.market, draws))
    starts, ends = micros_of(creators["code_valid_from"]), micros_of(creators["code_valid_to"])
    # A brand account has no code: it starts never.
    is_valid = (starts[owner] != NEVER) & (starts[owner] <= about.purchased_at) & (about.purchased_at < ends[owner])
    return np.where(uses & is_valid, owner, -1)


def _leaked(design: Design, creators: pa.Table, market: Ints, draws: RowDraws) -> Ints:
    """A creator with a code, of each order's market: all but the first, which is the brand's own account."""
    market_of_creator = rows_in(creators["market"], [entry.code for entry in design.markets])
    first = np.searchsorted(market_of_creator, np.arange(len(design.markets)))
    leaked: Ints = first[market] + draws.integers("leaked codes", 1, design.size.creators_per_market + 1)
    return leaked


def _inclination(about: Codes, basket_usd: Floats, affinity: Floats, quality: Floats) -> Floats:
    """How much likelier than usual an order uses a code: larger for big baskets, loyal buyers, good creators, soon."""
    slow = np.where(about.creator >= 0, np.minimum(about.lag / DAY, 10), 3)
    factor = (basket_usd / 35) ** 0.5 * affinity**0.3 * quality * np.exp(-0.1 * slow)
    return np.asarray(np.round(np.clip(factor, 0.1, 5), 6), dtype=float)
