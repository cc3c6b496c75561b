"""Daily reports of Amazon's warehouses as flat files: what customers sent back, and promotions on shipped orders.

They are made once a day: what happened since the last midnight in UTC is not in them yet.
"""

import zlib
from typing import Any

import numpy as np

from phygital_funnel.sandbox.api.amazon_seller.order_book import OrderBook, product_name
from phygital_funnel.sandbox.api.amazon_seller.report_request import ReportRequest
from phygital_funnel.sandbox.api.amazon_seller.wire import decimal_text
from phygital_funnel.sandbox.world.times import DAY, SECOND, Ints, moment

RETURNS = "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA"
PROMOTIONS = "GET_FBA_FULFILLMENT_CUSTOMER_SHIPMENT_PROMOTION_DATA"
RETURN_COLUMNS = (
    "return-date", "order-id", "sku", "asin", "fnsku", "product-name", "quantity", "fulfillment-center-id",
    "detailed-disposition", "reason", "status", "license-plate-number", "customer-comments",
)  # fmt: skip
PROMOTION_COLUMNS = (
    "shipment-date", "currency", "item-promotion-discount", "item-promotion-id", "description",
    "promotion-rule-value", "amazon-order-id", "shipment-id", "shipment-item-id",
)  # fmt: skip
_CENTRES = {"US": "PHX7", "UK": "LTN4", "FR": "ORY1", "DE": "LEJ1", "JP": "NRT5"}
_REASONS = {
    "no_longer_needed": "UNWANTED_ITEM",
    "not_as_described": "NOT_AS_DESCRIBED",
    "defective": "DEFECTIVE",
    "arrived_late": "MISSED_ESTIMATED_DELIVERY",
    "wrong_item": "SWITCHEROO",
}
_DISPOSITIONS = (*("SELLABLE",) * 8, "CUSTOMER_DAMAGED", "DEFECTIVE")


def write_returns(book: OrderBook, request: ReportRequest, now: int) -> str:
    """Units that came back within the request's range; refunds of money alone are none."""
    rows = np.arange(*np.searchsorted(book.refunded, (request.first, min(request.last + 1, now // DAY * DAY))))
    rows = rows[book.is_in(request.markets, book.refund_order[rows]) & (book.refunds["quantity"].to_numpy()[rows] > 0)]
    lines = _lines_by_number(book, book.refund_order[rows])
    written = []
    for row, refund in zip(rows.tolist(), book.refunds.take(rows).to_pylist(), strict=True):
        line = lines[refund["order_id"], refund["line_number"]]
        written.append(_returned(row, refund, line, book.markets[book.market[book.refund_order[row]]].code))
    return _file(RETURN_COLUMNS, written)


def _lines_by_number(book: OrderBook, positions: Ints) -> dict[tuple[str, int], dict[str, Any]]:
    rows, _ = book.line_rows(np.unique(positions))
    lines = book.lines.select(["order_id", "line_number", "asin", "sku"]).take(rows).to_pylist()
    return {(line["order_id"], line["line_number"]): line for line in lines}


def _returned(row: int, refund: dict[str, Any], line: dict[str, Any], market: str) -> dict[str, object]:
    disposition = _DISPOSITIONS[zlib.crc32(refund["refund_id"].encode()) % len(_DISPOSITIONS)]
    is_sellable = disposition == "SELLABLE"
    return {
        "return-date": refund["refunded_at"].isoformat(timespec="seconds"),
        "order-id": refund["order_id"],
        "sku": line["sku"],
        "asin": line["asin"],
        "fnsku": f"X00{line['asin'][2:5]}{line['asin'][6:]}",
        "product-name": product_name(line["asin"]),
        "quantity": refund["quantity"],
        "fulfillment-center-id": _CENTRES[market],
        "detailed-disposition": disposition,
        "reason": _REASONS[refund["reason"]],
        "status": "Unit returned to inventory" if is_sellable else "Reimbursed",
        "license-plate-number": f"LPNSBX{row:07d}",
    }


def write_promotions(book: OrderBook, request: ReportRequest, now: int) -> str:
    """Discounts on items shipped within the request's range."""
    end = min(request.last + 1, now // DAY * DAY)
    shipped = book.shipped[book.line_order]
    is_discounted = book.lines["discount_minor"].to_numpy() > 0
    rows = np.flatnonzero((shipped >= request.first) & (shipped < end) & is_discounted)
    positions = book.line_order[rows]
    kept = book.is_in(request.markets, positions) & (book.cancelled[positions] > now)
    rows = rows[kept][np.argsort(shipped[rows[kept]], kind="stable")]
    positions = book.line_order[rows]
    orders = book.orders.select(["order_id", "promo_code"]).take(positions).to_pylist()
    lines = book.lines.select(["asin", "currency", "discount_minor", "item_price_minor"]).take(rows).to_pylist()
    written = []
    for row, position, order, line in zip(rows.tolist(), positions.tolist(), orders, lines, strict=True):
        facts = {
            "shipment-date": moment(int(shipped[row]) // SECOND * SECOND).isoformat(timespec="seconds"),
            "amazon-order-id": order["order_id"],
            "shipment-id": f"DSbx{position:06d}",
            "shipment-item-id": f"DSbxItem{row:06d}",
        }
        exponent = book.markets[book.market[position]].exponent
        written.append(facts | _promotion(order["promo_code"], line, exponent))
    return _file(PROMOTION_COLUMNS, written)


def _promotion(code: str | None, line: dict[str, Any], exponent: int) -> dict[str, object]:
    percent = round(100 * line["discount_minor"] / line["item_price_minor"])
    return {
        "currency": line["currency"],
        "item-promotion-discount": decimal_text(line["discount_minor"], exponent),
        "item-promotion-id": code or f"PLM-{line['asin']}-{percent}",
        "description": f"{percent}% with {code}" if code else f"Save {percent}%",
        "promotion-rule-value": percent,
    }


def _file(columns: tuple[str, ...], rows: list[dict[str, object]]) -> str:
    if not rows:
        return ""
    lines = ["\t".join(str(row.get(column, "")) for column in columns) for row in rows]
    return "\n".join(["\t".join(columns), *lines, ""])
