"""What is loaded from the Selling Partner API, with keys and windows (api-contracts 7 and 13)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from phygital_funnel.sources.stream import Cadence, Coverage, Meaning, Reread, Stream

SOURCE = "amazon_seller"


@dataclass(frozen=True)
class Array:
    """An array of objects at the top of a JSON report; each object becomes one row.

    Args:
        name: of the array.
        level: landed in the column ``level``; empty for streams without one.
        groups: objects within a row that only group its figures; their names are no part of the columns'.
    """

    name: str
    level: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """A report: asked for, awaited, downloaded (api-contracts 7.5).

    Args:
        report_type: the platform's name.
        arrays: what a JSON report holds; none for a tab-separated file.
        options: the report's own options.
        whole_days: the platform counts it in days of the marketplace and ignores the time of day; else in UTC instants.
        whole_weeks: one report per week from Sunday to Saturday.
        per_listing: asked for the ASINs of the landed listings, in the option ``asin``.
    """

    report_type: str
    arrays: tuple[Array, ...] = ()
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    whole_days: bool = False
    whole_weeks: bool = False
    per_listing: bool = False


@dataclass(frozen=True)
class Metrics:
    """Order metrics: one synchronous answer per window and product (api-contracts 7.4)."""

    granularity: str


def _with_b2b(*names: str) -> tuple[str, ...]:
    """Figures and their twins, which only sellers to businesses are sent."""
    return (*names, *(f"{name}_b2b" for name in names))


def _money(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}_{part}" for name in names for part in ("amount", "currency_code"))


# One line per order item and no item id, so the key is completed downstream by an ordinal. An order is sent whole
# whenever any of its lines changes, so the newest extraction that holds an order replaces all of its lines. Orders of
# other channels are landed too and set aside downstream, where they can be counted.
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
    reread=Reread(2, per_request=30),
    request=Report("GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"),
    meaning=Meaning(
        "order line", zone="UTC", currency="in the row", dated_on="purchase; asked for by last update",
        not_additive="item_price is the line's, not a unit's; rows of other channels are no sales of Amazon",
    ),
)  # fmt: skip

RETURNS = Stream(
    SOURCE,
    "returns",
    columns=(
        "marketplace_id", "return_date", "order_id", "sku", "asin", "fnsku", "product_name", "quantity",
        "fulfillment_center_id", "detailed_disposition", "reason", "status", "license_plate_number",
        "customer_comments",
    ),
    key=("order_id", "sku", "license_plate_number"),
    coverage=Coverage.WINDOW,
    scope=("return_date",),
    required=("return_date", "order_id", "sku", "asin", "quantity", "license_plate_number"),
    reread=Reread(30, per_request=30),
    request=Report("GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA"),
    meaning=Meaning("returned unit", zone="UTC", dated_on="arrival of the return"),
)  # fmt: skip

_SALES_AND_TRAFFIC_COUNTS = (
    *_with_b2b("units_ordered", "total_order_items", "average_units_per_order_item"),
    "units_refunded", "refund_rate", "claims_granted", "units_shipped", "orders_shipped",
    *_with_b2b(
        "browser_page_views", "mobile_app_page_views", "page_views", "browser_sessions", "mobile_app_sessions",
        "sessions", "buy_box_percentage", "order_item_session_percentage", "unit_session_percentage",
        "browser_session_percentage", "mobile_app_session_percentage", "session_percentage",
        "browser_page_views_percentage", "mobile_app_page_views_percentage", "page_views_percentage",
    ),
    "average_offer_count", "average_parent_items", "feedback_received", "negative_feedback_received",
    "received_negative_feedback_rate",
)  # fmt: skip
_SALES_AND_TRAFFIC_MONEY = (
    *_with_b2b("ordered_product_sales", "average_sales_per_order_item", "average_selling_price"),
    "claims_amount", "shipped_product_sales",
)  # fmt: skip

# The rows by ASIN are summed over the whole range of a report, so each day is asked for on its own.
SALES_AND_TRAFFIC = Stream(
    SOURCE,
    "sales_and_traffic",
    columns=(
        "marketplace_id", "date", "level", "parent_asin", "child_asin",
        *_money(*_SALES_AND_TRAFFIC_MONEY), *_SALES_AND_TRAFFIC_COUNTS,
    ),
    key=("marketplace_id", "date", "level", "child_asin"),
    coverage=Coverage.WINDOW,
    scope=("date",),
    required=(
        "marketplace_id", "date", "level", "ordered_product_sales_amount", "ordered_product_sales_currency_code",
        "units_ordered", "total_order_items", "page_views", "sessions",
    ),
    numbers=(*(f"{name}_amount" for name in _SALES_AND_TRAFFIC_MONEY), *_SALES_AND_TRAFFIC_COUNTS),
    reread=Reread(7, per_request=1, history_days=730),
    due_days=5,
    request=Report(
        "GET_SALES_AND_TRAFFIC_REPORT",
        arrays=(
            Array("salesAndTrafficByDate", "date", ("salesByDate", "trafficByDate")),
            Array("salesAndTrafficByAsin", "asin", ("salesByAsin", "trafficByAsin")),
        ),
        options=MappingProxyType({"dateGranularity": "DAY", "asinGranularity": "CHILD"}),
        whole_days=True,
    ),
    meaning=Meaning(
        "day, and child ASIN x day", zone="marketplace", currency="in the row", dated_on="purchase and visit",
        not_additive="sessions count a visitor once in 24 hours, whatever he looks at: not over ASINs, not over days; "
        "the levels date and asin tell the same sales",
    ),
)  # fmt: skip

ORDER_METRICS_HOURLY = Stream(
    SOURCE,
    "order_metrics_hourly",
    columns=(
        "marketplace_id", "level", "asin", "interval", "unit_count", "order_item_count", "order_count",
        *_money("average_unit_price", "total_sales"),
    ),
    key=("marketplace_id", "level", "asin", "interval"),
    coverage=Coverage.WINDOW,
    scope=("interval",),
    required=(
        "marketplace_id", "level", "interval", "unit_count", "order_item_count", "order_count", "total_sales_amount",
        "total_sales_currency_code",
    ),
    numbers=("unit_count", "order_item_count", "order_count"),
    reread=Reread(3, per_request=30, history_days=29),
    cadence=Cadence.INTRADAY,
    due_days=2,
    request=Metrics("Hour"),
    meaning=Meaning(
        "hour, and child ASIN x hour", zone="marketplace", currency="in the row", dated_on="purchase",
        not_additive="the levels total and asin tell the same sales; an order with two ASINs counts once in each",
    ),
)  # fmt: skip

_STAGES = ("click", "cart_add", "purchase")
_SEARCH_COUNTS = (
    "search_query_score", "search_query_volume", "total_query_impression_count", "asin_impression_count",
    "asin_impression_share",
    *(
        name
        for stage in _STAGES
        for name in (
            f"total_{stage}_count", f"total_{stage}_rate", f"asin_{stage}_count", f"asin_{stage}_share",
            f"total_same_day_shipping_{stage}_count", f"total_one_day_shipping_{stage}_count",
            f"total_two_day_shipping_{stage}_count",
        )
    ),
)  # fmt: skip
_SEARCH_PRICES = tuple(f"{whose}_median_{stage}_price" for stage in _STAGES for whose in ("total", "asin"))

# A week appears some days after its end, up to ten; with the last two alone, a run early in the week would see none.
SEARCH_QUERY_PERFORMANCE = Stream(
    SOURCE,
    "search_query_performance",
    columns=(
        "marketplace_id", "start_date", "end_date", "asin", "search_query", *_SEARCH_COUNTS, *_money(*_SEARCH_PRICES),
    ),
    key=("marketplace_id", "asin", "search_query", "start_date"),
    coverage=Coverage.WINDOW,
    scope=("start_date",),
    required=(
        "marketplace_id", "start_date", "end_date", "asin", "search_query", "search_query_volume",
        "asin_impression_count", "asin_click_count", "asin_purchase_count",
    ),
    numbers=(*_SEARCH_COUNTS, *(f"{name}_amount" for name in _SEARCH_PRICES)),
    reread=Reread(21),
    cadence=Cadence.WEEKLY,
    due_days=13,
    request=Report(
        "GET_BRAND_ANALYTICS_SEARCH_QUERY_PERFORMANCE_REPORT",
        arrays=(
            Array(
                "dataByAsin",
                groups=("searchQueryData", "impressionData", "clickData", "cartAddData", "purchaseData"),
            ),
        ),
        options=MappingProxyType({"reportPeriod": "WEEK"}),
        whole_days=True,
        whole_weeks=True,
        per_listing=True,
    ),
    meaning=Meaning(
        "child ASIN x search query x week", zone="marketplace", currency="in the row", dated_on="search",
        not_additive="the totals of a query are repeated for each of its ASINs; shares and medians",
    ),
)  # fmt: skip

# Those that need the landed reference files come last, so that without them the others are read all the same.
STREAMS = (ORDER_LINES, RETURNS, SALES_AND_TRAFFIC, ORDER_METRICS_HOURLY, SEARCH_QUERY_PERFORMANCE)
