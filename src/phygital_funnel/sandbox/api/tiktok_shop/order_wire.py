"""TikTok Shop's order object."""

import zlib
from datetime import datetime
from typing import Any

import orjson

from phygital_funnel.sandbox.api.tiktok_shop import timeline
from phygital_funnel.sandbox.api.tiktok_shop.money import amount, shares
from phygital_funnel.sandbox.api.tiktok_shop.orders import SHIPPING_TYPE, Line, OrderBook, Unit
from phygital_funnel.sandbox.api.tiktok_shop.products import catalogue_product, product_id, sku_id, warehouse_id
from phygital_funnel.sandbox.api.tiktok_shop.timeline import STATUSES
from phygital_funnel.sandbox.world.catalogue import Market
from phygital_funnel.sandbox.world.times import SECOND, Ints, micros

MASKED = "***"
CANCEL_REASON = "Need to change payment method"
_TIMES = {
    "paid_time": timeline.ON_HOLD,
    "rts_time": timeline.AWAITING_COLLECTION,
    "collection_time": timeline.IN_TRANSIT,
    "delivery_time": timeline.DELIVERED,
    "cancel_time": timeline.CANCELLED,
}


def written(book: OrderBook, rows: Ints, now: datetime) -> list[orjson.Fragment]:
    """Some orders as they stand at a time, in JSON that is written once per state of an order.

    Args:
        book: of their shop.
        rows: of the orders.
        now: aware time; the orders must have been made by then.
    """
    state = book.at(now)
    numbers = rows.tolist()
    keys = list(zip(numbers, state.status[rows].tolist(), state.updated[rows].tolist(), strict=True))
    return book.written.of(keys, lambda missing: [order(book, numbers[place], now) for place in missing])


def order(book: OrderBook, row: int, now: datetime) -> dict[str, Any]:
    """One order as it stands at a time.

    Args:
        book: of its shop.
        row: of the order.
        now: aware time; the order must have been made by then.
    """
    state = book.at(now)
    status = STATUSES[int(state.status[row])]
    facts = {name: values[row] for name, values in book.facts.items()}
    live_id = facts["live_id"] or ""
    is_cancelled = status == "CANCELLED"
    return {
        "id": book.ids[row],
        "status": status,
        "order_type": "NORMAL",
        "commerce_platform": "TIKTOK_SHOP",
        "create_time": int(book.timeline.made[row]),
        "update_time": int(state.updated[row]),
        **_reached(book, row, micros(now)),
        "fulfillment_type": "FULFILLMENT_BY_SELLER",
        "shipping_type": SHIPPING_TYPE,
        "delivery_type": "HOME_DELIVERY",
        "delivery_option_name": "Standard Shipping",
        "warehouse_id": warehouse_id(book.market),
        "user_id": book.user_id(row),
        "buyer_email": _relay_address(book.user_id(row)),
        "buyer_message": "",
        "is_cod": False,
        "is_on_hold_order": status == "ON_HOLD",
        "is_sample_order": bool(facts["is_sample"]),
        "is_replacement_order": False,
        "is_buyer_request_cancel": False,
        **({"cancellation_initiator": "BUYER", "cancel_reason": CANCEL_REASON} if is_cancelled else {}),
        "payment": payment(book.lines(row), book.market),
        "line_items": [_line_item(book, row, unit, status, live_id) for unit in book.units(row)],
        "packages": [{"id": f"1152{book.positions[row]:015d}"}] if _is_packed(status) else [],
        "recipient_address": _address(facts, book.market),
    }


def payment(lines: list[Line], market: Market) -> dict[str, str]:
    """What an order costs; the platform's discount lowers what the buyer pays and not what the seller gets."""
    paid = sum(line.paid for line in lines)
    shipping = sum(line.shipping for line in lines)
    tax = sum(line.tax for line in lines)
    amounts = {
        "sub_total": paid,
        "total_amount": paid + shipping + tax,
        "original_total_product_price": sum(line.price for line in lines),
        "seller_discount": sum(line.discount for line in lines),
        "platform_discount": sum(line.platform_discount for line in lines),
        "shipping_fee": shipping,
        "original_shipping_fee": shipping,
        "shipping_fee_seller_discount": 0,
        "shipping_fee_platform_discount": 0,
        "product_tax": tax,
        "shipping_fee_tax": 0,
        "tax": tax,
    }
    return {"currency": market.currency, **{name: amount(minor, market) for name, minor in amounts.items()}}


def unit_amounts(unit: Unit) -> dict[str, int]:
    """What one unit's share of its line's amounts is, in minor units."""
    line = unit.line
    price, discount, platform_discount, tax = (
        shares(total, line.quantity)[unit.number]
        for total in (line.price, line.discount, line.platform_discount, line.tax)
    )
    return {
        "original_price": price,
        "seller_discount": discount,
        "platform_discount": platform_discount,
        "sale_price": price - discount - platform_discount,
        "tax": tax,
    }


def goods(asin: str, sku: str, market: Market) -> dict[str, Any]:
    """How TikTok Shop names what was bought."""
    return {
        "product_id": product_id(asin, market),
        "product_name": catalogue_product(asin).name,
        "sku_id": sku_id(asin, market),
        "sku_name": "Default",
        "seller_sku": sku,
    }


def _line_item(book: OrderBook, row: int, unit: Unit, status: str, live_id: str) -> dict[str, Any]:
    market = book.market
    amounts = unit_amounts(unit)
    tax = amount(amounts.pop("tax"), market)
    return {
        "id": book.line_item_id(row, unit),
        **goods(unit.line.asin, unit.line.sku, market),
        **{name: amount(minor, market) for name, minor in amounts.items()},
        "currency": market.currency,
        "display_status": status,
        "is_gift": False,
        "sku_type": "NORMAL",
        "item_tax": [{"tax_type": "SALES_TAX", "tax_amount": tax, "tax_rate": f"{market.tax_rate:.4f}"}],
        "room_id": live_id,
    }


def _reached(book: OrderBook, row: int, now: int) -> dict[str, int]:
    """The times of the states that the order has entered."""
    moments = book.timeline.reached[:, row]
    return {name: int(moments[status] // SECOND) for name, status in _TIMES.items() if moments[status] <= now}


def _is_packed(status: str) -> bool:
    return status in ("AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED")


def _relay_address(user_id: str) -> str:
    return f"v{zlib.crc32(user_id.encode()):08x}@scs.tiktokw.us"


def _address(facts: dict[str, Any], market: Market) -> dict[str, Any]:
    levels = (
        ("L0", "country", market.country),
        ("L1", "state", facts["ship_state"]),
        ("L2", "city", facts["ship_city"]),
    )
    return {
        "region_code": market.country,
        "postal_code": facts["ship_postal_code"] or "",
        "full_address": MASKED,
        "name": MASKED,
        "phone_number": MASKED,
        "district_info": [
            {"address_level": level, "address_level_name": name, "address_name": value}
            for level, name, value in levels
            if value
        ],
    }
