"""The orders that happen, as the platforms keep them: their states over time, their lines and who is named for them."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from phygital_funnel.sandbox.world.candidates import PLATFORMS, Candidates
from phygital_funnel.sandbox.world.catalogue import PRODUCTS
from phygital_funnel.sandbox.world.columns import Flags, Floats, digits, texts, timestamps
from phygital_funnel.sandbox.world.commissions import rate_at
from phygital_funnel.sandbox.world.design import Design
from phygital_funnel.sandbox.world.sampling import order_by
from phygital_funnel.sandbox.world.times import DAY, HOUR, MINUTE, NEVER, SECOND, Ints

CANCEL_RATE, PENDING_RATE, BUSINESS_RATE = 0.03, 0.6, 0.03
FULFILLED_BY_AMAZON = 0.06
"""Share of the Shop's orders that Amazon's warehouse ships, where Amazon sells; its reports have a row for each."""
NEW_TO_BRAND_SHARE = 0.7
"""Share of people's first orders in the period that are their first in a year."""
AFFILIATE_NAMED, AFFILIATE_STRAY = 0.85, 0.1
"""Share of a creator's caused Shop orders that name her, and of baseline ones that name some creator anyway."""


@dataclass(frozen=True)
class Progress:
    """When the state of each candidate changes, in microseconds; ``NEVER`` where it does not."""

    priced_at: Ints
    shipped_at: Ints
    delivered_at: Ints
    cancelled_at: Ints


@dataclass(frozen=True)
class Named:
    """The creator row and content number that the Shop's affiliate programme names for each candidate, -1 for none."""

    creator: Ints
    content: Ints


def states(drawn: Candidates) -> Progress:
    """States of all candidates. A cancelled order is never shipped."""
    draws, at = drawn.draws, drawn.purchased_at
    hours = np.where(draws.uniform("pending orders") < PENDING_RATE, 3 * np.exp(0.8 * draws.normal("waits")), 0.0)
    waits, pays = hours * HOUR, 90 * draws.exponential("payments") * SECOND
    priced = at + _seconds(np.where(drawn.is_shop, pays, waits))
    shipped = priced + _seconds((4 + 36 * draws.uniform("shipments")) * HOUR)
    transit = (1 + 2 * draws.uniform("deliveries")) * DAY
    delivered = shipped + _seconds(transit * np.where(drawn.is_shop, 1.6, 1.0))
    is_cancelled = draws.uniform("cancelled orders") < CANCEL_RATE
    cancelled = at + _seconds(10 * np.exp(draws.normal("cancellations")) * HOUR) + MINUTE
    return Progress(
        priced,
        np.where(is_cancelled, NEVER, shipped),
        np.where(is_cancelled, NEVER, delivered),
        np.where(is_cancelled, cancelled, NEVER),
    )


def _seconds(span: Floats) -> Ints:
    # Amazon's report has whole seconds, and a purchase must not appear to precede its click.
    seconds: Ints = span.astype(np.int64) // SECOND * SECOND
    return seconds


def named_affiliates(design: Design, drawn: Candidates, videos: pa.Table, creators: pa.Table) -> Named:
    """Whom the affiliate programme credits: mostly who caused the order, for some orders anyone."""
    roll, pick = drawn.draws.uniform("affiliate orders"), drawn.draws.integers("stray affiliates", 0, 2**31)
    is_affiliate = np.append(creators["commission_rate"].to_numpy() > 0, False)
    is_caused = drawn.is_shop & is_affiliate[drawn.creator] & (roll < AFFILIATE_NAMED)
    creator_rows = pc.index_in(videos["creator_id"], creators["creator_id"].combine_chunks()).to_numpy()
    market_codes = videos["market"].to_pylist()
    creator, content = np.where(is_caused, drawn.creator, -1), np.where(is_caused, drawn.content, -1)
    stray = drawn.is_shop & (drawn.exposure < 0) & ~drawn.is_sample & (roll < AFFILIATE_STRAY)
    for number, market in enumerate(design.markets):
        rows = np.flatnonzero(stray & (drawn.market == number))
        own = np.array([code == market.code for code in market_codes]) & is_affiliate[creator_rows]
        posts = np.flatnonzero(own)
        content[rows] = posts[pick[rows] % len(posts)]
        creator[rows] = creator_rows[content[rows]]
    return Named(creator, content)


@dataclass(frozen=True)
class Book:
    """Everything the order tables are written from.

    Args:
        candidate: candidate of each order, in order of time. Orders that Amazon ships for the Shop stand twice.
        is_mirror: whether the row is Amazon's record of an order of the Shop.
        placed_at: microseconds; the mirror comes later than the order.
    """

    design: Design
    drawn: Candidates
    progress: Progress
    named: Named
    candidate: Ints
    is_mirror: Flags
    placed_at: Ints

    @property
    def is_amazon(self) -> Flags:
        """Rows in Amazon's reports."""
        amazon: Flags = ~self.drawn.is_shop[self.candidate] | self.is_mirror
        return amazon


def book(design: Design, drawn: Candidates, happened: Flags, tables: dict[str, pa.Table]) -> Book:
    """The orders that happened, with Amazon's mirror rows among them, in order of time."""
    draws = drawn.draws
    progress = states(drawn)
    has_amazon = np.array([market.has_amazon for market in design.markets])[drawn.market]
    ships = (draws.uniform("fulfilled by Amazon") < FULFILLED_BY_AMAZON) & drawn.is_shop & has_amazon & ~drawn.is_sample
    later = draws.integers("fulfilment", 2, 30) * MINUTE
    rows, mirrors = np.flatnonzero(happened), np.flatnonzero(happened & ships & (progress.cancelled_at == NEVER))
    candidate = np.append(rows, mirrors)
    is_mirror = np.arange(len(candidate)) >= len(rows)
    placed = np.append(drawn.purchased_at[rows], progress.priced_at[mirrors] + later[mirrors])
    # A mirror after the end of the period would be an order of no day.
    inside = np.flatnonzero(placed < design.end)
    order = inside[order_by((placed[inside] - design.start) // SECOND)]
    named = named_affiliates(design, drawn, tables["videos"], tables["creators"])
    return Book(design, drawn, progress, named, candidate[order], is_mirror[order], placed[order])


def order_table(about: Book, tables: dict[str, pa.Table]) -> pa.Table:
    """One row per order with the times at which its state changes."""
    drawn, rows, mirror = about.drawn, about.candidate, about.is_mirror
    design, progress = about.design, about.progress
    draws = drawn.draws.take(rows)
    is_business = (draws.uniform("business orders") < BUSINESS_RATE) & about.is_amazon & ~mirror
    place = draws.integers("addresses", 0, 60)
    is_first = (draws.uniform("new to the brand") < NEW_TO_BRAND_SHARE) & _first_of_person(drawn.person[rows], mirror)
    ids = _ids(about)
    market = drawn.market[rows]
    last_video = tables["videos"].num_rows
    named = np.where(mirror, -1, about.named.content[rows])
    return pa.table(
        {
            "order_id": ids,
            "platform": texts(np.where(about.is_amazon, 0, 1), PLATFORMS),
            "person_id": drawn.person[rows].astype(np.int32),
            "market": texts(market, [entry.code for entry in design.markets]),
            "purchased_at": timestamps(about.placed_at),
            "priced_at": timestamps(np.maximum(progress.priced_at[rows], about.placed_at)),
            "shipped_at": timestamps(progress.shipped_at[rows]),
            "delivered_at": timestamps(progress.delivered_at[rows]),
            "cancelled_at": timestamps(progress.cancelled_at[rows]),
            "promo_code": texts(np.where(mirror, -1, drawn.code[rows]), tables["creators"]["promo_code"].to_pylist()),
            "sales_channel": _channels(about, market),
            "fulfils_order_id": pc.if_else(pa.array(mirror), drawn.order_id.take(pa.array(rows)), None),
            "is_business": is_business,
            "is_sample": drawn.is_sample[rows],
            **_addresses(design, market, place),
            "is_new_to_brand": is_first,
            "creator_id": texts(
                np.where(mirror, -1, about.named.creator[rows]), tables["creators"]["creator_id"].to_pylist()
            ),
            "video_id": texts(np.where(named < last_video, named, -1), tables["videos"]["video_id"].to_pylist()),
            "live_id": texts(np.maximum(named - last_video, -1), tables["live_sessions"]["live_id"].to_pylist()),
        }
    )


def _ids(about: Book) -> pa.Array:
    serial = about.drawn.serial[about.candidate]
    mirror = pc.binary_join_element_wise("S01", digits(serial, 7), digits((serial * 6151) % 10_000_000, 7), "-")
    return pc.if_else(pa.array(about.is_mirror), mirror, about.drawn.order_id.take(pa.array(about.candidate)))


def _first_of_person(person: Ints, mirror: Flags) -> Flags:
    is_first = np.zeros(len(person), dtype=bool)
    own = np.flatnonzero(~mirror)
    is_first[own[np.unique(person[own], return_index=True)[1]]] = True
    return is_first


def _channels(about: Book, market: Ints) -> pa.Array:
    count = len(about.design.markets)
    names = [entry.sales_channel for entry in about.design.markets]
    names += [f"Non-Amazon {entry.code}" for entry in about.design.markets] + ["TikTok Shop"]
    kind = np.where(about.is_mirror, market + count, np.where(about.is_amazon, market, 2 * count))
    return texts(kind, names)


def _addresses(design: Design, market: Ints, place: Ints) -> dict[str, pa.Array]:
    cities = [city for entry in design.markets for city in entry.cities]
    counts = np.array([len(entry.cities) for entry in design.markets])
    row = (np.cumsum(counts) - counts)[market] + place % counts[market]
    names = ("ship_city", "ship_state", "ship_postal_code")
    return {name: texts(row, [city[part] for city in cities]) for part, name in enumerate(names)}


def line_table(about: Book, orders: pa.Table, commission_rates: pa.Table) -> pa.Table:
    """One row per order line; an order may hold the same product twice. Mirror rows carry no money."""
    drawn = about.drawn
    lines = drawn.lines.take(about.candidate)
    source = line_rows(about)
    order = lines.order
    is_mirror = about.is_mirror[order]
    market = drawn.market[about.candidate][order]
    money = {
        "item_price_minor": drawn.prices.item,
        "item_tax_minor": drawn.prices.tax,
        "discount_minor": drawn.prices.discount,
        "platform_discount_minor": drawn.prices.platform_discount,
        "shipping_minor": drawn.prices.shipping,
    }
    amounts = {name: np.where(is_mirror, 0, amount[source]) for name, amount in money.items()}
    paid = amounts["item_price_minor"] - amounts["discount_minor"]
    markets = about.design.markets
    skus = [product.sku_in(entry) for entry in markets for product in PRODUCTS]
    return pa.table(
        {
            "order_id": orders["order_id"].take(pa.array(order)),
            "line_number": lines.number,
            "asin": texts(lines.product, [product.asin for product in PRODUCTS]),
            "sku": texts(market * len(PRODUCTS) + lines.product, skus),
            "quantity": lines.quantity,
            **amounts,
            "currency": texts(market, [entry.currency for entry in markets]),
            "commission_minor": np.rint(paid * _commission_rates(orders, commission_rates)[order]).astype(np.int64),
        }
    )


def line_rows(about: Book) -> Ints:
    """Row among the candidates' lines of each line of the orders."""
    return about.drawn.lines.line_rows(about.candidate)


def _commission_rates(orders: pa.Table, rates: pa.Table) -> Floats:
    """The affiliate rate in force when each order was placed; 0 for orders that name no creator."""
    rows = np.flatnonzero(orders["creator_id"].is_valid().to_numpy())
    found = np.zeros(orders.num_rows)
    moments = orders["purchased_at"].cast(pa.int64()).to_numpy()[rows]
    found[rows] = rate_at(rates, orders["creator_id"].take(pa.array(rows)), moments)
    return found
