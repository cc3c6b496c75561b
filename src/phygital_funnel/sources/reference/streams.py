"""What is loaded of the brand's reference files; each drop of a table replaces the table."""

from phygital_funnel.sources.stream import Coverage, Meaning, Stream

SOURCE = "reference"

MARKETS = Stream(
    SOURCE,
    "markets",
    columns=("market", "marketplace_id", "country", "currency", "timezone", "amazon_domain"),
    key=("market",),
    coverage=Coverage.SNAPSHOT,
    required=("market", "marketplace_id", "currency", "timezone"),
    meaning=Meaning("market", zone="names the marketplace's", currency="names the marketplace's"),
)

LISTINGS = Stream(
    SOURCE,
    "listings",
    columns=("market", "asin", "parent_asin", "sku", "product_name", "category"),
    key=("market", "asin", "sku"),
    coverage=Coverage.SNAPSHOT,
    required=("market", "asin", "sku", "product_name"),
    meaning=Meaning("market x ASIN x SKU"),
)

CREATORS = Stream(
    SOURCE,
    "creators",
    columns=("creator_id", "handle", "country"),
    key=("creator_id",),
    coverage=Coverage.SNAPSHOT,
    required=("creator_id", "handle"),
    meaning=Meaning("creator"),
)

PROMO_CODES = Stream(
    SOURCE,
    "promo_codes",
    columns=("code", "creator_id", "content_id", "channel", "market", "valid_from", "valid_to"),
    key=("code", "market", "valid_from"),
    coverage=Coverage.SNAPSHOT,
    required=("code", "creator_id", "market", "valid_from"),
    meaning=Meaning("code x market x start of validity", zone="UTC", dated_on="start of validity"),
)

FX_RATES = Stream(
    SOURCE,
    "fx_rates",
    columns=("rate_date", "currency", "units_per_eur"),
    key=("rate_date", "currency"),
    coverage=Coverage.CHANGES,
    scope=("rate_date", "currency"),
    required=("rate_date", "currency", "units_per_eur"),
    due_days=4,
    meaning=Meaning(
        "date x currency",
        zone="UTC",
        currency="the row's, per euro",
        dated_on="rate",
        not_additive="units_per_eur: a rate",
    ),
)

FEES = Stream(
    SOURCE,
    "fees",
    columns=("market", "platform", "fee", "base", "valid_from", "valid_to", "rate"),
    key=("market", "platform", "fee", "valid_from"),
    coverage=Coverage.SNAPSHOT,
    required=("market", "platform", "fee", "base", "valid_from", "rate"),
    meaning=Meaning(
        "market x platform x fee x start of validity", zone="marketplace", dated_on="start of validity",
        not_additive="rate: levied on different bases",
    ),
)  # fmt: skip

PROMOTIONS = Stream(
    SOURCE,
    "promotions",
    columns=("promotion_id", "name", "kind", "market", "asin", "starts_at", "ends_at", "discount_rate"),
    key=("promotion_id",),
    coverage=Coverage.SNAPSHOT,
    required=("promotion_id", "kind", "market", "starts_at", "ends_at"),
    meaning=Meaning("promotion", zone="UTC", dated_on="start and end", not_additive="discount_rate: a rate"),
)

TAGS = Stream(
    SOURCE,
    "tags",
    columns=("ad_id", "market", "campaign_id", "ad_group_id", "asin", "attribution_tag", "created_at"),
    key=("ad_id",),
    coverage=Coverage.SNAPSHOT,
    required=("ad_id", "market", "attribution_tag"),
    meaning=Meaning("ad with an Amazon Attribution tag in its link", zone="UTC", dated_on="creation"),
)

COMMISSION_RATES = Stream(
    SOURCE,
    "commission_rates",
    columns=("creator_id", "valid_from", "valid_to", "rate"),
    key=("creator_id", "valid_from"),
    coverage=Coverage.SNAPSHOT,
    required=("creator_id", "valid_from", "rate"),
    meaning=Meaning(
        "creator x start of validity", zone="UTC", dated_on="start of validity", not_additive="rate: a rate"
    ),
)

STREAMS = (
    MARKETS, LISTINGS, CREATORS, PROMO_CODES, FX_RATES, FEES, PROMOTIONS, TAGS, COMMISSION_RATES,
)  # fmt: skip
