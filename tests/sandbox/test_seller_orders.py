"""Selling Partner API: both versions of the orders API and restricted data tokens."""

from collections import Counter
from decimal import Decimal

import pytest

from .samples import assert_same_shape, sample
from .seller_calls import DE, FR, SETTLED, UK, US, amazon_lines, amazon_orders, get, iso, parsed

SEARCH, OLD = "/orders/2026-01-01/orders", "/orders/v0/orders"
TOKENS = "/tokens/2021-03-01/restrictedDataToken"
ALL_DATA = "BUYER,RECIPIENT,PROCEEDS,EXPENSE,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,TAX,PAYMENT,FULFILLMENT_ORDERS"
START = "2026-09-01T00:00:00Z"


def pages(servers, **query):
    """All pages of a search of the current version."""
    answer = get(servers, SEARCH, **query).json()
    found = [answer]
    while "pagination" in answer:
        answer = get(servers, SEARCH, paginationToken=answer["pagination"]["nextToken"]).json()
        found.append(answer)
    return found


def old_pages(servers, **query):
    payload = get(servers, OLD, **query).json()["payload"]
    found = [payload]
    while "NextToken" in payload:
        payload = get(servers, OLD, NextToken=payload["NextToken"], MarketplaceIds=US).json()["payload"]
        found.append(payload)
    return found


def minor(money):
    return int(Decimal(money["amount"]) * 100)


def test_all_pages_hold_every_order_once_in_order_of_their_last_update(serve_at, tiny):
    found = pages(serve_at(SETTLED), lastUpdatedAfter=START, maxResultsPerPage="40")
    orders = [order for page in found for order in page["orders"]]
    assert [len(page["orders"]) for page in found[:-1]] == [40] * (len(found) - 1)
    assert Counter(o["orderId"] for o in orders) == Counter(o["order_id"] for o in amazon_orders(tiny))
    times = [order["lastUpdatedTime"] for order in orders]
    assert times == sorted(times)
    assert found[0]["lastUpdatedBefore"] == "2026-12-31T23:58:00Z"


def test_the_sum_of_the_proceeds_is_what_the_world_charged(serve_at, tiny):
    found = pages(serve_at(SETTLED), createdAfter=START, marketplaceIds=US, includedData="PROCEEDS")
    lines = [line for line in amazon_lines(tiny, "US") if not line["order"]["cancelled_at"]]
    charged = sum(
        line["item_price_minor"] - line["discount_minor"] + line["item_tax_minor"] + line["shipping_minor"]
        for line in lines
    )
    orders = [order for page in found for order in page["orders"] if "proceeds" in order]
    assert sum(minor(order["proceeds"]["grandTotal"]) for order in orders) == charged
    items = [item for order in orders for item in order["orderItems"]]
    assert sum(minor(item["proceeds"]["proceedsTotal"]) for item in items) == charged
    parts = [part for order in orders for part in order["proceeds"]["breakdowns"]]
    assert sum(minor(part["subtotal"]) for part in parts) == charged
    assert len(items) == len(lines)


def test_a_search_with_everything_has_the_documented_shape(serve_at):
    answer = get(serve_at(SETTLED), SEARCH, lastUpdatedAfter=START, maxResultsPerPage=40, includedData=ALL_DATA).json()
    documented = sample("seller_orders_2026_search")
    wanted = documented["orders"][0]
    breakdowns = {part["type"]: part for part in wanted["orderItems"][0]["proceeds"].pop("breakdowns")}
    breakdowns["SHIPPING"] = breakdowns["ITEM"]
    seen = set()
    for order in (o for o in answer["orders"] if "proceeds" in o):
        assert order.pop("buyer")
        order.pop("orderAliases", None)
        for part in order["proceeds"].pop("breakdowns"):
            assert_same_shape(part, breakdowns["ITEM"])
        for item in order["orderItems"]:
            for part in item["proceeds"].pop("breakdowns"):
                assert_same_shape(part, breakdowns[part["type"]])
                seen.add(part["type"])
            item.pop("tax", None)
            item.setdefault("promotion", wanted["orderItems"][0]["promotion"])
        assert_same_shape(order | {"programs": ["PRIME"]}, wanted)
    assert {"ITEM", "TAX"} <= seen
    assert_same_shape(answer | {"orders": []}, documented)


def test_only_the_parts_that_were_asked_for_are_shown(serve_at, tiny):
    servers = serve_at(SETTLED)
    order_id = next(o["order_id"] for o in amazon_orders(tiny) if o["promo_code"] and not o["cancelled_at"])
    path = f"{SEARCH}/{order_id}"
    plain = get(servers, path).json()["order"]
    assert set(plain) == {
        "orderId", "createdTime", "lastUpdatedTime", "programs", "salesChannel", "orderItems"
    }  # fmt: skip
    assert set(plain["orderItems"][0]) == {"orderItemId", "quantityOrdered", "product"}
    assert "price" not in plain["orderItems"][0]["product"]
    promotion = get(servers, path, includedData="PROMOTION").json()["order"]["orderItems"][0]
    assert promotion["promotion"]["breakdowns"][0]["promotionId"].isalnum()
    assert "proceeds" not in promotion
    repeated = servers.api.get(
        f"{path}?includedData=PROCEEDS&includedData=RECIPIENT,FULFILLMENT", headers=servers.seller_headers()
    )
    assert {"proceeds", "recipient", "fulfillment"} <= set(repeated.json()["order"])


def test_an_order_goes_from_pending_without_money_to_shipped(serve_at, tiny):
    order = next(
        o for o in amazon_orders(tiny, "US")
        if not o["cancelled_at"] and o["purchased_at"] < o["priced_at"] < o["shipped_at"]
    )  # fmt: skip
    servers = serve_at(iso(order["purchased_at"]))
    seen = []
    for name in ("purchased_at", "priced_at", "shipped_at"):
        servers.at(iso(order[name]))
        found = get(servers, f"{SEARCH}/{order['order_id']}", includedData=ALL_DATA).json()["order"]
        seen.append(
            (found["fulfillment"]["fulfillmentStatus"], "proceeds" in found, "proceeds" in found["orderItems"][0])
        )
        assert parsed(found["lastUpdatedTime"]) == order[name].replace(microsecond=0)
    assert seen == [("PENDING", False, False), ("UNSHIPPED", True, True), ("SHIPPED", True, True)]


def test_a_cancelled_order_says_who_cancelled_it(serve_at, tiny):
    order = next(o for o in amazon_orders(tiny) if o["cancelled_at"])
    servers = serve_at(iso(order["cancelled_at"]))
    found = get(servers, f"{SEARCH}/{order['order_id']}", includedData=ALL_DATA).json()["order"]
    assert found["fulfillment"]["fulfillmentStatus"] == "CANCELLED"
    assert found["orderItems"][0]["cancellation"]["cancellationExecution"]["cancelledBy"] == "BUYER"
    assert "proceeds" not in found


def test_orders_of_other_channels_are_marked(serve_at, tiny):
    found = pages(serve_at(SETTLED), createdAfter=START)
    others = {
        o["orderId"]: o["orderAliases"][0]["aliasId"]
        for page in found
        for o in page["orders"]
        if o["salesChannel"]["channelName"] == "NON_AMAZON"
    }
    assert others == {o["order_id"]: o["fulfils_order_id"] for o in amazon_orders(tiny) if o["fulfils_order_id"]}


def test_filters_select_status_marketplace_and_fulfilment(serve_at, tiny):
    servers = serve_at(SETTLED)

    def ids(**query):
        return {o["orderId"] for page in pages(servers, createdAfter=START, **query) for o in page["orders"]}

    cancelled = {o["order_id"] for o in amazon_orders(tiny) if o["cancelled_at"]}
    assert ids(fulfillmentStatuses="CANCELLED,PARTIALLY_SHIPPED") == cancelled
    assert ids(marketplaceIds=f"{UK},{DE}") == {o["order_id"] for o in amazon_orders(tiny, "UK", "DE")}
    assert ids(marketplaceIds=[UK, DE]) == ids(marketplaceIds=f"{UK},{DE}")
    assert ids(fulfilledBy="MERCHANT") == set()
    assert ids(fulfilledBy="AMAZON,MERCHANT") == ids()


def test_windows_include_both_ends(serve_at, tiny):
    servers = serve_at(SETTLED)
    orders = sorted(amazon_orders(tiny), key=lambda o: o["purchased_at"])[10:13]
    window = {
        "createdAfter": orders[0]["purchased_at"].isoformat(),
        "createdBefore": orders[2]["purchased_at"].isoformat(),
    }
    found = get(servers, SEARCH, **window).json()["orders"]
    assert [o["orderId"] for o in found] == [o["order_id"] for o in orders]


def test_an_order_is_found_two_minutes_after_its_change(serve_at, tiny):
    order = max(amazon_orders(tiny), key=lambda o: o["purchased_at"])
    bought = order["purchased_at"]
    servers = serve_at(iso(bought))
    query = {"createdAfter": bought.isoformat()}
    assert get(servers, SEARCH, **query).json()["orders"] == []
    servers.control.post("/clock", json={"now": bought.replace(hour=23, minute=59).isoformat()})
    assert [o["orderId"] for o in get(servers, SEARCH, **query).json()["orders"]] == [order["order_id"]]


def test_later_pages_show_the_orders_of_the_first_pages_time(serve_at, tiny):
    servers = serve_at("2026-10-01T00:00:00")
    first = get(servers, SEARCH, lastUpdatedAfter=START, maxResultsPerPage=100).json()
    servers.at(SETTLED)
    second = get(servers, SEARCH, paginationToken=first["pagination"]["nextToken"]).json()
    assert second["lastUpdatedBefore"] == first["lastUpdatedBefore"] == "2026-09-30T23:58:00Z"
    assert max(order["lastUpdatedTime"] for order in second["orders"]) <= "2026-09-30T23:58:00Z"


def test_a_page_token_lives_a_day(serve_at):
    servers = serve_at(SETTLED)
    token = get(servers, SEARCH, createdAfter=START, maxResultsPerPage=1).json()["pagination"]["nextToken"]
    servers.ticker.seconds += 24 * 3600 - 1
    assert get(servers, SEARCH, paginationToken=token).status_code == 200
    servers.ticker.seconds += 1
    assert get(servers, SEARCH, paginationToken=token).status_code == 400


def test_a_page_token_belongs_to_the_operation_that_gave_it(serve_at):
    servers = serve_at(SETTLED)
    token = get(servers, SEARCH, createdAfter=START, maxResultsPerPage=1).json()["pagination"]["nextToken"]
    assert get(servers, OLD, NextToken=token).status_code == 400
    assert get(servers, "/reports/2021-06-30/reports", nextToken=token).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"createdAfter": START, "lastUpdatedAfter": START},
        {"createdAfter": START, "lastUpdatedBefore": START},
        {"createdAfter": START, "createdBefore": "2026-12-31T23:58:01Z"},
        {"createdAfter": START, "createdBefore": "2026-08-31T00:00:00Z"},
        {"createdAfter": "soon"},
        {"createdAfter": "0001-01-01"},
        {"createdAfter": START, "marketplaceIds": "NOWHERE"},
        {"createdAfter": START, "marketplaceIds": ",".join([US] * 51)},
        {"createdAfter": START, "fulfillmentStatuses": "Shipped"},
        {"createdAfter": START, "fulfilledBy": "ME"},
        {"createdAfter": START, "includedData": "MONEY"},
        {"createdAfter": START, "maxResultsPerPage": "0"},
        {"createdAfter": START, "maxResultsPerPage": "101"},
        {"createdAfter": START, "maxResultsPerPage": "9" * 500},
        {"createdAfter": START, "maxResultsPerPage": "²"},
        {"paginationToken": "sbx-pg-0002"},
        {"paginationToken": "AAAA" * 20},
    ],
)
def test_a_malformed_search_gets_400(serve_at, query):
    answer = get(serve_at(SETTLED), SEARCH, **query)
    assert answer.status_code == 400
    assert_same_shape(answer.json(), sample("seller_error_400_invalid_input"))
    assert answer.headers["x-amzn-RequestId"]


@pytest.mark.parametrize(("order_id", "status"), [("999-0000000-0000000", 404), ("latest", 400), ("1" * 5000, 400)])
@pytest.mark.parametrize("path", [SEARCH, OLD])
def test_an_unknown_order_gets_404_and_a_malformed_number_400(serve_at, path, order_id, status):
    assert get(serve_at(SETTLED), f"{path}/{order_id}").status_code == status


def test_an_order_of_the_future_is_not_found(serve_at, tiny):
    order = max(amazon_orders(tiny), key=lambda o: o["purchased_at"])
    servers = serve_at("2026-09-10T00:00:00")
    assert get(servers, f"{SEARCH}/{order['order_id']}").status_code == 404


def test_the_search_has_the_rate_of_its_usage_plan(serve_at):
    servers = serve_at(SETTLED, is_throttled=True)
    answers = [get(servers, SEARCH, createdAfter=START, maxResultsPerPage=1) for _ in range(9)]
    assert answers[0].headers["x-amzn-RateLimit-Limit"] == "0.0056"
    assert answers[-1].status_code == 429
    assert "x-amzn-RateLimit-Limit" not in answers[-1].headers
    assert get(servers, OLD, CreatedAfter=START, MarketplaceIds=US).status_code == 200


def test_the_old_version_pages_through_the_same_orders(serve_at, tiny):
    found = old_pages(serve_at(SETTLED), CreatedAfter=START, MarketplaceIds=US, MaxResultsPerPage="30")
    orders = [order for page in found for order in page["Orders"]]
    assert Counter(o["AmazonOrderId"] for o in orders) == Counter(o["order_id"] for o in amazon_orders(tiny, "US"))
    assert Counter(o["OrderStatus"] for o in orders)["Canceled"] == len(
        [o for o in amazon_orders(tiny, "US") if o["cancelled_at"]]
    )
    assert found[0]["CreatedBefore"] == "2026-12-31T23:58:00Z"


def test_the_old_version_has_the_documented_shapes(serve_at, tiny):
    order = next(
        o for o in amazon_orders(tiny, "US")
        if not o["cancelled_at"] and o["purchased_at"] < o["priced_at"] < o["shipped_at"]
    )  # fmt: skip
    documented = sample("seller_orders_v0_getOrders")["payload"]["Orders"]
    servers = serve_at(iso(order["purchased_at"]))
    pending = get(servers, f"{OLD}/{order['order_id']}").json()["payload"]
    assert_same_shape(pending, documented[1])
    servers.at(iso(order["shipped_at"]))
    shipped = get(servers, f"{OLD}/{order['order_id']}").json()["payload"]
    assert_same_shape(shipped, documented[0])
    assert (pending["OrderStatus"], shipped["OrderStatus"]) == ("Pending", "Shipped")
    items = get(servers, f"{OLD}/{order['order_id']}/orderItems").json()
    for item in items["payload"]["OrderItems"]:
        item.pop("ShippingPrice", None)
        item.setdefault("PromotionIds", ["CODE"])
    assert_same_shape(items, sample("seller_orders_v0_getOrderItems"))


def test_the_old_versions_item_price_is_the_line_total(serve_at, tiny):
    line = next(line for line in amazon_lines(tiny, "US") if line["quantity"] > 1 and not line["order"]["cancelled_at"])
    items = get(serve_at(SETTLED), f"{OLD}/{line['order_id']}/orderItems").json()["payload"]["OrderItems"]
    item = items[line["line_number"] - 1]
    assert item["QuantityOrdered"] == line["quantity"]
    assert int(Decimal(item["ItemPrice"]["Amount"]) * 100) == line["item_price_minor"]


def test_the_old_version_takes_order_numbers_and_clients_that_repeat_themselves(serve_at, tiny):
    servers = serve_at(SETTLED)
    ids = [o["order_id"] for o in amazon_orders(tiny, "UK")[:3]]
    found = get(servers, OLD, AmazonOrderIds=",".join(ids), MarketplaceIds=UK).json()["payload"]["Orders"]
    assert [o["AmazonOrderId"] for o in found] == ids
    many = {name: [UK] for name in ("MarketplaceId", "MarketplaceIds", "marketplace_ids", "marketplaceIds")}
    answer = get(servers, OLD, CreatedAfter=START, **many).json()["payload"]["Orders"]
    assert {o["MarketplaceId"] for o in answer} == {UK}


@pytest.mark.parametrize(
    "query",
    [
        {"CreatedAfter": START},
        {"MarketplaceIds": US},
        {"MarketplaceIds": US, "CreatedAfter": START, "LastUpdatedAfter": START},
        {"MarketplaceIds": US, "CreatedAfter": START, "OrderStatuses": "SHIPPED"},
        {"MarketplaceIds": US, "CreatedAfter": START, "FulfillmentChannels": "AMAZON"},
        {"MarketplaceIds": US, "AmazonOrderIds": ",".join(["1"] * 51)},
    ],
)
def test_a_malformed_old_search_gets_400(serve_at, query):
    assert get(serve_at(SETTLED), OLD, **query).status_code == 400


def restricted(servers, path, *elements):
    resource = {"method": "GET", "path": path, "dataElements": list(elements)}
    answer = servers.api.post(TOKENS, json={"restrictedResources": [resource]}, headers=servers.seller_headers())
    assert_same_shape(answer.json(), sample("seller_rdt_createRestrictedDataToken"))
    return {"x-amz-access-token": answer.json()["restrictedDataToken"]}


def test_a_restricted_token_shows_the_personal_data_it_was_asked_for(serve_at, tiny):
    servers = serve_at(SETTLED)
    order_id = next(o["order_id"] for o in amazon_orders(tiny, "US") if not o["cancelled_at"])
    headers = restricted(servers, OLD, "shippingAddress")
    query = {"CreatedAfter": START, "MarketplaceIds": US, "OrderStatuses": "Shipped,Unshipped"}
    order = servers.api.get(OLD, params=query, headers=headers).json()["payload"]["Orders"][0]
    assert order["ShippingAddress"]["CountryCode"] == "US"
    assert "BuyerInfo" not in order
    assert "ShippingAddress" not in get(servers, OLD, **query).json()["payload"]["Orders"][0]
    assert "ShippingAddress" not in servers.api.get(f"{OLD}/{order_id}", headers=headers).json()["payload"]


@pytest.mark.parametrize("part", ["address", "buyerInfo", "orderItems/buyerInfo"])
def test_operations_on_personal_data_need_a_restricted_token(serve_at, tiny, part):
    servers = serve_at(SETTLED)
    path = f"{OLD}/{next(o['order_id'] for o in amazon_orders(tiny) if not o['cancelled_at'])}/{part}"
    refused = get(servers, path)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (403, "Unauthorized")
    headers = restricted(servers, f"{OLD}/{{orderId}}/{part}")
    assert servers.api.get(path, headers=headers).status_code == 200
    servers.ticker.seconds += 3600
    assert servers.api.get(path, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"restrictedResources": []},
        {"restrictedResources": ["GET"]},
        {"restrictedResources": [{"method": ["GET"], "path": "/"}]},
        {"restrictedResources": [{"method": "GET"}]},
        {"restrictedResources": [{"method": "GET", "path": "/", "dataElements": [{}]}]},
    ],
)
def test_a_malformed_request_for_a_restricted_token_gets_400(serve_at, body):
    servers = serve_at(SETTLED)
    assert servers.api.post(TOKENS, json=body, headers=servers.seller_headers()).status_code == 400


def test_the_seller_takes_part_in_every_marketplace_of_the_world(serve_at):
    payload = get(serve_at(SETTLED), "/sellers/v1/marketplaceParticipations").json()["payload"]
    assert {entry["marketplace"]["id"]: entry["marketplace"]["countryCode"] for entry in payload} == {
        US: "US", UK: "GB", FR: "FR", DE: "DE"
    }  # fmt: skip
    assert all(entry["participation"]["isParticipating"] for entry in payload)
