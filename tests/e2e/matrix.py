"""Which fault of the sandbox does what to which endpoint's client: struck twice, and for good.

A cell is ``(passing, staying)``: what an extraction ends with when the fault strikes twice and is gone, and while it
stays. ``WHOLE`` is the same rows as without the fault; an error's class is what must be raised, with nothing landed.
A kind that is in no cell of an endpoint either cannot strike it, or spoils what it says so that only later stages can
tell; ``cannot`` and ``spoils`` give the reason in words.
"""

from dataclasses import dataclass, field

from phygital_funnel.errors import (
    AuthError,
    RateLimited,
    RequestRefused,
    SourceError,
    SourceUnreachable,
    TruncatedReport,
)

WHOLE = None
Cell = tuple[type[SourceError] | None, type[SourceError] | None]

PASSES: Cell = (WHOLE, SourceUnreachable)
THROTTLED: Cell = (WHOLE, RateLimited)
HARMLESS: Cell = (WHOLE, WHOLE)
REFUSED: Cell = (AuthError, AuthError)
RENEWED: Cell = (WHOLE, AuthError)
READ_AGAIN: Cell = (WHOLE, TruncatedReport)

IN_OTHER_ORDER = frozenset({"truncation_header"})
"""Kinds after which a report is read in smaller pieces, so that its rows come in another order."""
THROTTLES = ("throttle", "throttle_bare", "throttle_hint")
ANY_HTTP = {
    **dict.fromkeys(("server_error", "bad_gateway", "truncate", "drop_connection"), PASSES),
    **dict.fromkeys(THROTTLES, THROTTLED),
    "slow": HARMLESS,
}
# TikTok's answer during maintenance is one of waiting.
TIKTOK = {**ANY_HTTP, "maintenance": THROTTLED}
AMAZON = {**ANY_HTTP, "maintenance": PASSES, "revoked_token": RENEWED, "expired_token": RENEWED}
# Storage throttles with 503, so what stays is called unreachable.
STORAGE = {**ANY_HTTP, **dict.fromkeys((*THROTTLES, "expired_document"), PASSES)}
FILES = {**ANY_HTTP, **dict.fromkeys((*THROTTLES, "maintenance"), PASSES), "revoked_token": REFUSED}
del FILES["truncate"]
CUT_FILE = {"truncate": "a file tells its length nowhere; a line that breaks off is marked"}

ASYNCHRONOUS = dict.fromkeys(("fatal_report", "cancelled_report", "failed_task"), "nothing is made asynchronously here")
LINES = dict.fromkeys(("malformed_row", "unknown_currency"), "it has no lines of text")
PAGES = dict.fromkeys(("duplicate_page", "missing_page"), "it has no pages")
OF_TIKTOK = dict.fromkeys(("negative_spend", "truncation_header"), "only TikTok's reports have it")
OF_ADS = {"too_early": "only Amazon Ads refuses an identical request"}
OF_STORAGE = {"expired_document": "it hands out no documents"}
NO_TOKEN = dict.fromkeys(("revoked_token", "expired_token"), "no token is asked for")
NO_MAINTENANCE = {"maintenance": "the platform has no such answer"}
NO_TOTAL = "the platform tells no total, so that only the guard against truncation sees that rows are missing"
ONE_PAGE = {"duplicate_page": "all of it is one page"}
COMMON = {**ASYNCHRONOUS, **LINES, **OF_TIKTOK, **OF_ADS, **OF_STORAGE}


@dataclass(frozen=True)
class Endpoint:
    """A group of paths that one source reads.

    Args:
        source: whose extractor reads it.
        stream: the stream that is extracted.
        match: beginning of the paths that faults strike.
        cells: by kind.
        spoils: kinds that strike and leave an answer that looks right.
        cannot: kinds that cannot strike, and why.
        needs: what must be landed before.
        window: first and last day to ask for.
    """

    source: str
    stream: str
    match: str
    cells: dict[str, Cell]
    cannot: dict[str, str]
    spoils: dict[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What a test of it is called."""
        return f"{self.source}-{self.stream}{self.match.rstrip('/').replace('/', '-')}"


ENDPOINTS = (
    Endpoint(
        "tiktok_ads",
        "ad_report_daily",
        "/open_api/v1.3/report/",
        {
            **TIKTOK,
            **dict.fromkeys(("revoked_token", "expired_token"), REFUSED),
            "missing_page": READ_AGAIN,
            "truncation_header": READ_AGAIN,
        },
        {**ASYNCHRONOUS, **LINES, **OF_ADS, **OF_STORAGE, **ONE_PAGE},
        {"negative_spend": "the amount is text like any other; the row rules of the warehouse judge it"},
    ),
    Endpoint(
        "tiktok_organic",
        "videos",
        "/open_api/v1.3/business/video/",
        {**TIKTOK, **dict.fromkeys(("revoked_token", "expired_token"), RENEWED)},
        {**COMMON, **ONE_PAGE},
        {"missing_page": NO_TOTAL},
    ),
    Endpoint(
        "tiktok_shop",
        "orders",
        "/order/",
        {**ANY_HTTP, **dict.fromkeys(("revoked_token", "expired_token"), RENEWED), "missing_page": READ_AGAIN},
        {**COMMON, **NO_MAINTENANCE, **ONE_PAGE},
    ),
    Endpoint(
        "amazon_attribution",
        "performance",
        "/attribution/",
        AMAZON,
        {**COMMON, **ONE_PAGE},
        {"missing_page": NO_TOTAL},
    ),
    Endpoint(
        "amazon_ads",
        "sponsored_products_daily",
        "/reporting/",
        # The fault names a report that does not exist; one that does is attached to.
        {**AMAZON, "fatal_report": (SourceError, SourceError), "too_early": (RequestRefused, RequestRefused)},
        {
            **{**LINES, **PAGES, **OF_TIKTOK, **OF_STORAGE},
            "cancelled_report": "Amazon Ads cancels no report",
            "failed_task": "only TikTok has tasks",
        },
    ),
    Endpoint(
        "amazon_ads",
        "sponsored_products_daily",
        "/_blob",
        STORAGE,
        {**ASYNCHRONOUS, **LINES, **PAGES, **OF_TIKTOK, **OF_ADS, **NO_TOKEN, **NO_MAINTENANCE},
    ),
    Endpoint(
        "amazon_seller",
        "order_lines",
        "/reports/",
        {**AMAZON, "fatal_report": (SourceError, SourceError)},
        {**LINES, **PAGES, **OF_TIKTOK, **OF_ADS, **OF_STORAGE, "failed_task": "only TikTok has tasks"},
        {"cancelled_report": "Amazon cancels reports that have no data, so it says that there is none"},
    ),
    Endpoint(
        "amazon_seller",
        "order_metrics_hourly",
        "/sales/",
        AMAZON,
        {**COMMON, **PAGES},
        needs=("reference.markets", "reference.listings"),
    ),
    Endpoint(
        "amazon_seller",
        "order_lines",
        "/_blob",
        {**STORAGE, "truncate": READ_AGAIN},
        {**ASYNCHRONOUS, **PAGES, **OF_TIKTOK, **OF_ADS, **NO_TOKEN, **NO_MAINTENANCE},
        {
            "malformed_row": "the line is landed as it stood and marked",
            "unknown_currency": "a code is text like any other; the row rules of the warehouse judge it",
        },
    ),
    Endpoint(
        "amazon_seller",
        "order_lines",
        "/auth/",
        {**ANY_HTTP, "revoked_token": REFUSED},
        {**COMMON, **PAGES, **NO_MAINTENANCE, "expired_token": "it is asked for a new one"},
    ),
    Endpoint(
        "links",
        "clicks",
        "/drop/",
        FILES,
        {**{**COMMON, **PAGES}, "expired_token": "no token is asked for"},
        {"malformed_row": "the line is landed as it stood and marked", **CUT_FILE},
    ),
    Endpoint(
        "reference",
        "listings",
        "/drop/",
        FILES,
        {**{**COMMON, **PAGES}, "expired_token": "no token is asked for"},
        {"malformed_row": "the line is landed as it stood and marked", **CUT_FILE},
    ),
)
