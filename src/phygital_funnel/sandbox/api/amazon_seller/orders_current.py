"""Orders API 2026-01-01 (api-contracts 7.3): search and one order; what is shown is asked for by ``includedData``."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import orjson
from starlette.responses import Response
from starlette.routing import Route

from phygital_funnel.sandbox.api.amazon_seller.gate import Call, Gate
from phygital_funnel.sandbox.api.amazon_seller.order_book import (
    CANCELLED,
    PENDING,
    SHIPPED,
    UNSHIPPED,
    KnownOrder,
    OrderBook,
    paid_minor,
    product_name,
)
from phygital_funnel.sandbox.api.amazon_seller.order_pages import OrderPages
from phygital_funnel.sandbox.api.amazon_seller.order_search import MOST_RESULTS, OrderSearch, Selection
from phygital_funnel.sandbox.api.amazon_seller.page_tokens import PageTokens
from phygital_funnel.sandbox.api.amazon_seller.parameters import Parameters
from phygital_funnel.sandbox.api.amazon_seller.refusals import InvalidInput, NotFound
from phygital_funnel.sandbox.api.amazon_seller.wire import json_answer, money, utc
from phygital_funnel.sandbox.api.fragments import fragment

PATH = "/orders/2026-01-01/orders"
STATES = {PENDING: "PENDING", UNSHIPPED: "UNSHIPPED", SHIPPED: "SHIPPED", CANCELLED: "CANCELLED"}
_ASKED = {
    **{name: state for state, name in STATES.items()},
    "PENDING_AVAILABILITY": -1,
    "PARTIALLY_SHIPPED": -1,
    "UNFULFILLABLE": -1,
}
"""Statuses a client may ask for; -1 for those that no order here ever has."""
INCLUDED_DATA = frozenset(
    {
        "BUYER", "RECIPIENT", "PROCEEDS", "EXPENSE", "PROMOTION", "CANCELLATION", "FULFILLMENT", "PACKAGES", "TAX",
        "PAYMENT", "FULFILLMENT_ORDERS",
    }
)  # fmt: skip
_ORDER_ID = re.compile(r"[0-9A-Z]{3}-\d{7}-\d{7}")
Part = Callable[[KnownOrder], dict[str, Any]]


class CurrentOrders:
    """The endpoints of the current version.

    Args:
        gate: admits requests.
        book: gives the orders; asked on the first request, so that start-up is quick.
        tokens: page tokens.
    """

    def __init__(self, gate: Gate, book: Callable[[], OrderBook], tokens: PageTokens) -> None:
        self._gate = gate
        self._book = book
        self._tokens = tokens
        self._pages = OrderPages(written)

    def routes(self) -> list[Route]:
        """The endpoints served."""
        return [
            self._gate.route(PATH, "searchOrders", self._search),
            self._gate.route(f"{PATH}/{{order_id}}", "getOrder", self._get),
        ]

    def _search(self, call: Call) -> Response:
        book = self._book()
        search = OrderSearch(book, str)
        token = call.parameters.text("paginationToken")
        selection = Selection(**self._tokens.open("searchOrders", token)) if token else _selection(call, search)
        positions, following = search.page(selection)
        orders = self._pages.written(book, positions, selection.as_of, frozenset(selection.included))
        limit = "lastUpdatedBefore" if selection.is_by_update else "createdBefore"
        body: dict[str, Any] = {"orders": orders, limit: utc(selection.last)}
        if following:
            body["pagination"] = {"nextToken": self._tokens.seal("searchOrders", following.as_dict())}
        return json_answer(body)

    def _get(self, call: Call) -> Response:
        included = frozenset(call.parameters.choices("includedData", INCLUDED_DATA))
        return json_answer({"order": written(found_order(self._book(), call), included)})


def found_order(book: OrderBook, call: Call) -> KnownOrder:
    """The order that a request's path names.

    Raises:
        InvalidInput: the path names none.
        NotFound: no such order has been placed yet.
    """
    order_id = call.part("order_id")
    if not _ORDER_ID.fullmatch(order_id):
        raise InvalidInput("The order id must have the form 000-0000000-0000000.")
    order = book.find(order_id, call.now)
    if order is None:
        raise NotFound(f"Order {order_id} was not found.")
    return order


def _selection(call: Call, search: OrderSearch) -> Selection:
    parameters: Parameters = call.parameters
    is_by_update, first, last = search.window(parameters, call.now)
    return Selection(
        is_by_update=is_by_update,
        first=first,
        last=last,
        marketplaces=search.marketplaces(parameters),
        states=[_ASKED[name] for name in parameters.choices("fulfillmentStatuses", _ASKED)],
        is_amazon_fulfilled="AMAZON" in (parameters.choices("fulfilledBy", ("MERCHANT", "AMAZON")) or ["AMAZON"]),
        size=parameters.number("maxResultsPerPage", MOST_RESULTS, 1, MOST_RESULTS),
        included=parameters.choices("includedData", INCLUDED_DATA),
        as_of=call.now,
    )


def written(order: KnownOrder, included: frozenset[str]) -> dict[str, Any]:
    """An order as the API writes it, with the parts that were asked for."""
    body: dict[str, Any] = {
        "orderId": order.fields["order_id"],
        "createdTime": utc(order.purchased),
        "lastUpdatedTime": utc(order.updated),
        "programs": _programs(order),
        "salesChannel": _sales_channel(order),
        "orderItems": [_item(order, line, included) for line in order.lines],
    }
    if not order.is_own_sale:
        body["orderAliases"] = [{"aliasId": order.fields["fulfils_order_id"], "aliasType": "SELLER_ORDER_ID"}]
    for name, part in _ORDER_PARTS.items():
        if name in included:
            body |= part(order)
    return body


def _programs(order: KnownOrder) -> list[str]:
    return [
        name for name, has in (("PRIME", order.is_own_sale), ("AMAZON_BUSINESS", order.fields["is_business"])) if has
    ]


def _sales_channel(order: KnownOrder) -> dict[str, str]:
    return {
        "channelName": "AMAZON" if order.is_own_sale else "NON_AMAZON",
        "marketplaceId": order.market.marketplace_id,
        "marketplaceName": order.fields["sales_channel"],
    }


def _buyer(order: KnownOrder) -> dict[str, Any]:
    return {"buyer": {"buyerEmail": buyer_email(order)}}


def buyer_email(order: KnownOrder) -> str:
    """The alias under which Amazon forwards mail to a buyer."""
    return f"sbx{order.fields['person_id']:09d}@marketplace.invalid"


def _recipient(order: KnownOrder) -> dict[str, Any]:
    if order.state == CANCELLED:
        return {}
    address = {
        "city": order.fields["ship_city"],
        "stateOrRegion": order.fields["ship_state"],
        "postalCode": order.fields["ship_postal_code"],
        "countryCode": order.market.country,
    }
    return {"recipient": {"deliveryAddress": address}}


def _proceeds(order: KnownOrder) -> dict[str, Any]:
    if not order.has_money:
        return {}
    lines = [line_parts(line) for line in order.lines]
    totals = {name: sum(parts[name] for parts in lines) for name in lines[0]}
    breakdowns = [{"type": name, "subtotal": _money(order, minor)} for name, minor in totals.items() if minor]
    return {"proceeds": {"grandTotal": _money(order, order.total_minor), "breakdowns": breakdowns}}


def line_parts(line: dict[str, Any]) -> dict[str, int]:
    """What a line's total is made of, by the API's names, in minor units."""
    return {
        "ITEM": line["item_price_minor"],
        "DISCOUNT": -line["discount_minor"],
        "SHIPPING": line["shipping_minor"],
        "TAX": line["item_tax_minor"],
    }


def _fulfillment(order: KnownOrder) -> dict[str, Any]:
    fulfillment = {
        "fulfillmentStatus": STATES[order.state],
        "fulfilledBy": "AMAZON",
        "fulfillmentServiceLevel": "STANDARD",
    }
    return {"fulfillment": fulfillment}


_ORDER_PARTS: dict[str, Part] = {
    "BUYER": _buyer,
    "RECIPIENT": _recipient,
    "PROCEEDS": _proceeds,
    "FULFILLMENT": _fulfillment,
}
"""Parts of an order by the name that asks for them. Packages and payments belong to orders that the seller ships."""


def _item(order: KnownOrder, line: dict[str, Any], included: frozenset[str]) -> dict[str, Any]:
    product: dict[str, Any] = {"asin": line["asin"], "title": product_name(line["asin"]), "sellerSku": line["sku"]}
    item = {"orderItemId": order.item_id(line), "quantityOrdered": line["quantity"], "product": product}
    if "PROCEEDS" in included and order.has_money:
        product["price"] = {"unitPrice": _money(order, round(line["item_price_minor"] / max(line["quantity"], 1)))}
        item["proceeds"] = _item_proceeds(order, line)
    if "PROMOTION" in included and order.has_money and (promotions := order.promotions):
        item["promotion"] = {"breakdowns": [{"promotionId": promotion} for promotion in promotions]}
    if "CANCELLATION" in included and order.state == CANCELLED:
        item["cancellation"] = {"cancellationExecution": {"cancelledBy": "BUYER", "cancelReason": "CHANGED_MIND"}}
    if "FULFILLMENT" in included:
        item["fulfillment"] = _item_fulfillment(order, line)
    if "TAX" in included and order.has_money and line["item_tax_minor"]:
        collection = {"model": "MARKETPLACE_FACILITATOR", "responsibleParty": "Amazon Services, Inc."}
        item["tax"] = {"taxCollections": [collection]}
    return item


def _item_proceeds(order: KnownOrder, line: dict[str, Any]) -> dict[str, Any]:
    breakdowns: list[dict[str, Any]] = []
    for name, minor in line_parts(line).items():
        if name == "ITEM" or minor:
            entry: dict[str, Any] = {"type": name, "subtotal": _money(order, minor)}
            if name in ("DISCOUNT", "TAX"):
                entry["detailedBreakdowns"] = [{"subtype": "ITEM", "value": _money(order, minor)}]
            breakdowns.append(entry)
    return {"proceedsTotal": _money(order, paid_minor(line)), "breakdowns": breakdowns}


def _item_fulfillment(order: KnownOrder, line: dict[str, Any]) -> dict[str, int]:
    is_open = order.state in (PENDING, UNSHIPPED)
    return {
        "quantityFulfilled": line["quantity"] if order.state == SHIPPED else 0,
        "quantityUnfulfilled": line["quantity"] if is_open else 0,
    }


def _money(order: KnownOrder, minor: int) -> orjson.Fragment:
    return _written_money(minor, order.lines[0]["currency"], order.market.exponent)


# The same few prices are on thousands of orders, several times on each.
@lru_cache(maxsize=4096)
def _written_money(minor: int, currency: str, exponent: int) -> orjson.Fragment:
    return fragment(money(minor, currency, exponent))
