"""Orders of both platforms, what comes back of them and what they cost, for the tests of the order ledger."""

from dbt_warehouse import Warehouse

SHOP = "749"
SHOP_ORDER = {
    "shop_id": SHOP, "status": "DELIVERED", "commerce_platform": "TIKTOK_SHOP", "create_time": 1793700000,
    "update_time": 1793800000, "is_sample_order": "false", "is_replacement_order": "false", "payment_currency": "USD",
    "line_item_currency": "USD", "line_item_original_price": "25.00", "line_item_seller_discount": "5.00",
    "line_item_platform_discount": "2.00", "line_item_sale_price": "18.00", "line_item_sku_id": "k1",
    "line_item_product_id": "p1", "line_item_seller_sku": "S-1", "recipient_address_region_code": "US",
    "line_item_item_tax": '[{"tax_amount": "1.60", "tax_rate": "0.0800", "tax_type": "SALES_TAX"}]',
}  # fmt: skip
REFUND = {
    "shop_id": SHOP, "return_status": "RETURN_OR_REFUND_REQUEST_COMPLETE", "create_time": 1793900000,
    "update_time": 1793910000, "line_item_refund_amount_currency": "USD", "return_type": "REFUND",
}  # fmt: skip
AFFILIATE = {
    "shop_id": SHOP, "create_date": "2026-11-03", "create_time": 1793700000, "sku_id": "k1", "creator_username": "Ann",
    "content_type": "VIDEO", "content_id": "v1", "quantity": 1, "price_amount": "20.00", "price_currency": "USD",
    "settlement_status": "UNSETTLED", "estimated_paid_commission_amount": "2.00", "status": "DELIVERED",
}  # fmt: skip
AMAZON_ORDER = {
    "marketplace_id": "ATVPDKIKX0DER", "sku": "S1", "asin": "B1", "order_status": "Shipped", "item_status": "Shipped",
    "sales_channel": "Amazon.com", "quantity": 1, "currency": "USD", "item_price": "20.00",
    "purchase_date": "2026-11-03T10:00:00+00:00", "last_updated_date": "2026-11-03T12:00:00+00:00",
}  # fmt: skip
RETURN = {"marketplace_id": "ATVPDKIKX0DER", "sku": "S1", "asin": "B1", "quantity": 1}
NOVEMBER = {"account": "ATVPDKIKX0DER", "window": ("2026-11-01", "2026-11-30")}
COMPLETED_AT, LATER = 1793820000, 1793999000


def _shop(order_id: str, unit: str, **changes: object) -> dict[str, object]:
    return {**SHOP_ORDER, "order_id": order_id, "line_item_id": unit, **changes}


def _refund(order_id: str, unit: str, amount: str, **changes: object) -> dict[str, object]:
    return {
        **REFUND, "return_id": f"r-{unit}", "return_line_item_id": f"f-{unit}", "order_id": order_id,
        "order_line_item_id": unit, "line_item_refund_amount_refund_subtotal": amount,
        "line_item_refund_amount_refund_total": amount, **changes,
    }  # fmt: skip


def _amazon(order_id: str, **changes: object) -> dict[str, object]:
    return {**AMAZON_ORDER, "amazon_order_id": order_id, **changes}


# Refunds that no line takes: of another unit, of a sample, in another currency. One that is not complete is no refund.
UNMATCHED = (
    _refund("units", "u98", "1.00"), _refund("sample", "u10", "2.00"),
    _refund("free", "u21", "3.00", line_item_refund_amount_currency="JPY"),
    _refund("nobody", "u97", "4.00", return_status="RETURN_OR_REFUND_REQUEST_PENDING"),
)  # fmt: skip


def _land_reference(made: Warehouse) -> None:
    made.land("reference__markets", [
        {"market": "US", "marketplace_id": "ATVPDKIKX0DER", "country": "US", "currency": "USD",
         "timezone": "America/Los_Angeles", "amazon_domain": "amazon.com"},
        {"market": "DE", "marketplace_id": "A1PA6795UKMFR9", "country": "DE", "currency": "EUR",
         "timezone": "Europe/Berlin", "amazon_domain": "amazon.de"},
        {"market": "JP", "marketplace_id": "A1VC38T7YXB528", "country": "JP", "currency": "JPY",
         "timezone": "Asia/Tokyo", "amazon_domain": "amazon.co.jp"},
    ])  # fmt: skip
    made.land("reference__fx_rates", [
        {"rate_date": "2026-11-03", "currency": "USD", "units_per_eur": "1.25"},
        {"rate_date": "2026-11-03", "currency": "JPY", "units_per_eur": "160"},
        {"rate_date": "2026-11-20", "currency": "USD", "units_per_eur": "2.00"},
    ])  # fmt: skip
    made.land("reference__creators", [
        {"creator_id": "c-ann", "handle": "ann"}, {"creator_id": "c-1", "handle": "twin"},
        {"creator_id": "c-2", "handle": "Twin"},
    ])  # fmt: skip
    made.land(
        "reference__promo_codes",
        [
            {"code": "ANN", "creator_id": "c-ann", "market": "US", "valid_from": "2026-10-01T00:00:00Z"},
        ],
    )
    made.land("reference__commission_rates", [
        {"creator_id": "c-ann", "valid_from": "2026-01-01T00:00:00Z", "valid_to": "2026-11-03T10:00:00Z",
         "rate": "0.5"},
        {"creator_id": "c-ann", "valid_from": "2026-11-03T10:00:00Z", "rate": "0.1"},
    ])  # fmt: skip
    made.land("reference__fees", [
        {"market": "US", "platform": "tiktok_shop", "fee": "referral_fee", "base": "tax_included",
         "valid_from": "2020-01-01", "rate": "0.06"},
        {"market": "US", "platform": "amazon", "fee": "brand_referral_bonus", "base": "net",
         "valid_from": "2020-01-01", "rate": "-0.1"},
    ])  # fmt: skip


def _land_shop(made: Warehouse) -> None:
    made.land("tiktok_shop__shops", [{"shop_id": SHOP, "region": "US"}], account=SHOP)
    orders = [
        *(_shop("units", unit, line_item_room_id="v1") for unit in ("u1", "u2", "u3")),
        _shop("unpaid", "u4", status="UNPAID"), _shop("paid later", "u5", status="UNPAID"),
        _shop("full", "u6"), _shop("parts", "u7", line_item_room_id="v1"),
        _shop("goodwill", "u8"), _shop("clawed", "u9"),
        _shop("sample", "u10", is_sample_order="true"), _shop("replaced", "u11", is_replacement_order="true"),
        _shop("exchanged", "u12", is_exchange_order="true"), _shop("elsewhere", "u13", commerce_platform="SHOPIFY"),
        _shop("cancelled", "u14"), _shop("by contract", "u15"), _shop("stranger", "u16"), _shop("twin", "u17"),
        _shop("asked", "u18"), _shop("yen", "u19", line_item_currency="JPY", line_item_original_price="101",
                                    line_item_seller_discount="0", line_item_platform_discount="0",
                                    line_item_sale_price="101"),
        _shop("vat", "u20", recipient_address_region_code="DE"), _shop("free", "u21", line_item_original_price="0",
                                    line_item_seller_discount="0", line_item_platform_discount="0",
                                    line_item_sale_price="0", line_item_item_tax=None),
    ]  # fmt: skip
    made.land("tiktok_shop__orders", orders, at="2026-11-05 00:00:00")
    made.land("tiktok_shop__orders", [
        _shop("paid later", "u5", update_time=1793810000),
        _shop("clawed", "u9", status="COMPLETED", update_time=COMPLETED_AT),
        _shop("cancelled", "u14", status="CANCELLED", update_time=1793810000),
    ], at="2026-11-07 00:00:00")  # fmt: skip
    made.land("tiktok_shop__refunds", [
        _refund("full", "u6", "18.00"), _refund("parts", "u7", "6.67"), _refund("goodwill", "u8", "70.00"),
        _refund("asked", "u18", "18.00", return_status="RETURN_OR_REFUND_REQUEST_PENDING"),
        _refund("yen", "u19", "50", line_item_refund_amount_currency="JPY"), _refund("unknown", "u99", "5.00"),
        *UNMATCHED,
    ], at="2026-11-08 00:00:00")  # fmt: skip
    made.land("tiktok_shop__refunds", [
        _refund("parts", "u7", "11.33", return_id="r-second"), _refund("clawed", "u9", "4.00", update_time=LATER),
    ], at="2026-11-20 00:00:00")  # fmt: skip
    settled = {"settlement_status": "SETTLED", "actual_paid_commission_amount": "0.50"}
    made.land("tiktok_shop__affiliate_orders", [
        {**AFFILIATE, "order_id": "units", "quantity": 2, "estimated_paid_commission_amount": "2.01"},
        {**AFFILIATE, "order_id": "parts", **settled}, {**AFFILIATE, "order_id": "full"},
        {**AFFILIATE, "order_id": "by contract", "estimated_paid_commission_amount": None},
        {**AFFILIATE, "order_id": "stranger", "creator_username": "a:b|c/ü"},
        {**AFFILIATE, "order_id": "twin", "creator_username": "twin"},
        {**AFFILIATE, "order_id": "sample"},
    ], account=SHOP, window=("2026-11-01", "2026-11-04"))  # fmt: skip


def _land_amazon(made: Warehouse) -> None:
    made.land("amazon_seller__order_lines", [
        _amazon("three", quantity=3, item_price="10.00"),
        _amazon("withdrawn", promotion_ids="ANN"),
        _amazon("A-mirror", sales_channel="Non-Amazon US", merchant_order_id="full"),
        _amazon("A-hidden", merchant_order_id="parts"),
        _amazon("A-other", sales_channel="Non-Amazon US", merchant_order_id="web-1"),
        _amazon("with vat", marketplace_id="A1PA6795UKMFR9", currency="EUR", item_price="119.00", item_tax="19.00"),
        # 72 hours after the last order of the LIVE room.
        _amazon("with tax on top", item_price="100.00", item_tax="8.00", promotion_ids="ANN",
                purchase_date="2026-11-06T10:00:00+00:00"),
    ], account="ATVPDKIKX0DER", at="2026-11-05 00:00:00")  # fmt: skip
    # The days on which the clocks of Los Angeles change have 23 and 25 hours: first and last minute, and the next one.
    changes = ("2026-03-08T08:00", "2026-03-09T06:59", "2026-03-09T07:00", "2026-11-01T07:00", "2026-11-02T07:59",
               "2026-11-02T08:00")  # fmt: skip
    made.land("amazon_seller__order_lines", [
        _amazon(f"at {instant}", purchase_date=f"{instant}:00+00:00") for instant in changes
    ], account="ATVPDKIKX0DER", at="2026-11-06 00:00:00")  # fmt: skip
    # One product and SKU in all three marketplaces, with an order of the same in another.
    listed = {"asin": "B1", "sku": "S1", "product_name": "Serum"}
    made.land("reference__listings", [{**listed, "market": market} for market in ("US", "DE", "JP")])
    back = {"return_date": "2026-11-10T00:00:00+00:00"}
    made.land("amazon_seller__returns", [
        {**RETURN, **back, "order_id": "three", "license_plate_number": "L1"},
        {**RETURN, **back, "order_id": "withdrawn", "license_plate_number": "L2"},
    ], at="2026-11-11 00:00:00", **NOVEMBER)  # fmt: skip
    # The window is read again: one unit more, and the other order's return was a mistake.
    made.land("amazon_seller__returns", [
        {**RETURN, **back, "order_id": "three", "license_plate_number": "L1"},
        {**RETURN, **back, "order_id": "three", "license_plate_number": "L3"},
        {**RETURN, **back, "order_id": "at 2026-11-02T08:00", "license_plate_number": "L4", "quantity": 3},
        {**RETURN, **back, "order_id": "at 2026-11-02T08:00", "license_plate_number": "L5", "sku": "S9"},
        {**RETURN, **back, "order_id": "A-hidden", "license_plate_number": "L6"},
        {**RETURN, **back, "order_id": "years ago", "license_plate_number": "L7"},
    ], at="2026-11-15 00:00:00", **NOVEMBER)  # fmt: skip


def _land_bonus(made: Warehouse) -> None:
    made.land("amazon_attribution__profiles", [
        {"profile_id": "p", "currency_code": "USD", "marketplace_string_id": "ATVPDKIKX0DER",
         "timezone": "America/Los_Angeles"},
    ], account="p")  # fmt: skip
    row = {"profile_id": "p", "date": "20261103", "campaign_id": "k1", "click_throughs": "90"}
    levels = {
        "CAMPAIGN": [{"brb_bonus_amount": "10.50"}],
        "ADGROUP": [{"ad_group_id": "g1", "brb_bonus_amount": "7.25"}, {"ad_group_id": "g2", "brb_bonus_amount": "1"}],
    }
    for level, values in levels.items():
        made.land(
            "amazon_attribution__performance", [{**row, "level": level, **value} for value in values], account="p",
            part=level, window=("2026-11-03", "2026-11-03"),
        )  # fmt: skip


def _land_masked_tags(made: Warehouse) -> None:
    """Four tags, read three times: x comes out of the mask, y was out of it, z stays in, w is read again."""
    row = {"profile_id": "p", "level": "CREATIVE", "campaign_id": "m", "ad_group_id": "m"}
    reads = (
        (("01", "02"), {"x": ((1, 0),), "y": ((1, 12), (2, 0)), "z": ((2, 0),), "w": ((2, 0),)}),
        (("03", "04"), {"x": ((3, 10), (4, 0)), "w": ((3, 11),)}),
        (("02", "02"), {"y": ((2, 0),), "z": ((2, 0),), "w": ((2, 0),)}),
    )
    for (first, last), tags in reads:
        made.land(
            "amazon_attribution__performance",
            [
                {**row, "creative_id": tag, "date": f"202610{day:02}", "click_throughs": str(clicks)}
                for tag, days in tags.items()
                for day, clicks in days
            ],
            account="p", part="CREATIVE", window=(f"2026-10-{first}", f"2026-10-{last}"),
        )  # fmt: skip


def _land_events(made: Warehouse) -> None:
    """A conversion that becomes known thirteen months after it happened; one touch before it, one a second after."""
    touch = {"journey_key": "j", "touch_type": "click", "channel": "mail | news / ü", "market": "US"}
    made.land("events__touchpoints", [
        {**touch, "touchpoint_id": "before:1|a", "occurred_at": "2026-11-03T09:00:00Z"},
        {**touch, "touchpoint_id": "after", "occurred_at": "2026-11-03T10:00:01Z"},
    ], at="2026-11-04 00:00:00")  # fmt: skip
    made.land("events__conversions", [
        {"conversion_id": "very late", "journey_key": "j", "converted_at": "2026-11-03T10:00:00Z",
         "net_amount_minor": "1000", "currency": "USD", "market": "US"},
    ], at="2027-12-01 00:00:00")  # fmt: skip


def land(made: Warehouse) -> None:
    """Land both platforms with every kind of order and refund."""
    for part in (_land_reference, _land_shop, _land_amazon, _land_bonus, _land_masked_tags, _land_events):
        part(made)
