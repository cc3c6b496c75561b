"""How numbers and names are put into words; a value that was not measured is a dash, never a zero."""

from datetime import UTC, date, datetime
from decimal import Decimal

Number = int | float | Decimal

NOT_MEASURED = "–"
_EXPONENTS = dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3) | dict.fromkeys(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0
)
_NAMES = {
    "tiktok_ads": "TikTok ads",
    "tiktok_creators": "TikTok creators",
    "tiktok_organic": "TikTok organic",
    "tiktok_shop": "TikTok Shop",
    "amazon_ads": "Amazon Ads",
    "amazon_attribution": "Amazon Attribution",
    "amazon_seller": "Amazon Seller",
    "promo_code": "Promo code",
    "shop_affiliate": "Shop affiliate",
    "amazon_14d_last_click": "Amazon: last click, 14 days",
    "tiktok_7c1v": "TikTok: click 7 days, view 1",
}


def major(amount_minor: Number, currency: str) -> float:
    """Minor units as a number of whole currency units, for axes only."""
    return float(amount_minor) / 10.0 ** _EXPONENTS.get(currency, 2)


def money(amount_minor: Number | None, currency: str) -> str:
    """``1234567, USD`` becomes ``12,345.67``; the currency itself stands in the heading."""
    if amount_minor is None:
        return NOT_MEASURED
    exponent = _EXPONENTS.get(currency, 2)
    return f"{Decimal(amount_minor).scaleb(-exponent):,.{exponent}f}"


def round_money(amount_minor: Number | None, currency: str) -> str:
    """Money without its minor units, for tiles."""
    return NOT_MEASURED if amount_minor is None else f"{major(amount_minor, currency):,.0f}"


def count(value: Number | None) -> str:
    """A count; credits of orders may be fractions and then keep one decimal below 1,000."""
    if value is None:
        return NOT_MEASURED
    return f"{value:,.0f}" if value == int(value) or abs(float(value)) >= 1000 else f"{value:,.1f}"


def share(part: Number | None, whole: Number | None) -> str:
    """A quotient in per cent with two significant digits below ten per cent."""
    if part is None or not whole:
        return NOT_MEASURED
    per_cent = 100 * float(part) / float(whole)
    if per_cent and abs(per_cent) < 0.01:
        return "< 0.01 %"
    return f"{per_cent:.{0 if abs(per_cent) >= 10 else 1 if abs(per_cent) >= 1 else 2}f} %"


def ratio(numerator: Number | None, denominator: Number | None) -> str:
    """A quotient of two amounts of one currency with two decimals."""
    return NOT_MEASURED if numerator is None or not denominator else f"{float(numerator) / float(denominator):,.2f}"


def name(identifier: str | None) -> str:
    """An identifier as a person would write it: ``last_touch`` becomes ``Last touch``."""
    if not identifier:
        return NOT_MEASURED
    return _NAMES.get(identifier) or identifier.replace("_", " ").strip().capitalize() or NOT_MEASURED


def day(value: date | None) -> str:
    """``7 November 2026``."""
    return NOT_MEASURED if value is None else f"{value.day} {value:%B %Y}"


def moment(value: object) -> str:
    """A UTC time to the minute; what is not a time is shown as it is."""
    if value is None:
        return NOT_MEASURED
    try:
        parsed = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return f"{parsed.astimezone(UTC) if parsed.tzinfo else parsed:%Y-%m-%d %H:%M} UTC"
