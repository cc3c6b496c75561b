"""python-amazon-sp-api reads the Selling Partner API, with its own parameters, pages and document reader."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sp_api.api import Orders, OrdersV20260101, Reports, Sales
from sp_api.auth import AccessTokenClient
from sp_api.auth.exceptions import AuthorizationError
from sp_api.base import (
    Granularity,
    ReportType,
    SellingApiBadRequestException,
    SellingApiForbiddenException,
    SellingApiRequestThrottledException,
)
from sp_api.util import load_all_pages, throttle_retry

from . import flat_files, oracle

FR = "A13V1IB3VIYZZH"
WINDOW = timedelta(days=30)


@pytest.fixture
def signed_in(sandbox, credentials):
    """What every API class of the package is made with."""

    class LocalTokens(AccessTokenClient):
        scheme, host = "http://", sandbox.base_url.removeprefix("http://")

    keys = {
        "refresh_token": credentials.seller.refresh_token,
        "lwa_app_id": credentials.seller.client_id,
        "lwa_client_secret": credentials.seller.client_secret,
    }
    marketplace = SimpleNamespace(endpoint=sandbox.base_url, marketplace_id=FR, region="eu-west-1")
    return {"marketplace": marketplace, "credentials": keys, "auth_token_client_class": LocalTokens}


def ask(call: Any, *args: Any, **kwargs: Any) -> Any:
    """The package's own retry, with shorter waits."""
    return throttle_retry(tries=30, delay=0.2, rate=1.3)(call)(*args, **kwargs)


def every_page(call: Any, token: str, **kwargs: Any) -> Any:
    """The package's own paging."""

    @load_all_pages(throttle_by_seconds=0, next_token_param=token)
    @throttle_retry(tries=30, delay=0.2, rate=1.3)
    def page(**more: Any) -> Any:
        return call(**more)

    return page(**kwargs)


def test_the_new_orders_api_pages_through_every_order(signed_in, world):
    created = (world.size.first_moment - timedelta(days=1)).isoformat().replace("+00:00", "Z")
    pages = every_page(
        OrdersV20260101(**signed_in).search_orders,
        "paginationToken",
        createdAfter=created,
        maxResultsPerPage=20,
        includedData=["PROCEEDS", "PROMOTION"],
    )
    found = [order for page in pages for order in page.payload["orders"]]
    expected = oracle.amazon_orders(world, "FR")
    assert len(expected) > 20
    assert [len(found), {order["orderId"] for order in found}] == [len(expected), {o.order_id for o in expected}]


def test_the_older_orders_api_pages_through_every_order(signed_in, world):
    created = (world.size.first_moment - timedelta(days=1)).isoformat()
    pages = every_page(
        Orders(**signed_in).get_orders, "NextToken", CreatedAfter=created, MarketplaceIds=[FR], MaxResultsPerPage=20
    )
    found = [order for page in pages for order in page.payload["Orders"]]
    expected = oracle.amazon_orders(world, "FR")
    assert [len(found), {order["AmazonOrderId"] for order in found}] == [len(expected), {o.order_id for o in expected}]


def test_items_of_an_older_order_have_the_lines_price(signed_in, world):
    order = next(o for o in oracle.amazon_orders(world, "FR") if o.cancelled_at is None and o.is_amazon_sale)
    items = ask(Orders(**signed_in).get_order_items, order.order_id).payload["OrderItems"]
    assert {item["ASIN"] for item in items} == {line["asin"] for line in order.lines}
    assert round(sum(float(item["ItemPrice"]["Amount"]) for item in items) * 100) == order.item_price_minor


def test_the_packages_document_reader_gets_every_french_line_in_its_code_page(signed_in, world, now):
    api = Reports(**signed_in)
    rows: list[dict[str, str]] = []
    encodings = set()
    start = world.size.first_moment
    while start < now:
        end = min(start + WINDOW, now)
        created = ask(
            api.create_report,
            reportType=ReportType.GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL,
            marketplaceIds=[FR],
            dataStartTime=start,
            dataEndTime=end - timedelta(seconds=1),
        )
        status: dict[str, Any] = {}
        polls = 0
        while status.get("processingStatus") not in ("DONE", "CANCELLED"):
            status = ask(api.get_report, created.payload["reportId"]).payload
            polls += 1
            assert polls < 20
        if status["processingStatus"] == "DONE":
            document = ask(api.get_report_document, status["reportDocumentId"], download=True)
            rows += flat_files.rows(document.payload["document"])
            encodings.add(document.character_code)
        start = end
    orders = oracle.amazon_orders(world, "FR")
    assert encodings == {"cp1252"}
    assert len(rows) == sum(len(order.lines) for order in orders)
    assert "SAINT-ÉTIENNE" in {row["ship-city"] for row in rows}
    total = sum(round(float(row["item-price"]) * 100) for row in rows if row["item-price"])
    assert total == sum(order.item_price_minor for order in orders if order.cancelled_at is None)


def test_personal_data_come_with_a_restricted_token(signed_in, world):
    """The package fetches the token for the path itself and sends it in place of the other."""
    created = {"CreatedAfter": world.size.first_moment.isoformat(), "MarketplaceIds": [FR]}
    plain = ask(Orders(**signed_in).get_orders, **created).payload["Orders"]
    restricted = ask(Orders(**signed_in).get_orders, RestrictedResources=["buyerInfo", "shippingAddress"], **created)
    assert [order["AmazonOrderId"] for order in restricted.payload["Orders"]] == [o["AmazonOrderId"] for o in plain]
    assert {field for order in restricted.payload["Orders"] for field in order} > {f for o in plain for f in o}


def test_hourly_sales_sum_to_the_total(signed_in, world, now):
    """The last thirty days by hour and as one figure."""
    interval = (
        (now - timedelta(days=29)).replace(minute=0).isoformat(),
        (now - timedelta(days=1)).replace(minute=0).isoformat(),
    )
    hours = ask(Sales(**signed_in).get_order_metrics, interval, Granularity.HOUR).payload
    assert len(hours) == 28 * 24
    total = ask(Sales(**signed_in).get_order_metrics, interval, Granularity.TOTAL, granularityTimeZone="UTC").payload
    assert sum(hour["orderCount"] for hour in hours) == total[0]["orderCount"]


def test_a_wrong_refresh_token_is_an_authorization_error(signed_in):
    keys = signed_in["credentials"] | {"refresh_token": "Atzr|unknown"}
    with pytest.raises(AuthorizationError) as caught:
        Reports(**signed_in | {"credentials": keys}).get_report("1")
    assert caught.value.error_code == "invalid_grant"


@pytest.mark.parametrize(
    ("fault", "error", "code"),
    [
        ("throttle", SellingApiRequestThrottledException, "QuotaExceeded"),
        ("revoked_token", SellingApiForbiddenException, "Unauthorized"),
    ],
)
def test_a_refusal_is_the_packages_error(sandbox, signed_in, fault, error, code):
    sandbox.fault(fault, "/reports/2021-06-30/reports", times=1)
    with pytest.raises(error) as caught:
        Reports(**signed_in).get_report("1")
    assert caught.value.amzn_code == code


def test_an_invalid_request_is_the_packages_error(signed_in):
    with pytest.raises(SellingApiBadRequestException) as caught:
        ask(Reports(**signed_in).create_report, reportType="GET_MAGIC", marketplaceIds=[FR])
    assert caught.value.amzn_code == "InvalidInput"
