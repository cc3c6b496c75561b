"""What is loaded from Amazon Attribution, with keys and windows (api-contracts 6 and 13)."""

from phygital_funnel.sources.stream import Coverage, Stream

SOURCE = "amazon_attribution"
LEVELS = ("CAMPAIGN", "ADGROUP", "CREATIVE")

PROFILES = Stream(
    SOURCE,
    "profiles",
    columns=(
        "profile_id",
        "country_code",
        "currency_code",
        "timezone",
        "marketplace_string_id",
        "account_name",
        "account_type",
    ),
    key=("profile_id",),
    coverage=Coverage.SNAPSHOT,
    required=("profile_id", "currency_code", "timezone", "marketplace_string_id"),
)

_PROMOTED = (
    "attributed_detail_page_views_clicks14d", "attributed_add_to_cart_clicks14d", "attributed_purchases14d",
    "units_sold14d", "attributed_sales14d",
)  # fmt: skip

PERFORMANCE = Stream(
    SOURCE,
    "performance",
    columns=(
        "profile_id", "level", "date", "advertiser_name", "campaign_id", "ad_group_id", "creative_id", "publisher",
        "click_throughs", *_PROMOTED, "attributed_total_detail_page_views_clicks14d",
        "attributed_total_add_to_cart_clicks14d", "attributed_total_purchases14d", "total_units_sold14d",
        "total_attributed_sales14d",
    ),
    key=("profile_id", "level", "campaign_id", "ad_group_id", "creative_id", "date"),
    coverage=Coverage.WINDOW,
    scope=("date",),
    required=("profile_id", "level", "date", "campaign_id", "click_throughs", "attributed_total_purchases14d"),
    reread_days=30,
)  # fmt: skip

PRODUCTS = Stream(
    SOURCE,
    "products",
    columns=(
        "profile_id", "date", "advertiser_name", "campaign_id", "ad_group_id", "publisher", "marketplace",
        "brand_name", "product_asin", "product_name", "product_group", "product_category", "product_subcategory",
        "product_conversion_type", *_PROMOTED, "brand_halo_detail_page_views_clicks14d",
        "brand_halo_attributed_add_to_cart_clicks14d", "brand_halo_attributed_purchases14d",
        "brand_halo_units_sold14d", "brand_halo_attributed_sales14d", "attributed_new_to_brand_purchases14d",
        "attributed_new_to_brand_units_sold14d", "attributed_new_to_brand_sales14d",
        "brand_halo_new_to_brand_purchases14d", "brand_halo_new_to_brand_units_sold14d",
        "brand_halo_new_to_brand_sales14d",
    ),
    key=("profile_id", "campaign_id", "ad_group_id", "product_asin", "product_conversion_type", "date"),
    coverage=Coverage.WINDOW,
    scope=("date",),
    required=("profile_id", "date", "campaign_id", "ad_group_id", "product_asin", "product_conversion_type"),
    reread_days=30,
)  # fmt: skip

STREAMS = (PROFILES, PERFORMANCE, PRODUCTS)
