"""The all-orders flat file: order lines as they stand at a time, selected by their last update or their purchase."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from phygital_funnel.sandbox.api.amazon_seller.flat_file import Columns, flat_file
from phygital_funnel.sandbox.api.amazon_seller.order_book import (
    CANCELLED,
    PENDING,
    SHIPPED,
    UNSHIPPED,
    Flags,
    OrderBook,
    promotions_of,
)
from phygital_funnel.sandbox.api.amazon_seller.report_request import ReportRequest
from phygital_funnel.sandbox.api.amazon_seller.wire import decimal_texts, offset_times
from phygital_funnel.sandbox.world.catalogue import PRODUCTS
from phygital_funnel.sandbox.world.times import Ints

REPORT_TYPE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
BY_PURCHASE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
COLUMNS = (
    "amazon-order-id", "merchant-order-id", "purchase-date", "last-updated-date", "order-status",
    "fulfillment-channel", "sales-channel", "order-channel", "ship-service-level", "product-name", "sku", "asin",
    "item-status", "quantity", "currency", "item-price", "item-tax", "shipping-price", "shipping-tax",
    "gift-wrap-price", "gift-wrap-tax", "item-promotion-discount", "ship-promotion-discount", "ship-city",
    "ship-state", "ship-postal-code", "ship-country", "promotion-ids", "is-business-order", "purchase-order-number",
    "price-designation",
)  # fmt: skip
_ORDER_STATES = {PENDING: "Pending", UNSHIPPED: "Unshipped", SHIPPED: "Shipped", CANCELLED: "Cancelled"}
_ITEM_STATES = {**_ORDER_STATES, PENDING: "Unshipped"}


def write_orders(book: OrderBook, request: ReportRequest, now: int) -> str:
    """The report as text: orders last updated within the request's range as known at ``now``; empty without any.

    The report by order date has the orders bought within the range instead.
    """
    snapshot = book.snapshot(now)
    if request.report_type == BY_PURCHASE:
        positions = book.purchased_within(request.first, min(request.last, now))
    else:
        positions = snapshot.updated_within(request.first, request.last)
    positions = positions[book.is_in(request.markets, positions)]
    rows, of_given = book.line_rows(positions)
    states = snapshot.states[positions].astype(np.int64)
    columns = {
        name: column.take(pa.array(of_given))
        for name, column in _order_columns(book, positions, states, snapshot.updated[positions]).items()
    }
    return flat_file(COLUMNS, columns | _line_columns(book, positions[of_given], rows, states[of_given]), len(rows))


def _order_columns(book: OrderBook, positions: Ints, states: Ints, updated: Ints) -> Columns:
    orders = book.orders.take(positions)
    is_cancelled, has_money = pa.array(states == CANCELLED), pa.array(_has_money(states))
    countries = pa.array([market.country for market in book.markets])
    return {
        "amazon-order-id": orders["order_id"],
        "merchant-order-id": orders["fulfils_order_id"],
        "purchase-date": offset_times(book.purchased[positions]),
        "last-updated-date": offset_times(updated),
        "order-status": _named(states, _ORDER_STATES),
        "fulfillment-channel": _constant("Amazon", len(positions)),
        "sales-channel": orders["sales_channel"],
        "ship-service-level": _constant("Standard", len(positions)),
        "item-status": _named(states, _ITEM_STATES),
        "ship-city": pc.if_else(is_cancelled, "", orders["ship_city"].cast(pa.string())),
        "ship-state": pc.if_else(is_cancelled, "", orders["ship_state"].cast(pa.string())),
        "ship-postal-code": pc.if_else(is_cancelled, "", orders["ship_postal_code"].cast(pa.string())),
        "ship-country": countries.take(pa.array(book.market[positions])),
        "is-business-order": pc.if_else(orders["is_business"], "true", "false"),
        "promotion-ids": pc.if_else(has_money, promotion_lists(orders), ""),
    }


def promotion_lists(orders: pa.Table) -> pa.Array:
    """Promotions of each order, comma-joined."""
    pairs = zip(orders["order_id"].to_pylist(), orders["promo_code"].to_pylist(), strict=True)
    return pa.array([",".join(promotions_of(order_id, code)) for order_id, code in pairs], pa.string())


def _line_columns(book: OrderBook, positions: Ints, rows: Ints, states: Ints) -> Columns:
    lines = book.lines.take(rows)
    exponents = np.array([market.exponent for market in book.markets])[book.market[positions]]
    has_money = _has_money(states)

    def money(name: str, is_shown: Flags = has_money, otherwise: str = "") -> pa.Array:
        texts = decimal_texts(lines[name].to_numpy(), exponents)
        return pc.if_else(pa.array(has_money), pc.if_else(pa.array(is_shown), texts, otherwise), "")

    names = pa.array([product.asin for product in PRODUCTS]), pa.array([product.name for product in PRODUCTS])
    return {
        "product-name": names[1].take(pc.index_in(lines["asin"].cast(pa.string()), value_set=names[0])),
        "sku": lines["sku"],
        "asin": lines["asin"],
        "quantity": pa.array(np.where(states == CANCELLED, 0, lines["quantity"].to_numpy())),
        "currency": pc.if_else(pa.array(states == PENDING), "", lines["currency"].cast(pa.string())),
        "item-price": money("item_price_minor"),
        "item-tax": money("item_tax_minor"),
        "shipping-price": money("shipping_minor", lines["shipping_minor"].to_numpy() > 0, "0.0"),
        "shipping-tax": pc.if_else(pa.array(has_money), "0.0", ""),
        "item-promotion-discount": money("discount_minor", lines["discount_minor"].to_numpy() > 0),
    }


def _has_money(states: Ints) -> Flags:
    return np.isin(states, (UNSHIPPED, SHIPPED))


def _named(states: Ints, names: dict[int, str]) -> pa.Array:
    return pa.array([names[state] for state in sorted(names)]).take(pa.array(states))


def _constant(text: str, count: int) -> pa.Array:
    return pa.array([text]).take(pa.array(np.zeros(count, np.int64)))
