"""TikTok Shop's rows, from landing to staging: every landed row is staged, superseded, quarantined or partial."""

from collections.abc import Callable

import pytest
from dbt_warehouse import Warehouse

SHOP = "749"
ORDER = {
    "shop_id": SHOP, "status": "DELIVERED", "commerce_platform": "TIKTOK_SHOP", "create_time": 1793700000,
    "update_time": 1793800000, "is_sample_order": "false", "is_replacement_order": "false", "payment_currency": "USD",
    "payment_total_amount": "41.98", "line_item_currency": "USD", "line_item_original_price": "24.99",
    "line_item_seller_discount": "2.50", "line_item_platform_discount": "1.00", "line_item_sale_price": "21.49",
}  # fmt: skip
REFUND = {
    "shop_id": SHOP, "order_id": "o1", "return_status": "RETURN_OR_REFUND_REQUEST_COMPLETE", "create_time": 1793900000,
    "update_time": 1793910000, "order_line_item_id": "u1", "line_item_refund_amount_currency": "USD",
    "line_item_refund_amount_refund_total": "21.49", "refund_amount_refund_total": "25.49",
}  # fmt: skip
AFFILIATE = {
    "shop_id": SHOP, "create_date": "2026-11-03", "create_time": 1793700000, "delivery_time": 0, "sku_id": "k1",
    "creator_username": "creator_a", "content_type": "VIDEO", "quantity": 1, "price_amount": "22.49",
    "price_currency": "JPY", "commission_rate": "1500", "settlement_status": "UNSETTLED", "status": "DELIVERED",
}  # fmt: skip
PRODUCT = {"shop_id": SHOP, "title": "Serum", "status": "ACTIVATE", "sku_id": "k1", "sku_seller_sku": "S-1"}
RELATIONS = ("shops", "orders", "refunds", "affiliate_orders", "products")


@pytest.fixture(scope="module")
def warehouse(new_warehouse: Callable[[str], Warehouse]) -> Warehouse:
    made = new_warehouse("tiktok_shop")
    _land(made)
    models = [f"{layer}tiktok_shop__{name}" for name in RELATIONS for layer in ("+stg_", "quarantine_")]
    made.build("build", "--select", *models, "--exclude", "resource_type:unit_test")
    return made


def _land(made: Warehouse) -> None:
    made.land("tiktok_shop__shops", [{"shop_id": SHOP, "region": "us"}] * 2, account=SHOP)
    made.land("tiktok_shop__orders", [_order("o1", "u1", status="IN_TRANSIT"), _order("o1", "u2"), _order("o2", "u3")])
    made.land("tiktok_shop__orders", [_order("o1", "u1", update_time=1793900000), _order("o1", "u2")])
    # The order moved to the listing's end while it was read: in one commit twice, the later state last.
    earlier, later = _order("o3", "u4", status="IN_TRANSIT"), _order("o3", "u4", update_time=1793800060)
    made.land("tiktok_shop__orders", [earlier, later])
    made.land("tiktok_shop__orders", [_order("o4", "u5")], is_complete=False)
    made.land("tiktok_shop__orders", [
        _order("b1", None), _order("b2", "u6", create_time="soon"), _order("b3", "u7", line_item_sale_price="1,5"),
        _order("b4", "u8", line_item_currency="XXQ"), _order("b5", "u9", line_item_sale_price=None),
        _order("b6", "u10", _reject="malformed_line"),
    ])  # fmt: skip
    made.land("tiktok_shop__refunds", [_refund("r1", "f1"), _refund("r2", "f2", return_status="BUYER_SHIPPED_ITEM")])
    made.land("tiktok_shop__refunds", [_refund("r2", "f2"), _refund(None, "f3"), _refund("r4", "f4", create_time=0)])
    of_window = {"account": SHOP, "window": ("2026-11-01", "2026-11-04")}
    made.land("tiktok_shop__affiliate_orders", [_affiliate("o1", "v1"), _affiliate("o9", "v1")], **of_window)
    made.land("tiktok_shop__affiliate_orders", [
        _affiliate("o1", "v1", settlement_status="SETTLED"), _affiliate("o1", "v2"), _affiliate("o2", None),
        _affiliate("o2", None), _affiliate("o3", "v1", create_date="2026-12-24"),
        _affiliate("o4", "v1", quantity="two"),
    ], **of_window)  # fmt: skip
    made.land("tiktok_shop__products", [{**PRODUCT, "product_id": "p1"}, {**PRODUCT, "product_id": "p2"}], account=SHOP)
    made.land("tiktok_shop__products", [
        {**PRODUCT, "product_id": "p1", "sku_price_currency": "USD", "sku_price_sale_price": "22.49"},
        {**PRODUCT, "product_id": "p3", "sku_price_currency": "XXQ", "sku_price_sale_price": "22.49"},
        {**PRODUCT, "product_id": "p4", "sku_price_currency": "USD", "sku_price_sale_price": "dear"},
    ], account=SHOP)  # fmt: skip


def _order(order_id, line_item_id, **changes):
    return {**ORDER, "order_id": order_id, "line_item_id": line_item_id, **changes}


def _refund(return_id, return_line_item_id, **changes):
    return {**REFUND, "return_id": return_id, "return_line_item_id": return_line_item_id, **changes}


def _affiliate(order_id, content_id, **changes):
    return {**AFFILIATE, "order_id": order_id, "content_id": content_id, **changes}


def test_each_row_rule_puts_its_rows_aside(warehouse: Warehouse) -> None:
    assert warehouse.quarantined("tiktok_shop__shops") == {"duplicate_key": 1}
    assert warehouse.quarantined("tiktok_shop__orders") == {
        "missing_key": 1, "unparseable_time": 1, "unparseable_number": 1, "unknown_currency": 1, "missing_price": 1,
        "malformed": 1, "duplicate_key": 1,
    }  # fmt: skip
    assert warehouse.quarantined("tiktok_shop__refunds") == {"missing_key": 1, "unparseable_time": 1}
    assert warehouse.quarantined("tiktok_shop__affiliate_orders") == {"outside_window": 1, "unparseable_number": 1}
    assert warehouse.quarantined("tiktok_shop__products") == {"unknown_currency": 1, "unparseable_number": 1}


def test_the_latest_state_of_each_order_is_staged(warehouse: Warehouse) -> None:
    """Also where both states came with one commit; partial commits count for nothing."""
    found = warehouse.rows(
        "select order_id, line_item_id, order_status, epoch(updated_at)::bigint "
        "from staging.stg_tiktok_shop__orders order by all"
    )
    assert found == [
        ("o1", "u1", "delivered", 1793900000),
        ("o1", "u2", "delivered", 1793800000),
        ("o2", "u3", "delivered", 1793800000),
        ("o3", "u4", "delivered", 1793800060),
    ]


def test_money_is_in_minor_units_of_its_currency_and_times_are_utc(warehouse: Warehouse) -> None:
    (order,) = warehouse.rows(
        "select original_price_minor, seller_discount_minor, platform_discount_minor, sale_price_minor, "
        "order_total_minor, created_at::varchar, delivered_at, is_sample_order, is_exchange_order "
        "from staging.stg_tiktok_shop__orders where line_item_id = 'u3'"
    )
    assert order == (2499, 250, 100, 2149, 4198, "2026-11-03 10:00:00", None, False, None)
    (refund,) = warehouse.rows(
        "select refund_minor, return_refund_minor, return_status "
        "from staging.stg_tiktok_shop__refunds where return_id = 'r2'"
    )
    assert refund == (2149, 2549, "return_or_refund_request_complete")
    # 22.49 yen are no whole number of them; halves go to the even one.
    yen = warehouse.rows(
        "select order_id, content_id, line_ordinal, price_minor, delivered_at, settlement_status, commission_rate::int "
        "from staging.stg_tiktok_shop__affiliate_orders order by all"
    )
    assert yen == [
        ("o1", "v1", 1, 22, None, "settled", 1500),
        ("o1", "v2", 1, 22, None, "unsettled", 1500),
        ("o2", None, 1, 22, None, "unsettled", 1500),
        ("o2", None, 2, 22, None, "unsettled", 1500),
    ]
    assert warehouse.rows("select product_id, price_minor from staging.stg_tiktok_shop__products") == [("p1", 2249)]


@pytest.mark.parametrize(
    ("relation", "superseded", "partial"),
    [("shops", 0, 0), ("orders", 2, 1), ("refunds", 1, 0), ("affiliate_orders", 2, 0), ("products", 2, 0)],
)
def test_landed_rows_are_staged_superseded_quarantined_or_partial(
    warehouse: Warehouse, relation: str, superseded: int, partial: int
) -> None:
    ((landed, staged, quarantined),) = warehouse.rows(
        f"select (select count(*) from raw.tiktok_shop__{relation}), "
        f"(select count(*) from staging.stg_tiktok_shop__{relation}), "
        f"(select count(*) from quarantine.quarantine_tiktok_shop__{relation})"
    )
    assert landed == staged + superseded + quarantined + partial
