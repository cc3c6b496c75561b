"""Orders API v0 (api-contracts 7.3): deprecated, wrapped in ``payload``, items by a second call per order."""

from collections.abc import Callable
from typing import Any

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
    product_name,
)
from phygital_funnel.sandbox.api.amazon_seller.order_pages import OrderPages
from phygital_funnel.sandbox.api.amazon_seller.order_search import MOST_RESULTS, OrderSearch, Selection
from phygital_funnel.sandbox.api.amazon_seller.orders_current import buyer_email, found_order
from phygital_funnel.sandbox.api.amazon_seller.page_tokens import PageTokens
from phygital_funnel.sandbox.api.amazon_seller.refusals import InvalidInput, restricted_data_refused
from phygital_funnel.sandbox.api.amazon_seller.wire import decimal_text, json_answer, utc

PATH = "/orders/v0/orders"
STATES = {PENDING: "Pending", UNSHIPPED: "Unshipped", SHIPPED: "Shipped", CANCELLED: "Canceled"}
_ASKED = {
    **{name: state for state, name in STATES.items()},
    **dict.fromkeys(("PendingAvailability", "PartiallyShipped", "InvoiceUnconfirmed", "Unfulfillable"), -1),
}
"""Statuses a client may ask for; -1 for those that no order here ever has."""
MOST_ORDER_IDS = 50


class OldOrders:
    """The endpoints of version 0.

    Args:
        gate: admits requests.
        book: gives the orders; asked on the first request.
        tokens: page tokens.
    """

    def __init__(self, gate: Gate, book: Callable[[], OrderBook], tokens: PageTokens) -> None:
        self._gate = gate
        self._book = book
        self._tokens = tokens
        self._pages = OrderPages(_written)

    def routes(self) -> list[Route]:
        """The endpoints served."""
        order = f"{PATH}/{{order_id}}"
        return [
            self._gate.route(PATH, "getOrdersV0", self._search),
            self._gate.route(order, "getOrderV0", self._get),
            self._gate.route(f"{order}/orderItems", "getOrderItemsV0", self._items),
            self._gate.route(f"{order}/address", "getOrderAddressV0", self._address),
            self._gate.route(f"{order}/buyerInfo", "getOrderBuyerInfoV0", self._buyer),
            self._gate.route(f"{order}/orderItems/buyerInfo", "getOrderItemsBuyerInfoV0", self._items_buyer),
        ]

    def _search(self, call: Call) -> Response:
        book = self._book()
        search = OrderSearch(book, lambda name: name[0].upper() + name[1:])
        token = call.parameters.text("NextToken")
        if not token and call.parameters.text("AmazonOrderIds"):
            return self._by_ids(call)
        selection = Selection(**self._tokens.open("getOrders", token)) if token else _selection(call, search)
        positions, following = search.page(selection)
        orders = self._pages.written(book, positions, selection.as_of, _visible(call))
        limit = "LastUpdatedBefore" if selection.is_by_update else "CreatedBefore"
        payload: dict[str, Any] = {"Orders": orders, limit: utc(selection.last)}
        if following:
            payload["NextToken"] = self._tokens.seal("getOrders", following.as_dict())
        return json_answer({"payload": payload})

    def _by_ids(self, call: Call) -> Response:
        order_ids = call.parameters.values("AmazonOrderIds")
        if len(order_ids) > MOST_ORDER_IDS:
            raise InvalidInput(f"AmazonOrderIds holds more than {MOST_ORDER_IDS} orders.")
        parts = _visible(call)
        found = [self._book().find(order_id, call.now) for order_id in dict.fromkeys(order_ids)]
        payload = {"Orders": [_written(order, parts) for order in found if order], "CreatedBefore": utc(call.now)}
        return json_answer({"payload": payload})

    def _get(self, call: Call) -> Response:
        return json_answer({"payload": _written(found_order(self._book(), call), _visible(call))})

    def _items(self, call: Call) -> Response:
        order = found_order(self._book(), call)
        items = [_item(order, line) for line in order.lines]
        return json_answer({"payload": {"AmazonOrderId": order.fields["order_id"], "OrderItems": items}})

    def _address(self, call: Call) -> Response:
        order = found_order(self._book(), call)
        if not call.may_see():
            return restricted_data_refused()
        payload = {"AmazonOrderId": order.fields["order_id"]}
        return json_answer({"payload": payload | _shipping_address(order)})

    def _buyer(self, call: Call) -> Response:
        order = found_order(self._book(), call)
        if not call.may_see():
            return restricted_data_refused()
        return json_answer({"payload": {"AmazonOrderId": order.fields["order_id"], "BuyerEmail": buyer_email(order)}})

    def _items_buyer(self, call: Call) -> Response:
        order = found_order(self._book(), call)
        if not call.may_see():
            return restricted_data_refused()
        items = [{"OrderItemId": order.item_id(line)} for line in order.lines]
        return json_answer({"payload": {"AmazonOrderId": order.fields["order_id"], "OrderItems": items}})


def _selection(call: Call, search: OrderSearch) -> Selection:
    parameters = call.parameters
    marketplaces = search.marketplaces(parameters)
    if not marketplaces:
        raise InvalidInput("MarketplaceIds must be provided.")
    is_by_update, first, last = search.window(parameters, call.now)
    return Selection(
        is_by_update=is_by_update,
        first=first,
        last=last,
        marketplaces=marketplaces,
        states=[_ASKED[name] for name in parameters.choices("OrderStatuses", _ASKED)],
        is_amazon_fulfilled="AFN" in (parameters.choices("FulfillmentChannels", ("AFN", "MFN")) or ["AFN"]),
        size=parameters.number("MaxResultsPerPage", MOST_RESULTS, 1, MOST_RESULTS),
        included=[],
        as_of=call.now,
    )


def _visible(call: Call) -> frozenset[str]:
    """The personal data of an order that the request's token shows."""
    return frozenset(element for element in ("shippingAddress", "buyerInfo") if call.may_see(element))


def _written(order: KnownOrder, parts: frozenset[str]) -> dict[str, Any]:
    units = sum(line["quantity"] for line in order.lines)
    body: dict[str, Any] = {
        "AmazonOrderId": order.fields["order_id"],
        "PurchaseDate": utc(order.purchased),
        "LastUpdateDate": utc(order.updated),
        "OrderStatus": STATES[order.state],
        "FulfillmentChannel": "AFN",
        "SalesChannel": order.fields["sales_channel"],
        "NumberOfItemsShipped": units if order.state == SHIPPED else 0,
        "NumberOfItemsUnshipped": units if order.state == UNSHIPPED else 0,
        "MarketplaceId": order.market.marketplace_id,
        "OrderType": "StandardOrder",
    }
    if not order.is_own_sale:
        body["SellerOrderId"] = order.fields["fulfils_order_id"]
    if order.state != PENDING:
        body |= _after_payment(order)
    if "shippingAddress" in parts:
        body |= _shipping_address(order)
    if "buyerInfo" in parts:
        body["BuyerInfo"] = {"BuyerEmail": buyer_email(order)}
    return body


def _after_payment(order: KnownOrder) -> dict[str, Any]:
    total = {"OrderTotal": _money(order, order.total_minor)} if order.has_money else {}
    return total | {
        "ShipServiceLevel": "Standard",
        "IsBusinessOrder": order.fields["is_business"],
        "IsPrime": order.is_own_sale,
        "IsReplacementOrder": False,
    }


def _shipping_address(order: KnownOrder) -> dict[str, Any]:
    if order.state == CANCELLED:
        return {}
    address = {
        "City": order.fields["ship_city"],
        "StateOrRegion": order.fields["ship_state"],
        "PostalCode": order.fields["ship_postal_code"],
        "CountryCode": order.market.country,
    }
    return {"ShippingAddress": address}


def _item(order: KnownOrder, line: dict[str, Any]) -> dict[str, Any]:
    item: dict[str, Any] = {
        "ASIN": line["asin"],
        "SellerSKU": line["sku"],
        "OrderItemId": order.item_id(line),
        "Title": product_name(line["asin"]),
        "QuantityOrdered": 0 if order.state == CANCELLED else line["quantity"],
        "QuantityShipped": line["quantity"] if order.state == SHIPPED else 0,
    }
    if order.has_money:
        item["ItemPrice"] = _money(order, line["item_price_minor"])
        item["ItemTax"] = _money(order, line["item_tax_minor"])
        item["PromotionDiscount"] = _money(order, line["discount_minor"])
        if line["shipping_minor"]:
            item["ShippingPrice"] = _money(order, line["shipping_minor"])
        if order.promotions:
            item["PromotionIds"] = order.promotions
    return item


def _money(order: KnownOrder, minor: int) -> dict[str, str]:
    return {"CurrencyCode": order.lines[0]["currency"], "Amount": decimal_text(minor, order.market.exponent)}
