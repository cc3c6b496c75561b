"""Every kind of dirt, and every fault that leaves an answer which looks whole, beside what notices it.

What is expected is written down here, to be read and argued about; ``mutation_matrix`` finds out what happens.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from phygital_funnel.sources.registry import STREAMS, streams_of
from phygital_funnel.sources.stream import Cadence, Stream, Window

BASELINE = Window(date(2026, 9, 7), date(2026, 10, 26))
# On the day after it the schema has drifted; before it lie an hour that is missing, bots, and the end of summer time.
WINDOW = Window(date(2026, 10, 1), date(2026, 10, 28))
LATELY = Window(date(2026, 10, 25), date(2026, 10, 28))
A_DAY_LATER = Window(date(2026, 10, 25), date(2026, 10, 29))
TWO_DAYS_LATER = Window(date(2026, 10, 1), date(2026, 10, 30))
API = tuple(source for source in STREAMS if source.startswith(("tiktok_", "amazon_")))
REPORTS = ("tiktok_ads.ad_report_daily", "tiktok_ads.ad_report_hourly")
RENAMED = (
    "amazon_attribution__profiles", "amazon_seller__order_metrics_hourly", "tiktok_shop__affiliate_orders",
    "tiktok_shop__products", "tiktok_shop__refunds",
)  # fmt: skip
"""Streams that cannot do without the last field of their rows."""
RETYPED = (
    "tiktok_ads__advertisers", "tiktok_ads__campaigns", "tiktok_ads__ad_groups", "tiktok_ads__ads",
    "tiktok_ads__ad_report_daily", "tiktok_ads__ad_report_hourly", "tiktok_organic__videos", "tiktok_shop__orders",
    "tiktok_shop__refunds", "tiktok_shop__affiliate_orders", "amazon_attribution__performance",
    "amazon_attribution__products",
)  # fmt: skip
"""Streams that have an id of digits under a name that ends in id."""
MISSPELT = (
    "tiktok_ads__advertisers", "tiktok_ads__ad_report_daily", "tiktok_ads__ad_report_hourly", "tiktok_shop__orders",
    "tiktok_shop__refunds", "tiktok_shop__affiliate_orders", "tiktok_shop__products", "amazon_attribution__profiles",
    "amazon_attribution__performance", "amazon_attribution__products", "amazon_seller__order_lines",
    "amazon_seller__order_metrics_hourly",
)  # fmt: skip
"""Streams whose rows name a currency, and those whose account does."""
KEPT_OUT = "this is how the second of two equal keys is kept out"
_MANY = "one row of each answer is more than a source may get wrong"
TYPO_ALSO = {
    **{
        f"staging: base_{relation}.few_rows_are_quarantined": _MANY
        for relation in (
            "tiktok_ads__advertisers", "tiktok_ads__ad_report_daily", "tiktok_ads__ad_report_hourly",
            "tiktok_shop__orders", "tiktok_shop__affiliate_orders", "amazon_attribution__performance",
            "amazon_attribution__products",
        )
    },
    "staging: base_tiktok_shop__orders.little_money_is_quarantined": "one order in twenty has no currency",
    "staging: int_volumes__restated.settled_days_stay": "what an account without currency delivered was known before",
    "staging: int_volumes__restated.settled_days_hardly_move": "orders without currency were known before",
    "staging: stg_tiktok_ads__ad_report_daily.is_fresh": "of accounts without currency no day is left",
    "staging: stg_tiktok_shop__orders.sold_skus_are_listed": "a product whose price has no currency is in no list",
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """What happened.

    Args:
        notices: what the readers, row rules and doors noticed.
        same_rows: whether all rows of staging are the control's.
        strikes: answers that the dirt or the fault was played on, where the sandbox counts them.
    """

    notices: tuple[str, ...]
    same_rows: bool
    strikes: int


@dataclass(frozen=True)
class Mutation:
    """One thing that goes wrong.

    Args:
        kind: the knob or the fault.
        does: what it does to what is read, in a sentence.
        caught: what notices it, in the form of ``Found``; empty when all rows are the control's.
        reads: sources, or streams as ``source.stream``, that are read while it lasts.
        also: what else notices it, with the reason why that follows from what went wrong.
        window: the days.
        strikes: for a fault, how the paths begin that it strikes.
        times: how often a fault strikes; None for as long as it takes.
        of: tells mutations of one kind apart.
    """

    kind: str
    does: str
    caught: tuple[str, ...]
    reads: tuple[str, ...]
    also: Mapping[str, str] = field(default_factory=dict)
    window: Window = WINDOW
    strikes: str | None = None
    times: int | None = None
    of: str = ""

    @property
    def name(self) -> str:
        """What tells it from all others."""
        return f"{self.kind}-{self.of}" if self.of else self.kind

    def streams(self) -> Iterator[Stream]:
        """What is read."""
        for name in self.reads:
            source, _, stream = name.partition(".")
            yield from streams_of(source, stream or None)

    @property
    def expected(self) -> set[str]:
        """All that notices it."""
        return {*self.caught, *self.also}

    def is_met_by(self, found: Found) -> bool:
        """Whether what should notice it does, and nothing else; what nothing notices must leave the same rows."""
        is_told = bool(self.caught) or (found.same_rows and found.strikes > 0)
        return set(found.notices) == self.expected and is_told


def _fault(kind: str, strikes: str, does: str, caught: tuple[str, ...], stream: str, **rest: Any) -> Mutation:
    return Mutation(kind, does, caught, (stream,), strikes=strikes, **{"times": 2, **rest})


MUTATIONS: tuple[Mutation, ...] = (
    Mutation(
        "duplicate_pages",
        "Readers leave out what came before; Attribution's rows have no id to know them by: one of two is set aside.",
        ("landing: amazon_attribution__products.keys_are_unique_in_an_extraction",),
        API,
        also={"row rule: amazon_attribution__products.duplicate_key": KEPT_OUT},
    ),
    Mutation(
        "missing_hour",
        "An afternoon hour of every ad is in no report; the daily report lacks it as well, so the two agree.",
        ("staging: stg_tiktok_ads__ad_report_hourly.no_hour_is_missing",),
        REPORTS,
        window=LATELY,
    ),
    Mutation(
        "schema_drift",
        "Rows have a field more, and one is called otherwise: a stream that needs it is refused, others are landed.",
        (
            "landing: manifests.fields_are_declared",
            *(f"reader: {relation} SchemaDrift" for relation in RENAMED),
        ),
        API,
        also={
            "landing: manifests.amazon_seller_is_fresh": "hours are due within two days",
            "staging: stg_amazon_seller__order_metrics_hourly.is_fresh": "hours are due within two days",
        },
        of="with a field renamed",
    ),
    Mutation(
        "schema_drift",
        "Rows have a field more: it is kept beside the others, and told.",
        ("landing: manifests.fields_are_declared",),
        (*API, "links"),
        window=TWO_DAYS_LATER,
        of="with a field more",
    ),
    Mutation(
        "retyped_ids",
        "Large numbers lose their last digits in many a JSON reader, so streams whose ids come as numbers are refused.",
        tuple(f"reader: {relation} SchemaDrift" for relation in RETYPED),
        API,
        also={"landing: manifests.tiktok_ads_is_fresh": "hours are due within two days"},
    ),
    Mutation(
        "late_partitions",
        "The newest day is in neither report, although it was asked for.",
        ("staging: stg_tiktok_ads__ad_report_daily.covered_days_have_rows",),
        REPORTS,
        window=A_DAY_LATER,
    ),
    Mutation("throttling", "One request in twenty is refused, and asked again after a while.", (), API),
    Mutation("server_errors", "One request in a hundred fails, and is asked again after a while.", (), API),
    Mutation(
        "restatement",
        "A part of the last twenty days is gone that the release before had.",
        (
            "staging: int_volumes__restated.settled_days_stay",
            "staging: int_volumes__restated.settled_days_hardly_move",
        ),
        REPORTS,
        also={
            "staging: stg_amazon_attribution__performance.clicks_arrive": "of fewer clicks, more seem to arrive",
        },
    ),
    Mutation(
        "dst_days",
        "In an account whose clocks went back a day late, one hour comes three times or not at all.",
        (
            "landing: tiktok_ads__ad_report_hourly.keys_are_unique_in_an_extraction",
            "staging: stg_tiktok_ads__ad_report_hourly.no_hour_is_missing",
        ),
        REPORTS,
        also={"row rule: tiktok_ads__ad_report_hourly.duplicate_key": KEPT_OUT},
        window=LATELY,
    ),
    Mutation(
        "currency_typo",
        "One row of each answer has an unknown currency; where it is the account's, all its rows are set aside.",
        tuple(f"row rule: {relation}.unknown_currency" for relation in MISSPELT),
        API,
        also=TYPO_ALSO,
    ),
    Mutation(
        "bot_views",
        "Twenty times the plays of an ad, and nobody watches two seconds of them.",
        ("staging: stg_tiktok_ads__ad_report_daily.plays_are_watched",),
        REPORTS,
        window=LATELY,
    ),
    Mutation("out_of_order_pages", "The rows of each page are shuffled; no key depends on their order.", (), API),
    _fault(
        "malformed_row",
        "/_blob",
        "A line of each market's report ends in the middle; it is landed as it stood.",
        ("row rule: amazon_seller__order_lines.malformed",),
        "amazon_seller.order_lines",
        of="of orders",
    ),
    _fault(
        "malformed_row",
        "/drop/links/clicks/2026-10-28",
        "A line of a day's log ends in the middle; it is landed as it stood.",
        ("row rule: links__clicks.malformed",),
        "links.clicks",
        of="of clicks",
        times=None,
    ),
    _fault(
        "malformed_row",
        "/drop/reference/listings",
        "A line of the catalogue ends in the middle, so that a product is not in it.",
        ("row rule: reference__listings.malformed",),
        "reference.listings",
        also={"staging: stg_reference__listings.sales_are_listed": "the product is sold, and now in no list"},
        of="of the catalogue",
        times=None,
    ),
    _fault(
        "truncate",
        "/drop/links/clicks/2026-10-28",
        "Half of a day's log is there; the line at the cut is landed as it stood.",
        ("row rule: links__clicks.malformed",),
        "links.clicks",
        of="of clicks",
        times=None,
    ),
    _fault(
        "truncate",
        "/drop/links/clicks",
        "The folder's listing ends in the middle, so that the newest logs are not read.",
        ("landing: manifests.daily_files_are_there",),
        "links.clicks",
        of="of the folder",
        times=1,
    ),
    _fault(
        "truncate",
        "/drop/reference/listings",
        "Half of the catalogue is there; the line at the cut is landed as it stood.",
        ("row rule: reference__listings.malformed",),
        "reference.listings",
        of="of the catalogue",
        times=None,
    ),
    _fault(
        "unknown_currency",
        "/_blob",
        "A line of each market's report has a currency that does not exist.",
        ("row rule: amazon_seller__order_lines.unknown_currency",),
        "amazon_seller.order_lines",
    ),
    _fault(
        "negative_spend",
        "/open_api/v1.3/report",
        "Every row of the daily report of two accounts has a negative spend.",
        ("staging: stg_tiktok_ads__ad_report_daily.spend_is_not_negative",),
        "tiktok_ads.ad_report_daily",
        also={"staging: int_volumes__verdicts.volumes_are_not_far_off": "spend below zero is far from any day before"},
        window=LATELY,
    ),
    _fault(
        "missing_page",
        "/open_api/v1.3/business/video/",
        "An empty page says that more follow, so it is asked for again.",
        (),
        "tiktok_organic.videos",
        of="of posts",
    ),
    _fault(
        "missing_page",
        "/attribution/",
        "A page announces more rows than it has, so it is asked for again.",
        (),
        "amazon_attribution.performance",
        of="of the report",
    ),
    _fault(
        "missing_page",
        "/attribution/",
        "A page announces more rows than it has, as often as it is asked for.",
        ("reader: amazon_attribution__performance SourceUnreachable",),
        "amazon_attribution.performance",
        of="of the report for good",
        times=None,
    ),
    _fault(
        "cancelled_report",
        "/reports/",
        "Amazon cancels reports without data, so one that was cancelled is asked for a second time.",
        (),
        "amazon_seller.order_lines",
        window=Window(date(2026, 10, 15), WINDOW.end),
        of="once",
        times=1,
    ),
    _fault(
        "cancelled_report",
        "/reports/",
        "A report that is cancelled twice says that there are no orders.",
        ("staging: int_volumes__verdicts.volumes_are_not_far_off",),
        "amazon_seller.order_lines",
        also={
            "staging: int_volumes__verdicts.volumes_are_usual": "of days with few orders, none is not so far off",
            "staging: stg_amazon_seller__returns.returns_belong_to_orders": "some of the lost orders came back",
        },
        # Other days than before: an equal report that was made shortly before would be the answer.
        window=Window(date(2026, 10, 10), WINDOW.end),
        of="twice",
        times=None,
    ),
    _fault(
        "duplicate_page",
        "/affiliate",
        "A page has no order that was not read before, so it is asked for again.",
        (),
        "tiktok_shop.affiliate_orders",
    ),
)


def days_of(stream: Stream, window: Window) -> Window:
    """The days of a window to ask a stream for."""
    if stream.cadence is Cadence.INTRADAY:
        return Window(window.end - timedelta(days=8), window.end)
    return window


def moment_after(window: Window) -> datetime:
    """When a window is read: at 13:00 UTC of the day after it."""
    return datetime.combine(window.end + timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=13)
