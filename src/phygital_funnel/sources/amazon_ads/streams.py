"""What is loaded from the Amazon Ads reporting API v3, with keys and windows (api-contracts 8.1)."""

from dataclasses import dataclass

from phygital_funnel.sources.stream import Coverage, Meaning, Reread, Stream, snake_case

SOURCE = "amazon_ads"


@dataclass(frozen=True)
class Report:
    """Asks for a report with one row per day: POST /reporting/reports.

    Args:
        ad_product: what the API calls the kind of ads.
        report_type: of that product.
        group_by: what makes a row, beside the day.
        ids: wire names of ids, which are whole numbers on the wire.
        texts: wire names of columns that are text.
        metrics: wire names of figures, which are numbers.
    """

    ad_product: str
    report_type: str
    group_by: tuple[str, ...]
    ids: tuple[str, ...]
    texts: tuple[str, ...]
    metrics: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Wire names to ask for."""
        return (*self.texts, *self.ids, *self.metrics)


_ADVERTISED_PRODUCT = Report(
    "SPONSORED_PRODUCTS",
    "spAdvertisedProduct",
    group_by=("advertiser",),
    ids=("campaignId", "adGroupId", "adId"),
    texts=(
        "date", "campaignName", "campaignStatus", "campaignBudgetCurrencyCode", "adGroupName", "advertisedAsin",
        "advertisedSku",
    ),
    metrics=(
        "impressions", "clicks", "cost", "purchases7d", "unitsSoldClicks7d", "sales7d", "purchases14d",
        "purchasesSameSku14d", "unitsSoldClicks14d", "unitsSoldSameSku14d", "sales14d", "attributedSalesSameSku14d",
    ),
)  # fmt: skip

SPONSORED_PRODUCTS_DAILY = Stream(
    SOURCE,
    "sponsored_products_daily",
    columns=("profile_id", *(snake_case(name) for name in _ADVERTISED_PRODUCT.columns)),
    key=("profile_id", "campaign_id", "ad_group_id", "ad_id", "advertised_asin", "date"),
    coverage=Coverage.WINDOW,
    scope=("date",),
    required=("profile_id", "date", "campaign_id", "ad_group_id", "ad_id", "impressions", "clicks", "cost"),
    numbers=tuple(snake_case(name) for name in (*_ADVERTISED_PRODUCT.ids, *_ADVERTISED_PRODUCT.metrics)),
    reread=Reread(30, per_request=31, history_days=95),
    due_days=4,
    request=_ADVERTISED_PRODUCT,
    meaning=Meaning(
        "campaign x ad group x ad x ASIN x day",
        zone="profile",
        currency="row",
        dated_on="ad interaction",
        not_additive="the 14 day claims contain those of 7 days; nothing to be added to Attribution's claims",
    ),
)

STREAMS = (SPONSORED_PRODUCTS_DAILY,)
