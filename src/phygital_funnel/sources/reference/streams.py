"""What is loaded of the brand's reference files; each drop of a table replaces the table."""

from phygital_funnel.sources.stream import Coverage, Stream

SOURCE = "reference"

MARKETS = Stream(
    SOURCE,
    "markets",
    columns=("market", "marketplace_id", "country", "currency", "timezone", "amazon_domain"),
    key=("market",),
    coverage=Coverage.SNAPSHOT,
    required=("market", "marketplace_id", "currency", "timezone"),
)

LISTINGS = Stream(
    SOURCE,
    "listings",
    columns=("market", "asin", "parent_asin", "sku", "product_name", "category"),
    key=("market", "asin", "sku"),
    coverage=Coverage.SNAPSHOT,
    required=("market", "asin", "sku", "product_name"),
)

CREATORS = Stream(
    SOURCE,
    "creators",
    columns=("creator_id", "handle", "country"),
    key=("creator_id",),
    coverage=Coverage.SNAPSHOT,
    required=("creator_id", "handle"),
)

PROMO_CODES = Stream(
    SOURCE,
    "promo_codes",
    columns=("code", "creator_id", "content_id", "channel", "market", "valid_from", "valid_to"),
    key=("code", "market", "valid_from"),
    coverage=Coverage.SNAPSHOT,
    required=("code", "creator_id", "market", "valid_from"),
)

FX_RATES = Stream(
    SOURCE,
    "fx_rates",
    columns=("rate_date", "currency", "units_per_eur"),
    key=("rate_date", "currency"),
    coverage=Coverage.CHANGES,
    scope=("rate_date", "currency"),
    required=("rate_date", "currency", "units_per_eur"),
)

STREAMS = (MARKETS, LISTINGS, CREATORS, PROMO_CODES, FX_RATES)
