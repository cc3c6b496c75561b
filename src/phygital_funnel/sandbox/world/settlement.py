"""Where and when an order settles: on Amazon or on TikTok Shop, with a lag that depends on what caused it."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from phygital_funnel.sandbox.world.baskets import Baskets, hourly
from phygital_funnel.sandbox.world.columns import Flags, Floats
from phygital_funnel.sandbox.world.design import Design
from phygital_funnel.sandbox.world.randomness import RowDraws
from phygital_funnel.sandbox.world.times import DAY, HOUR, MINUTE, SECOND, Ints

ALPHA, GEN_Z_PULL, CLICK_PULL, LIVE_PULL = 0.05, -0.6, 0.5, -2.0
"""Log-odds of settling on Amazon: at a basket of 35 USD, and shifts for buyers under 25, for clicks (plus to Amazon,
minus to the Shop) and for LIVE sessions. They give about 22, 37, 52 and 75 % on Amazon for baskets up to 15, 30, 60 USD
and above."""
PIVOT_USD = 35.0
BASELINE_SHOP_SHARE = 0.06
QUICK_SHARE, QUICK_MEAN_MINUTES = 0.4, 29.0
LAG_MEDIAN_DAYS = 2.5
SHOP_LAG_MINUTES, SHOP_LAG_SIGMA = 30.0, 1.5
MOVES_TO_SHOP = 0.3
"""Share of orders that find Amazon out of stock and go to the Shop instead; the others are lost."""


@dataclass(frozen=True)
class Prompt:
    """Per order what settles it.

    Args:
        market: market number.
        is_caused: by an exposure.
        moment: of a baseline order, or of the click or else the exposure that caused the order.
        is_clicked, to_shop, is_live: about the causing exposure.
        is_gen_z: about the buyer.
    """

    market: Ints
    is_caused: Flags
    moment: Ints
    is_clicked: Flags
    to_shop: Flags
    is_live: Flags
    is_gen_z: Flags


@dataclass(frozen=True)
class Settlement:
    """Per order whether it goes to the Shop, when it is placed, and whether there was stock."""

    is_shop: Flags
    purchased_at: Ints
    is_available: Flags


def settle(design: Design, prompt: Prompt, baskets: Baskets, stock_outs: pa.Table) -> Settlement:
    """Settle orders; the draws of one are the same whatever happens to the others."""
    count = len(prompt.market)
    draws = RowDraws(design.randomness, count, np.arange(count))
    chance = np.where(prompt.is_caused, _chance_of_amazon(design, prompt, baskets), 1 - BASELINE_SHOP_SHARE)
    wants_shop = draws.uniform("settlement") >= chance
    has_amazon = np.array([market.has_amazon for market in design.markets])[prompt.market]
    has_shop = prompt.moment >= design.shop_openings[prompt.market]
    is_shop = np.where(has_amazon, wants_shop & has_shop, True)
    lag = np.where(is_shop, _shop_lag(draws), _amazon_lag(design, prompt.is_clicked, draws))
    caused_at = (prompt.moment + lag) // SECOND * SECOND + SECOND
    purchased_at = np.where(prompt.is_caused, caused_at, prompt.moment)
    no_stock = ~is_shop & _is_out(design, prompt.market, baskets.first_product, purchased_at, stock_outs)
    moves = no_stock & (draws.uniform("moves to the Shop") < MOVES_TO_SHOP) & has_shop
    is_there = (has_amazon | has_shop) & ~(no_stock & ~moves)
    return Settlement(is_shop | moves, purchased_at, is_there)


def _chance_of_amazon(design: Design, prompt: Prompt, baskets: Baskets) -> Floats:
    odds = ALPHA + design.scenario.beta * np.log(baskets.value_usd() / PIVOT_USD)
    odds += GEN_Z_PULL * prompt.is_gen_z + LIVE_PULL * prompt.is_live
    odds += CLICK_PULL * prompt.is_clicked * np.where(prompt.to_shop, -1, 1)
    chance: Floats = np.round(1 / (1 + np.exp(-odds)), 9)
    return chance


def _amazon_lag(design: Design, is_clicked: Flags, draws: RowDraws) -> Ints:
    considered = LAG_MEDIAN_DAYS * np.exp(draws.normal("considered lags") * design.scenario.lag_sigma) * DAY
    quick = QUICK_MEAN_MINUTES * draws.exponential("quick lags") * MINUTE
    is_quick = is_clicked & (draws.uniform("quick orders") < QUICK_SHARE)
    return np.where(is_quick, quick, considered).astype(np.int64)


def _shop_lag(draws: RowDraws) -> Ints:
    lag: Ints = (SHOP_LAG_MINUTES * np.exp(draws.normal("Shop lags") * SHOP_LAG_SIGMA) * MINUTE).astype(np.int64)
    return lag


def _is_out(design: Design, market: Ints, product: Ints, moment: Ints, stock_outs: pa.Table) -> Flags:
    """Whether Amazon had no stock of a product; orders after the period are dropped anyway."""
    out = hourly(design, stock_outs, [1.0] * stock_outs.num_rows) > 0
    hour = np.minimum((moment - design.start) // HOUR, design.size.days * 24 - 1)
    is_out: Flags = out[market, product, hour]
    return is_out
