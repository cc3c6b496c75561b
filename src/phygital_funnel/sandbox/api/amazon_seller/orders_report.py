"""The all-orders flat file: order lines as they stand at a time, selected by their last update."""

import zlib
from datetime import datetime

import numpy as np

from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.catalogue import MARKETS, PRODUCTS
from phygital_funnel.sandbox.world.delivery import micros_of
from phygital_funnel.sandbox.world.times import NEVER, Ints, micros, moment

COLUMNS = (
    "amazon-order-id", "merchant-order-id", "purchase-date", "last-updated-date", "order-status",
    "fulfillment-channel", "sales-channel", "order-channel", "ship-service-level", "product-name", "sku", "asin",
    "item-status", "quantity", "currency", "item-price", "item-tax", "shipping-price", "shipping-tax",
    "gift-wrap-price", "gift-wrap-tax", "item-promotion-discount", "ship-promotion-discount", "ship-city",
    "ship-state", "ship-postal-code", "ship-country", "promotion-ids", "is-business-order", "purchase-order-number",
    "price-designation",
)  # fmt: skip
OTHER_PROMOTION = "SBX Free Shipping Promo"
_OTHER_PROMOTION_EVERY = 20
# Amazon writes some European flat files in the Windows code page and says so in the document's content type.
ENCODINGS = {"FR": "cp1252"}


class OrdersReport:
    """Writes the report of one marketplace."""

    def __init__(self, world: World) -> None:
        orders = world["orders"]
        self._orders = orders.to_pylist()
        self._market = np.asarray(orders["market"].to_pylist())
        self._purchased = micros_of(orders["purchased_at"])
        self._priced = micros_of(orders["priced_at"])
        self._cancelled = micros_of(orders["cancelled_at"])
        self._lines: dict[str, list[dict[str, object]]] = {}
        for line in world["order_lines"].to_pylist():
            self._lines.setdefault(line["order_id"], []).append(line)
        self._names = {product.asin: product.name for product in PRODUCTS}
        self._markets = {market.code: market for market in MARKETS}

    def write(self, market: str, start: datetime, end: datetime, now: datetime) -> str:
        """The report as text: orders last updated within [start, end] as known at ``now``; empty without any."""
        updated = self._updated(micros(now))
        chosen = (self._market == market) & (updated >= micros(start)) & (updated <= micros(end))
        rows = np.flatnonzero(chosen)
        rows = rows[np.argsort(updated[rows], kind="stable")]
        lines = [line for row in rows for line in self._order(int(row), int(updated[row]), micros(now))]
        return "\n".join(["\t".join(COLUMNS), *lines, ""]) if lines else ""

    def _updated(self, now: int) -> Ints:
        """When each order last changed; ``NEVER`` for orders that do not exist yet."""
        updated = np.where(self._priced <= now, self._priced, self._purchased)
        updated = np.where(self._cancelled <= now, self._cancelled, updated)
        return np.where(self._purchased <= now, updated, NEVER)

    def _order(self, row: int, updated: int, now: int) -> list[str]:
        order = self._orders[row]
        status = "Shipped" if self._priced[row] <= now else "Pending"
        status = "Cancelled" if self._cancelled[row] <= now else status
        shared = {
            "amazon-order-id": order["order_id"],
            "purchase-date": _iso(int(self._purchased[row])),
            "last-updated-date": _iso(updated),
            "order-status": status,
            "fulfillment-channel": "Amazon",
            "sales-channel": order["sales_channel"],
            "ship-service-level": "Standard",
            "item-status": {"Pending": "Unshipped"}.get(status, status),
            "ship-city": order["ship_city"] if status != "Cancelled" else "",
            "ship-state": order["ship_state"] if status != "Cancelled" else "",
            "ship-postal-code": order["ship_postal_code"] if status != "Cancelled" else "",
            "ship-country": self._markets[order["market"]].country,
            "is-business-order": str(order["is_business"]).lower(),
        }
        promotions = _promotions(order)
        written = []
        for line in self._lines[order["order_id"]]:
            fields = shared | self._line(line, status) | ({"promotion-ids": promotions} if status == "Shipped" else {})
            written.append("\t".join(str(fields.get(column, "")) for column in COLUMNS))
        return written

    def _line(self, line: dict[str, object], status: str) -> dict[str, object]:
        fields = {
            "product-name": self._names[str(line["asin"])],
            "sku": line["sku"],
            "asin": line["asin"],
            "quantity": 0 if status == "Cancelled" else line["quantity"],
        }
        if status == "Pending":
            return fields
        fields["currency"] = line["currency"]
        if status == "Shipped":
            fields |= {
                "item-price": _money(line["item_price_minor"]),
                "item-tax": _money(line["item_tax_minor"]),
                "shipping-price": "0.0",
                "shipping-tax": "0.0",
                "item-promotion-discount": _money(line["discount_minor"]) if line["discount_minor"] else "",
            }
        return fields


def _promotions(order: dict[str, object]) -> str:
    """Comma-separated free text, as sellers see it: the creator's code, another promotion, both or nothing."""
    code = str(order["promo_code"] or "")
    has_other = zlib.crc32(str(order["order_id"]).encode()) % _OTHER_PROMOTION_EVERY == 0
    return ",".join(part for part in (code, OTHER_PROMOTION if has_other else "") if part)


def _iso(us: int) -> str:
    return moment(us).isoformat(timespec="seconds")


def _money(minor: object) -> str:
    return f"{int(str(minor)) / 100:.2f}"
