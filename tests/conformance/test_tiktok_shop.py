"""tiktok-shop-api reads the TikTok Shop API: signed by the package, answered into its typed models."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest
from tiktok_shop_api import TikTokShop, TikTokShopAuth, TikTokShopError
from tiktok_shop_api.generated.models.get_order_list_request import GetOrderListRequest
from tiktok_shop_api.generated.models.search_seller_affiliate_orders_request import SearchSellerAffiliateOrdersRequest

from . import oracle
from .patience import patiently

THROTTLED = 36009002
# The documented sample of affiliate orders has them, the package's model does not.
OF_THE_SAMPLE = {
    f".orders[].skus[].{name}" for name in ("product_name", "creator_commission_rate", "tap_commission_rate")
}


@pytest.fixture
def client(sandbox, credentials) -> Iterator[TikTokShop]:
    app = credentials.shop
    with TikTokShop(app.app_id, app.secret, app.access_token, base_url=sandbox.base_url) as made:
        yield made


@pytest.fixture
def shop_of(client) -> Callable[..., TikTokShop]:
    """A client for a market's shop, found as a client finds it: in the list of authorised shops."""
    ciphers = {shop.id: shop.cipher for shop in ask(client.authorization.get_authorized_shops).data.shops}
    return lambda market: client.with_shop(shop_cipher=ciphers[market.shop_id])


def ask(call: Callable[..., Any], **arguments: Any) -> Any:
    throttled = lambda error: isinstance(error, TikTokShopError) and error.code == THROTTLED  # noqa: E731  one use
    return patiently(lambda: call(**arguments), throttled)


def pages(call: Callable[..., Any], rows: str, **arguments: Any) -> list[Any]:
    """Every row of every page, each page checked for fields that the platform does not have."""
    found: list[Any] = []
    token: dict[str, str] = {}
    while True:
        data = ask(call, page_size=10, **arguments, **token).data
        assert unknown_fields(data) - OF_THE_SAMPLE == set()
        found += getattr(data, rows) or []
        if not data.next_page_token:
            return found
        token = {"page_token": data.next_page_token}


def unknown_fields(model: Any, path: str = "") -> set[str]:
    """Fields of an answer that the package's models, made from the platform's documentation, do not know."""
    if isinstance(model, list):
        return {found for inner in model for found in unknown_fields(inner, f"{path}[]")}
    if not attrs.has(type(model)):
        return set()
    known = {
        name: value for name, value in attrs.asdict(model, recurse=False).items() if name != "additional_properties"
    }
    own = {f"{path}.{name}" for name in getattr(model, "additional_properties", {})}
    return own.union(*(unknown_fields(value, f"{path}.{name}") for name, value in known.items()))


def test_every_shop_of_the_world_is_authorised(client, world):
    shops = ask(client.authorization.get_authorized_shops).data.shops
    assert {shop.id for shop in shops} == {market.shop_id for market in world.markets}
    assert all(shop.cipher for shop in shops)


def test_all_orders_of_all_shops_are_found_once_with_their_lines(shop_of, world):
    total = 0
    for market in world.markets:
        expected = {order["order_id"]: order for order in oracle.shop_orders(world, market.code)}
        units: Counter[str] = Counter()
        for line in world["order_lines"].to_pylist():
            units[line["order_id"]] += line["quantity"]
        found = pages(shop_of(market).orders.get_order_list, "orders", body=GetOrderListRequest())
        assert len(found) == len(expected)
        assert {order.id for order in found} == expected.keys()
        for order in found:
            ours = expected[order.id]
            assert (str(order.status) == "CANCELLED") == (ours["cancelled_at"] is not None)
            assert order.create_time == int(ours["purchased_at"].timestamp())
            assert order.payment.currency == market.currency
            assert len(order.line_items) == units[order.id]
        total += len(found)
    assert total > 20


def test_prices_of_the_units_sum_to_the_worlds_lines(shop_of, world):
    """A unit's original price is its share of the line's price, before anybody's discount."""
    for market in world.markets:
        ours = {order["order_id"] for order in oracle.shop_orders(world, market.code)}
        expected = sum(
            line["item_price_minor"] for line in world["order_lines"].to_pylist() if line["order_id"] in ours
        )
        found = pages(shop_of(market).orders.get_order_list, "orders", body=GetOrderListRequest())
        shown = sum(float(unit.original_price) for order in found for unit in order.line_items)
        assert round(shown * 10**market.exponent) == expected


def test_orders_are_picked_by_time_and_read_by_id(shop_of, world):
    market = max(world.markets, key=lambda market: len(oracle.shop_orders(world, market.code)))
    shop = shop_of(market)
    times = sorted(int(order["purchased_at"].timestamp()) for order in oracle.shop_orders(world, market.code))
    middle = times[len(times) // 2]
    body = GetOrderListRequest(create_time_ge=times[0], create_time_lt=middle)
    found = pages(shop.orders.get_order_list, "orders", body=body)
    assert sorted(order.create_time for order in found) == [time for time in times if time < middle]
    details = ask(shop.orders.get_order_detail, ids=[order.id for order in found[:3]]).data.orders
    assert {order.id: order.payment.total_amount for order in details} == {
        order.id: order.payment.total_amount for order in found[:3]
    }


def test_affiliate_orders_name_the_worlds_creators_and_videos(shop_of, world):
    """Every order that names a creator, with its units and the commission that the world fixed for it."""
    handles = {creator["creator_id"]: creator["handle"] for creator in world["creators"].to_pylist()}
    lines = world["order_lines"].to_pylist()
    total = 0
    for market in world.markets:
        expected = {order["order_id"]: order for order in oracle.shop_orders(world, market.code) if order["creator_id"]}
        units = Counter[str]()
        for line in lines:
            units[line["order_id"]] += line["quantity"]
        bounds = [int(order["purchased_at"].timestamp()) for order in expected.values()] or [0, 1]
        body = SearchSellerAffiliateOrdersRequest(create_time_ge=min(bounds), create_time_lt=max(bounds) + 1)
        found = pages(shop_of(market).affiliate_seller.search_seller_affiliate_orders, "orders", body=body)
        assert {order.id for order in found} == expected.keys()
        for order in found:
            ours = expected[order.id]
            assert {sku.creator_username for sku in order.skus} == {handles[ours["creator_id"]]}
            assert {sku.content_id for sku in order.skus} <= {ours["video_id"], ours["live_id"]}
            assert sum(sku.quantity for sku in order.skus) == units[order.id]
        total += len(found)
    assert total > 5


def test_products_are_the_catalogues(shop_of, world):
    market = world.markets[0]
    found = pages(shop_of(market).products.search_products, "products")
    sold = {line["sku"] for line in world["order_lines"].to_pylist()}
    skus = {sku.seller_sku for product in found for sku in product.skus}
    assert skus & sold
    assert len({product.id for product in found}) == len(found)


def test_an_authorisation_code_buys_tokens_that_work_and_can_be_renewed(sandbox, credentials, client):
    app = credentials.shop
    auth = TikTokShopAuth(app.app_id, app.secret, base_url=sandbox.base_url)
    granted = auth.exchange_code(app.auth_code)
    renewed = auth.refresh(granted.refresh_token)
    for tokens in (granted, renewed):
        shops = ask(client.with_shop(access_token=tokens.access_token).authorization.get_authorized_shops).data.shops
        assert shops
    # Times of the real clock: a client compares them with its own.
    assert renewed.refresh_token_expire_in > renewed.access_token_expire_in


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"app_secret": "wrong"}, 106001),
        ({"access_token": "unknown"}, 101000),
        ({"shop_cipher": "GCP_unknown"}, 101000),
    ],
)
def test_a_refusal_is_the_packages_error_with_tiktoks_code(sandbox, credentials, client, change, code):
    app = credentials.shop
    arguments = {"app_key": app.app_id, "app_secret": app.secret, "access_token": app.access_token}
    with TikTokShop(**arguments | change, base_url=sandbox.base_url) as wrong, pytest.raises(TikTokShopError) as caught:
        wrong.orders.get_order_list(body=GetOrderListRequest(), page_size=10)
    assert caught.value.code == code
    assert caught.value.request_id


@pytest.mark.parametrize(("fault", "code"), [("throttle", THROTTLED), ("expired_token", 105002)])
def test_a_refusal_that_was_ordered_is_the_packages_error(sandbox, client, fault, code):
    sandbox.fault(fault, "/authorization/202309/shops", times=1)
    with pytest.raises(TikTokShopError) as caught:
        client.authorization.get_authorized_shops()
    assert caught.value.code == code
    assert sandbox.pending_faults() == []
