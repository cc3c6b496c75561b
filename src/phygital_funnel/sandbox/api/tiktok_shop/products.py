"""TikTok Shop's own numbers of the catalogue's products, and the product search."""

from typing import Any

import numpy as np

from phygital_funnel.sandbox.api.tiktok_shop.money import amount
from phygital_funnel.sandbox.api.tiktok_shop.paging import page_of
from phygital_funnel.sandbox.api.tiktok_shop.requests import Parameters, ShopRefused
from phygital_funnel.sandbox.world import World
from phygital_funnel.sandbox.world.catalogue import PRODUCTS, Market, Product, shelf_price
from phygital_funnel.sandbox.world.times import micros

STATUSES = (
    "ALL", "ACTIVATE", "DELETED", "DRAFT", "FAILED", "FREEZE", "PENDING", "PLATFORM_DEACTIVATED", "SELLER_DEACTIVATED",
)  # fmt: skip
NO_PRODUCT = 12052048
_LISTED_DAYS = 120
_IN_STOCK = 1000
_POSITIONS = {product.asin: number for number, product in enumerate(PRODUCTS, start=1)}


def product_id(asin: str, market: Market) -> str:
    """The 19 digits that a shop knows a product by."""
    return f"1729{_shop_number(market):03d}{_POSITIONS[asin]:012d}"


def sku_id(asin: str, market: Market) -> str:
    """The 19 digits of the product's only SKU in a shop."""
    return f"17291{_shop_number(market):02d}{_POSITIONS[asin]:012d}"


def warehouse_id(market: Market) -> str:
    """The 19 digits of the warehouse that a shop ships from."""
    return f"7068{_shop_number(market):015d}"


def catalogue_product(asin: str) -> Product:
    """The catalogue's product of an ASIN."""
    return PRODUCTS[_POSITIONS[asin] - 1]


def _shop_number(market: Market) -> int:
    # The shop's own last digits: they do not move when a scenario adds a market.
    return int(market.shop_id[-2:])


class Products:
    """The product listing of every shop."""

    def __init__(self, world: World) -> None:
        start = micros(world.size.first_moment) // 1_000_000
        self._created = start - _LISTED_DAYS * 86_400

    def search(self, market: Market, parameters: Parameters) -> dict[str, Any]:
        """What /product/{version}/products/search answers."""
        wanted = set(parameters.texts("seller_skus"))
        wanted_ids = set(parameters.texts("sku_ids"))
        is_shown = (parameters.one_text("status") or "ALL") in ("ALL", "ACTIVATE")
        rows = [
            number
            for number, product in enumerate(PRODUCTS)
            if is_shown
            and (not wanted or product.sku_in(market) in wanted)
            and (not wanted_ids or sku_id(product.asin, market) in wanted_ids)
            and _is_within(parameters, "create_time", self._created)
            and _is_within(parameters, "update_time", self._created)
        ]
        numbers = np.array(rows, dtype=np.int64)
        page = page_of(parameters, numbers, np.full(len(rows), self._created), "ASC")
        return page.envelope("products", lambda row: self._wire(PRODUCTS[row], market))

    def detail(self, market: Market, number: str) -> dict[str, Any]:
        """What /product/{version}/products/{product_id} answers.

        Raises:
            ShopRefused: the shop has no such product.
        """
        for product in PRODUCTS:
            if product_id(product.asin, market) == number:
                return self._wire(product, market)
        raise ShopRefused(NO_PRODUCT, "Product not found.")

    def _wire(self, product: Product, market: Market) -> dict[str, Any]:
        price = amount(shelf_price(product, market), market)
        return {
            "id": product_id(product.asin, market),
            "title": product.name,
            "status": "ACTIVATE",
            "audit": {"status": "APPROVED"},
            "create_time": self._created,
            "update_time": self._created,
            "sales_regions": [market.country],
            "is_not_for_sale": False,
            "has_draft": False,
            "skus": [
                {
                    "id": sku_id(product.asin, market),
                    "seller_sku": product.sku_in(market),
                    "price": {"currency": market.currency, "sale_price": price, "tax_exclusive_price": price},
                    "inventory": [{"warehouse_id": warehouse_id(market), "quantity": _IN_STOCK}],
                    "status_info": {"status": "NORMAL"},
                }
            ],
        }


def _is_within(parameters: Parameters, name: str, moment: int) -> bool:
    first, last = parameters.seconds(f"{name}_ge"), parameters.seconds(f"{name}_le")
    return (first is None or first <= moment) and (last is None or moment <= last)
