"""What is loaded from Amazon Attribution, with keys and windows (api-contracts 6 and 13)."""

from dataclasses import dataclass

from phygital_funnel.sources.stream import Coverage, Meaning, Reread, Stream, snake_case

SOURCE = "amazon_attribution"


@dataclass(frozen=True)
class Listing:
    """Asks for a list that comes whole.

    Args:
        path: GET this.
        keys: names under which the list may stand; empty when it is the whole body.
        account_key: field that names the profile; empty when the list is asked for in the profile's name.
        within: fields that hold an object, and the prefix its fields' columns get.
        columns: columns of wire names that do not follow from the name.
    """

    path: str
    keys: tuple[str, ...] = ()
    account_key: str = ""
    within: tuple[tuple[str, str], ...] = ()
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Level:
    """A grain that a report is asked for at; each is covered on its own, because their rows are never added.

    Args:
        name: what the API calls it; empty for a report that has only one.
        ids: columns that every row of it must hold.
        metrics: wire names to ask for; empty for all that the platform gives without being asked.
    """

    name: str = ""
    ids: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """Asks for a report: POST /attribution/report.

    Args:
        report_type: what the API calls it.
        levels: the grains to ask for.
        metrics: columns whose values are all zero in rows that Amazon masks.
    """

    report_type: str
    levels: tuple[Level, ...]
    metrics: tuple[str, ...]


_KINDLE = ("kindleEditionNormalizedPagesRead14d", "kindleEditionNormalizedPagesRoyalties14d")
_PROMOTED = (
    "attributedDetailPageViewsClicks14d", "attributedAddToCartClicks14d", "attributedPurchases14d", "unitsSold14d",
    "attributedSales14d",
)  # fmt: skip
_PERFORMANCE = (
    "Click-throughs", *_PROMOTED, "attributedTotalDetailPageViewsClicks14d", "attributedTotalAddToCartClicks14d",
    "attributedTotalPurchases14d", "totalUnitsSold14d", "totalAttributedSales14d", *_KINDLE,
)  # fmt: skip
_PRODUCTS = (
    *_PROMOTED, "brandHaloDetailPageViewsClicks14d", "brandHaloAttributedAddToCartClicks14d",
    "brandHaloAttributedPurchases14d", "brandHaloUnitsSold14d", "brandHaloAttributedSales14d",
    "attributedNewToBrandPurchases14d", "attributedNewToBrandUnitsSold14d", "attributedNewToBrandSales14d",
    "brandHaloNewToBrandPurchases14d", "brandHaloNewToBrandUnitsSold14d", "brandHaloNewToBrandSales14d",
)  # fmt: skip
BONUS = "brb_bonus_amount"
# The Brand Referral Bonus comes only when it is asked for, and asking for one metric means naming them all. Together
# with creatives it is an error, so creatives are asked for without names and get whatever metrics there are.
_WITH_BONUS = (*_PERFORMANCE, BONUS)

PROFILES = Stream(
    SOURCE,
    "profiles",
    columns=(
        "profile_id", "country_code", "currency_code", "timezone", "marketplace_string_id", "account_name",
        "account_type", "account_id", "account_sub_type", "account_valid_payment_method", "daily_budget",
    ),
    key=("profile_id",),
    coverage=Coverage.SNAPSHOT,
    due_days=4,
    required=("profile_id", "currency_code", "timezone", "marketplace_string_id"),
    numbers=("profile_id", "daily_budget"),
    flags=("account_valid_payment_method",),
    request=Listing(
        "/v2/profiles",
        account_key="profileId",
        within=(("accountInfo", "account_"),),
        columns=(("marketplaceStringId", "marketplace_string_id"),),
    ),
    meaning=Meaning("profile", zone="profile", currency="profile"),
)  # fmt: skip

PUBLISHERS = Stream(
    SOURCE,
    "publishers",
    columns=("profile_id", "id", "name", "macro_enabled"),
    key=("profile_id", "id"),
    coverage=Coverage.SNAPSHOT,
    due_days=4,
    required=("profile_id", "id", "name"),
    flags=("macro_enabled",),
    untyped=("id",),  # text in every answer seen, an object in Amazon's specification
    request=Listing("/attribution/publishers", keys=("publisher", "publishers")),
    meaning=Meaning("profile x publisher"),
)

PERFORMANCE = Stream(
    SOURCE,
    "performance",
    columns=(
        "profile_id", "level", "date", "advertiser_name", "campaign_id", "ad_group_id", "creative_id", "publisher",
        *(snake_case(name) for name in _WITH_BONUS),
    ),
    key=("profile_id", "level", "campaign_id", "ad_group_id", "creative_id", "date"),
    coverage=Coverage.WINDOW,
    scope=("date",),
    required=("profile_id", "level", "date", "campaign_id", "click_throughs", "attributed_total_purchases14d"),
    # A long range is what HTTP 500 comes from; thirteen months are kept.
    reread=Reread(30, per_request=31, history_days=390),
    due_days=4,
    request=Report(
        "PERFORMANCE",
        levels=(
            Level("CAMPAIGN", metrics=_WITH_BONUS),
            Level("ADGROUP", ids=("ad_group_id",), metrics=_WITH_BONUS),
            Level("CREATIVE", ids=("ad_group_id", "creative_id")),
        ),
        metrics=tuple(snake_case(name) for name in _WITH_BONUS),
    ),
    meaning=Meaning(
        "report level x tag x day",
        zone="profile",
        currency="profile",
        dated_on="event: click, page view, purchase",
        not_additive="levels contain each other; rows of tags below ten lifetime clicks are masked to zero",
    ),
)  # fmt: skip

PRODUCTS = Stream(
    SOURCE,
    "products",
    columns=(
        "profile_id", "date", "advertiser_name", "campaign_id", "ad_group_id", "publisher", "marketplace",
        "brand_name", "product_asin", "product_name", "product_group", "product_category", "product_subcategory",
        "product_conversion_type", *(snake_case(name) for name in _PRODUCTS),
    ),
    key=("profile_id", "campaign_id", "ad_group_id", "product_asin", "product_conversion_type", "date"),
    coverage=Coverage.WINDOW,
    scope=("date",),
    required=("profile_id", "date", "campaign_id", "ad_group_id", "product_asin", "product_conversion_type"),
    reread=Reread(30, per_request=31, history_days=90),
    due_days=4,
    request=Report("PRODUCTS", levels=(Level(),), metrics=tuple(snake_case(name) for name in _PRODUCTS)),
    meaning=Meaning(
        "ad group x ASIN x conversion type x day",
        zone="profile",
        currency="profile",
        dated_on="event: page view, purchase",
        not_additive="the hundred best products of a campaign only; nothing to be added to performance",
    ),
)  # fmt: skip

STREAMS = (PROFILES, PUBLISHERS, PERFORMANCE, PRODUCTS)
