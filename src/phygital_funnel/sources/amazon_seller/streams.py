"""What is loaded from the Selling Partner API, with keys and windows (api-contracts 7 and 13)."""

from phygital_funnel.sources.stream import Coverage, Stream

SOURCE = "amazon_seller"

# One line per order item and no item id, so the key is completed downstream by an ordinal. An order is sent whole
# whenever any of its lines changes, so the newest extraction that holds an order replaces all of its lines.
ORDER_LINES = Stream(
    SOURCE,
    "order_lines",
    columns=(
        "marketplace_id", "amazon_order_id", "merchant_order_id", "purchase_date", "last_updated_date", "order_status",
        "fulfillment_channel", "sales_channel", "order_channel", "ship_service_level", "product_name", "sku", "asin",
        "item_status", "quantity", "currency", "item_price", "item_tax", "shipping_price", "shipping_tax",
        "gift_wrap_price", "gift_wrap_tax", "item_promotion_discount", "ship_promotion_discount", "ship_city",
        "ship_state", "ship_postal_code", "ship_country", "promotion_ids", "is_business_order",
        "purchase_order_number", "price_designation",
    ),
    key=("amazon_order_id", "sku", "asin"),
    coverage=Coverage.CHANGES,
    scope=("amazon_order_id",),
    required=(
        "amazon_order_id", "purchase_date", "last_updated_date", "order_status", "sales_channel", "sku", "asin",
        "item_status", "quantity", "currency", "item_price", "item_promotion_discount", "promotion_ids",
    ),
    reread_days=2,
)  # fmt: skip

STREAMS = (ORDER_LINES,)
