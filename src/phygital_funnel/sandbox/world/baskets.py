"""What is in an order and what comes back: lines, refunds, and the orders that buyers register with the brand."""

import hashlib

import numpy as np
import pyarrow as pa

from phygital_funnel.sandbox.world.catalogue import MARKETS, PRODUCTS, shelf_price
from phygital_funnel.sandbox.world.content import timestamps
from phygital_funnel.sandbox.world.delivery import micros_of, weighted
from phygital_funnel.sandbox.world.randomness import Randomness
from phygital_funnel.sandbox.world.times import DAY, SECOND

EXTRA_LINES_MEAN = 0.25
PROMOTED_SHARE = 0.8
CODE_DISCOUNT = 0.1
REFUND_RATE, PARTIAL_REFUND_SHARE = 0.07, 0.25
REGISTRATION_SHARE = 0.18
SAME_BROWSER_SHARE = 0.8
"""Registrants whose visitor id is the one they clicked with; the others register on another device."""


def order_lines(orders: pa.Table, promoted: list[str | None], randomness: Randomness) -> pa.Table:
    """One row per order line; an order may hold the same product twice.

    Args:
        orders: the orders.
        promoted: per order the ASIN that its causing exposure showed, None for baseline orders.
        randomness: the world's generators.
    """
    draw = randomness.stream("baskets")
    per_order = 1 + draw.poisson(EXTRA_LINES_MEAN, orders.num_rows)
    order = np.repeat(np.arange(orders.num_rows), per_order)
    count = len(order)
    line = np.arange(count) - np.repeat(np.cumsum(per_order) - per_order, per_order) + 1
    product = weighted(draw, np.array([product.weight for product in PRODUCTS]), count)
    position = {entry.asin: number for number, entry in enumerate(PRODUCTS)}
    shown = np.array([-1 if asin is None else position[asin] for asin in promoted])[order]
    product = np.where((line == 1) & (shown >= 0) & (draw.random(count) < PROMOTED_SHARE), shown, product)
    codes = {market.code: number for number, market in enumerate(MARKETS)}
    market = np.array([codes[code] for code in orders["market"].to_pylist()])[order]
    prices = np.array([[shelf_price(entry, place) for entry in PRODUCTS] for place in MARKETS])
    quantity = 1 + (draw.random(count) < 0.08)
    amount = prices[market, product] * quantity
    has_code = np.array(orders["promo_code"].is_valid().to_pylist())[order]
    tax_rate = np.array([place.tax_rate for place in MARKETS])[market]
    discount = np.where(has_code, np.rint(amount * CODE_DISCOUNT), 0).astype(np.int64)
    return pa.table(
        {
            "order_id": np.asarray(orders["order_id"].to_pylist())[order],
            "line_number": line,
            "asin": np.asarray([entry.asin for entry in PRODUCTS])[product],
            "sku": [PRODUCTS[p].sku_in(MARKETS[m]) for p, m in zip(product, market, strict=True)],
            "quantity": quantity.astype(np.int64),
            "item_price_minor": amount.astype(np.int64),
            "item_tax_minor": np.rint((amount - discount) * tax_rate).astype(np.int64),
            "discount_minor": discount,
            "currency": [MARKETS[m].currency for m in market],
        }
    )


def refunds(orders: pa.Table, lines: pa.Table, randomness: Randomness) -> pa.Table:
    """One row per refund of a line that was not cancelled; a partial refund gives back half of the money."""
    draw = randomness.stream("refunds")
    number = {order_id: n for n, order_id in enumerate(orders["order_id"].to_pylist())}
    order = np.array([number[order_id] for order_id in lines["order_id"].to_pylist()])
    is_cancelled = orders["cancelled_at"].is_valid().to_numpy()[order]
    rows = np.flatnonzero((draw.random(lines.num_rows) < REFUND_RATE) & ~is_cancelled)
    delay_days = 2 + 9 * np.exp(draw.normal(0, 0.6, len(rows)))
    is_partial = draw.random(len(rows)) < PARTIAL_REFUND_SHARE
    paid = (lines["item_price_minor"].to_numpy() - lines["discount_minor"].to_numpy())[rows]
    refunded_at = (
        micros_of(orders["purchased_at"])[order[rows]] + (delay_days * DAY).astype(np.int64) // SECOND * SECOND
    )
    return pa.table(
        {
            "refund_id": [f"rf_{n:08d}" for n in range(len(rows))],
            "order_id": lines["order_id"].take(pa.array(rows)),
            "line_number": lines["line_number"].take(pa.array(rows)),
            "refunded_at": timestamps(refunded_at),
            "quantity": np.where(is_partial, 0, lines["quantity"].to_numpy()[rows]),
            "amount_minor": np.where(is_partial, paid // 2, paid),
        }
    )


def registrations(orders: pa.Table, people: pa.Table, randomness: Randomness) -> pa.Table:
    """One row per order that its buyer registered for warranty or a review card, some days after delivery."""
    draw = randomness.stream("registrations")
    amazon = np.flatnonzero([not name.startswith("Non-Amazon") for name in orders["sales_channel"].to_pylist()])
    rows = amazon[draw.random(len(amazon)) < REGISTRATION_SHARE]
    count = len(rows)
    delay = ((2 + draw.gamma(2, 2.5, count)) * DAY).astype(np.int64) + draw.integers(0, SECOND, count)
    same = draw.random(count) < SAME_BROWSER_SHARE
    other = draw.integers(0, 2**62, count)
    person = orders["person_id"].to_numpy()[rows]
    visitors = people["visitor_id"].take(pa.array(person)).to_pylist()
    return pa.table(
        {
            "order_id": orders["order_id"].take(pa.array(rows)),
            "person_id": person,
            "person_hash": [_hash(f"person{number}@sandbox.invalid") for number in person],
            "visitor_id": [v if keep else f"v{o:016x}" for v, keep, o in zip(visitors, same, other, strict=True)],
            "registered_at": timestamps(micros_of(orders["purchased_at"])[rows] + delay),
            "registration_source": np.where(draw.random(count) < 0.6, "warranty", "review_card"),
        }
    )


def _hash(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()
