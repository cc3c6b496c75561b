"""The product pages on Amazon day by day: price, stock, sessions and page views, offer, rating and reviews."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from phygital_funnel.sandbox.world.catalogue import PRODUCTS, Market
from phygital_funnel.sandbox.world.columns import Flags, Floats, micros_of, texts
from phygital_funnel.sandbox.world.design import Design
from phygital_funnel.sandbox.world.joins import Tables, codes_in, is_amazon_sale, rows_of
from phygital_funnel.sandbox.world.prices import LocalDays, amazon_prices, days_of
from phygital_funnel.sandbox.world.times import Ints, day_end

BROWSER_CONVERSION = 0.16
"""Order lines per session of people whom nothing but Amazon brought there; with those who search, about an eighth."""
SEARCH_TO_SESSION = 0.6
PAGES_PER_SESSION = 1.35

_MOBILE, _BUY_BOX = 0.68, 0.97
_REVIEWS_PER_LINE = 0.03


@dataclass(frozen=True)
class _Visits:
    """What brought people to product pages, of all markets: market number, product number and time of each."""

    market: Ints
    product: Ints
    at: Ints

    def count(self, market: int, days: LocalDays) -> Ints:
        """Those of a market by product and local day."""
        here = np.flatnonzero(self.market == market)
        return days.count(self.product[here], self.at[here])


@dataclass(frozen=True)
class _Facts:
    """The visits that the other tables imply; ``unprompted`` are the lines of orders that no exposure caused."""

    lines: _Visits
    unprompted: _Visits
    clicks: _Visits
    searches: _Visits


def listing_days(tables: Tables, design: Design) -> pa.Table:
    """One row per Amazon market, product and local day, in this order.

    Sessions are the visits that orders, clicks and searches imply, and those of people nobody prompted who leave again.

    Args:
        tables: clicks, searches, orders, order_lines, truth_order_cause and stock_outs.
        design: what determines the world.
    """
    facts = _facts(tables, design)
    return pa.concat_tables([_days_of(tables, facts, design, market) for market in design.markets if market.has_amazon])


def _days_of(tables: Tables, facts: _Facts, design: Design, market: Market) -> pa.Table:
    draw = design.randomness.stream(f"listings {market.code}")
    days = days_of(design, market)
    number = design.markets.index(market)
    lines, unprompted = facts.lines.count(number, days), facts.unprompted.count(number, days)
    out_share = _share_out_of_stock(tables, days)
    visits = lines + facts.clicks.count(number, days)
    visits += draw.binomial(facts.searches.count(number, days), SEARCH_TO_SESSION)
    visits += draw.poisson(_background(unprompted) * (1 - 0.5 * out_share))
    rows = len(PRODUCTS) * days.days
    pages = visits + draw.poisson(visits * (PAGES_PER_SESSION - 1))
    mobile = np.clip(_MOBILE + draw.normal(0, 0.04, days.shape), 0.3, 0.95)
    buy_box = np.clip(_BUY_BOX + draw.normal(0, 0.015, days.shape), 0.8, 1.0) * (1 - out_share)
    reviews = draw.integers(40, 4000, (len(PRODUCTS), 1)) + np.cumsum(draw.poisson(lines * _REVIEWS_PER_LINE), axis=1)
    rating = draw.uniform(4.0, 4.7, (len(PRODUCTS), 1)) + np.cumsum(draw.normal(0, 0.005, days.shape), axis=1)
    day = np.tile(np.arange(days.first, days.first + days.days, dtype=np.int32), len(PRODUCTS))
    return pa.table(
        {
            "market": pa.array([market.code] * rows, pa.string()),
            "asin": texts(np.repeat(np.arange(len(PRODUCTS)), days.days), [entry.asin for entry in PRODUCTS]),
            "day": pa.array(day).cast(pa.date32()),
            "price_minor": amazon_prices(design, market).ravel(),
            "is_out_of_stock": (out_share > 0.5).ravel(),
            "sessions": visits.ravel().astype(np.int64),
            "page_views": pages.ravel().astype(np.int64),
            "mobile_share": mobile.ravel().round(4),
            "buy_box_share": buy_box.ravel().round(4),
            "rating": np.clip(rating, 1.0, 5.0).ravel().round(1),
            "reviews": reviews.ravel().astype(np.int64),
        }
    )


def _facts(tables: Tables, design: Design) -> _Facts:
    lines, is_caused = _lines(tables, design)
    return _Facts(lines, _kept(lines, ~is_caused), _landed_clicks(tables, design), _searches(tables, design))


def _lines(tables: Tables, design: Design) -> tuple[_Visits, Flags]:
    """Lines of Amazon's sales, and which of them an exposure caused."""
    orders, lines, causes = tables["orders"], tables["order_lines"], tables["truth_order_cause"]
    order = rows_of(lines["order_id"], orders["order_id"])
    chosen = np.flatnonzero(is_amazon_sale(orders)[order])
    order = order[chosen]
    is_caused = codes_in(causes["cause"], ["exposure"]) == 0
    visits = _Visits(
        codes_in(orders["market"], [entry.code for entry in design.markets])[order],
        codes_in(lines["asin"], [entry.asin for entry in PRODUCTS])[chosen],
        micros_of(orders["purchased_at"])[order],
    )
    return visits, is_caused[rows_of(orders["order_id"], causes["order_id"])][order]


def _kept(visits: _Visits, flags: Flags) -> _Visits:
    return _Visits(visits.market[flags], visits.product[flags], visits.at[flags])


def _background(unprompted: Ints) -> Floats:
    """Sessions in the mean without a purchase, from the lines nobody prompted: a product's share on a smooth week."""
    week = np.ones(min(7, unprompted.shape[1]))
    total = unprompted.sum(axis=0).astype(float)
    smooth = np.convolve(total, week, "same") / np.convolve(np.ones_like(total), week, "same")
    # Sales events stay sharp: half of the figure is the day's own.
    daily = (smooth + total) / 2
    share = (unprompted.sum(axis=1) + 0.5) / (unprompted.sum() + 0.5 * len(PRODUCTS))
    return np.outer(share, daily) * (1 / BROWSER_CONVERSION - 1)


def _landed_clicks(tables: Tables, design: Design) -> _Visits:
    clicks = tables["clicks"]
    is_amazon = codes_in(clicks["destination"], ["amazon"]) == 0
    visits = _Visits(
        codes_in(clicks["country"], [market.country for market in design.markets]),
        codes_in(clicks["asin"], [entry.asin for entry in PRODUCTS]),
        micros_of(clicks["clicked_at"]),
    )
    return _kept(visits, is_amazon & clicks["landed"].to_numpy(zero_copy_only=False))


def _searches(tables: Tables, design: Design) -> _Visits:
    """Queries whose searcher did not go on to buy: the orders' own visits are counted with the orders."""
    searches = tables["searches"]
    visits = _Visits(
        codes_in(searches["market"], [entry.code for entry in design.markets]),
        codes_in(searches["asin"], [entry.asin for entry in PRODUCTS]),
        micros_of(searches["searched_at"]),
    )
    return _kept(visits, searches["order_id"].is_null().to_numpy())


def _share_out_of_stock(tables: Tables, days: LocalDays) -> Floats:
    """Share of each product's day without stock."""
    midnights = np.array([day_end(days.first - 1 + n, days.market.timezone) for n in range(days.days + 1)])
    share = np.zeros(days.shape)
    spells = tables["stock_outs"]
    products = codes_in(spells["asin"], [entry.asin for entry in PRODUCTS])
    here = np.flatnonzero(codes_in(spells["market"], [days.market.code]) == 0)
    starts, ends = micros_of(spells["starts_at"]), micros_of(spells["ends_at"])
    for row in here:
        overlap = np.minimum(ends[row], midnights[1:]) - np.maximum(starts[row], midnights[:-1])
        share[products[row]] += np.maximum(overlap, 0) / np.diff(midnights)
    out: npt.NDArray[np.float64] = np.minimum(share, 1.0)
    return out
